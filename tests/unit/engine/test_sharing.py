"""Protects: engines that start together share the shards, and each shard has one leader."""

import asyncio

from pasokh.engine.clock import wall_ms
from pasokh.engine.effects import Carriers
from pasokh.engine.environment import Environment
from pasokh.engine.options import EngineOptions
from pasokh.engine.service import EngineService
from pasokh.store.memory import MemoryStore

SHARDS = [f"org{n}" for n in range(10)]


async def test_two_engines_share_ten_shards() -> None:
    store = MemoryStore(wall_ms)
    for shard in SHARDS:
        await store.open_shard(shard, shard)
    stop = asyncio.Event()
    services = [EngineService(Environment(store, Carriers({}), options=EngineOptions()), name) for name in "ab"]
    running = [asyncio.create_task(service.run(stop)) for service in services]
    async with asyncio.timeout(20):
        while True:
            led = [service.leading() for service in services]
            if sum(map(len, led)) == len(SHARDS):
                break
            await asyncio.sleep(0.01)
    assert sorted(led[0] + led[1]) == SHARDS
    assert min(map(len, led)) >= 3
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 20)
    for shard in SHARDS:
        assert await store.acquire(shard, "someone else") is not None
