"""Real processes for benchmarks and chaos tests: a PostgreSQL of one's own and engines that can be killed."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg

from pasokh.store import schema
from pasokh.store.embedded import DATABASE, EmbeddedPostgres
from pasokh.store.postgres import PostgresStore


@contextlib.contextmanager
def own_postgres(*, durability: bool = True) -> Iterator[EmbeddedPostgres]:
    """A server with the store's tables in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="pasokh-bench-") as name:
        Path(name).chmod(0o755)
        server = EmbeddedPostgres(Path(name) / "pg", durability=durability)
        try:
            server.start()
            with psycopg.connect(server.dsn(schema.OWNER)) as connection:
                schema.apply(connection)
            yield server
        finally:
            server.stop()


@contextlib.asynccontextmanager
async def open_shard(server: EmbeddedPostgres, shard: str, database: str = DATABASE) -> AsyncIterator[PostgresStore]:
    """A new shard, and the store as the web has it."""
    async with PostgresStore(server.dsn(schema.ENGINE, database)) as store:
        await store.open_shard(shard, shard)
    async with PostgresStore(server.dsn(schema.APP, database), connections=8) as store:
        yield store


class EngineProcess:
    """`python -m pasokh.engine` as a child; its log goes to `said`."""

    def __init__(self, dsn: str, owner: str, said: Path) -> None:
        self._command = [sys.executable, "-m", "pasokh.engine", "--dsn", dsn, "--owner", owner, "--metrics"]
        self.owner = owner
        self._said = said
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the child that runs."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    def start(self) -> None:
        """Start it, or start it again."""
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(self._command, stdout=said, stderr=said)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """As the out-of-memory killer does: no farewell."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self, seconds: float = 20.0) -> int:
        """Ask it to leave; returns its exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0 if self._process is None else self._process.returncode
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def wait(self) -> int:
        """Until it is gone."""
        return self._process.wait() if self._process else 0

    @property
    def losses(self) -> int:
        """How often it said that it lost a shard."""
        return self.text.count("lost shard")

    @property
    def text(self) -> str:
        """What it said so far."""
        return self._said.read_text(encoding="utf-8", errors="replace") if self._said.exists() else ""


@contextlib.contextmanager
def engines(dsn: str, folder: Path, *owners: str) -> Iterator[list[EngineProcess]]:
    """Engines by these names, started in this order; stopped afterwards."""
    running = [EngineProcess(dsn, owner, folder / f"engine-{owner}.log") for owner in owners]
    try:
        for engine in running:
            engine.start()
        yield running
    finally:
        for engine in running:
            engine.stop()


def leader(server: EmbeddedPostgres, shard: str, database: str = DATABASE) -> tuple[str, int]:
    """Owner and epoch of a shard's valid lease; empty when there is none."""
    with psycopg.connect(server.dsn(schema.ENGINE, database), autocommit=True) as connection:
        row = connection.execute(
            "SELECT owner, epoch FROM shard_head WHERE shard = %s AND until >= store_now()", (shard,)
        ).fetchone()
    return (row[0], row[1]) if row else ("", 0)
