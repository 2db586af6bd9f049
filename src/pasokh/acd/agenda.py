"""What falls due when. Every timer follows from an interaction's own fields, so none can be lost or fire twice.

At one instant timers fire in order of kind, then interaction number.
"""

import heapq
from enum import IntEnum

from pasokh.acd.model import TELEPHONE_MS, Phase, Rung
from pasokh.acd.state import Interaction, State
from pasokh.kernel.time import FOREVER, Instant


class Timer(IntEnum):
    """Kinds of timer, in the order in which they fire at one instant."""

    RING = 0
    WRAP_UP = 1
    RESERVED = 2
    BARRED = 3
    RELAX = 4
    LADDER = 5
    MAX_WAIT = 6
    SCHEDULED = 7
    AWAY = 8
    OUTSIDE = 9
    TELEPHONE = 10


type Due = tuple[Instant, Timer]

LADDER_ORDER = (Rung.IDEAL, Rung.GOOD, None, Rung.ALARM, Rung.NEVER)
"""Marks of the ladder in order; None is the offering of alternatives."""


def ladder_marks(state: State, queue: str) -> tuple[int, ...]:
    """Waits in ms at which the marks of `LADDER_ORDER` are passed."""
    ladder = state.queues[queue].config.ladder
    return (ladder.ideal_ms, ladder.good_ms, ladder.offer_ms, ladder.alarm_ms, ladder.never_ms)


def due_of(state: State, interaction: Interaction) -> Due | None:
    """The earliest timer of an interaction; None when it waits for people only."""
    match interaction.phase:
        case Phase.QUEUED | Phase.OFFERED:
            return _due_waiting(state, interaction)
        case Phase.WRAP_UP:
            return (interaction.deadline, Timer.WRAP_UP)
        case Phase.ACTIVE if interaction.telephone_lost:
            return (interaction.telephone_lost + TELEPHONE_MS, Timer.TELEPHONE)
        case Phase.OUTSIDE if not interaction.outside_answered:
            return (interaction.deadline, Timer.OUTSIDE)
        case Phase.SCHEDULED:
            return (interaction.not_before, Timer.SCHEDULED)
        case _:
            return None


def _due_waiting(state: State, i: Interaction) -> Due | None:
    best: Due = (FOREVER, Timer.SCHEDULED)
    if i.kind == "contact" and i.rungs < len(LADDER_ORDER):
        best = (i.queued_at + ladder_marks(state, i.queue)[i.rungs], Timer.LADDER)
    if i.away_since and i.kind == "contact":
        best = min(best, (i.away_since + state.queues[i.queue].config.away_ms, Timer.AWAY))
    if i.phase is Phase.OFFERED:
        best = min(best, (i.deadline, Timer.RING))
    else:
        config = state.queues[i.queue].config
        if i.hold_until:
            best = min(best, (i.hold_until, Timer.RESERVED))
        if i.barred_until:
            best = min(best, (i.barred_until, Timer.BARRED))
        if i.step < len(config.policy.relaxations):
            best = min(best, (i.queued_at + config.policy.relaxations[i.step].after_ms, Timer.RELAX))
        if config.max_wait_ms is not None and i.kind == "contact":
            best = min(best, (i.queued_at + config.max_wait_ms, Timer.MAX_WAIT))
    return best if best[0] < FOREVER else None


class Agenda:
    """A heap of the interactions' earliest timers; entries that no longer hold are skipped when they come up."""

    def __init__(self, state: State) -> None:
        self._heap: list[tuple[Instant, Timer, int, str]] = []
        for interaction in state.interactions.values():
            self.put(state, interaction)

    def put(self, state: State, interaction: Interaction) -> None:
        """Note the interaction's earliest timer."""
        due = due_of(state, interaction)
        if due is not None:
            heapq.heappush(self._heap, (*due, interaction.number, interaction.id))

    def peek(self, state: State) -> tuple[Instant, Timer, Interaction] | None:
        """The earliest timer that still holds, left in place."""
        while self._heap:
            at, kind, _, name = self._heap[0]
            interaction = state.interactions.get(name)
            if interaction is not None and due_of(state, interaction) == (at, kind):
                return at, kind, interaction
            heapq.heappop(self._heap)
        return None
