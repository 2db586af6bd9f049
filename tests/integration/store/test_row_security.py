"""The web's role sees and changes one organisation only, whatever statement gets through."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from tests.contract.store.conftest import ORG, OTHER, draft

from pasokh.metrics.facts import TABLES as FACTS
from pasokh.store import schema, sync
from pasokh.store.ports import EffectDraft, Snapshot
from pasokh.store.postgres import PostgresStore

TABLES = ("shard_head", "log", "command_inbox", "effect_outbox", "snapshot", "projection_cursor")


@pytest.fixture
async def filled(engine_store: PostgresStore, app_store: PostgresStore, pg_dsn: Callable[[str], str]) -> None:
    """Both organisations have a row in every table."""
    for org in (ORG, OTHER):
        await app_store.open_shard(org, org)
        lease = await engine_store.acquire(org, "engine", 60_000)
        assert lease is not None
        await engine_store.append(lease, lease.head, [draft()], (), [EffectDraft("e", b"{}")])
        await engine_store.save_snapshot(lease, Snapshot(1, 1, b"{}"))
        await app_store.submit(org, org, "k", "user:u", b"{}")
    with psycopg.connect(pg_dsn(schema.ENGINE)) as connection:
        connection.execute("INSERT INTO projection_cursor (name, shard, org) SELECT 'p', shard, org FROM shard_head")


@pytest.fixture
def web(pg_dsn: Callable[[str], str]) -> Iterator[psycopg.Connection]:
    """A bare connection with the web's role."""
    with psycopg.connect(pg_dsn(schema.APP)) as connection:
        yield connection


@pytest.mark.usefixtures("filled")
class TestTheWebsRole:
    @pytest.mark.parametrize("table", TABLES)
    def test_reads_only_its_organisation(self, web: psycopg.Connection, table: str) -> None:
        with web.transaction():
            sync.act_for(web.cursor(), ORG)
            assert web.execute(f"SELECT DISTINCT org FROM {table}").fetchall() == [(ORG,)]

    @pytest.mark.parametrize("org", [None, "", "*", "nobody"])
    @pytest.mark.parametrize("table", TABLES)
    def test_reads_nothing_without_an_organisation(self, web: psycopg.Connection, table: str, org: str | None) -> None:
        with web.transaction():
            if org is not None:
                sync.act_for(web.cursor(), org)
            assert web.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)

    def test_forgets_its_organisation_with_the_transaction(self, web: psycopg.Connection) -> None:
        with web.transaction():
            sync.act_for(web.cursor(), ORG)
        with web.transaction():
            assert web.execute("SELECT count(*) FROM log").fetchone() == (0,)

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO shard_head (shard, org) VALUES ('s9', 'org-b')",
            "INSERT INTO command_inbox (shard, org, key, actor, command) VALUES ('org-b', 'org-b', 'x', 'x', '{}')",
            "INSERT INTO projection_cursor (name, shard, org) VALUES ('q', 'org-b', 'org-b')",
            "UPDATE projection_cursor SET org = 'org-b'",
            "INSERT INTO log SELECT * FROM log",
            "UPDATE log SET actor = 'x'",
            "DELETE FROM log",
            "TRUNCATE log",
            "UPDATE shard_head SET epoch = epoch + 1",
            "INSERT INTO shard_head (shard, org, seq) VALUES ('s9', 'org-a', 7)",
            "UPDATE command_inbox SET answer = '{}'",
            "DELETE FROM command_inbox",
            "INSERT INTO snapshot SELECT * FROM snapshot",
            "DELETE FROM snapshot",
            "UPDATE effect_outbox SET done_at = 1",
            "ALTER TABLE log DISABLE ROW LEVEL SECURITY",
            "DROP POLICY tenant ON log",
            "CREATE TABLE mine (x int)",
            "SELECT log_append('org-a', 1, 1, hash, hash, 0, NULL, NULL, NULL) FROM shard_head",
            "SET ROLE pasokh_owner",
            "SET ROLE pasokh_engine",
        ],
    )
    def test_may_not(self, web: psycopg.Connection, statement: str) -> None:
        sync.act_for(web.cursor(), ORG)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(statement)

    @pytest.mark.parametrize("statement", ["UPDATE projection_cursor SET seq = 9", "DELETE FROM projection_cursor"])
    def test_changes_only_its_own_rows(self, web: psycopg.Connection, statement: str) -> None:
        with web.transaction():
            sync.act_for(web.cursor(), ORG)
            assert web.execute(statement).rowcount == 1

    def test_cannot_submit_for_another_organisation_in_one_transaction(self, web: psycopg.Connection) -> None:
        sync.act_for(web.cursor(), ORG)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sync.submit(web.cursor(), OTHER, OTHER, "k2", "user:u", b"{}")

    def test_owns_nothing(self, web: psycopg.Connection) -> None:
        owned = "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole"
        for role in (schema.APP, schema.ENGINE):
            assert web.execute(owned, (role,)).fetchone() == (0,)


@pytest.mark.usefixtures("filled")
def test_every_table_forces_row_security_on_its_owner_too(pg_dsn: Callable[[str], str]) -> None:
    with psycopg.connect(pg_dsn(schema.OWNER)) as connection:
        forced = connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname"
        ).fetchall()
        facts = {f"fact_{name}" for name in (*FACTS, "state", "guess", "link", "progress")}
        assert {name for (name,) in forced} == {*TABLES, *facts}
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)
        sync.act_for(connection.cursor(), "*")
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (2,)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("statement", ["UPDATE log SET actor = 'x'", "DELETE FROM log", "TRUNCATE log"])
def test_even_the_engine_cannot_change_history(pg_dsn: Callable[[str], str], statement: str) -> None:
    with (
        psycopg.connect(pg_dsn(schema.ENGINE)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
