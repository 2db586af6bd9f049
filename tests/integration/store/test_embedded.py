"""The embedded server: from nothing to ready, adopted, stopped, killed; what was committed stays."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.contract.store.conftest import ORG, draft, refused

from pasokh.kernel.errors import PasokhError
from pasokh.store import account, binaries, schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.ports import Head, Lease
from pasokh.store.postgres import PostgresStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place the server's account can reach."""
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return tmp_path / "pg"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A durable server with the store's tables, stopped afterwards."""
    server = EmbeddedPostgres(folder)
    server.start()
    with psycopg.connect(server.dsn(schema.OWNER)) as connection:
        schema.apply(connection)
    yield server
    server.stop()


def test_starting_twice_adopts_and_stopping_is_clean(server: EmbeddedPostgres) -> None:
    pid = server.pid
    assert pid is not None
    again = EmbeddedPostgres(server.folder)
    again.start()
    assert again.pid == pid
    again.stop()
    assert server.pid is None
    assert not (server.data / "postmaster.pid").exists()
    server.start()
    with psycopg.connect(server.dsn(schema.APP)) as connection:
        assert connection.execute("SELECT count(*) FROM store_version").fetchone() == (len(schema.versions()),)
    log = "".join(path.read_text() for path in (server.folder / "log").glob("*.log"))
    assert "not properly shut down" not in log


def test_nobody_else_may_enter_and_nothing_listens_on_the_network(server: EmbeddedPostgres) -> None:
    for path in (server.folder, server.data, server.folder / "run"):
        assert path.stat().st_mode & 0o077 == 0
        assert path.stat().st_uid != 0
    with psycopg.connect(server.dsn()) as connection:
        settings = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('fsync'), current_setting('server_encoding')"
        )
        assert settings.fetchone() == ("", "on", "UTF8")


def test_a_lock_file_of_some_other_process_does_not_bar_the_start(server: EmbeddedPostgres) -> None:
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n0\n5432\n{server.folder / 'run'}\n\n\n")
    assert server.pid is None
    server.start()
    assert server.pid not in {None, os.getpid()}


def test_a_broken_setting_is_reported_in_postgresqls_words(server: EmbeddedPostgres) -> None:
    server.stop()
    settings = server.data / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "\nshared_buffers = 'plenty'\n")
    with refused("database.start_failed") as failed:
        server.start()
    assert "shared_buffers" in str(failed.value.params["reason"])
    settings.write_text(good)
    server.start()


async def test_killed_under_load_it_comes_back_with_every_acknowledged_row(server: EmbeddedPostgres) -> None:
    async with PostgresStore(server.dsn(schema.ENGINE)) as store:
        await store.open_shard(ORG, ORG)
        acknowledged = Head()
        seen: list[int] = []
        more = asyncio.Condition()
        enough = asyncio.Event()

        async def follow() -> None:
            async with contextlib.aclosing(store.tail(ORG, ORG, 0)) as batches:
                async for rows in batches:
                    async with more:
                        seen.extend(row.seq for row in rows)
                        more.notify_all()

        async def lead() -> Lease:
            async with asyncio.timeout(30):
                while True:
                    with contextlib.suppress(PasokhError):
                        lease = await store.acquire(ORG, "engine", 60_000)
                        if lease is not None:
                            return lease
                    await asyncio.sleep(0.01)

        async def load() -> None:
            nonlocal acknowledged
            lease = await lead()
            acknowledged = lease.head
            with contextlib.suppress(PasokhError):
                while True:
                    acknowledged = await store.append(lease, acknowledged, [draft("c", 1), draft("d", 2)])
                    if acknowledged.seq >= 40:
                        enough.set()

        following = asyncio.create_task(follow())
        for _ in range(2):
            enough.clear()
            loading = asyncio.create_task(load())
            await enough.wait()
            pid = server.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await loading
            await asyncio.to_thread(server.start)
            lease = await lead()
            assert lease.head.seq - acknowledged.seq in {0, 2}  # the last may have been written but not acknowledged
            assert await store.verify(ORG, ORG) == lease.head
        async with asyncio.timeout(10), more:
            await more.wait_for(lambda: len(seen) >= lease.head.seq)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        assert seen == list(range(1, lease.head.seq + 1))


def test_an_engine_killed_in_the_middle_of_an_append_leaves_nothing(server: EmbeddedPostgres) -> None:
    """Its transaction is open and half done when the process dies."""
    program = """
import os, psycopg, sys
connection, nothing = psycopg.connect(sys.argv[1]), bytes(32)
connection.execute("INSERT INTO shard_head (shard, org, epoch, until) VALUES ('s', 'o', 1, store_now() + 60000)")
connection.commit()
columns = '"client":"","stream":"a","type":"t","schema":1,"occurred_at":1,"actor":"","cause":"","data":{}'
rows = '[{%s,"hash":"%s"}]' % (columns, nothing.hex())
append = "SELECT log_append('s', 1, 0, %s, %s, 1, %s::json, NULL, NULL)"
assert connection.execute(append, (nothing, nothing, rows)).fetchone() == (1,)
os.kill(os.getpid(), 9)
"""
    died = subprocess.run([sys.executable, "-c", program, server.dsn(schema.ENGINE)], check=False, timeout=30)
    assert died.returncode == -signal.SIGKILL
    with psycopg.connect(server.dsn(schema.ENGINE)) as connection:
        assert connection.execute("SELECT seq, hash FROM shard_head").fetchone() == (0, bytes(32))
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)


