"""A contact as segments: who did what with it, from when to when. A pure fold of its events.

An interaction has at most one open segment. A transfer closes one and opens another, so nobody is credited with
another's time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pasokh.acd import events as ev
from pasokh.kernel.time import Instant, Millis


class SegmentKind(StrEnum):
    """What went on."""

    QUEUE = "queue"
    SCHEDULED = "scheduled"
    RING = "ring"
    TALK = "talk"
    HOLD = "hold"
    CONSULT = "consult"
    WRAP_UP = "wrap_up"
    OUTSIDE_RING = "outside_ring"
    """A number outside is being called for the customer, or for a consult."""
    OUTSIDE = "outside"
    """Talks with a number outside."""
    MENU = "menu"
    """An agent sent the caller back to the menu."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one interaction. `ended` is None while it goes on; `agent` is None while nobody had it."""

    contact: str
    interaction: str
    kind: SegmentKind
    queue: str
    agent: str | None
    started: Instant
    ended: Instant | None = None

    @property
    def length_ms(self) -> Millis | None:
        """How long it took; None while it goes on."""
        return None if self.ended is None else self.ended - self.started


class SegmentFold:
    """Folds events of any number of contacts; `open` holds the running segment of each interaction.

    To go on where a fold left off, give its `running` segments and the consults that are still open.
    """

    def __init__(self, running: Iterable[Segment] = (), consults: Iterable[str] = ()) -> None:
        self.open: dict[str, Segment] = {s.interaction: s for s in running}
        self._consults: set[str] = {s.interaction for s in self.open.values() if s.kind is SegmentKind.CONSULT}
        self._consults.update(consults)

    def push(self, event: ev.AnyEvent, at: Instant) -> list[Segment]:
        """Fold one event; returns the segments it ended, then those it began."""
        turn = _turn(event, at, consult=getattr(event, "interaction", None) in self._consults)
        if isinstance(event, ev.InteractionStarted) and event.kind == "consult":
            self._consults.add(event.interaction)
        if turn is None:
            return []
        name, kind, queue, agent, started = turn
        changed: list[Segment] = []
        old = self.open.pop(name, None)
        if old is not None:
            changed.append(
                Segment(old.contact, name, old.kind, old.queue, old.agent, old.started, max(at, old.started))
            )
        if isinstance(event, ev.InteractionClosed):
            self._consults.discard(name)
        if kind is None:
            return changed
        contact: str = getattr(event, "contact", "")
        new = Segment(contact, name, kind, queue or (old.queue if old is not None else ""), agent, started)
        self.open[name] = new
        changed.append(new)
        return changed


type _Turn = tuple[str, SegmentKind | None, str, str | None, Instant]


def _turn(  # noqa: C901, PLR0912 - one case an event
    e: ev.AnyEvent, at: Instant, *, consult: bool
) -> _Turn | None:
    """The segment an event begins: (interaction, kind, queue, agent, start); kind None only ends the running one."""
    match e:
        case ev.Queued():
            started = e.queued_at if e.cause == "opened" else at
            return (e.interaction, SegmentKind.QUEUE, e.queue, None, started)
        case ev.Scheduled():
            return (e.interaction, SegmentKind.SCHEDULED, e.queue, None, at)
        case ev.Offered():
            return (e.interaction, SegmentKind.RING, e.queue, e.agent, at)
        case ev.OfferAccepted():
            return (e.interaction, SegmentKind.CONSULT if consult else SegmentKind.TALK, e.queue, e.agent, at)
        case ev.HoldStarted():
            return (e.interaction, SegmentKind.HOLD, "", e.agent, at)
        case ev.HoldEnded():
            return (e.interaction, SegmentKind.TALK, "", e.agent, at)
        case ev.Transferred() if e.consulted:
            return (e.interaction, SegmentKind.TALK, e.to_queue, e.to_agent, at)
        case ev.OutsideCalled():
            return (e.interaction, SegmentKind.OUTSIDE_RING, e.queue, None, at)
        case ev.OutsideAnswered():
            return (e.interaction, SegmentKind.OUTSIDE, e.queue, None, at)
        case ev.PassedOutside() if e.consulted:
            return (e.interaction, SegmentKind.OUTSIDE, e.from_queue, None, at)
        case ev.SentToMenu():
            return (e.interaction, SegmentKind.MENU, e.from_queue, None, at)
        case ev.TalkEnded():
            return (e.interaction, SegmentKind.WRAP_UP, e.queue, e.agent, at)
        case (
            ev.OfferRejected() | ev.OfferTimedOut() | ev.OfferWithdrawn() | ev.Transferred() | ev.WorkReturned()
            | ev.OutsideEnded() | ev.PassedOutside() | ev.Moved() | ev.CallbackMissed()
            | ev.WrapUpExpired() | ev.OutcomeRecorded() | ev.InteractionClosed()
        ):  # fmt: skip
            return (e.interaction, None, "", None, at)
        case _:
            return None


def segments(history: Iterable[tuple[Instant, ev.AnyEvent]]) -> list[Segment]:
    """All segments of a history in order of their beginning; those that go on have no end."""
    fold = SegmentFold()
    done: list[Segment] = []
    for at, event in history:
        done.extend(s for s in fold.push(event, at) if s.ended is not None)
    done.extend(fold.open.values())
    return sorted(done, key=lambda s: (s.started, s.interaction))
