"""Folding numbers outside, the way back to the menu, and moves from queue to queue."""

from collections.abc import Callable
from typing import Any

from pasokh.acd import events as ev
from pasokh.acd.derived import Derived
from pasokh.acd.folds.work import between, hand_on
from pasokh.acd.model import Phase
from pasokh.acd.state import State
from pasokh.kernel.time import Instant


def outside_called(state: State, e: ev.OutsideCalled, at: Instant) -> None:
    """It rings there."""
    i = state.interactions[e.interaction]
    i.phase, i.since, i.agent, i.deadline = Phase.OUTSIDE, at, None, e.until
    i.outside, i.outside_leg, i.outside_answered = e.number, e.interaction, 0
    i.outside_rang_ms = 0


def outside_answered(state: State, e: ev.OutsideAnswered, at: Instant) -> None:
    """They talk; a consult's asker talks with the helper."""
    i = state.interactions[e.interaction]
    i.since = i.outside_answered = at
    i.deadline, i.outside_rang_ms = 0, e.rang_ms
    if i.kind == "consult":
        i.answered, i.waited_ms = True, e.rang_ms
        state.interactions[i.parent or ""].talks_with = "helper"


def outside_ended(state: State, e: ev.OutsideEnded, at: Instant) -> None:
    """Nobody outside has a part in it."""
    i = state.interactions[e.interaction]
    i.outside = i.outside_leg = ""
    i.outside_answered = 0
    between(i, at)


def passed_outside(state: State, e: ev.PassedOutside, at: Instant) -> None:
    """The agent is free; who was consulted has the customer at once."""
    i = state.interactions[e.interaction]
    hand_on(state, i, e.from_agent, e.from_queue, e.talk_ms, at)
    i.note, i.passed_by = e.note, e.from_agent
    between(i, at)
    if e.consulted:
        i.phase, i.outside, i.outside_leg, i.outside_answered = Phase.OUTSIDE, e.number, e.leg, at
        i.outside_rang_ms = 0


def sent_to_menu(state: State, e: ev.SentToMenu, at: Instant) -> None:
    """The agent is free; the flow has the caller."""
    i = state.interactions[e.interaction]
    hand_on(state, i, e.from_agent, e.from_queue, e.talk_ms, at)
    i.note, i.passed_by = e.note, e.from_agent
    between(i, at)
    i.phase = Phase.MENU


def moved(state: State, e: ev.Moved, at: Instant) -> None:
    """Counted out of the old queue where it waited; whether the wait goes on, the `Queued` that follows says."""
    i = state.interactions[e.interaction]
    if i.phase is Phase.QUEUED and isinstance(state.cache, Derived):
        state.cache.tables.dequeue(i.id)
    if e.waiting and i.kind == "contact":
        day = state.queues[e.from_queue].day
        day.moved_out += 1
        day.moved_wait_ms += e.waited_ms
        day.longest_wait_ms = max(day.longest_wait_ms, e.waited_ms)
    i.requires, i.priority = e.requires, e.priority
    between(i, at)


# Each fold takes exactly its own event, which a dict cannot say; hence Any.
FOLDS: dict[type, Callable[[State, Any, Instant], None]] = {
    ev.OutsideCalled: outside_called,
    ev.OutsideAnswered: outside_answered,
    ev.OutsideEnded: outside_ended,
    ev.PassedOutside: passed_outside,
    ev.SentToMenu: sent_to_menu,
    ev.Moved: moved,
}
