"""Replay: a recorded log's commands asked again of a fresh state; every event, so every assignment, compared."""

from collections.abc import Iterable

import msgspec

from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.state import State, dump_state, load_state
from pasokh.acd.step import step
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.twin.rebuild import command_of
from pasokh.twin.replay_log import Group, Recorded, groups_of

MOST_TOLD = 100


class Difference(msgspec.Struct, frozen=True):
    """A step that came out otherwise than recorded."""

    seq: int
    """Of the step's first recorded event."""
    at: Instant
    command: str
    field: str
    """Which event of the step and which field differ first."""
    recorded: str
    replayed: str
    assignment: bool
    """Whether an offer differs."""


class Replayed(msgspec.Struct):
    """What replaying a log showed."""

    events: int = 0
    steps: int = 0
    assignments: int = 0
    differences: int = 0
    """Steps that came out otherwise; each is judged from the recorded state before it, so one does not cause others."""
    differing_assignments: int = 0
    first: Instant = 0
    last: Instant = 0
    told: list[Difference] = []
    """The first of them."""


def replay(rows: Iterable[Recorded]) -> Replayed:
    """Ask every recorded command again and compare; 0 differences for a log of this core under its own policy."""
    state, mirror = State(), State()
    result = Replayed()
    for group in groups_of(rows):
        result.first = result.first or group.at
        result.last = group.at
        result.steps += 1
        result.events += len(group.events)
        offers = sum(isinstance(e, ev.Offered) for e in group.events)
        result.assignments += offers
        for event in group.events:
            apply(mirror, event, group.at)
        command = command_of(group.events, group.cause)
        try:
            events, _ = step(state, command, group.at)
        except PasokhError as e:
            _note(result, group, command, _refused(group, str(e)))
            state = load_state(dump_state(mirror))
            continue
        found = _compare(group, events)
        if found is not None:
            _note(result, group, command, found)
            state = load_state(dump_state(mirror))
    return result


type _Found = tuple[str, str, str, bool]


def _refused(group: Group, why: str) -> _Found:
    offered = any(isinstance(e, ev.Offered) for e in group.events)
    return ("command", "carried out", f"refused: {why}", offered)


def _compare(group: Group, events: list[ev.AnyEvent]) -> _Found | None:
    if tuple(events) == group.events:
        return None
    offers = [e for e in group.events if isinstance(e, ev.Offered)]
    assignment = offers != [e for e in events if isinstance(e, ev.Offered)]
    for k in range(max(len(events), len(group.events))):
        mine = events[k] if k < len(events) else None
        theirs = group.events[k] if k < len(group.events) else None
        if mine == theirs:
            continue
        if mine is None or theirs is None or type(mine) is not type(theirs):
            return (f"event {k + 1}", _tag(theirs), _tag(mine), assignment)
        for name in theirs.__struct_fields__:
            if getattr(mine, name) != getattr(theirs, name):
                field = f"event {k + 1}, {_tag(theirs)}.{name}"
                return (field, _text(getattr(theirs, name)), _text(getattr(mine, name)), assignment)
    return None


def _note(result: Replayed, group: Group, command: object, found: _Found) -> None:
    result.differences += 1
    result.differing_assignments += found[3]
    if len(result.told) < MOST_TOLD:
        result.told.append(Difference(group.first_seq, group.at, _text(command), *found))


def _tag(event: ev.AnyEvent | None) -> str:
    return "nothing" if event is None else str(event.__struct_config__.tag)


def _text(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()[:400]
