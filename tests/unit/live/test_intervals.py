"""The day in quarters of an hour: the same numbers as the core's, whether followed or made again from the log."""

from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.live.floor import NOON, QUEUES, Floor
from tests.unit.live.test_folding_law import ORG, Log

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, QueueConfig
from pasokh.acd.state import State, dump_state, load_state
from pasokh.live.day_rebuild import DayRebuild
from pasokh.live.intervals import STEP, Intervals
from pasokh.live.shard import Shard
from pasokh.live.world import Change, World

COUNTED = (
    "entered", "refused", "answered", "answered_in_target", "abandoned", "abandoned_short", "abandoned_in_target",
    "left_otherwise", "left_otherwise_in_target", "answered_wait_ms", "left_wait_ms",
)  # fmt: skip


def customers_waiting(world: World) -> dict[str, int]:
    found = {
        queue: sum(world.state.interactions[name].kind == "contact" for name in names)
        for queue, names in world.waiting.items()
    }
    return {queue: count for queue, count in found.items() if count}


def summed(intervals: Intervals, queue: str) -> dict[str, int]:
    parts = [interval.counts for interval in intervals.by_queue.get(queue, {}).values()]
    return {name: sum(getattr(part, name) for part in parts) for name in COUNTED}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_intervals_add_up_to_the_day(seed: int) -> None:
    floor = Floor(seed)
    world = World(State())
    for logged in floor.run(220):
        for event, at in logged:
            world.fold(world.state.seq + 1, event, at, Change())
        for queue in QUEUES:
            day = world.state.queues[queue].day if queue in world.state.queues else None
            if day is not None:
                assert summed(world.intervals, queue) == {name: getattr(day, name) for name in COUNTED}
        assert {queue: level for queue, level in world.intervals.levels.items() if level} == customers_waiting(world)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(0, 260))
async def test_made_again_from_the_log_they_are_the_same(seed: int, cut: int) -> None:
    floor, log = Floor(seed), Log()
    world = World(State())
    states: dict[int, bytes] = {}
    for logged in floor.run(260):
        if logged:
            await log.write(logged)
        for event, at in logged:
            world.fold(world.state.seq + 1, event, at, Change())
        states[len(states)] = dump_state(world.state)
    state = load_state(states[min(cut, len(states) - 1)])
    past = await DayRebuild(log.store, ORG, state.seq).run()
    follower = World(state)
    past.lift(follower.intervals.levels)
    while rows := await log.store.read(ORG, ORG, follower.state.seq, 500):
        from pasokh.acd.events import decode_event

        for row in rows:
            follower.fold(row.seq, decode_event(row.data), row.occurred_at, Change())
    if not follower.intervals.complete:
        follower.intervals.prepend(past)
    assert plain(follower.intervals) == plain(world.intervals)


def plain(intervals: Intervals) -> object:
    return (
        {q: {n: asdict(i) for n, i in sorted(found.items())} for q, found in intervals.by_queue.items() if found},
        {q: n for q, n in intervals.levels.items() if n},
        intervals.arrivals,
    )


async def test_a_process_that_starts_in_the_middle_of_the_day_knows_its_morning() -> None:
    floor, log = Floor(0), Log()
    floor.now -= floor.now % STEP
    logged = [*floor.do(cmd.StartDay("2026-01-01")), *floor.do(cmd.DefineQueue(QueueConfig("sales", {"en": "Sales"})))]
    for number in range(3):
        logged += floor.do(cmd.OpenContact(f"c{number}", f"c{number}.i1", Channel.CHAT, "sales"))
        floor.now += STEP
    logged += floor.do(cmd.LeaveContact("c0.i1"))
    await log.write(logged)
    await log.snapshot(floor.state)
    shard = Shard(log.store, ORG, (), "t", 1)
    await shard.start()
    await shard.day_known()
    found = shard.world.intervals
    await shard.stop()
    assert found.complete
    first = NOON // STEP
    points = {n - first: (i.counts.entered, i.counts.abandoned, i.waiting) for n, i in found.by_queue["sales"].items()}
    assert points == {0: (1, 0, 1), 1: (1, 0, 2), 2: (1, 0, 3), 3: (0, 1, 3)}
