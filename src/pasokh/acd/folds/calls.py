"""Folding calls in their flow, and what only a talk by voice has."""

from collections.abc import Callable
from typing import Any

from pasokh.acd import events as ev
from pasokh.acd.state import Call, State
from pasokh.kernel.time import Instant


def call_arrived(state: State, e: ev.CallArrived, at: Instant) -> None:
    """One more call in its flow."""
    state.calls[e.contact] = Call(e.contact, e.number, e.caller, e.client, at, e.language)


def call_stepped(state: State, e: ev.CallStepped, _: Instant) -> None:
    """The caller is there; what comes after the flow only stands in the log."""
    call = state.calls.get(e.contact)
    if call is not None:
        call.flow, call.step = e.flow, e.step


def call_ended(state: State, e: ev.CallEnded, _: Instant) -> None:
    """It left its flow for good."""
    del state.calls[e.contact]


def call_lost(state: State, e: ev.CallLost, at: Instant) -> None:
    """Counted apart, and alarming until somebody attends to it."""
    i = state.interactions.get(e.interaction)
    if i is not None:
        i.lost = True
    queue = state.queues.get(e.queue)
    if queue is not None:
        queue.lost_since = queue.lost_since or at
        queue.lost_calls += 1
        queue.day.lost_talks += e.phase == "talking"


def consult_switched(state: State, e: ev.ConsultSwitched, _: Instant) -> None:
    """The agent talks with another party."""
    state.interactions[e.interaction].talks_with = e.party


def recording_paused(state: State, e: ev.RecordingPaused, at: Instant) -> None:
    """Nothing is recorded."""
    state.interactions[e.interaction].unrecorded_since = at


def recording_resumed(state: State, e: ev.RecordingResumed, _: Instant) -> None:
    """Recorded again."""
    state.interactions[e.interaction].unrecorded_since = 0


def telephone_lost(state: State, e: ev.TelephoneLost, at: Instant) -> None:
    """The customer hears music."""
    state.interactions[e.interaction].telephone_lost = at


def telephone_called(_: State, __: ev.TelephoneCalled, ___: Instant) -> None:
    """It rings; what comes of it is told later."""


def telephone_rejoined(state: State, e: ev.TelephoneRejoined, _: Instant) -> None:
    """They talk again."""
    state.interactions[e.interaction].telephone_lost = 0


# Each fold takes exactly its own event, which a dict cannot say; hence Any.
FOLDS: dict[type, Callable[[State, Any, Instant], None]] = {
    ev.CallArrived: call_arrived,
    ev.CallStepped: call_stepped,
    ev.CallEnded: call_ended,
    ev.CallLost: call_lost,
    ev.ConsultSwitched: consult_switched,
    ev.RecordingPaused: recording_paused,
    ev.RecordingResumed: recording_resumed,
    ev.TelephoneLost: telephone_lost,
    ev.TelephoneCalled: telephone_called,
    ev.TelephoneRejoined: telephone_rejoined,
}
