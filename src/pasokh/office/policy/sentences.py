"""A queue's policy in words: the whole as a few sentences, and what an edit changed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from pasokh.acd.model import Criterion, PriorityClass, QueueConfig, Relaxation
from pasokh.i18n import numbers
from pasokh.i18n.catalogue import has, message
from pasokh.i18n.languages import NAMES
from pasokh.kernel.time import MINUTE, Millis
from pasokh.office.policy.definition import SPANS, known, plain

type Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What keys are called, and the language to speak."""

    language: str
    skills: Names = field(default_factory=dict)
    queues: Names = field(default_factory=dict)
    outcomes: Names = field(default_factory=dict)
    reasons: Names = field(default_factory=dict)
    clients: Names = field(default_factory=dict)

    def name(self, names: Names, key: str) -> str:
        """What a key is called in the language, else in English, else the key."""
        found = names.get(key, {})
        return found.get(self.language) or found.get("en") or next(iter(found.values()), key)

    def listed(self, names: Names, keys: Iterable[str]) -> str:
        """Several names, comma between."""
        return _comma(self.language).join(self.name(names, key) for key in keys)

    def say(self, key: str, **fields: object) -> str:
        """A message of the catalogue."""
        return message(key, self.language, **fields)

    def span(self, milliseconds: Millis | None) -> str:
        """A length of time in words."""
        return numbers.duration(milliseconds, self.language)


class Change(NamedTuple):
    """One thing that differs."""

    what: str
    before: str
    after: str


def summary(queue: QueueConfig, words: Vocabulary) -> list[str]:
    """The whole policy in sentences, the most important first."""
    policy, say, span = queue.policy, words.say, words.span
    found = [
        say(
            "policy.sum.level",
            percent=numbers.percent(queue.target_permille, words.language),
            span=span(queue.target_ms),
        ),
        _ladder(queue, words),
        asked(queue, words),
    ]
    found += [relaxation(step, queue, words) for step in policy.relaxations]
    found.append(say("policy.sum.order", order=_order(policy.agent_order, words)))
    if overtaking := overtakes(policy.classes, words):
        found.append(overtaking)
    found.append(
        say("policy.sum.ring_out" if queue.ring_out_not_ready else "policy.sum.ring_on", span=span(queue.ring_ms))
    )
    if policy.last_agent_hold_ms:
        found.append(say("policy.sum.last_agent", span=span(policy.last_agent_hold_ms)))
    found.append(
        say("policy.sum.wrap_up", span=span(queue.wrap_up_ms)) if queue.wrap_up_ms else say("policy.sum.no_wrap_up")
    )
    if queue.max_waiting is not None:
        found.append(say("policy.sum.max_waiting", n=queue.max_waiting))
    if queue.max_wait_ms is not None:
        found.append(say("policy.sum.max_wait", span=span(queue.max_wait_ms)))
    found.append(say(f"policy.sum.no_agents.{queue.when_no_agents}"))
    return found


def asked(queue: QueueConfig, words: Vocabulary) -> str:
    """What is asked of agents."""
    skills = [f"{words.name(words.skills, r.skill)} {numbers.number(r.level, words.language)}+" for r in queue.requires]
    spoken = _comma(words.language).join(NAMES.get(code, code) for code in queue.languages)  # type: ignore[call-overload]
    if skills and spoken:
        return words.say("policy.sum.asks_both", skills=_comma(words.language).join(skills), languages=spoken)
    if skills:
        return words.say("policy.sum.asks", skills=_comma(words.language).join(skills))
    return words.say("policy.sum.asks_language", languages=spoken) if spoken else words.say("policy.sum.asks_nothing")


def relaxation(step: Relaxation, queue: QueueConfig, words: Vocabulary) -> str:
    """One step: after how long, and what loosens."""
    parts = []
    every = {r.skill for r in queue.requires} | set(queue.languages.values())
    if every and every <= set(step.drop):
        parts.append(words.say("policy.relax.anyone"))
    elif step.drop:
        parts.append(words.say("policy.relax.drop", skills=words.listed(words.skills, step.drop)))
    if step.lower_by:
        parts.append(words.say("policy.relax.lower", n=step.lower_by))
    if step.overflow_to:
        parts.append(words.say("policy.relax.overflow", queues=words.listed(words.queues, step.overflow_to)))
    what = (words.say("policy.and")).join(parts) or words.say("policy.relax.nothing")
    return words.say("policy.sum.relax", span=words.span(step.after_ms), what=what)


def overtakes(classes: tuple[PriorityClass, ...], words: Vocabulary) -> str:
    """When a contact of a lower class goes before one of the next that has just arrived; empty with one class."""
    pairs = []
    for low, high in pairwise(classes):
        after = overtaking_ms(low, high)
        key = "policy.overtake" if after > 0 else "policy.overtake.at_once"
        pairs.append(
            words.say(key, low=class_name(low.name, words), high=class_name(high.name, words), span=words.span(after))
        )
    return " ".join(pairs)


