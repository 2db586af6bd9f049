"""Contacts with everything about them: stays in queues, handlings, ratings, promises.

Stays are counted as the core counts them (`pasokh.acd.state.QueueDay`); handlings follow the segments of
`pasokh.acd.segments`. A contact that is over is put aside: what comes late (a rating, a promise kept, a callback for a
lost call) recalls it, so that memory holds what is open.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from pasokh.acd import events as ev
from pasokh.acd.apply import VISITS
from pasokh.acd.model import Channel, Closing
from pasokh.acd.segments import Segment, SegmentFold, SegmentKind
from pasokh.kernel.time import Instant, Millis
from pasokh.metrics.folding.issues import Issues
from pasokh.metrics.folding.lines import Lines
from pasokh.metrics.folding.rows import SOURCE, Local, Row, Sink, number

_LEFT = {
    Closing.ABANDONED: "abandoned",
    Closing.TIMEOUT: "timeout",
    Closing.NO_AGENTS: "no_agents",
    Closing.LOST: "lost",
}
_KEPT_BY = {"callback": "callback", "message": "message", "overflow": "moved"}
_LATE = (ev.ContactOpened, ev.ContactRated, ev.FollowUpSet, ev.FollowUpClosed)
"""What may be said of a contact that is over."""
_SAID = frozenset({
    ev.ContactOpened, ev.InteractionStarted, ev.AlternativeAccepted, ev.ContactClosed, ev.ContactRated, ev.FollowUpSet,
    ev.FollowUpClosed, ev.Queued, ev.Scheduled, ev.Offered, ev.OfferAccepted, ev.OfferRejected, ev.OfferTimedOut,
    ev.OfferWithdrawn, ev.HoldStarted, ev.HoldEnded, ev.Transferred, ev.TalkEnded, ev.OutsideCalled,
    ev.OutsideAnswered, ev.OutsideEnded, ev.PassedOutside, ev.SentToMenu, ev.Moved, ev.CallbackMissed,
    ev.WorkReturned, ev.WrapUpExpired, ev.OutcomeRecorded, ev.InteractionClosed,
})  # fmt: skip
"""Events that say something of a contact's facts; all others (messages, rungs, readings) leave them as they are."""


class Matter(msgspec.Struct):
    """A contact and what goes on with it."""

    row: Row
    interactions: dict[str, tuple[str, str]] = {}
    """Kind and channel of each."""
    choices: dict[str, str] = {}
    stays: dict[str, Row] = {}
    """Those that go on, by interaction."""
    stay_numbers: dict[str, int] = {}
    handlings: dict[str, Row] = {}
    handling_numbers: dict[str, int] = {}
    promises: dict[str, int] = {}
    """Follow-up → 0 = owed, 1 = kept in time, 2 = late."""
    running: list[Segment] = []
    """Its open segments; filled only where it is kept."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Which outcomes say that a contact was resolved, was not, or could not have been."""

    resolved: frozenset[str] = frozenset()
    unresolved: frozenset[str] = frozenset()
    unresolvable: frozenset[str] = frozenset()


type Recall = Callable[[str], Matter | None]
"""A contact that was put aside; None for one nobody knows."""


