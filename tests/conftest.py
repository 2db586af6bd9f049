"""One PostgreSQL for the whole test run, a database of its own for every test that asks, and a check for leftovers.

Fixtures for everyone:

========================  =============================================================================================
`postgres`                the run's server (`pasokh.store.embedded.EmbeddedPostgres`), started by the first who asks
`pg_database`             name of a fresh database with the store's tables; dropped afterwards
`pg_dsn`                  ``pg_dsn(role)`` -> how to connect to it; roles as in `pasokh.store.schema`, or ``"postgres"``
`engine_store`            an open `PostgresStore` on it that sees every organisation
`app_store`               an open `PostgresStore` on it as the web has it: only `app.org`
`memory_store`            a `MemoryStore` whose clock is `clock`
`clock`                   a clock that stands still until ``clock.forward(ms)``
========================  =============================================================================================

A test without these never starts a server. `tests.conftest.template` makes further template databases, with Django's
tables for example, once per run.
"""

import asyncio
import contextlib
import fcntl
import inspect
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.memory import MemoryStore
from pasokh.store.postgres import PostgresStore

RUN_FOLDER = "PASOKH_TEST_RUN_FOLDER"
"""Names the run's folder to pytest-xdist's workers."""
STORE_TEMPLATE = "template_store"
GRACE_SECONDS = 1.0
"""For tasks and threads that were told to end, to do so."""


# -- the run -----------------------------------------------------------------------------------------------------------
def pytest_configure(config: pytest.Config) -> None:
    """The controller, or the only process, decides where the run's server will live if anyone wants it."""
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="pasokh-test-"))
        folder.chmod(0o755)  # the server's own folder inside is private, but its account must get there
        os.environ[RUN_FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if one was started, after the last worker is gone."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(RUN_FOLDER))
        if (folder / "pg").exists():
            _server(folder).stop()
        shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "pg", durability=False)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process of the run at a time."""
    with (Path(os.environ[RUN_FOLDER]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def template(server: EmbeddedPostgres, name: str, fill: Callable[[str], None], base: str = "template1") -> str:
    """Make a template database once per run: `fill` gets its name; returns it."""
    with _alone(), psycopg.connect(server.dsn(database="postgres"), autocommit=True) as connection:
        made = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
        if connection.execute(made, (name,)).fetchone() is None:
            server.drop_database(name)
            server.create_database(name, base)
            fill(name)
            connection.execute("UPDATE pg_database SET datistemplate = true WHERE datname = %s", (name,))
    return name


# -- databases ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def postgres() -> EmbeddedPostgres:
    """The run's PostgreSQL server, without durability."""
    server = _server(Path(os.environ[RUN_FOLDER]))
    server.start()
    return server


@pytest.fixture(scope="session")
def store_template(postgres: EmbeddedPostgres) -> str:
    """A template database with the store's tables."""

    def fill(name: str) -> None:
        with psycopg.connect(postgres.dsn(database=name), autocommit=True) as connection:
            schema.provision(connection)
        with psycopg.connect(postgres.dsn(schema.OWNER, name)) as connection:
            schema.apply(connection)

    return template(postgres, STORE_TEMPLATE, fill)


@pytest.fixture
def pg_database(postgres: EmbeddedPostgres, store_template: str) -> Iterator[str]:
    """A fresh database with the store's tables."""
    name = f"test_{uuid.uuid4().hex}"
    postgres.create_database(name, store_template)
    yield name
    postgres.drop_database(name)


@pytest.fixture
def pg_dsn(postgres: EmbeddedPostgres, pg_database: str) -> Callable[[str], str]:
    """How to connect to the test's database as a role."""
    return lambda role: postgres.dsn(role, pg_database)


@pytest.fixture
async def engine_store(pg_dsn: Callable[[str], str]) -> AsyncIterator[PostgresStore]:
    """The store as the engine has it."""
    async with PostgresStore(pg_dsn(schema.ENGINE)) as store:
        yield store


@pytest.fixture
async def app_store(pg_dsn: Callable[[str], str]) -> AsyncIterator[PostgresStore]:
    """The store as the web has it."""
    async with PostgresStore(pg_dsn(schema.APP)) as store:
        yield store


# -- without a database ------------------------------------------------------------------------------------------------
class StillClock:
    """Stands still until told to move."""

    def __init__(self, now: int = 1_700_000_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        """Milliseconds since 1970."""
        return self.now

    def forward(self, ms: int) -> None:
        """Let time pass."""
        self.now += ms


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands still."""
    return StillClock()


@pytest.fixture
async def memory_store(clock: StillClock) -> AsyncIterator[MemoryStore]:
    """The store in memory, on the still clock."""
    store = MemoryStore(clock)
    yield store
    await store.close()


# -- leftovers ---------------------------------------------------------------------------------------------------------
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Watch every coroutine test for tasks it leaves behind."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.fixturenames.insert(0, "no_lingering_tasks")


@pytest.fixture
async def no_lingering_tasks() -> AsyncIterator[None]:
    """Fail a test that ends while tasks it started still run; set up first, so torn down last."""
    before = asyncio.all_tasks()
    yield
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS):
            while lingering := asyncio.all_tasks() - before - {asyncio.current_task()}:
                await asyncio.wait(lingering, timeout=0.01)
    lingering = asyncio.all_tasks() - before - {asyncio.current_task()}
    if lingering:
        pytest.fail(f"tasks still running: {sorted(task.get_name() for task in lingering)}")


@pytest.fixture(autouse=True)
def no_lingering_threads() -> Iterator[None]:
    """Fail a test that leaves a thread running that would keep the process alive."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon and not thread.name.startswith(("asyncio_", "ThreadPoolExecutor")):
            thread.join(GRACE_SECONDS)
            assert not thread.is_alive(), f"thread still running: {thread.name}"
