"""One LISTEN connection per process, ringing the bells of everyone who waits for a shard.

NOTIFY is a wake-up and never delivery: whoever waits looks into the tables after each ring, and now and then
without.
"""

import asyncio
import contextlib
from collections.abc import Iterator

import psycopg
from psycopg import sql

from pasokh.store.bells import INBOX, LOG, Bell, Bells
from pasokh.store.hints import HINT, Hearer, Hearers

RETRY_SECONDS = 0.2


class Listener:
    """Keeps a connection listening, again after each loss, from the first bell on until `close`."""

    def __init__(self, dsn: str) -> None:
        self.bells = Bells()
        self._hearers = Hearers()
        self._dsn = dsn
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def hang(self, channel: str, shard: str) -> Iterator[Bell]:
        """A bell for a shard's announcements; starts to listen if nobody did yet."""
        self._begin()
        with self.bells.hang(channel, shard) as bell:
            yield bell

    @contextlib.contextmanager
    def hear(self, hearer: Hearer) -> Iterator[None]:
        """Hear every hint while the context lasts; none that is sent while the connection is lost."""
        self._begin()
        with self._hearers.hang(hearer):
            yield

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._listen(), name="store-listener")

    async def close(self) -> None:
        """Stop listening, and wake everybody a last time."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self.bells.ring_all()

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True) as connection:
                    for channel in (LOG, INBOX, HINT):
                        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self.bells.ring_all()
                    async for notice in connection.notifies():
                        about, _, rest = notice.payload.partition(" ")
                        if notice.channel == HINT:
                            self._hearers.tell(about, rest.encode())
                        else:
                            self.bells.ring(notice.channel, about)
            await asyncio.sleep(RETRY_SECONDS)
