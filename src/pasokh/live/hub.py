"""The push hub: a bare ASGI application for `/live/snapshot` and `/live/socket`. See docs/live-protocol.md."""

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

import msgspec

from pasokh.acd.state import State
from pasokh.channels.files.ports import AttachedFiles
from pasokh.channels.pace import Paces
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, SECOND, Instant, Millis
from pasokh.live import frames, orders
from pasokh.live.absence import Absence
from pasokh.live.along_view import AlongView
from pasokh.live.board import Board
from pasokh.live.chat_view import ChatView, honest_wait
from pasokh.live.desk_view import DeskView
from pasokh.live.hints import EndedSignIns, deliver, pack, typed
from pasokh.live.refusals import Words, describe, http_status, plain_words
from pasokh.live.rights import scope_of
from pasokh.live.seat import Message, Receive, Seat, Send
from pasokh.live.shard import Shard, Source
from pasokh.live.team_view import TeamView
from pasokh.live.tokens import Claims, TokenSigner
from pasokh.live.views import ServiceLevel, View
from pasokh.live.wall_view import WallView
from pasokh.store.ports import Hints, Inbox

log = logging.getLogger(__name__)

SILENT: Millis = 150 * SECOND
STALLED: Millis = MINUTE
SHARD_LINGER: Millis = 5 * MINUTE
SWEEP_SECONDS = 1.0
LOOK_SECONDS = 60.0
"""Between two looks for organisations whose visitors wait while nobody of theirs is here."""
SOCKETS_A_PERSON = 12
START_SECONDS = 30.0


class LiveStore(Source, Inbox, Hints, Protocol):
    """What of the store the hub needs: reading the log, the inbox, and hints."""


@dataclass(slots=True)
class _Kept:
    starting: asyncio.Task[Shard]
    idle_since: Instant | None = None

    def broken(self) -> bool:
        """Whether it could not be started, or cannot be followed any more."""
        if not self.starting.done():
            return False
        return self.starting.cancelled() or bool(self.starting.exception()) or self.starting.result().failed.is_set()


