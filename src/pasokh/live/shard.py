"""Following one organisation's log: fold it, keep the boards people look at, tell their listeners."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from pasokh.acd.apply import apply
from pasokh.acd.events import AnyEvent, ContactOpened, decode_event
from pasokh.acd.state import State, load_state
from pasokh.channels.conversation import Conversation
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, Instant, Millis
from pasokh.live.board import Board
from pasokh.live.day_rebuild import DayRebuild
from pasokh.live.views import EVERY, View
from pasokh.live.world import Change, World
from pasokh.store.ports import Log, Row, Snapshots

log = logging.getLogger(__name__)

BATCH = 500
"""Rows folded without giving way to others."""
BOARD_LINGER: Millis = 2 * MINUTE
"""How long a board nobody follows is kept up to date, so that a reconnect resumes by cursor."""
RETRY_SECONDS = 0.5


class Source(Log, Snapshots, Protocol):
    """What of the store is read here."""


class Shard:
    """One followed log. Single event loop: between two awaits nothing changes.

    `tag` names this fold in cursors. When following fails for good, `failed` is set and the shard is of no more use.
    """

    def __init__(self, source: Source, org: str, views: Sequence[View], tag: str, snapshot_schema: int) -> None:
        self.org = org
        self.tag = tag
        self.failed = asyncio.Event()
        self.world = World(State())
        self._source = source
        self._views = views
        self._snapshot_schema = snapshot_schema
        self._boards: dict[str, dict[str, Board]] = {view.topic: {} for view in views}
        self._by_topic: Mapping[str, View] = {view.topic: view for view in views}
        self._dirty: dict[str, dict[Board, None]] = {view.topic: {} for view in views}
        self._flush_due: dict[str, asyncio.TimerHandle] = {}
        self._flushed_at: dict[str, float] = {}
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._turn = asyncio.Lock()
        """Held while the world moves, and while conversations are loaded for where it stands."""
        self._task: asyncio.Task[None] | None = None
        self._day_task: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """The fold so far."""
        return self.world.state

    # -- life ------------------------------------------------------------------------------------------------------
    async def start(self) -> None:
        """Fold snapshot and log up to its end, then follow it in the background."""
        state = await self._from_snapshot()
        end = (await self._source.head(self.org, self.org)).seq
        while state.seq < end:
            rows = await self._source.read(self.org, self.org, state.seq, BATCH)
            if not rows:
                raise PasokhError("live.not_ready", why="log gap")
            for row in rows:
                apply(state, decode_event(row.data), row.occurred_at)
            await asyncio.sleep(0)
        self.world = World(state)
        self._task = asyncio.create_task(self._follow(), name=f"live-follow-{self.org}")
        if not self.world.intervals.complete:
            levels, day = dict(self.world.intervals.levels), state.day
            self._day_task = asyncio.create_task(self._rebuild_day(state.seq, levels, day), name=f"live-day-{self.org}")

    async def stop(self) -> None:
        """Stop following."""
        for handle in self._flush_due.values():
            handle.cancel()
        for task in (self._task, self._day_task):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _from_snapshot(self) -> State:
        snapshot = await self._source.load_snapshot(self.org, self.org, self._snapshot_schema)
        if snapshot is not None:
            try:
                state = load_state(snapshot.data)
            except msgspec.DecodeError:
                log.warning("snapshot %d of shard %s is unreadable", snapshot.seq, self.org)
            else:
                if state.seq == snapshot.seq:
                    return state
        return State()

    async def _follow(self) -> None:
        try:
            rows = self._source.tail(self.org, self.org, self.state.seq, BATCH)
            async with contextlib.aclosing(rows) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    await self._take(batch)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("following shard %s failed", self.org)
        self.failed.set()

    async def day_known(self) -> None:
        """Wait until the running day's intervals are whole, or cannot become so."""
        if self._day_task is not None:
            await asyncio.gather(self._day_task, return_exceptions=True)

    async def _rebuild_day(self, end: int, levels: Mapping[str, int], day: str) -> None:
        """Count what happened in the day before this process followed it; the desks need not wait for that."""
        while True:
            try:
                past = await DayRebuild(self._source, self.org, end).run()
                break
            except PasokhError as error:
                if error.code != "store.unavailable":
                    raise
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                log.exception("the intervals of shard %s before %d are not known", self.org, end)
                return
        if self.world.state.day != day or self.world.intervals.complete:
            return  # another day began meanwhile: it was followed from its start
        past.lift(levels)
        self.world.intervals.prepend(past)
        for boards in self._boards.values():
            for board in boards.values():
                board.outdate()

    # -- reading ---------------------------------------------------------------------------------------------------
    async def board(self, topic: str, scope: str) -> Board:
        """The board of a topic and scope, made if need be; up to date with the world."""
        found = self._boards[topic].get(scope)
        if found is None:
            view = self._by_topic[topic]
            async with self._turn:
                await self._load(view.contacts(self.world, scope))
                found = self._boards[topic].get(scope)
                if found is None:
                    found = self._boards[topic][scope] = Board(view, scope, self.tag, self.world)
        found.idle_since = None
        return found

    async def conversation(self, contact: str) -> Conversation:
        """What is remembered of a contact, read from the log if need be; empty for an unknown one."""
        async with self._turn:
            await self._load((contact,))
            found = self.world.conversations.get(contact, Conversation(contact))
            self._forget(contact)
        return found

    async def reach(self, seq: int, seconds: float) -> bool:
        """Wait until the fold has come to `seq`; False after `seconds`."""
        if self.state.seq >= seq:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = seq
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(future, None)
        return True

    async def catch_up(self, seconds: float) -> None:
        """Wait until the fold has come to where the log ends now."""
        await self.reach((await self._source.head(self.org, self.org)).seq, seconds)

    def sweep(self, now: Instant) -> bool:
        """Let go of boards nobody has followed for a while; whether any is left."""
        for topic, boards in self._boards.items():
            for scope, board in list(boards.items()):
                if board.listeners:
                    continue
                if board.idle_since is None:
                    board.idle_since = now
                elif now - board.idle_since >= BOARD_LINGER:
                    del boards[scope]
                    self._dirty[topic].pop(board, None)
                    if topic == "chat":
                        self._forget(scope)
        return any(self._boards.values())

    # -- following -------------------------------------------------------------------------------------------------
    async def _take(self, rows: Sequence[Row]) -> None:
        events = [decode_event(row.data) for row in rows]
        async with self._turn:
            await self._load_patiently(self._wanted(events))
            change = Change()
            for row, event in zip(rows, events, strict=True):
                self.world.fold(row.seq, event, row.occurred_at, change)
            self._mark(change)
            for view in self._views:
                self._flush_or_wait(view)
            for contact in change.contacts:
                self._forget(contact)
        for future, seq in list(self._waiting.items()):
            if seq <= self.state.seq and not future.done():
                future.set_result(None)

    def _wanted(self, events: Iterable[AnyEvent]) -> set[str]:
        """Open contacts, and calls on their way, with news whose conversations are not loaded yet."""
        calls, contacts = self.state.calls, self.state.contacts
        names = {getattr(event, "contact", None) for event in events if not isinstance(event, ContactOpened)}
        begun = {event.contact for event in events if isinstance(event, ContactOpened) and event.contact in calls}
        return begun | {name for name in names if name in contacts or name in calls}

    async def _load_patiently(self, contacts: set[str]) -> None:
        while True:
            try:
                return await self._load(contacts)
            except PasokhError as error:
                if error.code != "store.unavailable":
                    raise
                await asyncio.sleep(RETRY_SECONDS)

    async def _load(self, contacts: Iterable[str]) -> None:
        """Fold conversations that are not loaded from their streams, up to where the world stands."""
        for contact in set(contacts) - self.world.conversations.keys():
            conversation = Conversation(contact)
            more = True
            while more:
                rows = await self._source.read_stream(self.org, self.org, contact, conversation.seq, BATCH)
                more = len(rows) == BATCH
                for row in rows:
                    if row.seq > self.state.seq:
                        more = False
                        break
                    conversation.fold(row.seq, decode_event(row.data), row.occurred_at)
            if conversation.main is not None or conversation.call is not None:
                self.world.conversations[contact] = conversation

    def _forget(self, contact: str) -> None:
        """Drop the conversation of a closed contact that no visitor looks at."""
        kept = contact in self.state.contacts or contact in self.state.calls
        if not kept and contact not in self._boards["chat"]:
            self.world.conversations.pop(contact, None)

    def _mark(self, change: Change) -> None:
        for view in self._views:
            boards, dirty = self._boards[view.topic], self._dirty[view.topic]
            if not boards:
                continue
            for scope, key in view.touched(self.world, change):
                if scope == EVERY:
                    for board in boards.values():
                        board.touch(key)
                        dirty[board] = None
                elif (found := boards.get(scope)) is not None:
                    found.touch(key)
                    dirty[found] = None

    def _flush_or_wait(self, view: View) -> None:
        if not self._dirty[view.topic] or view.topic in self._flush_due:
            return
        loop = asyncio.get_running_loop()
        due = self._flushed_at.get(view.topic, 0.0) + view.interval_ms / 1_000
        if loop.time() >= due:
            self._flush(view)
        else:
            self._flush_due[view.topic] = loop.call_at(due, self._flush, view)

    def _flush(self, view: View) -> None:
        self._flush_due.pop(view.topic, None)
        self._flushed_at[view.topic] = asyncio.get_running_loop().time()
        dirty, self._dirty[view.topic] = self._dirty[view.topic], {}
        try:
            for board in dirty:
                board.flush()
        except Exception:
            log.exception("view %s of shard %s failed", view.topic, self.org)
            self.failed.set()
