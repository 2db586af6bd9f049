"""What a recorded log says about its customers and agents: arrivals, handle times, patience, duty, habits."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pasokh.acd import events as ev
from pasokh.acd.model import AgentConfig, Channel, Closing, QueueConfig, Requirement
from pasokh.kernel.time import Instant, Millis
from pasokh.twin.replay_log import Recorded
from pasokh.twin.roster import BREAK, OFF, ON
from pasokh.twin.scenario import Weibull

VISITS = frozenset({"opened", "transfer", "returned"})


@dataclass(slots=True)
class SeenContact:
    """A recorded contact. Spans are -1 where the log does not say."""

    at: Instant
    queue: str
    channel: Channel
    requires: tuple[Requirement, ...]
    priority: int
    preferred: str | None
    talk_ms: Millis = -1
    wrap_up_ms: Millis = -1
    waited_ms: Millis = -1
    """How long the first wait lasted, at least."""
    abandoned: bool = False
    """Whether that wait ended because the customer left."""


@dataclass(slots=True)
class RecordedDay:
    """Everything a what-if needs of a log."""

    start: Instant = 0
    end: Instant = 0
    queues: dict[str, QueueConfig] = field(default_factory=dict)
    """The latest version of each."""
    republished: set[str] = field(default_factory=set)
    agents: dict[str, AgentConfig] = field(default_factory=dict)
    duty: dict[str, list[tuple[Instant, str]]] = field(default_factory=dict)
    hours: list[tuple[Instant, str, bool]] = field(default_factory=list)
    contacts: list[SeenContact] = field(default_factory=list)
    rang_ms: list[Millis] = field(default_factory=list)
    offers: int = 0
    rejected: int = 0
    rang_out: int = 0
    away_ms: list[Millis] = field(default_factory=list)
    """How long agents stayed away after an offer rang out."""
    alternatives: dict[str, int] = field(default_factory=dict)
    """``offered``, ``callback``, ``message``; ``attempts``, ``reached``."""
    talks: dict[str, int] = field(default_factory=dict)
    transfers: dict[tuple[str, str], int] = field(default_factory=dict)


def read_day(rows: Iterable[Recorded]) -> RecordedDay:
    """Gather a day from its log."""
    return _Reader().read(rows)


class _Reader:
    def __init__(self) -> None:
        self.day = RecordedDay()
        self.open: dict[str, SeenContact] = {}
        self.wrap_from: dict[str, Instant] = {}
        self.away_since: dict[str, Instant] = {}

    def read(self, rows: Iterable[Recorded]) -> RecordedDay:
        for row in rows:
            self.day.start = self.day.start or row.at
            self.day.end = row.at
            self._agents(row.event, row.at)
            self._contacts(row.event, row.at)
            self._habits(row.event)
        for seen in self.open.values():
            if seen.waited_ms < 0:
                seen.waited_ms = max(0, self.day.end - seen.at)
        return self.day

    def _agents(self, e: ev.AnyEvent, at: Instant) -> None:
        day = self.day
        match e:
            case ev.QueueDefined():
                if e.queue.id in day.queues:
                    day.republished.add(e.queue.id)
                day.queues[e.queue.id] = e.queue
            case ev.QueueOpened() | ev.QueueClosed():
                day.hours.append((at, e.queue, isinstance(e, ev.QueueOpened)))
            case ev.AgentDefined():
                day.agents[e.agent.id] = e.agent
            case ev.AgentSignedOut():
                self._on_duty(e.agent, OFF, at)
            case ev.PresenceChanged():
                if not e.ready and e.by != "agent":
                    self.away_since[e.agent] = at
                    return
                since = self.away_since.pop(e.agent, None)
                if since is not None and e.ready:
                    day.away_ms.append(at - since)
                self._on_duty(e.agent, ON if e.ready else BREAK, at)
            case _:
                pass

    def _on_duty(self, agent: str, what: str, at: Instant) -> None:
        duty = self.day.duty.setdefault(agent, [])
        if (duty[-1][1] if duty else OFF) != what:
            duty.append((at, what))

    def _contacts(self, e: ev.AnyEvent, at: Instant) -> None:
        match e:
            case ev.ContactOpened():
                seen = SeenContact(at, e.queue, e.channel, e.requires, e.priority, e.preferred_agent)
                self.open[e.interaction] = seen
                self.day.contacts.append(seen)
            case ev.OfferAccepted():
                seen_now = self.open.get(e.interaction)
                if seen_now is not None and seen_now.waited_ms < 0:
                    seen_now.waited_ms = e.waited_ms
            case ev.TalkEnded() | ev.Transferred():
                seen_now = self.open.get(e.interaction)
                if seen_now is not None and seen_now.talk_ms < 0:
                    seen_now.talk_ms = e.talk_ms
                if isinstance(e, ev.TalkEnded):
                    self.wrap_from[e.interaction] = at
            case ev.OutcomeRecorded() | ev.WrapUpExpired():
                began = self.wrap_from.pop(e.interaction, None)
                seen_now = self.open.get(e.interaction)
                if began is not None and seen_now is not None and seen_now.wrap_up_ms < 0:
                    seen_now.wrap_up_ms = at - began
            case ev.InteractionClosed():
                seen_now = self.open.pop(e.interaction, None)
                if seen_now is not None and seen_now.waited_ms < 0:
                    seen_now.waited_ms = e.waited_ms
                    seen_now.abandoned = e.reason is Closing.ABANDONED
            case _:
                pass

    def _habits(self, e: ev.AnyEvent) -> None:  # noqa: C901 - one case an event
        day = self.day

        def count(name: str) -> None:
            day.alternatives[name] = day.alternatives.get(name, 0) + 1

        match e:
            case ev.Offered():
                day.offers += 1
            case ev.OfferAccepted():
                day.rang_ms.append(e.rang_ms)
                day.talks[e.queue] = day.talks.get(e.queue, 0) + 1
            case ev.OfferRejected():
                day.rejected += 1
            case ev.OfferTimedOut():
                day.rang_out += 1
            case ev.AlternativesOffered():
                if e.options:
                    count("offered")
            case ev.AlternativeAccepted():
                count(e.choice)
            case ev.CallbackAttempted():
                count("attempts")
                if e.connected:
                    count("reached")
            case ev.Transferred():
                if not e.consulted and e.to_agent is None:
                    way = (e.from_queue, e.to_queue)
                    day.transfers[way] = day.transfers.get(way, 0) + 1
            case _:
                pass


FEWEST_ABANDONS = 30
"""From this many on, a stream's patience is fitted; below, R3's prior stands."""


def fit_patience(waits: Sequence[tuple[Millis, bool]], prior: Weibull | None = None) -> Weibull:
    """Weibull patience of (waited, abandoned) pairs, those not abandoned right-censored; maximum likelihood.

    Solves the profile equation for the shape by bisection (Cohen 1965). With fewer than `FEWEST_ABANDONS` abandons the
    prior is returned as it is.
    """
    prior = prior or Weibull()
    known = [(max(w, 1) / 1000, lost) for w, lost in waits]
    lost = [t for t, gone in known if gone]
    if len(lost) < FEWEST_ABANDONS:
        return prior
    mean_log = math.fsum(map(math.log, lost)) / len(lost)

    def slope(k: float) -> float:
        powers = [t**k for t, _ in known]
        weighted = math.fsum(p * math.log(t) for p, (t, _) in zip(powers, known, strict=True))
        return weighted / math.fsum(powers) - 1 / k - mean_log

    low, high = 0.1, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    shape = (low + high) / 2
    scale = (math.fsum(t**shape for t, _ in known) / len(lost)) ** (1 / shape)
    return Weibull(float(shape), float(scale))


def remaining_patience(fitted: Weibull, waited_ms: Millis, u: float) -> Millis:
    """A patience drawn at probability `u` from those longer than a wait already borne."""
    borne = (waited_ms / 1000 / fitted.scale_s) ** fitted.shape
    t: float = fitted.scale_s * (borne - math.log1p(-u)) ** (1 / fitted.shape)
    return max(waited_ms + 1, round(min(t, 31_622_400) * 1000))
