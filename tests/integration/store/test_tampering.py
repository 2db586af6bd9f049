"""Whoever gets at the tables with every right still cannot change history unnoticed."""

from collections.abc import Callable

import psycopg
import pytest
from tests.contract.store.conftest import ORG, draft, refused

from pasokh.store.postgres import PostgresStore

RENUMBERED = "DELETE FROM log WHERE seq = 5; UPDATE log SET seq = seq - 1, version = version + 10 WHERE seq > 5"
SWAPPED = """
UPDATE log SET seq = 100 WHERE seq = 4;
UPDATE log SET seq = 4 WHERE seq = 5;
UPDATE log SET seq = 5 WHERE seq = 100;
"""


@pytest.fixture
async def log_of_nine(engine_store: PostgresStore) -> None:
    """Nine events in three streams."""
    await engine_store.open_shard(ORG, ORG)
    lease = await engine_store.acquire(ORG, "engine", 60_000)
    assert lease is not None
    await engine_store.append(lease, lease.head, [draft(f"c{number % 3}", number) for number in range(9)])


@pytest.mark.usefixtures("log_of_nine")
@pytest.mark.parametrize(
    ("statements", "reason", "seq"),
    [
        ("UPDATE log SET data = jsonb_set(data, '{number}', '99') WHERE seq = 5", "altered", 5),
        ("UPDATE log SET occurred_at = occurred_at + 1 WHERE seq = 5", "altered", 5),
        ("UPDATE log SET actor = 'agent:a2' WHERE seq = 5", "altered", 5),
        ("UPDATE log SET org = 'org-b' WHERE seq = 5", "missing", 5),
        ("DELETE FROM log WHERE seq = 5", "missing", 5),
        ("DELETE FROM log WHERE seq = 9", "missing", 9),
        ("DELETE FROM log WHERE seq = 1", "missing", 1),
        ("DELETE FROM log", "missing", 1),
        ("DELETE FROM log WHERE seq = 9; UPDATE shard_head SET seq = 8", "head", 8),
        (RENUMBERED, "altered", 5),
        (SWAPPED, "altered", 4),
        ("UPDATE log SET version = 10 WHERE seq = 5", "version", 5),
        ("UPDATE shard_head SET hash = decode(repeat('11', 32), 'hex')", "head", 9),
    ],
)
async def test_is_found(
    engine_store: PostgresStore, pg_dsn: Callable[[str], str], statements: str, reason: str, seq: int
) -> None:
    assert (await engine_store.verify(ORG, ORG)).seq == 9
    with psycopg.connect(pg_dsn("postgres"), autocommit=True) as connection:
        connection.execute(statements)
    with refused("store.chain_broken") as broken:
        await engine_store.verify(ORG, ORG)
    assert (broken.value.params["reason"], broken.value.params["seq"]) == (reason, seq)
