"""The day in quarters of an hour: what came, was answered and given up in each queue, and how many waited at most.

A pure fold of the events since the day began, so that it can be made again from the log at any time
(`live.day_rebuild`) and gives what following the log gave. Counts are those of the core (`QueueDay`), split by when
they were counted: summed over the day they equal it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pasokh.acd import events as ev
from pasokh.acd.apply import VISITS
from pasokh.acd.counting import count_answered, count_left
from pasokh.acd.model import Closing, Phase, QueueConfig
from pasokh.acd.state import QueueDay, State
from pasokh.kernel.time import MINUTE, Instant, Millis

STEP: Millis = 15 * MINUTE
SURGE_STEP: Millis = 5 * MINUTE
_AGAIN = frozenset({"rejected", "ring_out", "withdrawn"})
"""Causes of queueing after an offer: the customer never stopped waiting."""


@dataclass(slots=True)
class Interval:
    """One queue in one quarter of an hour."""

    counts: QueueDay = field(default_factory=QueueDay)
    """Entered, answered and left, as the day counts them; times of handling are not kept by interval."""
    waiting: int = 0
    """Most customers waiting at once."""
    level: int = 0
    """Customers waiting after its latest event."""


class Intervals:
    """Intervals by queue and number (`at // STEP`); `complete` says that none of the running day is missing."""

    def __init__(self, levels: Mapping[str, int], at_door: set[str], *, complete: bool) -> None:
        self.by_queue: dict[str, dict[int, Interval]] = {}
        self.arrivals: dict[str, tuple[int, int]] = {}
        """By queue: number of the latest five minutes somebody came in, and how many."""
        self.levels = dict(levels)
        self.complete = complete
        self._at_door = at_door
        """Opened and not let in yet."""

    @classmethod
    def of(cls, state: State) -> "Intervals":
        """Intervals that begin where the state stands; complete only at the very beginning of a log."""
        levels: dict[str, int] = {}
        door: set[str] = set()
        for i in state.interactions.values():
            if i.kind != "contact":
                continue
            if i.phase in (Phase.QUEUED, Phase.OFFERED):
                levels[i.queue] = levels.get(i.queue, 0) + 1
            elif i.visits == 0:
                door.add(i.id)
        return cls(levels, door, complete=state.seq == 0)

    def fold(
        self, event: ev.AnyEvent, at: Instant, kind_of: Callable[[str], str], config_of: Callable[[str], QueueConfig]
    ) -> bool:
        """Take in one event; whether it counted. `kind_of` and `config_of` tell how things stood before it."""
        match event:
            case ev.Queued():
                return self._queued(event, at, kind_of(event.interaction))
            case ev.Moved() if event.waiting and kind_of(event.interaction) == "contact":
                self._moved_out(event, at)
            case ev.OfferAccepted() if kind_of(event.interaction) == "contact":
                self._answered(event, at, config_of(event.queue))
            case ev.InteractionClosed() if (
                event.kind == "contact" and not event.agent and event.reason is not Closing.ANSWERED
            ):
                self._left(event, at, config_of(event.queue))
            case ev.ContactOpened() if event.kind == "contact":
                self._at_door.add(event.interaction)
                return False
            case ev.DayStarted():
                self.by_queue.clear()
                self.arrivals.clear()
                self.complete = True
            case _:
                return False
        return True

    def prepend(self, past: "Intervals") -> None:
        """Put what happened earlier in the day in front of what was followed."""
        for queue, intervals in past.by_queue.items():
            mine = self.by_queue.setdefault(queue, {})
            for number, interval in intervals.items():
                later = mine.get(number)
                mine[number] = interval if later is None else _joined(interval, later)
        for queue, (number, count) in past.arrivals.items():
            known = self.arrivals.get(queue)
            if known is None or known[0] < number:
                self.arrivals[queue] = (number, count)
            elif known[0] == number:
                self.arrivals[queue] = (number, count + known[1])
        self.complete = True

    def lift(self, levels: Mapping[str, int]) -> None:
        """Levels were counted from 0 on: add what is missing so that they end at `levels`."""
        for queue in {*self.by_queue, *self.levels, *levels}:
            missing = levels.get(queue, 0) - self.levels.get(queue, 0)
            self.levels[queue] = levels.get(queue, 0)
            for interval in self.by_queue.get(queue, {}).values():
                interval.waiting += missing
                interval.level += missing

    def _queued(self, event: ev.Queued, at: Instant, kind: str) -> bool:
        self._at_door.discard(event.interaction)
        visit, waits = kind == "contact" and event.cause in VISITS, kind == "contact" and event.cause not in _AGAIN
        if not visit and not waits:
            return False
        interval = self._at(event.queue, at)
        if visit:
            interval.counts.entered += 1
            number, count = self.arrivals.get(event.queue, (0, 0))
            now = at // SURGE_STEP
            self.arrivals[event.queue] = (now, count + 1 if number == now else 1)
        if waits:
            self._move(event.queue, interval, 1)
        return True

    def _moved_out(self, event: ev.Moved, at: Instant) -> None:
        interval = self._at(event.from_queue, at)
        interval.counts.moved_out += 1
        interval.counts.moved_wait_ms += event.waited_ms
        interval.counts.longest_wait_ms = max(interval.counts.longest_wait_ms, event.waited_ms)
        self._move(event.from_queue, interval, -1)

    def _answered(self, event: ev.OfferAccepted, at: Instant, config: QueueConfig) -> None:
        interval = self._at(event.queue, at)
        count_answered(interval.counts, config, event.waited_ms)
        self._move(event.queue, interval, -1)

    def _left(self, event: ev.InteractionClosed, at: Instant, config: QueueConfig) -> None:
        interval = self._at(event.queue, at)
        if event.interaction in self._at_door:
            self._at_door.discard(event.interaction)
            interval.counts.refused += 1
            return
        count_left(interval.counts, config, event.reason, event.waited_ms)
        self._move(event.queue, interval, -1)

    def _at(self, queue: str, at: Instant) -> Interval:
        intervals = self.by_queue.setdefault(queue, {})
        number = at // STEP
        found = intervals.get(number)
        if found is None:
            level = self.levels.get(queue, 0)
            found = intervals[number] = Interval(waiting=level, level=level)
        return found

    def _move(self, queue: str, interval: Interval, by: int) -> None:
        level = self.levels[queue] = self.levels.get(queue, 0) + by
        interval.level = level
        interval.waiting = max(interval.waiting, level)


def _joined(early: Interval, late: Interval) -> Interval:
    counts = QueueDay()
    for name in QueueDay.__dataclass_fields__:
        setattr(counts, name, getattr(early.counts, name) + getattr(late.counts, name))
    counts.longest_wait_ms = max(early.counts.longest_wait_ms, late.counts.longest_wait_ms)
    return Interval(counts, max(early.waiting, late.waiting), late.level)
