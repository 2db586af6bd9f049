"""How one call went, step by step between those who took part: what was decided, asked, told, heard. Pure.

Lanes stand side by side: the customer's side, the switch, the engine, then everybody who was called. A row leads from
one lane to another, or stands on one. Times are as told: of the switch by its clock, of decisions by the engine's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pasokh.i18n.catalogue import has, message
from pasokh.i18n.numbers import number
from pasokh.kernel.time import Instant
from pasokh.office.voice_quality.rules import grade, masked

SWITCH, CORE = "switch", "core"
CALLER = "caller"
_KNOWN_CAUSES = frozenset({1, 16, 17, 18, 19, 20, 21, 25, 27, 28, 31, 34, 38, 41, 42, 44, 58, 88, 102, 127})
_FROM_PHONE = frozenset({
    "caller.entered", "leg.entered", "digit.received", "hold.pressed", "hold.released", "channel.state.up",
})  # fmt: skip
"""What comes from the phone; everything else goes to it."""


_ISOLATES = re.compile("[\u2066-\u2069]")
"""Signs for the eye's order: a ticket's form shows them as boxes."""


class Names(Protocol):
    """Names people know."""

    def __call__(self, kind: str, name: str) -> str:
        """The name."""


class LegFacts(Protocol):
    """What a row of `voice_quality.models.Leg` holds."""

    channel: str
    role: str
    person: str
    trunk: str
    station: str
    ended_at: Instant
    answered: bool
    codec: str
    received: int
    sent: int
    received_lost: int
    sent_lost: int
    received_jitter_us: int
    sent_jitter_us: int
    round_trip_us: int
    received_score: int
    sent_score: int
    here: str
    there: str
    sip_call_id: str
    sip_answer: str
    by_phone: bool
    cause: int


class Told(Protocol):
    """A line of the contact's story (`desk.timeline.Entry`)."""

    @property
    def at(self) -> Instant:
        """When."""

    @property
    def kind(self) -> str:
        """A message has its own."""

    @property
    def text(self) -> str:
        """A sentence."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Somebody who took part."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: from lane `start` to lane `end` (the same = it happened there)."""

    at: Instant
    start: int
    end: int
    kind: str
    text: str
    took_ms: int = 0
    failed: bool = False
    grade: str = ""
    """Of what is said about sound."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """All of it."""

    lanes: list[Lane]
    rungs: list[Rung]


def ladder_of(
    steps: Iterable[dict[str, Any]], legs: Sequence[LegFacts], story: Iterable[Told], language: str, names: Names
) -> Ladder:
    """The ladder of a call: `steps` as they are kept (`telephony.exchange.journal.Step`), in any order."""
    steps = sorted(steps, key=lambda step: (int(step.get("at", 0)), step.get("kind") != "asked"))
    teller = _Teller(language, names, {leg.channel: leg for leg in legs})
    rungs = [(rung.at, 1, rung) for step in steps if (rung := teller.step(step)) is not None]
    rungs += [(leg.ended_at, 2, rung) for leg in legs for rung in teller.leg(leg)]
    core = teller.lane(CORE)
    rungs += [
        (entry.at, 0, Rung(entry.at, core, core, "core", entry.text))
        for entry in story
        if entry.kind != "message" and entry.text
    ]
    return Ladder(teller.lanes, [rung for _, _, rung in sorted(rungs, key=lambda each: each[:2])])


def as_text(ladder: Ladder, heading: Sequence[str], stamp: Any, *, whole: bool) -> str:  # noqa: ANN401 - an instant's writer
    """The ladder for a carrier's support: one line a step; numbers are hidden unless `whole`."""
    lines = [*heading, ""]
    for rung in ladder.rungs:
        start, end = ladder.lanes[rung.start].name, ladder.lanes[rung.end].name
        way = start if rung.start == rung.end else f"{start} → {end}"
        lines.append(f"{stamp(rung.at)}  {way}: {rung.text}")
    text = _ISOLATES.sub("", "\n".join(lines))
    return (text if whole else masked(text)) + "\n"


def cause_words(cause: int, language: str) -> str:
    """A cause of ITU-T Q.850 in words, with its number."""
    if cause in _KNOWN_CAUSES:
        return message(f"ladder.cause.{cause}", language, n=cause)
    return message("ladder.cause.other", language, n=cause)