def test_a_long_path_gets_a_short_private_socket_elsewhere(tmp_path: Path, folder: Path) -> None:
    deep = folder.parent / ("d" * 60) / ("e" * 60) / "pg"
    deep.parent.mkdir(parents=True)
    server = EmbeddedPostgres(deep, durability=False)
    server.start()
    try:
        assert len(psycopg.conninfo.conninfo_to_dict(server.dsn())["host"]) < 80
        with psycopg.connect(server.dsn(schema.APP)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets folders its server's account cannot reach")
def test_below_a_closed_folder_of_roots_the_data_moves_to_the_shared_home(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = folder.parent / "shared"
    home.mkdir()
    monkeypatch.setattr(account, "SHARED_HOME", home)
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg", durability=False)
    server.start()
    try:
        assert (closed / "pg").resolve() == server.folder
        assert server.folder.parent == home
        again = EmbeddedPostgres(closed / "pg", durability=False)
        assert again.pid == server.pid
    finally:
        server.stop()


def readable_by(uid: int, gid: int, folder: Path) -> bool:
    """Whether another user may run what lies in a folder."""
    look = "import os, sys; os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1]))\n"
    look += "sys.exit(not os.access(sys.argv[3], os.X_OK))"
    command = [sys.executable, "-c", look, str(uid), str(gid), folder / "postgres"]
    return subprocess.run(command, cwd="/", check=False, timeout=60).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_an_ordinary_user_needs_no_root(folder: Path) -> None:
    user = account.choose(folder)
    if not readable_by(user.uid, user.gid, binaries.find_binaries()):
        pytest.skip("PostgreSQL lies where only root may look: no ordinary user could run it")
    folder.mkdir()
    os.chown(folder, user.uid, user.gid)
    program = (
        "import os, pathlib, sys\n"
        "from pasokh.store.embedded import EmbeddedPostgres\n"
        "from pasokh.store import schema\n"
        "schema.versions()  # loads modules the other user cannot read\n"
        "os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))\n"
        "s = EmbeddedPostgres(pathlib.Path(sys.argv[1]), durability=False)\n"
        "s.start(); print(s.pid is not None); s.stop(); print(s.pid)\n"
    )
    command = [sys.executable, "-c", program, folder, str(user.uid), str(user.gid)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == ["True", "None"], done.stderr


def _check_a_plain_administrator_can_provide(server: EmbeddedPostgres) -> None:
    """As on a hosted PostgreSQL: no superuser, but a database of its own and the right to create roles."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for role in (schema.OWNER, schema.ENGINE, schema.APP):
            connection.execute(f"DROP OWNED BY {role}")
    with psycopg.connect(server.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE pasokh WITH (FORCE)")
        for role in (schema.OWNER, schema.ENGINE, schema.APP):
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
        connection.execute("CREATE ROLE hosted LOGIN CREATEROLE")
        connection.execute("CREATE DATABASE hosted OWNER hosted")
    dsn = server.dsn("hosted", "hosted")
    for _ in range(2):
        with psycopg.connect(dsn) as connection:
            schema.provision(connection)
    with psycopg.connect(schema.as_role(dsn, schema.OWNER)) as connection:
        assert schema.apply(connection) == [version.number for version in schema.versions()]
    with psycopg.connect(schema.as_role(dsn, schema.APP)) as connection:
        assert connection.execute("SELECT current_user, count(*) FROM log").fetchone() == (schema.APP, 0)


def test_a_plain_administrator_can_provide(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durability=False)
    server.start()
    try:
        _check_a_plain_administrator_can_provide(server)
    finally:
        server.stop()


def test_the_wheels_programs_run_from_a_copy_where_the_account_cannot_reach_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout in root's own home: the copy must find the libraries that lie beside the wheel's package."""
    installed = binaries._wheel()
    if not installed:
        pytest.skip("the wheel with PostgreSQL is not installed")
    monkeypatch.setattr(account, "SHARED_HOME", tmp_path / "shared")
    monkeypatch.setattr(account.Account, "reaches", lambda *_: False)
    for found in installed:
        copied = account.reachable_programs(account.Account("postgres", 1, 1), found)
        assert copied.is_relative_to(tmp_path)
        for program in ("initdb", "postgres"):
            subprocess.run([copied / program, "--version"], check=True, capture_output=True, timeout=30)
        assert account.reachable_programs(account.Account("postgres", 1, 1), found) == copied


def test_the_wheels_server_serves_where_the_system_has_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_system", list)
    try:
        found = binaries.find_binaries()
    except PasokhError:
        pytest.skip("the embedded extra is not installed")
    server = EmbeddedPostgres(folder, durability=False)
    server.start()
    try:
        with psycopg.connect(server.dsn(schema.OWNER)) as connection:
            schema.apply(connection)
            assert connection.info.server_version // 10_000 == binaries.major_version(found)
        _check_a_plain_administrator_can_provide(server)
    finally:
        server.stop()


def test_without_any_postgresql_the_error_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_system", list)
    monkeypatch.setattr(binaries, "_wheel", list)
    with refused("database.no_postgresql") as missing:
        binaries.find_binaries()
    assert missing.value.params["floor"] == schema.FLOOR
