"""The intervals of the running day from the log, for a process that began to follow in the middle of it."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from pasokh.acd import events as ev
from pasokh.acd.model import QueueConfig
from pasokh.live.intervals import Intervals
from pasokh.store.ports import Row

BATCH = 500
"""Rows read and folded without giving way to others."""
_COUNTED = frozenset(
    {"interaction.queued", "offer.accepted", "interaction.closed", "contact.opened", "interaction.started",
     "interaction.moved", "queue.defined"}
)  # fmt: skip


class DaySource(Protocol):
    """What of the log (`pasokh.store.ports.Log`) is read here."""

    async def read(self, org: str, shard: str, after: int, limit: int = 1_000) -> list[Row]:
        """Rows with `seq` > `after`, in order, at most `limit`."""

    async def read_stream(self, org: str, shard: str, stream: str, after: int = 0, limit: int = 1_000) -> list[Row]:
        """Rows of one stream with `seq` > `after`, in order, at most `limit`."""


class DayRebuild:
    """Reads the log from where the day began up to `end`. Of one use."""

    def __init__(self, source: DaySource, org: str, end: int) -> None:
        self._source, self._org, self._end = source, org, end
        self._kinds: dict[str, str] = {}
        self._configs: dict[str, QueueConfig] = {}
        self._begin = 0
        self._past = Intervals({}, set(), complete=False)

    async def run(self) -> Intervals:
        """The intervals, their levels counted from 0 on. Raises what reading the log raises."""
        self._begin = await self._day_began()
        await self._each(self._begin, self._take)
        return self._past

    async def _day_began(self) -> int:
        """Where the latest day before `end` started, 0 if none did."""
        found = after = 0
        while rows := await self._source.read_stream(self._org, self._org, "day", after, BATCH):
            for row in rows:
                if row.type == "day.started" and row.seq <= self._end:
                    found = row.seq
            after = rows[-1].seq
            if after >= self._end:
                break
            await asyncio.sleep(0)
        return found

    async def _each(self, after: int, take: Callable[[Row, ev.AnyEvent], None]) -> None:
        while after < self._end:
            rows = await self._source.read(self._org, self._org, after, min(BATCH, self._end - after))
            if not rows:
                return
            for row in rows:
                if row.type in _COUNTED:
                    event = ev.decode_event(row.data)
                    await self._learn(event, row.seq)
                    take(row, event)
            after = rows[-1].seq
            await asyncio.sleep(0)

    def _take(self, row: Row, event: ev.AnyEvent) -> None:
        match event:
            case ev.ContactOpened():
                self._kinds[event.interaction] = event.kind
            case ev.InteractionStarted():
                self._kinds[event.interaction] = event.kind
            case ev.QueueDefined():
                self._configs[event.queue.id] = event.queue
            case ev.InteractionClosed():
                self._kinds.pop(event.interaction, None)
            case _:
                pass
        self._past.fold(event, row.occurred_at, self._kinds.__getitem__, self._configs.__getitem__)

    async def _learn(self, event: ev.AnyEvent, seq: int) -> None:
        """Find out what was there before the day began: kinds of its interactions, definitions of its queues."""
        if isinstance(event, ev.Queued | ev.OfferAccepted | ev.Moved) and event.interaction not in self._kinds:
            for row in await self._stream(event.contact, seq):
                match ev.decode_event(row.data):
                    case ev.ContactOpened() as opened:
                        self._kinds[opened.interaction] = opened.kind
                    case ev.InteractionStarted() as started:
                        self._kinds[started.interaction] = started.kind
                    case _:
                        pass
        queue = getattr(event, "queue", None)
        if isinstance(queue, str) and queue not in self._configs:
            for row in await self._stream(f"queue:{queue}", seq):
                if row.type == "queue.defined":
                    defined = ev.decode_event(row.data)
                    if isinstance(defined, ev.QueueDefined):
                        self._configs[queue] = defined.queue

    async def _stream(self, stream: str, end: int) -> list[Row]:
        found: list[Row] = []
        after = 0
        while rows := await self._source.read_stream(self._org, self._org, stream, after, BATCH):
            found += [row for row in rows if row.seq < end]
            after = rows[-1].seq
            if after >= end or len(rows) < BATCH:
                break
        return found
