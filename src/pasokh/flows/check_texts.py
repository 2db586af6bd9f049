"""Checks of what is said: a text in every language of the number, prompts that exist, slots that can be filled."""

from collections.abc import Iterator
from typing import NamedTuple

from pasokh.flows import nodes as n
from pasokh.flows.findings import Finding
from pasokh.flows.graph import sayings
from pasokh.flows.saying import BRACES, BUILT_IN_SLOTS, MANNERS, SLOT, slots
from pasokh.flows.surroundings import Surroundings


def text_findings(program: n.Program, around: Surroundings, noted: frozenset[str]) -> Iterator[Finding]:
    """What cannot be said as written. `noted` are the attributes the program itself may set."""
    known = BUILT_IN_SLOTS | around.attributes | noted
    for flow in program.flows.values():
        languages = tuple(dict.fromkeys((*program.languages, *flow.languages)))
        for name, node in flow.nodes.items():
            asked = tuple(dict.fromkeys(node.choices.values())) if isinstance(node, n.AskLanguage) else languages
            for field, saying in sayings(node):
                for code, below, params in _saying(saying, asked, around, known):
                    yield Finding(code, flow.id, name, f"{field}.{below}", params)


class _Wrong(NamedTuple):
    code: str
    field: str
    params: dict[str, object]


def _saying(
    saying: n.Saying, languages: tuple[str, ...], around: Surroundings, known: frozenset[str]
) -> Iterator[_Wrong]:
    prompt = around.prompts.get(saying.prompt) if saying.prompt else None
    if saying.prompt and prompt is None:
        yield _Wrong("flow.missing_prompt", "prompt", {"value": saying.prompt})
        return
    for language in languages:
        text = saying.text.get(language, "")
        recorded = prompt is not None and (language in prompt.recorded or prompt.text.get(language, "").strip())
        if not text.strip() and not recorded:
            yield _Wrong("flow.missing_text", f"text.{language}", {"value": language})
    named = {language: set(slots(text)) for language, text in saying.text.items() if text.strip()}
    for language, text in saying.text.items():
        if BRACES.search(SLOT.sub("", text)):
            yield _Wrong("flow.bad_slot", f"text.{language}", {"value": text[:80]})
        for slot, manner in slots(text):
            if slot not in known:
                yield _Wrong("flow.unknown_slot", f"text.{language}", {"value": slot})
            if manner and manner not in MANNERS:
                yield _Wrong("flow.unknown_manner", f"text.{language}", {"value": manner, "known": ", ".join(MANNERS)})
    if len({frozenset(found) for found in named.values()}) > 1:
        yield _Wrong("flow.slots_differ", "text", {})
