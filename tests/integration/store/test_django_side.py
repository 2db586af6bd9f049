"""Commands and projections inside somebody else's transaction: all of it or nothing, exactly once."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence

import psycopg
import pytest
from tests.contract.store.conftest import ORG, OTHER, draft, refused

from pasokh.store import projection, schema, sync
from pasokh.store.ports import Answer, Head, Lease, Reply, Row
from pasokh.store.postgres import PostgresStore


@pytest.fixture
def web(pg_dsn: Callable[[str], str]) -> Iterator[psycopg.Connection]:
    """What a web worker has."""
    with psycopg.connect(pg_dsn(schema.APP)) as connection:
        with connection.transaction():
            sync.open_shard(connection.cursor(), ORG, ORG)
        yield connection


async def test_a_command_enters_with_the_transaction_or_not_at_all(
    web: psycopg.Connection, engine_store: PostgresStore
) -> None:
    with web.transaction(force_rollback=True):
        assert sync.submit(web.cursor(), ORG, ORG, "lost", "user:u", b"{}") is None
    with web.transaction():
        assert sync.submit(web.cursor(), ORG, ORG, "kept", "user:u", b"{}") is None
        assert await engine_store.pending(ORG) == []
    assert [command.key for command in await engine_store.pending(ORG)] == ["kept"]


async def test_the_leader_is_woken_when_the_transaction_commits(
    web: psycopg.Connection, engine_store: PostgresStore
) -> None:
    async with engine_store.watch_inbox(ORG) as wake:
        await wake.wait(5)  # the listener's first ring: it has connected
        with web.transaction():
            sync.submit(web.cursor(), ORG, ORG, "k", "user:u", b"{}")
        assert await wake.wait(5)


async def test_answers_and_refusals_are_those_of_the_async_side(
    web: psycopg.Connection, engine_store: PostgresStore
) -> None:
    lease = await engine_store.acquire(ORG, "engine", 60_000)
    assert lease is not None
    with web.transaction():
        sync.submit(web.cursor(), ORG, ORG, "k", "user:u", b"{}")
    with web.transaction():
        sync.act_for(web.cursor(), ORG)
        assert sync.find_answer(web.cursor(), ORG, "k") is None
    await engine_store.append(lease, lease.head, [draft()], [Reply("k", Answer(True, 1))])
    with web.transaction():
        assert sync.submit(web.cursor(), ORG, ORG, "k", "user:u", b"{}") == Answer(True, 1)
        assert sync.find_answer(web.cursor(), ORG, "k") == Answer(True, 1)
    with refused("inbox.key_reused"), web.transaction():
        sync.submit(web.cursor(), ORG, ORG, "k", "user:u", b"[]")
    with refused("store.no_shard"), web.transaction():
        sync.submit(web.cursor(), OTHER, OTHER, "k", "user:u", b"[]")
    with refused("store.shard_taken"), web.transaction():
        sync.open_shard(web.cursor(), OTHER, ORG)


class Tally:
    """Counts events by stream."""

    name = "tally"
    tables: Mapping[str, str] = {"tally": "org"}
    weight = 1
    crash_at = 0

    def apply(self, cursor: sync.Cursor, rows: Sequence[Row]) -> None:
        """Add up."""
        for row in rows:
            cursor.execute(
                "INSERT INTO tally (org, stream, total) VALUES (%s, %s, %s)"
                " ON CONFLICT (org, stream) DO UPDATE SET total = tally.total + excluded.total",
                (row.org, row.stream, self.weight),
            )
            if row.seq == self.crash_at:
                raise RuntimeError("crash")


@pytest.fixture
def tally(pg_dsn: Callable[[str], str]) -> Tally:
    """A projection and its table, under row level security."""
    with psycopg.connect(pg_dsn(schema.OWNER)) as connection:
        connection.execute(
            """
            CREATE TABLE tally (
              org text, stream text, total int DEFAULT 0, twice int GENERATED ALWAYS AS (total * 2) STORED,
              PRIMARY KEY (org, stream)
            );
            ALTER TABLE tally ENABLE ROW LEVEL SECURITY;
            ALTER TABLE tally FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant ON tally USING (org = current_setting('app.org', true));
            GRANT SELECT, INSERT, UPDATE, DELETE ON tally TO pasokh_app;
            """
        )
    return Tally()


async def _record(store: PostgresStore, count: int, lease: Lease | None = None, head: Head | None = None) -> Lease:
    lease = lease or await store.acquire(ORG, "engine", 60_000)
    assert lease is not None
    await store.append(lease, head or lease.head, [draft(f"c{number % 2}") for number in range(count)])
    return lease


def _totals(web: psycopg.Connection, org: str = ORG) -> dict[str, int]:
    with web.transaction():
        sync.act_for(web.cursor(), org)
        return dict(web.execute("SELECT stream, total FROM public.tally").fetchall())


async def test_each_row_is_projected_exactly_once_across_crashes(
    web: psycopg.Connection, engine_store: PostgresStore, tally: Tally
) -> None:
    await _record(engine_store, 25)
    tally.crash_at = 17
    with web.transaction():
        assert projection.advance(web.cursor(), tally, ORG, ORG, limit=10) == 10
    with pytest.raises(RuntimeError), web.transaction():
        projection.advance(web.cursor(), tally, ORG, ORG, limit=10)
    tally.crash_at = 0
    steps = []
    while not steps or steps[-1]:
        with web.transaction():
            steps.append(projection.advance(web.cursor(), tally, ORG, ORG, limit=10))
    assert steps == [10, 5, 0]
    assert _totals(web) == {"c0": 13, "c1": 12}


async def test_two_workers_share_the_rows_without_repeating_any(
    web: psycopg.Connection, engine_store: PostgresStore, tally: Tally, pg_dsn: Callable[[str], str]
) -> None:
    await _record(engine_store, 60)

    def work() -> int:
        done = 0
        with psycopg.connect(pg_dsn(schema.APP)) as connection:
            while True:
                with connection.transaction():
                    step = projection.advance(connection.cursor(), tally, ORG, ORG, limit=7)
                if not step:
                    return done
                done += step

    assert sum(await asyncio.gather(*(asyncio.to_thread(work) for _ in range(2)))) == 60
    assert _totals(web) == {"c0": 30, "c1": 30}


async def test_a_rebuild_replaces_one_organisations_rows_at_once_and_leaves_rights_alone(
    web: psycopg.Connection, engine_store: PostgresStore, tally: Tally
) -> None:
    lease = await _record(engine_store, 25)
    with web.transaction():
        projection.advance(web.cursor(), tally, ORG, ORG)
    with web.transaction():
        sync.act_for(web.cursor(), OTHER)
        web.execute("INSERT INTO tally (org, stream, total) VALUES ('org-b', 'c0', 7)")

    tally.weight, tally.crash_at = 10, 17
    with pytest.raises(RuntimeError):
        projection.rebuild(web.cursor(), web.transaction, tally, ORG, ORG, limit=10)
    assert _totals(web) == {"c0": 13, "c1": 12}

    tally.crash_at = 0
    assert projection.rebuild(web.cursor(), web.transaction, tally, ORG, ORG, limit=10) == 25
    assert _totals(web) == {"c0": 130, "c1": 120}
    assert _totals(web, OTHER) == {"c0": 7}

    await _record(engine_store, 1, lease, await engine_store.head(ORG, ORG))
    with web.transaction():
        assert projection.advance(web.cursor(), tally, ORG, ORG) == 1
    assert _totals(web) == {"c0": 140, "c1": 120}
