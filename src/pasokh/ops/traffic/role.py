"""The role `traffic`: follows the demo organisation's log and hands in what the drawn people do."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec

from pasokh.acd.apply import apply
from pasokh.acd.commands import AnyCommand, PostMessage
from pasokh.acd.events import decode_event
from pasokh.acd.model import Attachment
from pasokh.acd.state import State
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.live.hints import TYPING, pack
from pasokh.ops.traffic.drawing import Due
from pasokh.ops.traffic.people import People
from pasokh.ops.traffic.writing import typing_hint, writing_time
from pasokh.store.ports import Hints, Inbox, Log

log = logging.getLogger(__name__)
GOODBYE_SECONDS = 2.0
PAGE = 1_000


class Feed(Log, Inbox, Hints, Protocol):
    """What of the store the traffic needs."""


type Pictures = Callable[[str, str, int], Awaitable[Attachment | None]]
"""Keeps a picture for an organisation's contact."""


class Traffic:
    """Drawn people at one organisation's doors, for as long as `run` runs."""

    def __init__(self, store: Feed, org: str, people: People, pictures: Pictures, clock: Callable[[], Instant]) -> None:
        self._store, self._org, self._clock = store, org, clock
        self._people, self._pictures = people, pictures
        self._run = f"{people.seed:x}"
        self._state = State()
        self._submitted = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Until `stop`; then everybody goes home."""
        await self._catch_up()
        self._plan(self._people.resume(self._state))
        jobs = [asyncio.create_task(self._follow()), asyncio.create_task(self._arrivals())]
        ready()
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait((stopping, *jobs), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (stopping, *jobs, *self._tasks):
                task.cancel()
            await asyncio.gather(stopping, *jobs, *self._tasks, return_exceptions=True)
            with contextlib.suppress(TimeoutError, PasokhError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    for command in list(self._people.leave(self._state)):
                        await self._submit(command)

    async def _catch_up(self) -> None:
        """Fold the log up to its end, without reacting to what is past."""
        end = (await self._store.head(self._org, self._org)).seq
        while self._state.seq < end:
            for row in await self._store.read(self._org, self._org, self._state.seq, PAGE):
                apply(self._state, decode_event(row.data), row.occurred_at)

    async def _follow(self) -> None:
        async for rows in self._store.tail(self._org, self._org, self._state.seq):
            for row in rows:
                event = decode_event(row.data)
                apply(self._state, event, row.occurred_at)
                self._plan(self._people.react(event, self._state))

    async def _arrivals(self) -> None:
        while True:
            delay_ms, comes = self._people.next_arrival(self._state)
            await asyncio.sleep(delay_ms / 1000)
            if comes:
                self._plan(self._people.arrive(self._state, self._run))

    def _plan(self, dues: Iterable[Due]) -> None:
        for due in dues:
            task = asyncio.create_task(self._later(due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _later(self, due: Due) -> None:
        writes = writing_time(due.command, due.delay_ms)
        await asyncio.sleep((due.delay_ms - writes) / 1000)
        await self._write(due, writes)
        if due.still(self._state):
            try:
                await self._submit(await self._illustrated(due.command) if due.picture else due.command)
            except PasokhError as error:  # the centre is restarting: people try again another time
                log.info("traffic was not let in: %s", error.code)

    async def _write(self, due: Due, left: Millis) -> None:
        """For so long the other side sees that somebody types."""
        while left > 0:
            if due.still(self._state) and (hint := typing_hint(due.command, self._state, self._clock() + TYPING)):
                self._store.hint(self._org, *pack(hint))
            turn = min(left, TYPING - SECOND)
            left -= turn
            await asyncio.sleep(turn / 1000)

    async def _illustrated(self, command: AnyCommand) -> AnyCommand:
        talk = self._state.interactions.get(command.interaction) if isinstance(command, PostMessage) else None
        if talk is None or not isinstance(command, PostMessage):
            return command
        picture = await self._pictures(self._org, talk.contact, talk.number)
        return command if picture is None else msgspec.structs.replace(command, attachments=(picture,))

    async def _submit(self, command: AnyCommand) -> None:
        """Hand in without waiting for the answer: the log tells what came of it."""
        self._submitted += 1
        key = f"traffic.{self._run}.{self._submitted}"
        await self._store.submit(self._org, self._org, key, "traffic", msgspec.json.encode(command))
