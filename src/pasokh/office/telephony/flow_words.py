"""Flows in words: kinds of steps, fields, alternatives, and what an edit changes for callers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pasokh.flows.differences import Difference, Plain, differences, leaves
from pasokh.flows.nodes import Node
from pasokh.i18n import numbers
from pasokh.i18n.catalogue import catalogue, has, message
from pasokh.i18n.languages import NAMES, as_language
from pasokh.office.policy.sentences import Change

KINDS = tuple(str(kind.__struct_config__.tag) for kind in Node.__subclasses__())
_WAYS = ("callback", "message", "overflow")
_LABEL = "flow.label."
_TARGETS = {"then", "otherwise", "when_closed", "when_full", "after", "to", "start"}
_NAMED = {
    "queue": "queues",
    "open": "hours",
    "holiday": "hours",
    "skill": "skills",
    "flow": "flows",
    "prompt": "prompts",
}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Words:
    """The language to speak, and what the organisation's own things are called."""

    language: str
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """`queues`, `hours`, `skills`, `flows`, `prompts`: key → name."""

    def say(self, key: str, **fields: object) -> str:
        """A message of the catalogue."""
        return message(key, self.language, **fields)


def labels(language: str) -> dict[str, str]:
    """What every field is called, by its path without places: `offer.ways.then`."""
    texts = catalogue(as_language(language) or "en")
    return {key.removeprefix(_LABEL): str(text) for key, text in texts.items() if key.startswith(_LABEL)}


def page_words(language: str) -> dict[str, dict[str, str]]:
    """What the editor calls kinds, fields and alternatives."""
    return {
        "kinds": {kind: message(f"flow.kind.{kind}", language) for kind in KINDS},
        "helps": {kind: message(f"flow.kind.{kind}.help", language) for kind in KINDS},
        "labels": labels(language),
        "ways": {way: message(f"flow.way.{way}", language) for way in _WAYS},
    }


def changes(before: Plain | None, after: Plain, words: Words) -> list[Change]:
    """What differs, for people; nothing where there was nothing before."""
    if before is None:
        return []
    return [_change(each, before, after, words) for each in differences(before, after)]


def node_name(name: str, node: object, words: Words) -> str:
    """What people call a step: its title, else its kind and name."""
    fields: Mapping[str, Any] = node if isinstance(node, Mapping) else {}
    title, kind = fields.get("title"), fields.get("kind")
    if isinstance(title, str) and title:
        return title
    return f"{words.say(f'flow.kind.{kind}')} ({name})" if kind in KINDS else name


def field_name(path: str, words: Words) -> str:
    """What a field is called, by its path with places: `offer.ways[1].then`."""
    plain = "".join(part.partition("]")[2] if "]" in part else part for part in path.split("["))
    parts = plain.split(".")
    for k in range(len(parts)):
        key = _LABEL + ".".join(parts[k:])
        if has(key):
            return words.say(key)
    if len(parts) > 1 and parts[-2] == "choices":
        return words.say("flow.label.choices.key", digit=parts[-1])
    if len(parts) > 1 and parts[-2] in {"text", "name"} and parts[-1] in NAMES:
        above = field_name(".".join(parts[:-2]), words) if len(parts) > 2 else words.say(f"{_LABEL}{parts[-2]}")
        return f"{above} · {NAMES[parts[-1]]}"
    return plain


def _change(each: Difference, before: Plain, after: Plain, words: Words) -> Change:
    nodes = {**_nodes(before), **_nodes(after)}
    name = node_name(each.node, nodes.get(each.node, {}), words) if each.node else words.say("flow.whole")
    match each.kind:
        case "added":
            return Change(words.say("flow.change.added", name=name), "", _said(each.after))
        case "removed":
            return Change(words.say("flow.change.removed", name=name), _said(each.before), "")
        case "renamed":
            return Change(words.say("flow.change.renamed", name=name), str(each.before), str(each.after))
        case _:
            what = f"{name} · {field_name(each.field, words)}"
            shown = [_shown(each.field, value, nodes, words) for value in (each.before, each.after)]
            return Change(what, *shown)


def _shown(path: str, value: object, nodes: Mapping[str, Any], words: Words) -> str:
    """A value as people read it; "" where there is none."""
    name = path.rsplit(".", maxsplit=1)[-1].partition("[")[0]
    match value:
        case None | "" | [] | {}:
            return ""
        case bool():
            return words.say("policy.yes" if value else "policy.no")
        case int():
            return numbers.number(value, words.language)
        case str() if value in nodes and (name in _TARGETS or path.startswith("choices.")):
            return node_name(value, nodes[value], words)
        case str() if name == "kind":
            return words.say(f"flow.kind.{value}") if value in KINDS else value[:_LONGEST]
        case str() if name == "way" and value in _WAYS:
            return words.say(f"flow.way.{value}")
        case str() if name in _NAMED:
            return words.names.get(_NAMED[name], {}).get(value, value)
        case str():
            return NAMES.get(value, value)[:_LONGEST] if len(value) == 2 else value[:_LONGEST]  # type: ignore[call-overload]
        case _:
            return str(value)[:_LONGEST]


def _said(node: object) -> str:
    """The first text of a step."""
    return next((str(v)[:_LONGEST] for path, v in leaves(node) if ".text." in f".{path}" and v), "")


def _nodes(flow: Plain) -> Mapping[str, Any]:
    found = flow.get("nodes")
    return found if isinstance(found, Mapping) else {}
