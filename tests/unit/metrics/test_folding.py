"""The log as facts: counted as the core counts, everybody's time given to somebody once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.recorded_log import record

from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.model import Channel, Closing, QueueConfig
from pasokh.acd.segments import SegmentKind, segments
from pasokh.acd.state import QueueDay, State
from pasokh.metrics.facts import TABLES
from pasokh.metrics.folding import QUARTER, fold
from pasokh.metrics.kpi import measure
from pasokh.metrics.own_log import write_facts
from pasokh.metrics.question import Period, Question
from pasokh.metrics.warehouse import Warehouse
from pasokh.twin.random_commands import random_script
from pasokh.twin.replay_log import decode_rows, write_rows


def happened(seed: int) -> list[tuple[ev.AnyEvent, int]]:
    return [(row.event, row.at) for row in record(random_script(seed, 260))]


def facts(events: list[tuple[ev.AnyEvent, int]]) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for table, row in fold(events, lambda at: at + 12_600_000):
        found[table].append(row)
    return found


def counted(events: list[tuple[ev.AnyEvent, int]]) -> dict[str, dict[str, int]]:
    """The core's own counters of every day, added up."""
    state, total = State(), {}

    def add() -> None:
        for name, queue in state.queues.items():
            sums = total.setdefault(name, dict.fromkeys(QueueDay.__dataclass_fields__, 0))
            for key in sums:
                sums[key] += getattr(queue.day, key)

    for event, at in events:
        if isinstance(event, ev.DayStarted):
            add()
        apply(state, event, at)
    add()
    return total


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_stays_are_counted_as_the_core_counts(seed: int) -> None:
    events = happened(seed)
    visits = facts(events)["visits"]
    for queue, day in counted(events).items():
        mine = [row for row in visits if row["queue"] == queue]
        hows = [row["how"] for row in mine]
        assert len(mine) == day["entered"], queue
        assert hows.count("answered") == day["answered"]
        assert hows.count("abandoned") == day["abandoned"]
        assert hows.count("lost") == day["lost"]
        others = len([how for how in hows if how in ("callback", "message", "timeout", "no_agents", "other")])
        moved_by_choice = len([row for row in mine if row["how"] == "moved"]) - day["moved_out"]
        assert others + moved_by_choice == day["left_otherwise"]
        assert sum(int(str(row["wait_ms"])) for row in mine if row["how"] == "answered") == day["answered_wait_ms"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_peoples_work_is_that_of_the_segments(seed: int) -> None:
    events = happened(seed)
    handlings = facts(events)["handlings"]
    spent: dict[str, int] = {}
    for segment in segments([(at, event) for event, at in events]):
        talks = segment.kind in (SegmentKind.TALK, SegmentKind.CONSULT, SegmentKind.HOLD, SegmentKind.WRAP_UP)
        if talks and segment.ended is not None and segment.agent:
            spent[segment.agent] = spent.get(segment.agent, 0) + segment.ended - segment.started
    mine: dict[str, int] = {}
    for row in handlings:
        name = str(row["agent"])
        mine[name] = mine.get(name, 0) + sum(int(str(row[key])) for key in ("talk_ms", "hold_ms", "wrap_ms"))
    assert {k: v for k, v in mine.items() if v} == {k: v for k, v in spent.items() if v}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_every_moment_signed_in_is_in_one_state(seed: int) -> None:
    events = happened(seed)
    last = max(at for _, at in events)
    signed: dict[str, int] = {}
    since: dict[str, int] = {}
    for event, at in events:
        if isinstance(event, ev.AgentSignedIn):
            since[event.agent] = at
        elif isinstance(event, ev.AgentSignedOut | ev.AgentRetired) and event.agent in since:
            signed[event.agent] = signed.get(event.agent, 0) + at - since.pop(event.agent)
    for name, at in since.items():
        signed[name] = signed.get(name, 0) + last - at
    mine: dict[str, int] = {}
    for row in facts(events)["agent_time"]:
        assert 0 < int(str(row["ms"])) <= QUARTER
        mine[str(row["agent"])] = mine.get(str(row["agent"]), 0) + int(str(row["ms"]))
    assert mine == {name: ms for name, ms in signed.items() if ms}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_contact_is_the_sum_of_its_parts(seed: int) -> None:
    """Its waits once, however often it was moved while it waited; everybody's work; the latest rating."""
    events = happened(seed)
    found = facts(events)
    ratings: dict[str, int | None] = {}
    for event, _ in events:
        if isinstance(event, ev.ContactOpened):
            ratings.setdefault(event.contact, None)
        elif isinstance(event, ev.ContactRated) and event.contact in ratings:  # drawn scripts rate what never was, too
            ratings[event.contact] = event.score
    for contact in found["contacts"]:
        visits = [row for row in found["visits"] if row["contact"] == contact["contact"]]
        done = [row for row in found["handlings"] if row["contact"] == contact["contact"] and row["kind"] != "consult"]
        waited = [row["wait_ms"] for row in visits if row["how"] not in ("moved", "waiting")]
        spent = [[row["talk_ms"], row["hold_ms"], row["wrap_ms"]] for row in done if row["ended_at"] is not None]
        assert contact["wait_ms"] == sum(map(int, map(str, waited)))
        assert contact["handle_ms"] == sum(int(str(part)) for parts in spent for part in parts)
        assert (contact["visits"], contact["handlings"]) == (len(visits), len(done))
        assert contact["rating"] == ratings.get(str(contact["contact"]))


def test_who_is_moved_while_waiting_waits_once() -> None:
    config = {name: QueueConfig(name) for name in ("one", "two")}
    moved = ev.Moved("i", "c", "one", "two", waiting=True, waited_ms=5_000, requires=(), priority=1)
    events = [
        *((ev.QueueDefined(each), 0) for each in config.values()),
        (ev.ContactOpened("c", "i", Channel.VOICE, "one", "own", 1), 1_000),
        (ev.Queued("i", "c", "one", 1_000, "opened"), 1_000),
        (moved, 6_000),
        (ev.Queued("i", "c", "two", 1_000, "moved"), 6_000),
        (ev.InteractionClosed("i", "c", "two", Channel.VOICE, Closing.ABANDONED, 9_000), 10_000),
        (ev.ContactClosed("c"), 10_000),
        (ev.ContactRated("c", "i", "two", "", 4), 11_000),
    ]
    found = facts(events)
    assert [(row["queue"], row["how"], row["wait_ms"]) for row in found["visits"]] == [
        ("one", "moved", 5_000), ("two", "abandoned", 9_000),
    ]  # fmt: skip
    (contact,) = found["contacts"]
    assert (contact["wait_ms"], contact["visits"], contact["abandoned"], contact["rating"]) == (9_000, 2, 1, 4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9))
