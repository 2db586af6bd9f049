"""The pure core as the engine calls it, gathered in one value so that a test may hand in a scripted one."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from pasokh.acd.apply import apply
from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect
from pasokh.acd.events import AnyEvent
from pasokh.acd.state import State, dump_state, load_state
from pasokh.acd.step import next_due, step
from pasokh.kernel.time import Instant

FOLDING = 1
"""Raise it when `apply` comes to mean something else while `State` keeps its shape."""


def _shape(folding: int) -> int:
    """A number that changes with the shape of `State`, so that nobody has to remember to change it."""
    schema = msgspec.json.encode(msgspec.json.schema(State), order="sorted")
    return zlib.crc32(schema, folding) & 0x7FFF_FFFF


@dataclass(frozen=True, slots=True)
class Core:
    """Decide, fold, and say when the clock is next needed."""

    step: Callable[[State, AnyCommand, Instant], tuple[list[AnyEvent], list[AnyEffect]]] = step
    next_due: Callable[[State], Instant | None] = next_due
    apply: Callable[[State, AnyEvent, Instant], None] = apply
    load: Callable[[bytes], State] = load_state
    dump: Callable[[State], bytes] = dump_state
    snapshot_schema: int = _shape(FOLDING)
    """Of snapshots that may be continued from; others are ignored and the log is folded."""


ACD = Core()