class Matters:
    """All contacts at hand. `lines` hears of who waits, `issues` of who is done; without them, only the row counts."""

    def __init__(
        self, local: Local, sink: Sink, recall: Recall, lines: Lines | None, issues: Issues | None, outcomes: Outcomes
    ) -> None:
        self._local, self._sink, self._recall = local, sink, recall
        self._lines, self._issues, self._outcomes = lines, issues, outcomes
        self._segments = SegmentFold()
        self.all: dict[str, Matter] = {}
        self.touched: set[str] = set()

    def resume(self, matters: dict[str, Matter]) -> None:
        """Go on where a fold left off."""
        self.all = matters
        running = [segment for matter in matters.values() for segment in matter.running]
        consults = [name for m in matters.values() for name, (kind, _) in m.interactions.items() if kind == "consult"]
        self._segments = SegmentFold(running, consults)

    def kept(self, contact: str) -> Matter:
        """A contact as it is to be kept."""
        matter = self.all[contact]
        matter.running = [self._segments.open[name] for name in matter.interactions if name in self._segments.open]
        return matter

    def put_aside(self) -> list[tuple[str, Matter]]:
        """Let go of the contacts that are over."""
        over = [name for name in sorted(self.touched) if self._over(name)]
        return [(name, self.all.pop(name)) for name in over]

    def _over(self, contact: str) -> bool:
        matter = self.all.get(contact)
        return matter is not None and matter.row["closed_at"] is not None

    def push(self, e: ev.AnyEvent, at: Instant) -> None:
        """Take in the next event."""
        if type(e) not in _SAID:
            return
        name: str = getattr(e, "contact", "")
        matter = self.all.get(name)
        if matter is None and isinstance(e, _LATE):
            matter = self._recall(name)
        if matter is None:
            if not isinstance(e, ev.ContactOpened):
                return
            matter = Matter(self._opened(e, at))
        self.all[name] = matter
        self.touched.add(name)
        self._say(matter, e, at)
        self._stay(matter, e, at)
        self._handle(matter, e, at)
        if isinstance(e, ev.ContactClosed) and self._issues is not None:
            self._tell_linked(self._issues.close(matter.row))
        self._tell(matter)

    def _say(self, matter: Matter, e: ev.AnyEvent, at: Instant) -> None:
        row = matter.row
        match e:
            case ev.ContactOpened():
                row["closed_at"] = row["closed_local"] = None  # it may have been over: a callback for a lost call
                matter.interactions[e.interaction] = (e.kind, e.channel.value)
            case ev.InteractionStarted():
                matter.interactions[e.interaction] = (e.kind, e.channel.value)
            case ev.AlternativeAccepted():
                matter.choices[e.interaction] = e.choice
            case ev.ContactClosed():
                self._strike(row, "closed", at)
            case ev.ContactRated():
                row["rating"] = e.score
            case ev.FollowUpSet():
                matter.promises[e.follow_up] = 0
            case ev.FollowUpClosed():
                matter.promises[e.follow_up] = 1 if at <= e.due_at else 2
            case _:
                return
        kept = list(matter.promises.values())
        row["promises"], row["promises_kept"], row["promises_late"] = len(kept), kept.count(1), kept.count(2)

    def _tell(self, matter: Matter) -> None:
        if self._issues is not None:
            matter.row.update(self._issues.said(str(matter.row["contact"])))
        self._sink.tell("contacts", matter.row)

    def _tell_linked(self, contacts: Iterable[str]) -> None:
        for name in contacts:
            matter = self.all.get(name)
            if matter is None:
                matter = self._recall(name)
            if matter is not None:
                self.all[name] = matter
                self.touched.add(name)
                self._tell(matter)

    def _opened(self, e: ev.ContactOpened, at: Instant) -> Row:
        return {
            "contact": e.contact, "customer": e.customer or e.address, "source": SOURCE, "client": e.client,
            "queue": e.queue, "channel": e.channel.value,
            "direction": "callback" if e.channel is Channel.CALLBACK else "in", "language": e.language, "agent": "",
            "opened_at": at, "opened_local": self._local(at), "closed_at": None, "closed_local": None, "answered": 0,
            "abandoned": 0, "handlings": 0, "visits": 0, "wait_ms": 0, "handle_ms": 0, "reason": "", "outcome": "",
            "resolved": None, "resolvable": 1, "survey_resolved": None, "rating": None, "recommends": None,
            "effort": None, "next_contact_at": None, "previous_at": None, "issue": "", "issue_number": 0,
            "promises": 0, "promises_kept": 0, "promises_late": 0,
        }  # fmt: skip

    def _strike(self, row: Row, clock: str, at: Instant) -> None:
        row[f"{clock}_at"], row[f"{clock}_local"] = at, self._local(at)

    @staticmethod
    def _origin(matter: Matter, interaction: str, queue: str) -> Row:
        kind, channel = matter.interactions[interaction]
        row = matter.row
        return {
            "interaction": interaction, "contact": row["contact"], "customer": row["customer"], "source": SOURCE,
            "client": row["client"], "queue": queue, "channel": channel,
            "direction": "callback" if kind == "callback" else row["direction"], "language": row["language"],
        }  # fmt: skip

    # -- stays in queues -----------------------------------------------------------------------------------------------
    def _stay(self, matter: Matter, e: ev.AnyEvent, at: Instant) -> None:
        name: str = getattr(e, "interaction", "")
        if matter.interactions.get(name, ("consult", ""))[0] != "contact":
            return  # a callback or a message waits too, but nobody waits on the line
        stay = matter.stays.get(name)
        if isinstance(e, ev.Queued):
            if stay is None and e.cause in VISITS:
                self._enter(matter, name, e.queue, at)
            return
        if stay is None:
            return
        match e:
            case ev.Offered():
                stay["offers"] = number(stay["offers"]) + 1
                self._sink.tell("visits", stay)
            case ev.OfferAccepted():
                stay["agent"] = e.agent
                self._leave(matter, name, "answered", at, e.waited_ms)
            case ev.Moved() if e.waiting:
                self._leave(matter, name, "moved", at, e.waited_ms)
            case ev.InteractionClosed():
                how = self._how(matter, e)
                self._leave(matter, name, how, at, e.waited_ms)
                if how == "abandoned":
                    matter.row["abandoned"] = 1
            case _:
                pass

    @staticmethod
    def _how(matter: Matter, e: ev.InteractionClosed) -> str:
        if e.reason is Closing.DIVERTED:
            return _KEPT_BY.get(matter.choices.get(e.interaction, ""), "other")
        return _LEFT.get(e.reason, "other")

    def _enter(self, matter: Matter, name: str, queue: str, at: Instant) -> None:
        count = matter.stay_numbers[name] = matter.stay_numbers.get(name, 0) + 1
        row = matter.row
        row["visits"], row["abandoned"] = number(row["visits"]) + 1, 0
        target = self._lines.enter(queue, name, at) if self._lines is not None else 0
        stay = matter.stays[name] = {
            **self._origin(matter, name, queue), "visit": f"{row['contact']}/{name}/{count}", "agent": "",
            "entered_at": at, "entered_local": self._local(at), "left_at": None, "left_local": None,
            "wait_ms": 0, "how": "waiting", "offers": 0, "target_ms": target, "first": int(row["visits"] == 1),
        }  # fmt: skip
        self._sink.tell("visits", stay)

    def _leave(self, matter: Matter, name: str, how: str, at: Instant, waited_ms: Millis) -> None:
        stay = matter.stays.pop(name)
        if self._lines is not None:
            self._lines.leave(str(stay["queue"]), name, at)
        stay["how"], stay["wait_ms"] = how, waited_ms
        self._strike(stay, "left", at)
        if how != "moved":  # the wait goes on elsewhere, and is counted there
            matter.row["wait_ms"] = number(matter.row["wait_ms"]) + waited_ms
        self._sink.tell("visits", stay, settled=True)

    # -- handlings -----------------------------------------------------------------------------------------------------
    def _handle(self, matter: Matter, e: ev.AnyEvent, at: Instant) -> None:  # noqa: C901, PLR0912 - one case an event
        name: str = getattr(e, "interaction", "")
        for segment in self._segments.push(e, at):
            if segment.ended is None:
                if segment.kind in (SegmentKind.TALK, SegmentKind.CONSULT) and segment.agent:
                    self._begin(matter, e, segment, at)
            elif segment.interaction in matter.handlings:
                self._add(matter.handlings[segment.interaction], segment.kind, segment.ended - segment.started)
        handling = matter.handlings.get(name)
        if handling is None:
            return
        match e:
            case ev.HoldStarted():
                handling["holds"] = number(handling["holds"]) + 1
            case ev.TalkEnded():
                handling["ended_by"] = e.by
            case ev.OutcomeRecorded() if e.agent == handling["agent"]:
                handling["outcome"], handling["reason"] = e.outcome, e.reason
                self._outcome(matter, e)
                self._end(matter, name, at)
            case ev.Transferred() | ev.PassedOutside() | ev.SentToMenu():
                taken = isinstance(e, ev.Transferred) and handling["agent"] == e.to_agent
                if not taken:
                    handling["ended_by"] = "transfer"
                    self._end(matter, name, at)
            case ev.WrapUpExpired() | ev.WorkReturned() | ev.InteractionClosed():
                self._end(matter, name, at)
            case _:
                pass
        if name in matter.handlings:
            self._sink.tell("handlings", handling)

    def _begin(self, matter: Matter, e: ev.AnyEvent, segment: Segment, at: Instant) -> None:
        name, agent = segment.interaction, str(segment.agent)
        handling = matter.handlings.get(name)
        if handling is not None:
            if handling["agent"] == agent:
                return  # off hold again
            handling["ended_by"] = "transfer"
            self._end(matter, name, at)
        count = matter.handling_numbers[name] = matter.handling_numbers.get(name, 0) + 1
        kind, row = matter.interactions[name][0], matter.row
        if kind != "consult":
            row["answered"], row["agent"] = 1, agent
            row["handlings"], row["abandoned"] = number(row["handlings"]) + 1, 0
        matter.handlings[name] = {
            **self._origin(matter, name, segment.queue), "handling": f"{row['contact']}/{name}/{count}",
            "agent": agent, "kind": kind, "answered_at": at, "answered_local": self._local(at), "ended_at": None,
            "ended_local": None, "ring_ms": e.rang_ms if isinstance(e, ev.OfferAccepted) else 0, "talk_ms": 0,
            "hold_ms": 0, "holds": 0, "wrap_ms": 0, "ended_by": "other", "reason": "", "outcome": "",
        }  # fmt: skip

    @staticmethod
    def _add(handling: Row, kind: SegmentKind, lasted: Millis) -> None:
        column = {
            SegmentKind.TALK: "talk_ms", SegmentKind.CONSULT: "talk_ms", SegmentKind.HOLD: "hold_ms",
            SegmentKind.WRAP_UP: "wrap_ms",
        }.get(kind)  # fmt: skip
        if column is not None:
            handling[column] = number(handling[column]) + lasted

    def _end(self, matter: Matter, name: str, at: Instant) -> None:
        handling = matter.handlings.pop(name)
        self._strike(handling, "ended", at)
        if handling["kind"] != "consult":
            spent = sum(number(handling[column]) for column in ("talk_ms", "hold_ms", "wrap_ms"))
            matter.row["handle_ms"] = number(matter.row["handle_ms"]) + spent
        self._sink.tell("handlings", handling, settled=True)

    def _outcome(self, matter: Matter, e: ev.OutcomeRecorded) -> None:
        row, outcomes = matter.row, self._outcomes
        row["outcome"], row["reason"] = e.outcome, e.reason or row["reason"]
        row["resolved"] = 1 if e.outcome in outcomes.resolved else 0 if e.outcome in outcomes.unresolved else None
        row["resolvable"] = int(e.outcome not in outcomes.unresolvable)
