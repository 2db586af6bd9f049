"""All that happened to a contact in its order, in words; and its segments drawn to scale. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pasokh.acd import events as ev
from pasokh.acd.explain import explain
from pasokh.acd.model import Attachment
from pasokh.i18n.catalogue import message
from pasokh.i18n.numbers import duration
from pasokh.kernel.time import Instant, Millis

_SELF_TOLD = (
    ev.MessagePosted, ev.MessagesRead, ev.CustomerWentAway, ev.CustomerCameBack, ev.HoldStarted, ev.HoldEnded,
    ev.HelpAsked, ev.HelpAnswered, ev.MonitoringStarted, ev.MonitoringEnded, ev.ContactRated, ev.FollowUpSet,
    ev.FollowUpClosed, ev.OutcomeRecorded, ev.TalkEnded, ev.CallbackAttempted, ev.ConsultStarted, ev.ConsultEnded,
)  # fmt: skip
WIDTH = 1_000
"""Of a bar, in its own units."""
_LEAST = 3
"""Narrower stretches could not be seen."""


class Namer(Protocol):
    """Names people know instead of ids; kinds are ``agent``, ``queue``, ``outcome`` and ``reason``."""

    def __call__(self, kind: str, name: str) -> str:
        """The name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. A message has an `author`; anything else a sentence in `text`."""

    at: Instant
    kind: str
    text: str
    author: str = ""
    by: str = ""
    body: str = ""
    """What a person wrote beside the sentence."""
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar."""

    kind: str
    x: int
    width: int
    started_at: Instant
    length_ms: Millis
    agent: str
    going_on: bool


@dataclass(slots=True)
class Bar:
    """An interaction's segments on the contact's scale; `totals` = (kind, ms) for the legend."""

    kind: str
    queue: str
    stretches: list[Stretch] = field(default_factory=list)
    totals: list[tuple[str, Millis]] = field(default_factory=list)


class _Interaction(Protocol):
    id: str
    kind: str
    queue: str


class _Segment(Protocol):
    interaction: str
    kind: str
    agent: str
    started_at: Instant
    ended_at: Instant


def timeline_of(
    story: Iterable[tuple[Instant, ev.AnyEvent]],
    language: str,
    names: Namer,
    *,
    whispers: bool,
    customer: str = "",
    incidents: Sequence[tuple[Instant, str]] = (),
) -> list[Entry]:
    """Everything, oldest first. Without `whispers` nobody sees what supervisors said aside, nor that they read along.

    `incidents` = (when, text) of what everyone was told while this contact waited.
    """
    teller = _Teller(language, names, customer, whispers=whispers)
    entries = [entry for at, event in story for entry in teller.tell(event, at)]
    entries += [Entry(at, "incident", teller.say("incident"), body=text) for at, text in incidents]
    return sorted(entries, key=lambda entry: entry.at)


