"""Commands asked from inside the leader's process: answered once, whoever asks again; the inbox knows them after."""

import asyncio
from collections import Counter
from dataclasses import replace

import msgspec
import pytest
from tests.integration.engine.stage import QUICK, Stage
from tests.polling import until_so

from pasokh.acd.commands import DefineQueue, SignIn
from pasokh.acd.model import QueueConfig
from pasokh.engine.near import NearInbox
from pasokh.kernel.errors import PasokhError
from pasokh.store.asking import ask

SALES, OTHER, THIRD = (msgspec.json.encode(DefineQueue(QueueConfig(id=name))) for name in ("sales", "other", "third"))
NOBODY = msgspec.json.encode(SignIn("nobody"))


@pytest.fixture
async def near(stage: Stage) -> NearInbox:
    """The way in of an engine that leads; polling alone would take far longer than the tests wait."""
    beside = NearInbox()
    running = stage.start(options=replace(QUICK, poll_s=30.0), near=beside)
    await stage.led_by(running)
    return beside


async def defined(stage: Stage) -> int:
    return sum(row.type == "queue.defined" for row in await stage.rows())


async def test_a_command_is_decided_and_the_inbox_knows_it_with_its_answer(stage: Stage, near: NearInbox) -> None:
    await ask(near, stage.shard, "k", "switch", SALES, 10.0)
    assert (await stage.client.submit(stage.shard, stage.shard, "k", "switch", SALES)) is not None
    assert await defined(stage) == 1


async def test_a_refusal_is_an_answer(stage: Stage, near: NearInbox) -> None:
    for _ in range(2):
        with pytest.raises(PasokhError) as refused:
            await ask(near, stage.shard, "k", "switch", NOBODY, 10.0)
        assert refused.value.code.startswith("agent.")


async def test_the_same_key_again_and_at_once_has_one_effect(stage: Stage, near: NearInbox) -> None:
    await asyncio.gather(*(ask(near, stage.shard, "k", "switch", SALES, 10.0) for _ in range(8)))
    await ask(near, stage.shard, "k", "switch", SALES, 10.0)
    await ask(near, stage.shard, "k", "switch", OTHER, 10.0, first_stands=True)
    assert await defined(stage) == 1


async def test_a_key_that_waits_in_the_inbox_already_is_decided_once(stage: Stage, near: NearInbox) -> None:
    await stage.client.submit(stage.shard, stage.shard, "k", "switch", SALES)
    await ask(near, stage.shard, "k", "switch", SALES, 10.0)
    assert await defined(stage) == 1


async def test_what_is_asked_in_a_row_is_decided_in_that_order(stage: Stage, near: NearInbox) -> None:
    names = [f"q{number}" for number in range(60)]
    for name in names:
        await near.submit(
            stage.shard, stage.shard, f"k-{name}", "switch", msgspec.json.encode(DefineQueue(QueueConfig(id=name)))
        )
    await near.wait_answer(stage.shard, stage.shard, "k-q59", 10.0)
    rows = [row for row in await stage.rows() if row.type == "queue.defined"]
    assert [msgspec.json.decode(row.data)["queue"]["id"] for row in rows] == names


async def test_the_end_of_a_lead_is_told_and_the_inbox_itself_takes_over(stage: Stage, near: NearInbox) -> None:
    near.inbox = stage.client
    await stage.engines[-1].crash()
    asking = asyncio.create_task(ask(near, stage.shard, "k", "switch", SALES, 20.0))
    stage.start("two")
    await asking
    assert await defined(stage) == 1


async def test_whoever_waits_when_the_lead_ends_hears_that_nobody_knows(stage: Stage) -> None:
    beside = NearInbox(stage.client)

    class Slow:
        def __getattr__(self, name: str) -> object:
            return getattr(stage.store, name)

        async def known(self, shard: str, keys: object) -> object:
            reached.set()
            await asyncio.Event().wait()

    reached = asyncio.Event()
    running = stage.start(store=Slow(), near=beside)
    await stage.led_by(running)
    asking = asyncio.create_task(ask(beside, stage.shard, "k", "switch", SALES, 20.0))
    await reached.wait()
    await running.crash()
    with pytest.raises(PasokhError) as refused:
        await asking
    assert refused.value.code == "command.unanswered"
    await until_so(running.task.done)


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, stage: Stage) -> None:
        self._store, self.asked = stage.store, Counter[str]()

    def __getattr__(self, name: str) -> object:
        self.asked[name] += 1
        return getattr(self._store, name)


async def test_where_nothing_is_asked_twice_no_key_is_looked_up_and_the_lead_knows_its_own(stage: Stage) -> None:
    store, near = Counting(stage), NearInbox()
    near.repeats = lambda _: False
    await stage.led_by(stage.start(store=store, near=near))
    for _ in range(3):
        await ask(near, stage.shard, "k", "switch", SALES, 10.0)
    assert store.asked["known"] == 0
    assert await defined(stage) == 1


async def test_what_nobody_waits_for_is_decided_with_what_is_asked_next(stage: Stage) -> None:
    store, near = Counting(stage), NearInbox()
    await stage.led_by(stage.start(store=store, near=near))
    await ask(near, stage.shard, "first", "switch", SALES, 10.0)
    before = store.asked["append"]
    await near.submit(stage.shard, stage.shard, "k", "switch", OTHER)
    await ask(near, stage.shard, "l", "switch", THIRD, 10.0)
    assert store.asked["append"] == before + 1
    assert [row.cause for row in await stage.rows() if row.type == "queue.defined"] == ["first", "k", "l"]


async def test_what_nobody_waits_for_is_decided_though_nothing_follows(stage: Stage, near: NearInbox) -> None:
    await near.submit(stage.shard, stage.shard, "k", "switch", SALES)
    await stage.until(lambda rows: any(row.type == "queue.defined" for row in rows), 10.0)
