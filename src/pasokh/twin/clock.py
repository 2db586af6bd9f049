"""The virtual clock: what happens next, in one total order that every engine of the twin keeps.

At one instant the core's own timers come first (a `Tick`), then outside happenings by (kind, number, order of entry).
"""

import heapq
from enum import IntEnum

from pasokh.kernel.time import Instant


class Kind(IntEnum):
    """Kinds of outside happenings in the order they take at one instant."""

    DAY = -1
    """A local day begins; number = day of the scenario."""
    HOURS = 0
    """A queue opens or closes; number = queue index * 2 + (1 if it opens)."""
    DUTY = 1
    """An agent comes on duty, goes on or comes off a break, goes off duty; number = agent number."""
    TALK_END = 2
    """A talk ends; number = contact number."""
    WRAP_UP_END = 3
    """An agent finishes a wrap-up; number = contact number."""
    RECOVER = 4
    """An agent who let an offer ring out goes ready again; number = agent number."""
    ANSWER = 5
    """An agent answers or rejects an offer; number = contact number."""
    CHOICE = 6
    """A waiting customer takes an alternative; number = contact number."""
    LEAVE = 7
    """A customer's patience ends; number = contact number."""
    ARRIVAL = 8
    """A customer arrives; number = contact number."""


class Agenda[T]:
    """A queue of happenings by instant, kind, number and order of entry."""

    __slots__ = ("_entries", "_entry")

    def __init__(self) -> None:
        self._entries: list[tuple[Instant, int, int, int, T]] = []
        self._entry = 0

    def put(self, at: Instant, kind: int, number: int, what: T) -> None:
        """Enter a happening."""
        self._entry += 1
        heapq.heappush(self._entries, (at, kind, number, self._entry, what))

    def next_at(self) -> Instant | None:
        """The instant of the next happening."""
        return self._entries[0][0] if self._entries else None

    def take(self) -> tuple[Instant, int, int, T]:
        """The next happening: instant, kind, number, what; the queue must not be empty."""
        at, kind, number, _, what = heapq.heappop(self._entries)
        return at, kind, number, what

    def __len__(self) -> int:
        return len(self._entries)