def bars_of(interactions: Sequence[_Interaction], segments: Sequence[_Segment], now: Instant) -> list[Bar]:
    """One bar an interaction, all on one scale from the contact's first segment to its last."""
    if not segments:
        return []
    begin = min(s.started_at for s in segments)
    end = max([s.ended_at or now for s in segments] + [begin + 1])
    bars = []
    for interaction in interactions:
        bar = Bar(interaction.kind, interaction.queue)
        totals: dict[str, Millis] = {}
        for s in (s for s in segments if s.interaction == interaction.id):
            until = max(s.ended_at or now, s.started_at)
            x = (s.started_at - begin) * WIDTH // (end - begin)
            width = max(_LEAST, (until - begin) * WIDTH // (end - begin) - x)
            length = until - s.started_at
            bar.stretches.append(
                Stretch(s.kind, min(x, WIDTH - _LEAST), width, s.started_at, length, s.agent, not s.ended_at)
            )
            totals[s.kind] = totals.get(s.kind, 0) + length
        bar.totals = sorted(totals.items(), key=lambda item: -item[1])
        if bar.stretches:
            bars.append(bar)
    return bars


class _Teller:
    def __init__(self, language: str, names: Namer, customer: str, *, whispers: bool) -> None:
        self._language, self._names, self._customer, self._whispers = language, names, customer, whispers

    def say(self, key: str, **fields: object) -> str:
        return message(f"timeline.{key}", self._language, **fields)

    def _agent(self, name: str) -> str:
        return self._names("agent", name)

    def _span(self, millis: Millis) -> str:
        return duration(millis, self._language)

    def tell(self, e: ev.AnyEvent, at: Instant) -> list[Entry]:
        """What one event has to say."""
        if isinstance(e, ev.MessagePosted):
            return self._message(e, at)
        if not isinstance(e, _SELF_TOLD):
            kind = {ev.Offered: "offer", ev.OfferAccepted: "answer", ev.Transferred: "transfer"}.get(type(e), "step")
            said = [Entry(at, kind, line.text) for line in explain([(at, e)], self._language, self._names)]
            if isinstance(e, ev.Transferred):
                if e.taken_over:
                    said = [Entry(at, "transfer", self.say("taken_over", agent=self._agent(e.to_agent or "")))]
                if e.note and said:
                    said[0] = Entry(at, "transfer", said[0].text, body=e.note)
            return said
        return self._own(e, at)

    def _message(self, e: ev.MessagePosted, at: Instant) -> list[Entry]:
        if e.author == "whisper" and not self._whispers:
            return []
        by = self._customer if e.author == "customer" else "" if e.author == "system" else self._agent(e.author_id)
        mentions = tuple(self._agent(name) for name in e.mentions)
        return [Entry(at, "message", e.text, e.author, by, attachments=e.attachments, mentions=mentions)]

    def _own(self, e: ev.AnyEvent, at: Instant) -> list[Entry]:  # noqa: C901, PLR0912 - one case per event
        match e:
            case ev.CustomerWentAway():
                return [Entry(at, "away", self.say("away"))]
            case ev.CustomerCameBack():
                return [Entry(at, "away", self.say("back", wait=self._span(e.away_ms)))]
            case ev.HoldStarted():
                return [Entry(at, "hold", self.say("hold", agent=self._agent(e.agent)), body=e.reason)]
            case ev.HoldEnded():
                return [Entry(at, "hold", self.say("hold_ended", wait=self._span(e.held_ms)))]
            case ev.HelpAsked():
                return [Entry(at, "help", self.say("help", agent=self._agent(e.agent)), body=e.question)]
            case ev.HelpAnswered() if e.by == e.agent:
                return [Entry(at, "help", self.say("help_taken_back", agent=self._agent(e.agent)))]
            case ev.HelpAnswered():
                return [Entry(at, "help", self.say("help_answered", agent=self._agent(e.by)))]
            case ev.MonitoringStarted() if self._whispers:
                return [Entry(at, "monitor", self.say("monitor", agent=self._agent(e.by)))]
            case ev.MonitoringEnded() if self._whispers:
                return [Entry(at, "monitor", self.say("monitor_ended", agent=self._agent(e.by)))]
            case ev.ContactRated():
                return [Entry(at, "rating", self.say("rated", score=e.score), body=e.comment, stars=e.score)]
            case ev.FollowUpSet():
                text = self.say("follow_up", agent=self._agent(e.by), owner=self._agent(e.owner))
                return [Entry(at, "follow_up", text, body=e.note)]
            case ev.FollowUpClosed():
                return [Entry(at, "follow_up", self.say("follow_up_closed", agent=self._agent(e.by)), body=e.result)]
            case ev.TalkEnded():
                key = {"customer": "ended_by_customer", "lost": "ended_lost"}.get(e.by, "ended_by_agent")
                return [Entry(at, "step", self.say(key, agent=self._agent(e.agent), talk=self._span(e.talk_ms)))]
            case ev.OutcomeRecorded():
                text = self.say("outcome", agent=self._agent(e.agent), outcome=self._names("outcome", e.outcome))
                if e.reason:
                    text = f"{text} {self.say('reason', reason=self._names('reason', e.reason))}"
                return [Entry(at, "outcome", text, body=e.note)]
            case ev.CallbackAttempted():
                return [Entry(at, "step", self.say("connected" if e.connected else "not_connected", n=e.attempt))]
            case ev.ConsultStarted():
                return [Entry(at, "consult", self.say("consult", agent=self._agent(e.agent)))]
            case ev.ConsultEnded():
                return [Entry(at, "consult", self.say("consult_ended"))]
            case _:
                return []