class _Teller:
    def __init__(self, language: str, names: Names, legs: dict[str, LegFacts]) -> None:
        self._language, self._names, self._legs = language, names, legs
        self.lanes: list[Lane] = []
        for key in (CALLER, SWITCH, CORE):
            self.lane(key)

    def say(self, key: str, **fields: object) -> str:
        return message(f"ladder.{key}", self._language, **fields)

    def lane(self, key: str) -> int:
        """The lane's place, made at its first use."""
        for place, lane in enumerate(self.lanes):
            if lane.key == key:
                return place
        role, _, person = key.partition(":")
        name = self._names("agent", person) if person else self.say(f"lane.{role}")
        self.lanes.append(Lane(key, name))
        return len(self.lanes) - 1

    def _of(self, role: str, person: str) -> int:
        if role in (CALLER, ""):
            return self.lane(CALLER)
        known = role if has(f"ladder.lane.{role}") else "outside"
        return self.lane(f"{known}:{person}" if person else known)

    def step(self, step: dict[str, Any]) -> Rung | None:
        """A step as a rung; None for one of a release that told other things."""
        at, kind, what = int(step.get("at", 0)), str(step.get("kind", "")), str(step.get("what", ""))
        own = self._of(str(step.get("role", "")), str(step.get("person", "")))
        switch, core = self.lane(SWITCH), self.lane(CORE)
        if kind == "asked":
            if not has(f"ladder.asked.{what}"):
                return None
            text = self.say(f"asked.{what}", who=self.lanes[own].name)
            error = str(step.get("error", ""))
            if error:
                text = self.say("failed", what=text, reason=error)
            return Rung(at, core, switch, "asked", text, int(step.get("took_ms", 0)), bool(error))
        leg = self._legs.get(str(step.get("channel", "")))
        if kind == "channel.gone":
            return self._gone(at, own, leg, int(step.get("cause", 0)))
        key = f"{kind}.{what}" if what else kind
        if not has(f"ladder.{key}"):
            return None
        if kind == "engine.took_over":
            return Rung(at, core, core, kind, self.say(key))
        ways = (own, switch) if key in _FROM_PHONE else (switch, own)
        carrier = self._names("line", leg.trunk) if leg is not None and leg.trunk else ""
        text = self.say("caller.entered.by", trunk=carrier) if kind == "caller.entered" and carrier else self.say(key)
        return Rung(at, *ways, kind, text)

    def _gone(self, at: Instant, own: int, leg: LegFacts | None, cause: int) -> Rung:
        by_phone = leg is not None and leg.by_phone
        why = cause_words(cause, self._language)
        text = self.say("gone.by_phone" if by_phone else "gone.by_us", cause=why)
        ways = (own, self.lane(SWITCH)) if by_phone else (self.lane(SWITCH), own)
        return Rung(at, *ways, "channel.gone", text)

    def leg(self, leg: LegFacts) -> list[Rung]:
        """What is known of a leg at its end: SIP, where sound went, how it sounded."""
        lane = self._of(leg.role, leg.person)
        told = [Rung(leg.ended_at, lane, lane, "sip", self._sip(leg))] if leg.sip_call_id else []
        if not leg.answered:
            return told
        if leg.there:
            text = self.say("media", codec=leg.codec, there=leg.there, here=leg.here)
            told.append(Rung(leg.ended_at, lane, lane, "media", text))
        score = min([each for each in (leg.received_score, leg.sent_score) if each] or [0])
        text = self.say("received", **self._sound(leg.received, leg.received_lost, leg.received_jitter_us))
        if leg.received_score:
            text = self.say("scored", what=text, score=self._score(leg.received_score))
        if leg.sent_score:
            sent = self.say("sent", **self._sound(leg.sent, leg.sent_lost, leg.sent_jitter_us))
            sent = self.say("scored", what=sent, score=self._score(leg.sent_score))
            text = f"{text} {sent} {self.say('round_trip', ms=number(leg.round_trip_us // 1_000, self._language))}"
        told.append(Rung(leg.ended_at, lane, lane, "sound", text, grade=grade(score) if leg.received else "bad"))
        return told

    def _sip(self, leg: LegFacts) -> str:
        if leg.sip_answer:
            return self.say("sip.answered", id=leg.sip_call_id, answer=leg.sip_answer)
        return self.say("sip", id=leg.sip_call_id)

    def _sound(self, packets: int, lost: int, jitter_us: int) -> dict[str, object]:
        return {
            "packets": number(packets, self._language),
            "lost": number(lost, self._language),
            "jitter": number(jitter_us // 1_000, self._language),
        }

    def _score(self, hundredths: int) -> str:
        return number((hundredths + 5) // 10, self._language, 1)
