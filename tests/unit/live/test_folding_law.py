"""The law of live views: patches over any old snapshot, or over any old cursor, give exactly a fresh snapshot."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.live.floor import AGENTS, BOSSES, NOON, Floor
from tests.unit.live.readers import Reader

from pasokh.acd.events import stream_of
from pasokh.acd.state import dump_state, load_state
from pasokh.kernel.messages import tag_of
from pasokh.live import board as board_module
from pasokh.live.along_view import AlongView
from pasokh.live.board import Board
from pasokh.live.chat_view import ChatView
from pasokh.live.desk_view import DeskView
from pasokh.live.shard import Shard
from pasokh.live.team_view import TeamView
from pasokh.live.wall_view import WallView
from pasokh.live.world import Change, World
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.store.memory import MemoryStore
from pasokh.store.ports import Draft, Snapshot

ORG = "org1"


def views():
    return (DeskView(), TeamView(), WallView(ANSWERED_OR_ABANDONED), ChatView(), AlongView())


def at_once(made):
    for view in made:
        view.interval_ms = 0
    return made


class Log:
    """A shard's log in a memory store, written as its leader writes it."""

    def __init__(self) -> None:
        self.store = MemoryStore(lambda: NOON)
        self.lease = self.head = None

    async def write(self, logged, state=None) -> int:
        if self.lease is None:
            await self.store.open_shard(ORG, ORG)
            self.lease = await self.store.acquire(ORG, "test")
            self.head = self.lease.head
        drafts = [Draft(stream_of(e), tag_of(e), msgspec.json.encode(e), at) for e, at in logged]
        self.head = await self.store.append(self.lease, self.head, drafts)
        return self.head.seq

    async def snapshot(self, state) -> None:
        await self.store.save_snapshot(self.lease, Snapshot(state.seq, 1, dump_state(state)))


async def fresh(log: Log, floor: Floor, topic: str, scope: str) -> dict[str, object]:
    """What somebody sees who comes now, by a fold that shares nothing with the followed one."""
    await log.snapshot(floor.state)
    shard = Shard(log.store, ORG, views(), "fresh", 1)
    await shard.start()
    await shard.day_known()
    try:
        return json.loads((await shard.board(topic, scope)).snapshot())["keys"]
    finally:
        await shard.stop()


async def check_run(seed: int, commands: int, readers_per_board: int = 3) -> dict[str, int]:
    floor, log = Floor(seed), Log()
    choose = floor.random
    shard: Shard | None = None
    readers: list[tuple[str, str, Reader]] = []
    seen = {"patches": 0, "snapshots": 0}
    for step, logged in enumerate(floor.run(commands)):
        if logged:
            seq = await log.write(logged)
        if step == 20:
            if choose.random() < 0.5:
                await log.snapshot(floor.state)
            shard = Shard(log.store, ORG, at_once(views()), "t", 1)
            await shard.start()
            scopes = [("wall", ""), ("team", ""), *(("desk", name) for name in AGENTS)]
            scopes += [("along", name) for name in BOSSES]
            readers = [(*scope, Reader()) for scope in scopes for _ in range(readers_per_board)]
        if shard is None:
            continue
        assert await shard.reach(seq, 5)
        if logged and choose.random() < 0.1 and floor.state.contacts:
            readers.append(("chat", choose.choice(list(floor.state.contacts)), Reader()))
        for topic, scope, reader in choose.sample(readers, k=len(readers) // 3):
            board = await shard.board(topic, scope)
            if reader in board.listeners:
                reader.disconnect(board)
            else:
                reader.connect(board)
        if choose.random() < 0.02:
            shard.sweep(NOON)
            shard.sweep(NOON + 10_000_000)  # boards nobody follows are dropped and made anew
    assert shard is not None
    await shard.day_known()
    for topic, scope, reader in readers:
        reader.connect(await shard.board(topic, scope))
        assert reader.keys == await fresh(log, floor, topic, scope), (topic, scope)
        seen["patches"] += reader.patches
        seen["snapshots"] += reader.snapshots
    assert not shard.failed.is_set()
    await shard.stop()
    return seen


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
async def test_patches_over_any_old_snapshot_give_a_fresh_one(seed: int) -> None:
    await check_run(seed, commands=180)


async def test_a_long_day() -> None:
    seen = await check_run(7, commands=1_500)
    assert seen["patches"] > 1_000
    assert seen["snapshots"] > 10


async def test_with_few_tombstones_old_cursors_get_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "MOST_TOMBSTONES", 2)
    for seed in range(5):
        await check_run(seed, commands=250)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_indexes_of_a_followed_world_are_those_of_a_fresh_one(seed: int) -> None:
    floor = Floor(seed)
    followed = World(load_state(dump_state(floor.state)))
    for logged in floor.run(250):
        for event, at in logged:
            followed.fold(followed.state.seq + 1, event, at, Change())
        assert dump_state(followed.state) == dump_state(floor.state)
        anew = World(load_state(dump_state(floor.state)))
        assert {k: v for k, v in followed.waiting.items() if v} == anew.waiting
        assert {k: set(v) for k, v in followed.held.items() if v} == {k: set(v) for k, v in anew.held.items()}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_touched_names_every_key_that_changed(seed: int) -> None:
    """Without flushing only what was touched, comparing everything: nothing changes untold."""
    floor = Floor(seed)
    world = World(load_state(dump_state(floor.state)))
    made = views()
    before: dict[tuple[str, str], dict[str, object]] = {}
    for logged in floor.run(150):
        change = Change()
        for event, at in logged:
            world.fold(world.state.seq + 1, event, at, change)
        contacts = [(made[3], name) for name in world.conversations]
        desks, alongs = ((made[0], a) for a in AGENTS), ((made[4], boss) for boss in BOSSES)
        for view, scope in [*desks, *alongs, (made[1], ""), (made[2], ""), *contacts]:
            now = {key: view.value(world, scope, key) for key in view.keys(world, scope)}
            old = before.get((view.topic, scope), {})
            told = [key for s, key in view.touched(world, change) if s in ("*", scope)]
            prefixes = tuple(key[:-1] for key in told if key.endswith("*"))
            for key in now.keys() | old.keys():
                if now.get(key) != old.get(key):
                    assert key in told or key.startswith(prefixes), (view.topic, scope, key)
            before[view.topic, scope] = now


def test_a_cursor_of_another_fold_or_nonsense_gets_a_snapshot() -> None:
    floor = Floor(1)
    for _ in floor.run(40):
        pass
    board = Board(TeamView(), "", "mine", World(floor.state))
    assert board.catch_up(board.cursor) is None
    for cursor in (None, "other.5", "mine.", "mine.x", "mine.-1", "mine.99999999999", "mine.٣", "mine.1"):
        assert json.loads(board.catch_up(cursor))["type"] == "snapshot", cursor
