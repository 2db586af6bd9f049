"""A stage on the store in memory and one on PostgreSQL, so that each promise is held on both."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.integration.engine.stage import Stage

from pasokh.engine.clock import wall_ms
from pasokh.store import schema
from pasokh.store.memory import MemoryStore
from pasokh.store.postgres import PostgresStore

SHARD = "org"


@pytest.fixture(params=["memory", "postgres"])
def dsn_of(request: pytest.FixtureRequest) -> Callable[[str], str] | None:
    """How to connect to a database of one's own; None = in memory."""
    return request.getfixturevalue("pg_dsn") if request.param == "postgres" else None


@pytest.fixture
async def stage(dsn_of: Callable[[str], str] | None) -> AsyncIterator[Stage]:
    """A shard without an engine yet. Engines see all organisations, the client only its own."""
    if dsn_of is None:
        memory = MemoryStore(wall_ms)
        ready = Stage(memory, memory, SHARD)
    else:
        ready = Stage(PostgresStore(dsn_of(schema.ENGINE)), PostgresStore(dsn_of(schema.APP)), SHARD)
        await ready.store.__aenter__()
        await ready.client.__aenter__()
    await ready.store.open_shard(SHARD, SHARD)
    yield ready
    await ready.close()
    await ready.client.close()
    await ready.store.close()
