"""Protects: engines on one database lead each shard once, and a process leaves cleanly when asked."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
from benchmarks.processes import engines

from pasokh.acd.commands import DefineQueue
from pasokh.acd.model import QueueConfig
from pasokh.engine.run import EngineSettings, run
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore

SHARDS = [f"org{n}" for n in range(8)]


async def test_engines_lead_each_shard_once_and_release_them_all(
    pg_dsn: Callable[[str], str], engine_store: PostgresStore, app_store: PostgresStore
) -> None:
    for shard in SHARDS:
        await engine_store.open_shard(shard, shard)
    stop = asyncio.Event()
    settings = [EngineSettings(pg_dsn(schema.ENGINE), owner) for owner in ("one", "two")]
    running = [asyncio.create_task(run(each, stop)) for each in settings]
    command = msgspec.json.encode(DefineQueue(QueueConfig(id="q")))
    for shard in SHARDS:
        await app_store.submit(shard, shard, "k", "user:x", command)
    for shard in SHARDS:
        assert (await app_store.wait_answer(shard, shard, "k", 20)).ok
    assert sum(each.metrics.value("takeovers") for each in settings) == len(SHARDS)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 20)
    for shard in SHARDS:
        assert await engine_store.acquire(shard, "someone else") is not None


async def test_the_process_ends_on_sigterm_with_everything_released(
    pg_dsn: Callable[[str], str], engine_store: PostgresStore, app_store: PostgresStore, tmp_path: Path
) -> None:
    await engine_store.open_shard("org", "org")
    with engines(pg_dsn(schema.ENGINE), tmp_path, "one") as (engine,):
        await app_store.submit("org", "org", "k", "user:x", msgspec.json.encode(DefineQueue(QueueConfig(id="q"))))
        assert (await app_store.wait_answer("org", "org", "k", 30)).ok
        assert await asyncio.to_thread(engine.stop) == 0
        assert await engine_store.acquire("org", "someone else") is not None
        assert 'pasokh_engine_commands_total{code="ok"} 1' in engine.text