def overtaking_ms(low: PriorityClass, high: PriorityClass) -> Millis:
    """How long a contact of `low` has waited when it ranks as high as one of `high` that has just come."""
    return max(0, high.head_start_ms - low.head_start_ms) * 1_000 // low.ageing_permille


def class_name(name: str, words: Vocabulary) -> str:
    """The usual classes have names of their own."""
    key = f"policy.class.{name}"
    return words.say(key) if has(key) else name


def overtaking_points(classes: tuple[PriorityClass, ...], width: int, height: int) -> list[tuple[str, str]]:
    """Rank over wait of each class as points of a polyline: (class name, "x,y x,y"), for a drawing of that size.

    The wait runs to where the slowest class has passed the greatest head start, at least two minutes.
    """
    longest = max([2 * MINUTE, *(overtaking_ms(low, high) * 3 // 2 for low in classes for high in classes)])
    longest = min(longest, 60 * MINUTE)
    top = max(c.head_start_ms + longest * c.ageing_permille // 1_000 for c in classes)
    found = []
    for each in classes:
        ends = ((0, each.head_start_ms), (longest, each.head_start_ms + longest * each.ageing_permille // 1_000))
        found.append(
            (each.name, " ".join(f"{x * width // longest},{height - y * height // max(top, 1)}" for x, y in ends))
        )
    return found


# -- differences ---------------------------------------------------------------------------------------------------
def changes(before: QueueConfig | None, after: QueueConfig, words: Vocabulary) -> list[Change]:
    """What differs, in words; `before` None = all is new, told as nothing."""
    if before is None:
        return []
    old, new = _facts(before, words), _facts(after, words)
    none = words.say("policy.none")
    return [
        Change(words.say(key), old.get(key) or none, new.get(key) or none)
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _facts(queue: QueueConfig, words: Vocabulary) -> dict[str, str]:
    """Message key of a field → its value in words."""
    found, language = plain(queue), words.language
    comma = _comma(language)
    return {
        "policy.field.name": comma.join(f"{NAMES.get(k, k)}: {v}" for k, v in sorted(queue.name.items())),  # type: ignore[call-overload]
        "field.client": words.name(words.clients, queue.client),
        "policy.field.target": f"{numbers.percent(queue.target_permille, language, 1)} · {words.span(queue.target_ms)}",
        "policy.field.asked": asked(queue, words),
        "policy.field.languages": comma.join(
            f"{NAMES.get(code, code)}: {words.name(words.skills, skill)}"  # type: ignore[call-overload]
            for code, skill in queue.languages.items()
        ),
        "page.queues.relaxations": " ".join(relaxation(step, queue, words) for step in queue.policy.relaxations),
        "page.queues.order": _order(queue.policy.agent_order, words),
        "policy.field.classes": comma.join(_class(each, words) for each in queue.policy.classes),
        **{f"field.{name}": words.span(known(found, span.path)) for name, span in SPANS.items() if name != "target_s"},
        "field.max_wait_s": "" if queue.max_wait_ms is None else words.span(queue.max_wait_ms),
        "field.max_waiting": "" if queue.max_waiting is None else numbers.number(queue.max_waiting, language),
        "field.ring_out_not_ready": words.say("policy.yes" if queue.ring_out_not_ready else "policy.no"),
        "field.when_no_agents": words.say(f"no_agents.{queue.when_no_agents}"),
        "field.alternatives": comma.join(words.say(f"alternative.{a.value}") for a in queue.alternatives),
        "field.callback_first": words.say(f"callback_first.{queue.callback_first}"),
        "field.callback_attempts": numbers.number(queue.callback_attempts, language),
        "field.outcomes": words.listed(words.outcomes, queue.outcomes),
        "field.reasons": words.listed(words.reasons, queue.reasons),
        "policy.field.follow_ups": words.listed(words.outcomes, queue.follow_up_outcomes),
        "policy.field.overflow_now": words.listed(words.queues, queue.overflow_now),
        "field.seed": numbers.number(queue.policy.seed, language) if queue.policy.seed else "",
    }


def _ladder(queue: QueueConfig, words: Vocabulary) -> str:
    ladder = queue.ladder
    ways = _comma(words.language).join(words.say(f"alternative.{a.value}") for a in queue.alternatives)
    spans = {rung: words.span(getattr(ladder, f"{rung}_ms")) for rung in ("ideal", "good", "offer", "alarm", "never")}
    if ways:
        return words.say("policy.sum.ladder", ways=ways, **spans)
    del spans["offer"]
    return words.say("policy.sum.ladder_plain", **spans)


def _order(order: tuple[Criterion, ...], words: Vocabulary) -> str:
    if not order:
        return words.say("policy.order.none")
    return words.say("policy.then").join(words.say(f"criterion.{c.value}") for c in order)


def _class(each: PriorityClass, words: Vocabulary) -> str:
    head = words.span(each.head_start_ms)
    pace = numbers.percent(each.ageing_permille, words.language)
    return words.say("policy.class", name=class_name(each.name, words), head=head, pace=pace)


def _comma(language: str) -> str:
    return "، " if language == "fa" else ", "
