"""A reader who cannot keep up loses nothing and costs nobody anything; a failing log sends everyone to come back."""

import asyncio
import json

import pytest
from tests.unit.live.floor import NOON, Floor
from tests.unit.live.wire import Wire, wire

from pasokh.live import seat as seat_module
from pasokh.live.board import Board
from pasokh.live.wall_view import WallView
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED


@pytest.fixture(autouse=True)
def wall_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WallView, "interval_ms", 0)


def folded(socket) -> dict[str, object]:
    keys: dict[str, object] = {}
    for frame in socket.sent:
        if frame["type"] == "snapshot":
            keys = dict(frame["keys"])
        elif frame["type"] == "patch":
            keys.update(frame["set"])
            for key in frame["del"]:  # it may name what came and went while the reader was behind
                keys.pop(key, None)
    return keys


async def wall(w: Wire):
    socket = w.socket().hello(w.staff(user="boss", role="supervisor"), wall=None)
    await socket.until_type("snapshot")
    return socket


async def test_a_stalled_reader_gets_one_patch_of_what_it_missed() -> None:
    floor = Floor(11)
    async with wire(floor, commands=40) as w:
        quick, slow = await wall(w), await wall(w)
        slow.gate.clear()
        for _ in range(3 * seat_module.MOST_PENDING):
            logged = []
            while not logged:
                floor.now += 1_000
                logged = floor.do(floor.command())
            await w.write("org1", logged)
            shard = await w.hub.shard("org1")
            assert await shard.reach(floor.state.seq, 5)
        board = await w.hub.board("org1", "wall", "")
        now = json.loads(board.snapshot())["keys"]
        await quick.until(lambda: folded(quick) == now)
        patches = len(quick.sent)
        assert patches > seat_module.MOST_PENDING
        slow.gate.set()
        await slow.until(lambda: folded(slow) == now)
        assert len(slow.sent) < 6  # welcome, snapshot, the patch it was stuck in, and one for all the rest
        await quick.leave()
        await slow.leave()


async def test_a_reader_stalled_for_a_minute_is_let_go() -> None:
    floor = Floor(11)
    async with wire(floor, commands=40) as w:
        slow = await wall(w)
        slow.gate.clear()
        slow.say({"type": "ping"})  # the answer gets stuck
        async with asyncio.timeout(5):
            while not slow.task.done():
                w.clock.now += 61_000
                slow.say({"type": "ping"})  # still talking, only not reading
                await w.hub.sweep()
                if w.clock.now > NOON + 300_000:
                    slow.gate.set()
                await asyncio.sleep(0.001)
        assert await slow.refused() == (4503, "live.stalled")


async def test_when_the_log_cannot_be_followed_sockets_are_sent_away_and_may_come_back() -> None:
    floor = Floor(11)
    async with wire(floor, commands=40) as w:
        reader = await wall(w)
        shard = await w.hub.shard("org1")
        shard.world.state.queues.clear()  # whatever comes next cannot be folded
        while not shard.failed.is_set():
            floor.now += 5_000
            logged = floor.do(floor.command())
            if logged:
                await w.write("org1", logged)
                await asyncio.wait_for(asyncio.shield(_moved(shard, floor.state.seq)), 5)
        again = await wall(w)  # the first to come starts anew, for all
        assert await reader.refused() == (4503, "live.not_ready")
        assert "q:sales" in folded(again)
        await again.leave()


async def _moved(shard, seq: int) -> None:
    reached = asyncio.create_task(shard.reach(seq, 5))
    failed = asyncio.create_task(shard.failed.wait())
    await asyncio.wait([reached, failed], return_when=asyncio.FIRST_COMPLETED)
    for task in (reached, failed):
        task.cancel()
    await asyncio.gather(reached, failed, return_exceptions=True)


async def test_boards_and_shards_nobody_wants_are_let_go() -> None:
    async with wire(Floor(11), commands=40) as w:
        reader = await wall(w)
        shard = await w.hub.shard("org1")
        await reader.leave()
        for _ in range(12):
            w.clock.now += 60_000
            await w.hub.sweep()
        assert await w.hub.shard("org1") is not shard


async def test_a_wall_patch_waits_for_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WallView, "interval_ms", 60)
    floor = Floor(11)
    async with wire(floor, commands=40) as w:
        reader = await wall(w)
        for _ in range(40):
            floor.now += 1_000
            logged = floor.do(floor.command())
            if logged:
                await w.write("org1", logged)
        shard = await w.hub.shard("org1")
        await shard.reach(floor.state.seq, 5)
        now = json.loads(Board(WallView(ANSWERED_OR_ABANDONED), "", "x", shard.world).snapshot())["keys"]
        await reader.until(lambda: folded(reader) == now)
        patches = sum(frame["type"] == "patch" for frame in reader.sent)
        assert 1 <= patches <= 5
        await reader.leave()
