"""Logs as an engine would have written them, out of scripts."""

from collections.abc import Iterable

from pasokh.acd import commands as co
from pasokh.acd.state import State
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.twin.replay_log import Recorded
from pasokh.twin.script import Action


def record(actions: Iterable[Action]) -> list[Recorded]:
    """The log an engine would have written: due timers first, refused commands leave nothing."""
    state, rows = State(), []

    def take(command, at, cause):
        try:
            events, _ = step(state, command, at)
        except PasokhError:
            return
        for e in events:
            rows.append(Recorded(len(rows) + 1, at, cause, e))

    for k, action in enumerate(actions):
        at = max(action.at, state.now)
        while (due := next_due(state)) is not None and due <= at:
            take(co.Tick(), max(due, state.now), "")
        if action.command is not None and not isinstance(action.command, co.Tick):
            take(action.command, at, f"key-{k}")
    return rows
