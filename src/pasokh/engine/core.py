"""The pure core as the engine calls it, gathered in one value so that a test may hand in a scripted one."""

from collections.abc import Callable
from dataclasses import dataclass

from pasokh.acd.apply import apply
from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect
from pasokh.acd.events import AnyEvent
from pasokh.acd.state import State, dump_state, load_state
from pasokh.acd.step import next_due, step
from pasokh.kernel.time import Instant


@dataclass(frozen=True, slots=True)
class Core:
    """Decide, fold, and say when the clock is next needed."""

    step: Callable[[State, AnyCommand, Instant], tuple[list[AnyEvent], list[AnyEffect]]] = step
    next_due: Callable[[State], Instant | None] = next_due
    apply: Callable[[State, AnyEvent, Instant], None] = apply
    load: Callable[[bytes], State] = load_state
    dump: Callable[[State], bytes] = dump_state
    snapshot_schema: int = 1
    """Raise it with every change of `State` or `apply`: older snapshots are then ignored, the log is folded."""


ACD = Core()
