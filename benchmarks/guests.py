"""Visitors and staff on real sockets that come back after every loss, for runs in which everything is killed."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from benchmarks.floor import LANGUAGES, Floor
from benchmarks.live_push import Browser, fresh
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from pasokh.acd.commands import OpenContact
from pasokh.acd.model import Channel
from pasokh.store.ports import Row

AWAY = (OSError, TimeoutError, WebSocketException)
COME_BACK_S = 0.2
COMPARE_S = 30.0
LATER = {"command.unanswered", "store.unavailable"}
"""Not an answer yet: ask again with the same message."""


@dataclass
class Follower(Browser):
    """A wall or desk that comes back with its cursors for as long as it stays."""

    joins: int = 0
    leaving: bool = False

    async def stay(self) -> None:
        """Be connected, again and again."""
        while not self.leaving:
            since = time.time() * 1_000 if self.joins else 0.0
            while not self.leaving:
                try:
                    await self.join(since)
                    break
                except AWAY:
                    await asyncio.sleep(COME_BACK_S * random.uniform(0.5, 1.5))
            self.joins += 1
            if self._reader is not None:
                await self._reader

    @property
    def away_ms(self) -> list[float]:
        """How long each loss of the socket lasted."""
        return [end - start for start, end in self.away if start]


@dataclass
class Posted:
    """What visitors sent, and what became of it."""

    taken: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    repeats: int = 0
    reconnects: int = 0
    chats: int = 0
    unlike: list[str] = field(default_factory=list)
    """Chats whose folded patches were not what a fresh snapshot held."""

    def faults(self, rows: Sequence[Row]) -> list[str]:
        """Messages lost, doubled, or recorded although refused."""
        logged = Counter(msgspec.json.decode(row.data)["message"] for row in rows if row.type == "message.posted")
        return [
            *(f"message {m} was taken and is lost" for m in sorted(self.taken - logged.keys())),
            *(f"message {m} was refused and is recorded" for m in sorted(self.refused & logged.keys())),
            *(f"message {m} is recorded {n} times" for m, n in sorted(logged.items()) if n > 1),
            *(f"chat {c} shows something else than a fresh snapshot" for c in self.unlike),
        ]


class Guest:
    """A visitor: opens a chat, writes until it is over, compares what it holds with a fresh snapshot, comes again."""

    def __init__(self, name: str, port: int, floor: Floor, token: Callable[[str], str], posted: Posted) -> None:
        self._name, self._port, self._floor, self._token, self._posted = name, port, floor, token, posted
        self._random = random.Random(name)
        self._socket: ClientConnection | None = None
        self._contact = ""
        self._keys: dict[str, Any] = {}
        self._cursor: str | None = None
        self.ending = False

    async def live(self) -> None:
        """One chat after another until `ending`."""
        while not self.ending:
            self._posted.chats += 1
            self._contact = f"g{self._name}-{self._posted.chats}-{self._random.randrange(10**9)}"
            self._keys, self._cursor = {}, None
            first = f"{self._contact}.i1"
            opening = OpenContact(self._contact, first, Channel.CHAT, self._random.choice(LANGUAGES))
            if (await self._floor.ask(f"contact:{self._contact}", opening)).ok:
                await self._talk(first)
                await self._compare()
            await self._hang_up()

    async def _talk(self, interaction: str) -> None:
        for n in range(1_000):
            await asyncio.sleep(self._random.uniform(0.1, 0.5))
            message = f"{self._contact}.m{n}"
            self._posted.open.add(message)
            taken = await self._post(interaction, message)
            self._posted.open.discard(message)
            (self._posted.taken if taken else self._posted.refused).add(message)
            if not taken or self.ending:
                return

    async def _post(self, interaction: str, message: str) -> bool:
        """Send it until there is an answer; whether it was taken."""
        command = {"type": "message.post", "interaction": interaction, "message": message, "text": message}
        while True:
            try:
                socket = await self._connected()
                await socket.send(json.dumps({"type": "do", "id": message, "command": command}))
                while (frame := await self._next(socket)) is None or frame.get("id") != message:
                    pass
            except AWAY:
                await self._hang_up()
                self._posted.repeats += 1
                await asyncio.sleep(COME_BACK_S)
                continue
            if frame["ok"] or frame["error"]["code"] not in LATER:
                return bool(frame["ok"])
            self._posted.repeats += 1

    async def _compare(self) -> None:
        """Hold what a fresh snapshot holds; a patch still on its way is waited for."""
        browser = Browser(self._port, self._token(self._contact), ("chat",), None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COMPARE_S):
                while True:
                    try:
                        right = await asyncio.to_thread(fresh, self._port, browser, "chat")
                        socket = await self._connected()
                        while self._keys != right["keys"] and await self._next(socket, 1.0) is not None:
                            pass
                    except AWAY:
                        await self._hang_up()
                    else:
                        if self._keys == right["keys"]:
                            return
                    await asyncio.sleep(COME_BACK_S)
        self._posted.unlike.append(self._contact)

    async def _connected(self) -> ClientConnection:
        if self._socket is None:
            url = f"ws://127.0.0.1:{self._port}/live/socket"
            self._socket = await connect(url, compression=None, proxy=None, open_timeout=30, max_queue=None)
            hello = {"type": "hello", "token": self._token(self._contact), "topics": {"chat": self._cursor}}
            await self._socket.send(json.dumps(hello))
            self._posted.reconnects += 1
        return self._socket

    async def _next(self, socket: ClientConnection, seconds: float = 30.0) -> Mapping[str, Any] | None:
        """The next frame, folded; None when none came in `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                frame = json.loads(await socket.recv())
        except TimeoutError:
            return None
        if frame["type"] == "snapshot":
            self._keys, self._cursor = dict(frame["keys"]), frame["cursor"]
        elif frame["type"] == "patch":
            self._keys.update(frame["set"])
            for key in frame["del"]:
                self._keys.pop(key, None)
            self._cursor = frame["cursor"]
        return dict(frame)

    async def _hang_up(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            with contextlib.suppress(ConnectionClosed, *AWAY):
                await socket.close()
