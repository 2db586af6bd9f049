"""NOTIFY on a connection of its own, after the commit it tells of, at most one round trip at a time.

Inside the committing transaction a NOTIFY would hold a lock of the whole database while the commit waits for the disk:
all writers would queue (24 submitters fell from 2,400 to 450 a second). Apart from it, news of one shard that comes
while the last is on its way, or within `REST_S` of it, is told once. Should the process die in between, the polls
behind every NOTIFY find it.
"""

import asyncio
import contextlib

import psycopg

REST_S = 0.005
"""Between two announcements: a burst of appends is no burst of wake-ups in every process that listens."""


class Announcer:
    """Tells other processes that there is something to look at."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._due: dict[tuple[str, str], str] = {}
        self._connection: psycopg.AsyncConnection | None = None
        self._task: asyncio.Task[None] | None = None

    def tell(self, channel: str, shard: str, payload: str) -> None:
        """Announce news of a shard soon; returns at once. The payload begins with the shard."""
        self._due[channel, shard] = payload
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send(), name="store-announcer")

    async def close(self) -> None:
        """Send what is due, then disconnect."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    async def _send(self) -> None:
        while self._due:
            due, self._due = self._due, {}
            channels = [channel for channel, _ in due]
            with contextlib.suppress(psycopg.Error, OSError):  # the polls make up for it
                if self._connection is None or self._connection.closed:
                    self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
                await self._connection.execute(
                    "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS news (channel, payload)",
                    (channels, list(due.values())),
                )
            await asyncio.sleep(REST_S)
