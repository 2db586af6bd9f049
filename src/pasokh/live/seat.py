"""One socket: hello, then reading, doing and writing side by side until something ends it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from pasokh.channels.pace import Bucket
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.live import frames
from pasokh.live.board import Board
from pasokh.live.refusals import Words, close_code, describe
from pasokh.live.tokens import Claims

log = logging.getLogger(__name__)

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

HELLO_SECONDS = 5.0
FRAMES_A_SECOND = 20.0
FRAMES_BURST = 60.0
MOST_WAITING_DOS = 100
MOST_PENDING = 16
"""Patches of one topic kept for a slow reader; past it they are forgotten and later made anew as one."""
CLOSE_SECONDS = 2.0
MOST_HINTS = 50


class Follow:
    """One topic on one socket. `seq` = where the reader is, or `cursor` = where it says it is."""

    __slots__ = ("behind", "board", "cursor", "pending")

    def __init__(self, board: Board, cursor: str | None) -> None:
        self.board = board
        self.cursor = cursor
        self.pending: deque[tuple[str, str]] = deque()
        """Patches to send, each with the cursor it leads to; together they lead from `cursor` to the board."""
        self.behind = True
        """The pending patches are not enough: ask the board what is missing."""


class Seat:
    """Serves one accepted socket.

    `admit` turns a hello into claims and boards, `renew` checks a fresh token, `carry_out` has a command decided,
    `typing` tells others.
    Whatever is slow here waits here: the boards hand over shared text and go on.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        *,
        clock: Callable[[], Instant],
        words: Words,
        admit: Callable[["Seat", frames.Hello], Awaitable[Claims]],
        renew: Callable[[Claims, str], Claims],
        carry_out: Callable[[Claims, frames.Do], Awaitable[None]],
        typing: Callable[[Claims, frames.Typing], None],
    ) -> None:
        self.claims: Claims | None = None
        self.heard_at: Instant = clock()
        self.sending_since: Instant | None = None
        self._receive, self._send = receive, send
        self._clock, self._words = clock, words
        self._admit, self._renew, self._carry_out, self._typing = admit, renew, carry_out, typing
        self._language = ""
        self._follows: dict[Board, Follow] = {}
        self._direct: deque[str] = deque()
        self._dos: asyncio.Queue[frames.Do] = asyncio.Queue(MOST_WAITING_DOS)
        self._wake = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._bucket = Bucket(FRAMES_A_SECOND, FRAMES_BURST, loop.time())
        self._end: asyncio.Future[PasokhError] = loop.create_future()

    # -- from outside ----------------------------------------------------------------------------------------------
    def push(self, board: Board, frame: str, seq: int) -> None:
        """Take a patch of a followed board; costs nothing when the reader is behind."""
        follow = self._follows[board]
        if not follow.behind:
            if len(follow.pending) >= MOST_PENDING:
                follow.pending.clear()
                follow.behind = True
            else:
                follow.pending.append((frame, board.cursor_at(seq)))
        self._wake.set()

    def follow(self, board: Board, cursor: str | None) -> None:
        """Follow a board from where the reader says it is."""
        board.listeners[self] = None
        self._follows[board] = Follow(board, cursor)
        self._wake.set()

    def end(self, error: PasokhError) -> None:
        """Close the socket with this reason."""
        if not self._end.done():
            self._end.set_result(error)

    # -- the socket's life -----------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Serve until the reader goes or has to go."""
        try:
            await self._greet()
            await self._serve()
        except PasokhError as error:
            await self._close(error)
        except OSError:  # the peer vanished while we were writing
            pass
        finally:
            for board in self._follows:
                board.listeners.pop(self, None)
            self._follows.clear()

    async def _greet(self) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                frame = await self._next()
        except TimeoutError:
            raise PasokhError("hello.late", seconds=HELLO_SECONDS) from None
        if frame is None:
            return
        if not isinstance(frame, frames.Hello):
            raise PasokhError("frame.hello_first")
        self._language = frame.language
        self.claims = claims = await self._admit(self, frame)
        await self._send_text(frames.welcome_frame(self._clock(), claims.exp))

    async def _serve(self) -> None:
        claims = self.claims
        if claims is None:
            return
        tasks: list[asyncio.Future[Any]] = [
            asyncio.create_task(part, name="live-seat") for part in (self._read(), self._do(), self._write())
        ]
        try:
            await asyncio.wait([*tasks, self._end], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        _raise_first(results)
        if self._end.done():
            raise self._end.result()

    async def _close(self, error: PasokhError) -> None:
        reason = describe(error, self._words, self._language)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send({"type": "websocket.send", "text": frames.error_frame(reason)})
                await self._send({"type": "websocket.close", "code": close_code(error.code), "reason": error.code})
        except (OSError, TimeoutError):
            pass

    # -- side by side ----------------------------------------------------------------------------------------------
    async def _next(self) -> frames.ClientFrame | None:
        """The next frame, or None when the reader has gone."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            return None
        self.heard_at = self._clock()
        if not self._bucket.take(self._now()):
            raise PasokhError("frame.too_fast", a_second=FRAMES_A_SECOND, burst=FRAMES_BURST)
        text = message.get("text")
        if not isinstance(text, str):
            raise PasokhError("frame.malformed", why="binary frame")
        return frames.read_frame(text)

    async def _read(self) -> None:
        while (frame := await self._next()) is not None:
            match frame:
                case frames.Ping():
                    self.say(frames.pong_frame(self._clock()))
                case frames.Do():
                    if self._dos.full():
                        raise PasokhError("frame.too_fast", a_second=FRAMES_A_SECOND, burst=FRAMES_BURST)
                    self._dos.put_nowait(frame)
                case frames.Renew() if self.claims is not None:
                    self.claims = self._renew(self.claims, frame.token)
                    self.say(frames.renewed_frame(self.claims.exp))
                case frames.Typing() if self.claims is not None:
                    self._typing(self.claims, frame)
                case _:
                    raise PasokhError("frame.hello_twice")

    async def _do(self) -> None:
        """One after another, so that a person's messages keep their order."""
        while self.claims is not None:
            frame = await self._dos.get()
            error: PasokhError | None = None
            try:
                await self._carry_out(self.claims, frame)
            except PasokhError as refusal:
                error = refusal
            except Exception:
                log.exception("a command failed")
                error = PasokhError("command.unanswered")
            described = None if error is None else describe(error, self._words, self._language)
            self.say(frames.answer_frame(frame.id, described))

    def hint(self, text: str) -> None:
        """Send a frame that may be lost: a reader who lags does without it."""
        if len(self._direct) < MOST_HINTS:
            self.say(text)

    def say(self, text: str) -> None:
        """Send a frame that belongs to no topic."""
        self._direct.append(text)
        self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            # What is said directly now may speak of changes pushed before: those go first.
            direct, self._direct = self._direct, deque()
            for follow in list(self._follows.values()):
                await self._send_follow(follow)
            for text in direct:
                await self._send_text(text)

    async def _send_follow(self, follow: Follow) -> None:
        while follow.behind or follow.pending:
            if follow.behind:
                follow.behind = False
                frame = follow.board.catch_up(follow.cursor)
                follow.cursor = follow.board.cursor
                if frame is not None:
                    await self._send_text(frame)
            else:
                frame, cursor = follow.pending.popleft()
                await self._send_text(frame)
                follow.cursor = cursor

    async def _send_text(self, text: str) -> None:
        self.sending_since = self._clock()
        await self._send({"type": "websocket.send", "text": text})
        self.sending_since = None


def _raise_first(results: Iterable[BaseException | None]) -> None:
    """Raise what ended a part of the seat, if it was an error."""
    for result in results:
        if isinstance(result, Exception):
            raise result
