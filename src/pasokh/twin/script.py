"""A run written down as commands with their instants: played under all invariants, shrunk when it fails, kept as JSON.

A script names everything it needs, so any part of it is a script too: what loses its ground is merely refused.
"""

from collections.abc import Callable, Sequence

import msgspec

from pasokh.acd import commands as co
from pasokh.acd.state import State, dump_state, load_state
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.twin.invariants import BrokenError, Invariants


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """A command at an instant; without one, the state goes through a snapshot and back."""

    at: Instant
    command: co.AnyCommand | None = None


class Script(msgspec.Struct, omit_defaults=True):
    """A run: where it came from, what it broke when it was kept, and its actions in order."""

    origin: str
    actions: list[Action]
    broke: str = ""


class Played(msgspec.Struct):
    """What came of a script that broke nothing."""

    steps: int
    refused: int
    events: dict[str, int]
    """Events by type."""
    refusals: dict[str, int]
    """Refusals by code."""


MAX_TICKS = 100_000


def play(actions: Sequence[Action]) -> Played:
    """Run the actions from an empty state, every due timer first; raises whatever breaks."""
    state = State()
    invariants = Invariants(state)
    played = Played(0, 0, {}, {})

    def take(command: co.AnyCommand, now: Instant) -> None:
        before = dump_state(state)
        try:
            events, effects = step(state, command, now)
        except PasokhError as e:
            played.refused += 1
            played.refusals[e.code] = played.refusals.get(e.code, 0) + 1
            if dump_state(state) != before:
                raise BrokenError("refused_unchanged", f"{command!r} was refused and changed the state", now) from e
            return
        ids = [effect.id for effect in effects]
        if len(set(ids)) != len(ids):
            raise BrokenError("effect_ids", f"the same id twice: {ids}", now)
        for event in events:
            tag = str(event.__struct_config__.tag)
            played.events[tag] = played.events.get(tag, 0) + 1
        invariants.seen(state, command, now, events)
        played.steps += 1

    for action in actions:
        ticks = 0
        while (due := next_due(state)) is not None and due <= max(action.at, state.now):
            take(co.Tick(), due)
            ticks += 1
            if ticks > MAX_TICKS:
                raise BrokenError("timers_end", "timers come due without end", due)
        if action.command is None:
            state = load_state(dump_state(state))
        else:
            take(action.command, action.at)
    return played


def failure(actions: Sequence[Action]) -> str:
    """What playing breaks: an invariant's name or an exception's type; empty when all is well."""
    try:
        play(actions)
    except BrokenError as e:
        return e.name
    except Exception as e:  # whatever the core raises is a finding
        return type(e).__name__
    return ""


def shrink(
    actions: Sequence[Action],
    broke: str,
    fails: Callable[[Sequence[Action]], str] = failure,
    tries: int = 600,
) -> list[Action]:
    """The fewest actions found in so many tries that still break the same.

    Delta debugging by complements (Zeller and Hildebrandt 2002).
    """
    kept = list(actions)
    parts = 2
    while len(kept) > 1 and tries > 0:
        size = -(-len(kept) // parts)
        for begin in range(0, len(kept), size):
            rest = kept[:begin] + kept[begin + size :]
            tries -= 1
            if rest and fails(rest) == broke:
                kept = rest
                parts = max(parts - 1, 2)
                break
            if tries <= 0:
                break
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(kept))
    return kept


def write_script(script: Script) -> bytes:
    """A script as JSON to be kept, one action a line."""
    rows = ",\n".join(msgspec.json.encode(a).decode() for a in script.actions)
    head = msgspec.json.encode({"origin": script.origin, "broke": script.broke}).decode()[:-1]
    return f'{head},"actions":[\n{rows}\n]}}\n'.encode()


def read_script(data: bytes) -> Script:
    """A kept script; raises `msgspec.ValidationError` on anything else."""
    return msgspec.json.decode(data, type=Script)