def test_rows_are_whole_and_keys_are_keys(seed: int) -> None:
    for name, rows in facts(happened(seed)).items():
        table = TABLES[name]
        columns = {column.name for column in table.columns}
        keys = [tuple(row[key] for key in table.key) for row in rows]
        assert len(set(keys)) == len(keys), name
        for row in rows:
            assert set(row) == columns, name
            assert all(row[c.name] is not None for c in table.columns if c.kind != "number"), name


@pytest.mark.parametrize("seed", range(3))
def test_the_same_log_gives_the_same_rows(seed: int) -> None:
    assert list(fold(happened(seed), lambda at: at)) == list(fold(happened(seed), lambda at: at))


def test_a_log_becomes_the_same_files_again(tmp_path: Path) -> None:
    """A whole day of the twin, written twice: the same bytes, and figures that are the core's own."""
    rows = record(random_script(7, 900))
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"".join(write_rows(rows)))
    state = []
    for name in ("a", "b"):
        warehouse = Warehouse(tmp_path / name)
        made = write_facts(
            warehouse, [(row.event, row.at) for row in decode_rows(file.read_bytes().splitlines())], "Asia/Tehran"
        )
        assert made.events == len(rows)
        assert made.first is not None
        assert made.last is not None
        state.append(
            {str(f.relative_to(tmp_path / name)): f.read_bytes() for f in sorted((tmp_path / name).rglob("*.parquet"))}
        )
        period = Period(made.first, made.last)
        names = ("queue.entered", "queue.answered", "queue.abandoned", "queue.lost")
        asked = warehouse.ask(Question(measures=tuple(map(measure, names)), period=period, by=("queue",)))
        mine = {row[0]: row[1::2] for row in asked.rows}
        core = counted([(row.event, row.at) for row in rows])
        keys = ("entered", "answered", "abandoned", "lost")
        assert mine == {queue: tuple(day[key] for key in keys) for queue, day in core.items() if day["entered"]}
    assert state[0] == state[1]