class Hub:
    """Follows the logs of the organisations whose people are here, and serves their sockets.

    `service_level` is the wallboard's formula; `words` turns error codes into sentences; `waiting` names organisations
    with visitors who wait, to follow them too; `tag` names this process's life in cursors and must differ from every
    other's. Call `start` in a running loop and `stop` before it ends.
    """

    def __init__(
        self,
        store: LiveStore,
        signer: TokenSigner,
        *,
        clock: Callable[[], Instant],
        service_level: ServiceLevel,
        tag: str,
        snapshot_schema: int,
        words: Words = plain_words,
        files: AttachedFiles | None = None,
        dialling: orders.Dialling | None = None,
        waiting: Callable[[], Awaitable[Collection[str]]] | None = None,
    ) -> None:
        self._store, self._signer, self._clock, self._words = store, signer, clock, words
        self._tag, self._snapshot_schema, self._files, self._waiting = tag, snapshot_schema, files, waiting
        self._dialling = dialling
        self._views: Sequence[View] = (
            DeskView(), TeamView(), WallView(service_level), ChatView(honest_wait), AlongView()
        )  # fmt: skip
        self._lives = itertools.count(1)
        self._shards: dict[str, _Kept] = {}
        self._seats: set[Seat] = set()
        self._people: Counter[tuple[str, str, str]] = Counter()
        self._snapshots = Paces(rate=5, burst=20)
        self._tasks: list[asyncio.Task[None]] = []
        self._hearing = ExitStack()
        self._ended = EndedSignIns()
        self._absence = Absence(store, clock, self._state_of, self._people)

    # -- life ------------------------------------------------------------------------------------------------------
    async def start(self) -> None:
        """Begin looking after sockets and shards."""
        self._hearing.enter_context(self._store.hear(self._heard))
        self._tasks.append(asyncio.create_task(self._sweep_for_ever(), name="live-sweeper"))
        if self._waiting is not None:
            self._tasks.append(asyncio.create_task(self._follow_waiting(self._waiting), name="live-waiting"))

    async def stop(self) -> None:
        """Ask all readers to come back elsewhere, and stop following."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._hearing.close()
        for seat in self._seats:
            seat.end(PasokhError("live.not_ready", why="restart"))
        for kept in self._shards.values():
            kept.starting.cancel()
            for shard in await asyncio.gather(kept.starting, return_exceptions=True):
                if isinstance(shard, Shard):
                    await shard.stop()
        self._shards.clear()

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return len(self._seats)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection; `create_app` routes only `/live/…` here."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._http(scope, send)

    # -- for others ------------------------------------------------------------------------------------------------
    async def board(self, org: str, topic: str, scope: str) -> Board:
        """An up-to-date board; raises `live.not_ready` when the log cannot be read."""
        return await (await self._shard(org)).board(topic, scope)

    async def visitor_contact(self, org: str, contact: str) -> Mapping[str, object] | None:
        """How a visitor's contact stands (the `contact` key of topic `chat`), None if there is no such contact."""
        value = (await self.board(org, "chat", contact)).values().get("contact")
        return None if value is None else msgspec.json.decode(value, type=dict[str, object])

    async def visitor_keys(self, org: str, contact: str) -> Mapping[str, object]:
        """Everything the visitor may see of a contact now (topic `chat`); empty if there is no such contact."""
        await (await self._shard(org)).catch_up(2.0)  # what was just posted belongs to it
        values = (await self.board(org, "chat", contact)).values()
        return {key: msgspec.json.decode(value) for key, value in values.items()}

    async def shard(self, org: str) -> Shard:
        """The followed shard of an organisation; raises `live.not_ready`."""
        return await self._shard(org)

    # -- sockets ---------------------------------------------------------------------------------------------------
    async def _socket(self, scope: Message, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        if scope["path"] != "/live/socket":
            await send({"type": "websocket.close", "code": 4404})
            return
        await send({"type": "websocket.accept"})
        origin = header(scope, b"origin")

        async def admit(seat: Seat, hello: frames.Hello) -> Claims:
            claims = self._claims(hello.token)
            if origin != claims.origin:
                raise PasokhError("origin.wrong", origin=origin[:200])
            person = _person(claims)
            if self._people[person] >= SOCKETS_A_PERSON:
                raise PasokhError("socket.too_many", most=SOCKETS_A_PERSON)
            self._people[person] += 1
            people.append(person)
            wanted = [(topic, scope_of(claims, topic), cursor) for topic, cursor in hello.topics.items()]
            shard = await self._shard(claims.org)
            for topic, topic_scope, cursor in wanted:
                seat.follow(await shard.board(topic, topic_scope), cursor)
            if shard.failed.is_set():
                raise PasokhError("live.not_ready", why="log")
            return claims

        people: list[tuple[str, str, str]] = []
        seat = Seat(
            receive,
            send,
            clock=self._clock,
            words=self._words,
            admit=admit,
            renew=self._renew,
            carry_out=self._carry_out,
            typing=self._typed,
        )
        self._seats.add(seat)
        try:
            await seat.run()
        finally:
            self._seats.discard(seat)
            for person in people:
                self._people[person] -= 1
                if self._people[person] <= 0:
                    del self._people[person]
                    self._absence.left(person)

    def _claims(self, token: str) -> Claims:
        claims = self._signer.verify(token, self._clock())
        self._ended.check(claims)
        return claims

    def _renew(self, old: Claims, token: str) -> Claims:
        new = self._claims(token)
        if msgspec.structs.replace(new, exp=old.exp) != old:
            raise PasokhError("token.other_person")
        return new

    async def _carry_out(self, claims: Claims, frame: frames.Do) -> None:
        await orders.carry_out(self._store, await self._shard(claims.org), claims, frame, self._files, self._dialling)

    def _typed(self, claims: Claims, frame: frames.Typing) -> None:
        shard = self._followed(claims.org)
        hint = typed(claims, frame, shard.state, self._clock()) if shard is not None else None
        if hint is not None:
            key, data = pack(hint)
            self._store.hint(claims.org, key, data)

    def _heard(self, org: str, data: bytes) -> None:
        shard = self._followed(org)
        try:
            deliver(org, data, self._seats, {} if shard is None else {org: shard.state}, self._ended)
        except Exception:
            log.exception("a hint could not be passed on")

    def _state_of(self, org: str) -> State | None:
        shard = self._followed(org)
        return None if shard is None else shard.state

    def _followed(self, org: str) -> Shard | None:
        """The shard, if it is followed already."""
        kept = self._shards.get(org)
        if kept is None or not kept.starting.done() or kept.broken():
            return None
        return kept.starting.result()

    # -- HTTP ------------------------------------------------------------------------------------------------------
    async def _http(self, scope: Message, send: Send) -> None:
        language = header(scope, b"accept-language")[:2]
        try:
            body = await self._snapshot(scope)
            status, retry = 200, 0.0
        except PasokhError as error:
            status = 404 if error.code == "live.no_such_page" else http_status(error.code)
            retry = float(str(error.params.get("seconds", 0)))
            body = msgspec.json.encode({"error": describe(error, self._words, language)})
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()),
        ]
        if retry:
            headers.append((b"retry-after", str(int(retry) + 1).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _snapshot(self, scope: Message) -> bytes:
        if scope["path"] != "/live/snapshot":
            raise PasokhError("live.no_such_page")
        if scope["method"] not in ("GET", "HEAD"):
            raise PasokhError("frame.method", method=scope["method"])
        kind, _, token = header(scope, b"authorization").partition(" ")
        if kind.lower() != "bearer":
            raise PasokhError("token.missing")
        claims = self._claims(token.strip())
        origin = header(scope, b"origin")
        if origin and origin != claims.origin:  # browsers send none with a same-origin GET
            raise PasokhError("origin.wrong", origin=origin[:200])
        wait = self._snapshots.take("\0".join(_person(claims)), asyncio.get_running_loop().time())
        if wait:
            raise PasokhError("frame.too_fast", seconds=round(wait, 3))
        topics = parse_qs(scope["query_string"].decode("latin-1")).get("topic", [])
        topic = topics[0] if len(topics) == 1 else ""
        board = await self.board(claims.org, topic, scope_of(claims, topic))
        return board.snapshot().encode()

    # -- shards ----------------------------------------------------------------------------------------------------
    async def _shard(self, org: str) -> Shard:
        kept = self._shards.get(org)
        if kept is not None and kept.broken():
            await self._discard(org)
            kept = self._shards.get(org)
        if kept is None:
            kept = self._shards[org] = _Kept(asyncio.create_task(self._start(org), name=f"live-start-{org}"))
        try:
            async with asyncio.timeout(START_SECONDS):
                shard = await asyncio.shield(kept.starting)
        except Exception as error:
            log.warning("shard %s cannot be followed: %r", org, error)
            raise PasokhError("live.not_ready", why="log") from error
        kept.idle_since = None
        return shard

    async def _start(self, org: str) -> Shard:
        shard = Shard(self._store, org, self._views, f"{self._tag}-{next(self._lives)}", self._snapshot_schema)
        await shard.start()
        return shard

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except Exception:
                log.exception("looking after sockets failed; going on")

    async def _follow_waiting(self, waiting: Callable[[], Awaitable[Collection[str]]]) -> None:
        """Follow whoever's visitors wait, so that one who went while every process was away is missed."""
        while True:
            try:
                for org in await waiting():
                    if org not in self._shards:
                        await self._shard(org)
            except PasokhError as error:
                log.info("organisations whose visitors wait are looked for again later: %s", error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def sweep(self) -> None:
        """End what has ended: expired tokens, silent or stalled sockets, failed or unwanted shards."""
        now = self._clock()
        for org, kept in list(self._shards.items()):
            if kept.broken():
                await self._discard(org)
            elif not kept.starting.done() or kept.starting.result().sweep(now):
                kept.idle_since = None
            elif kept.idle_since is None:
                kept.idle_since = now
            elif now - kept.idle_since >= SHARD_LINGER:
                await self._discard(org)
        for seat in list(self._seats):
            self._check_seat(seat, now)
        await self._absence.sweep(frozenset(self._shards))

    async def _discard(self, org: str) -> None:
        """Stop following; whoever still looks is asked to come back (to a fold that works)."""
        kept = self._shards.pop(org, None)
        if kept is None:
            return
        for seat in self._seats:
            if seat.claims is not None and seat.claims.org == org:
                seat.end(PasokhError("live.not_ready", why="log"))
        if kept.starting.done() and not kept.starting.cancelled() and kept.starting.exception() is None:
            await kept.starting.result().stop()

    def _check_seat(self, seat: Seat, now: Instant) -> None:
        if seat.claims is None:
            return
        if seat.claims.exp <= now:
            seat.end(PasokhError("token.expired", expired_at=seat.claims.exp))
        elif now - seat.heard_at > SILENT:
            seat.end(PasokhError("socket.silent", most_ms=SILENT))
        elif seat.sending_since is not None and now - seat.sending_since > STALLED:
            seat.end(PasokhError("live.stalled", most_ms=STALLED))


def header(scope: Message, name: bytes) -> str:
    """A header's value, the last one given; empty when absent."""
    found = ""
    for key, value in scope["headers"]:
        if key == name:
            found = value.decode("latin-1")
    return found


def _person(claims: Claims) -> tuple[str, str, str]:
    return claims.org, claims.kind, claims.subject
