"""Pooled connections of one role, with the organisation set per transaction and errors in the store's own words."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg_pool import AsyncConnectionPool, PoolClosed

from pasokh.kernel.errors import PasokhError
from pasokh.store.postgres.announcer import Announcer
from pasokh.store.postgres.listener import Listener

type Record = tuple[Any, ...]
type Parameters = Sequence[object] | Mapping[str, object]
type Connection = psycopg.AsyncConnection[Record]


CLOSE_SECONDS = 1.0
"""How long statements on their way may take to end once the store closes."""
RECONNECT_SECONDS = 0.5
"""Between two attempts to reach a database that is away."""


class JsonText(Loader):
    """JSON columns as the bytes they are; whoever reads them knows their type better."""

    def load(self, data: Buffer) -> bytes:
        """The text form of the column."""
        return bytes(data)


class Database:
    """Short transactions on pooled connections; each public method is one round trip."""

    def __init__(self, dsn: str, *, connections: int, patience: float) -> None:
        """At most `connections`, besides two for NOTIFY; waits `patience` seconds for a free one."""
        self.listener = Listener(dsn)
        self.announcer = Announcer(dsn)
        self.closed = False
        self._mending: asyncio.Task[None] | None = None
        self._at_work: set[asyncio.Future[list[Record]]] = set()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=connections,
            timeout=patience,
            reconnect_timeout=RECONNECT_SECONDS,
            reconnect_failed=_try_again,
            open=False,
            configure=_configure,
            kwargs={"autocommit": True, "prepare_threshold": 2},
            name="store",
        )

    async def open(self) -> None:
        """Start connecting; does not wait for the database to be there."""
        await self._pool.open()

    async def close(self) -> None:
        """Close every connection."""
        self.closed = True
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.gather(self._mending, return_exceptions=True)
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=CLOSE_SECONDS)
        await self.listener.close()
        await self.announcer.close()
        await self._pool.close()

    async def run(self, query: LiteralString, parameters: Parameters = ()) -> list[Record]:
        """One statement, committed; its rows if it returns any."""
        return await self._to_its_end(self._run(query, parameters))

    async def run_as(self, org: str, query: LiteralString, parameters: Parameters) -> list[Record]:
        """One statement in a transaction that belongs to `org`."""
        return await self._to_its_end(self._run_as(org, query, parameters))

    async def _to_its_end(self, work: Coroutine[None, None, list[Record]]) -> list[Record]:
        """Let a statement end even when nobody waits for it any more.

        A connection whose statement was interrupted in the middle of a pipeline can go back to the pool with that
        pipeline still on: whoever gets it next gets no rows (seen when many sockets closed at once).
        """
        task = asyncio.ensure_future(work)
        self._at_work.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Future[list[Record]]) -> None:
        self._at_work.discard(task)
        if not task.cancelled():
            task.exception()  # seen here, for whoever asked may have gone

    async def _run(self, query: LiteralString, parameters: Parameters) -> list[Record]:
        async with self._connection() as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall() if cursor.description else []

    async def _run_as(self, org: str, query: LiteralString, parameters: Parameters) -> list[Record]:
        async with self._connection() as connection:
            async with connection.pipeline(), connection.transaction():
                await connection.execute("SELECT set_config('app.org', %s, true)", (org,))
                cursor = await connection.execute(query, parameters)
            return await cursor.fetchall() if cursor.description else []

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolClosed) as error:
            self._mend()
            raise PasokhError("store.unavailable", reason=str(error).partition("\n")[0]) from error

    def _mend(self) -> None:
        """Weed out the other connections that broke with this one, so that each failure is met only once."""
        if not self.closed and (self._mending is None or self._mending.done()):
            self._mending = asyncio.create_task(self._pool.check(), name="store-pool-check")


class DatabasePart:
    """One of the store's ports, on a database it shares with the others."""

    def __init__(self, database: Database) -> None:
        self._database = database


async def _try_again(pool: AsyncConnectionPool[Connection]) -> None:
    """Go on connecting. The pool's own attempts wait ever longer, and a server is back within a second or two."""
    await pool.check()


async def _configure(connection: Connection) -> None:
    connection.adapters.register_loader("jsonb", JsonText)
