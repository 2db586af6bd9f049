"""Away and back with two web processes over PostgreSQL, the web under row-level security."""

import contextlib
from collections.abc import Callable
from typing import Any

from tests.integration.live.stage import SHOP, running_engine, stage
from tests.integration.live.test_absence import seen, soon

from pasokh.store import schema
from pasokh.store.postgres import PostgresStore

__all__ = ["soon"]


async def test_two_web_processes_tell_of_one_visitor(engine_store: PostgresStore, pg_dsn: Callable[[str], Any]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(PostgresStore(pg_dsn(schema.APP))) for _ in range(2)]
        await stack.enter_async_context(running_engine(engine_store))
        one, other = [await stack.enter_async_context(stage(store, engine=False)) for store in stores]
        await engine_store.open_shard("org1", "org1")
        await one.furnish("org1", shard_exists=True)
        _, _, started = await one.start_chat(text="anyone?", message="m1")
        visitor = await one.browser(started["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["phase"] == "queued")
        await visitor.drop()
        assert await seen(one, started["contact"], bool) == ["customer.away"]
        again = await other.browser(started["token"], "chat", origin=SHOP).connect()
        both = ["customer.away", "customer.back"]
        assert await seen(one, started["contact"], lambda found: len(found) > 1) == both
        await again.until(lambda: not again.keys["chat"]["contact"]["closed"])
        for s in (one, other):
            shard = await s.hub.shard("org1")
            await shard.catch_up(5)
            assert shard.state.interactions[started["interaction"]].away_since == 0
