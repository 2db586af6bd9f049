"""The adapters under the store's conformance suite."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.store import schema
from pasokh.store.memory import MemoryStore
from pasokh.store.ports import LEASE_TTL, Draft, Head, Lease, Store
from pasokh.store.postgres import PostgresStore

ORG = "org-a"
OTHER = "org-b"


@dataclass
class Stage:
    """Two engines and the web on one store, and a way to let a lease run out without waiting."""

    engine: Store
    other_engine: Store
    web: Store
    expire: Callable[[], Awaitable[None]]

    async def lead(self, org: str = ORG, owner: str = "engine-1") -> Lease:
        """A lease on the organisation's shard, which is opened if need be."""
        await self.engine.open_shard(org, org)
        lease = await self.engine.acquire(org, owner, ttl=60_000)
        assert lease is not None
        return lease

    async def record(self, lease: Lease, head: Head, *streams: str) -> Head:
        """Append one small event to each stream."""
        return await self.engine.append(lease, head, [draft(stream) for stream in streams])


@contextlib.contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[PasokhError]]:
    """Expect a refusal with exactly this code."""
    with pytest.raises(PasokhError) as caught:
        yield caught
    assert caught.value.code == code


def draft(stream: str = "c1", number: int = 0) -> Draft:
    """A small event."""
    data = b'{"type":"message.posted","number":%d,"text":"\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85","score":0.5}' % number
    return Draft(stream, "message.posted", data, 1_700_000_000_123 + number, "client-1", 1, "agent:a1", "key-1")


@pytest.fixture(params=["memory", "postgres"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Each adapter in turn."""
    if request.param == "memory":
        clock = request.getfixturevalue("clock")
        store = MemoryStore(clock)

        async def forward() -> None:
            clock.forward(LEASE_TTL * 100)

        yield Stage(store, store, store, forward)
        await store.close()
    else:
        dsn = request.getfixturevalue("pg_dsn")

        async def backdate() -> None:
            async with await psycopg.AsyncConnection.connect(dsn(schema.ENGINE)) as connection:
                await connection.execute("UPDATE shard_head SET until = store_now() - 1")

        async with (
            PostgresStore(dsn(schema.ENGINE)) as engine,
            PostgresStore(dsn(schema.ENGINE)) as other,
            PostgresStore(dsn(schema.APP)) as web,
        ):
            yield Stage(engine, other, web, backdate)
