"""Announcements may get lost and connections may break; nothing that was committed is missed for it."""

import asyncio
import contextlib
import random
from collections.abc import Callable

import psycopg
import pytest
from tests.contract.store.conftest import ORG, draft, refused
from tests.polling import give_way

from pasokh.kernel.errors import PasokhError
from pasokh.store import schema
from pasokh.store.ports import Answer, Lease
from pasokh.store.postgres import PostgresStore
from pasokh.store.postgres.database import Database


@pytest.fixture
async def lease(engine_store: PostgresStore) -> Lease:
    """The lease of the one shard."""
    await engine_store.open_shard(ORG, ORG)
    lease = await engine_store.acquire(ORG, "engine", 60_000)
    assert lease is not None
    return lease


def _cut_all(dsn: str, which: str = "true") -> int:
    """Terminate the database's other connections; returns how many there were."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND ({which})"
        ).fetchone()
    assert cut is not None
    return int(cut[0])


async def test_a_commit_that_was_never_announced_is_found_by_the_poll(
    app_store: PostgresStore, engine_store: PostgresStore, lease: Lease, pg_dsn: Callable[[str], str]
) -> None:
    await app_store.submit(ORG, ORG, "k", "user:u", b"{}")
    waiting = asyncio.create_task(app_store.wait_answer(ORG, ORG, "k", 20))
    async with contextlib.aclosing(app_store.tail(ORG, ORG, 0)) as batches:
        await engine_store.append(lease, lease.head, [draft()])
        assert len(await anext(batches)) == 1
        following = asyncio.ensure_future(anext(batches))
        async with await psycopg.AsyncConnection.connect(pg_dsn(schema.ENGINE)) as silent:
            await silent.execute(
                "INSERT INTO log SELECT shard, seq + 1, org, client, stream, version + 1, epoch, type, schema,"
                " occurred_at, recorded_at, actor, cause, data, hash FROM log"
            )
            await silent.execute('UPDATE command_inbox SET answered_at = 1, answer = \'{"ok":true,"seq":2}\'')
        assert [row.seq for row in await asyncio.wait_for(following, 10)] == [2]
        assert await waiting == Answer(True, 2)


async def test_listening_goes_on_after_its_connection_was_cut(
    app_store: PostgresStore, engine_store: PostgresStore, lease: Lease, pg_dsn: Callable[[str], str]
) -> None:
    async with engine_store.watch_inbox(ORG) as wake:
        assert await wake.wait(5)  # connected
        assert _cut_all(pg_dsn("postgres"), "query LIKE 'LISTEN%'") == 1
        assert await wake.wait(5)  # connected again, and rung in case something was missed
        await wake.wait(0.05)
        await app_store.submit(ORG, ORG, "k", "user:u", b"{}")
        assert await wake.wait(5)


async def test_a_cut_is_reported_once_and_then_work_goes_on(
    app_store: PostgresStore, engine_store: PostgresStore, lease: Lease, pg_dsn: Callable[[str], str]
) -> None:
    head = await engine_store.append(lease, lease.head, [draft()])
    assert _cut_all(pg_dsn("postgres")) > 0
    with refused("store.unavailable"):
        await engine_store.append(lease, head, [draft()])
    async with asyncio.timeout(10):
        while head.seq < 2:
            with contextlib.suppress(PasokhError):
                head = await engine_store.append(lease, head, [draft()])
    assert head.seq == 2
    assert await engine_store.verify(ORG, ORG) == head


async def test_without_a_database_calls_say_so_and_recover_by_themselves(pg_dsn: Callable[[str], str]) -> None:
    elsewhere = psycopg.conninfo.make_conninfo(pg_dsn(schema.APP), dbname="not_there")
    async with PostgresStore(elsewhere, patience=0.2) as store:
        with refused("store.unavailable"):
            await store.read(ORG, ORG, 0)


async def test_callers_who_go_away_leave_no_connection_that_answers_others_wrongly(
    pg_dsn: Callable[[str], str],
) -> None:
    """Without `Database._to_its_end` a tenth of these answers came back empty."""
    draw = random.Random(1)
    database = Database(pg_dsn(schema.APP), connections=4, patience=20.0)
    await database.open()

    async def ask(number: int) -> None:
        asked = "SELECT %s::int, %s::text"
        wanted = [(number, str(number))]
        one = draw.random() < 0.5
        got = await (database.run(asked, wanted[0]) if one else database.run_as(ORG, asked, wanted[0]))
        assert got == wanted

    numbers = iter(range(1_000_000))
    for _ in range(60):
        asking = [asyncio.create_task(ask(next(numbers))) for _ in range(20)]
        await give_way(draw.randrange(12))
        for task in draw.sample(asking, 8):
            task.cancel()
            await give_way(draw.randrange(3))
            task.cancel()
        for outcome in await asyncio.gather(*asking, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError), outcome
    await database.close()
