"""Driving the hub without a network: ASGI messages in and out, one log in memory."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from tests.unit.live.floor import NOON, Floor

from pasokh.acd.events import stream_of
from pasokh.kernel.messages import tag_of
from pasokh.live.hub import Hub
from pasokh.live.tokens import TokenSigner
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.store.memory import MemoryStore
from pasokh.store.ports import Draft

DESK = "https://desk.example"
PATIENCE = 5.0
SIGNER = TokenSigner(["a secret for the tests of live"])


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


class Wire:
    """A hub over a memory store, and the log of one floor per organisation."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = MemoryStore(lambda: NOON)
        self.hub = Hub(
            self.store,
            SIGNER,
            clock=self.clock,
            service_level=ANSWERED_OR_ABANDONED,
            tag="t",
            snapshot_schema=1,
        )
        self._leases: dict[str, Any] = {}

    async def write(self, org: str, logged) -> int:
        if org not in self._leases:
            await self.store.open_shard(org, org)
            lease = await self.store.acquire(org, "test")
            self._leases[org] = [lease, lease.head]
        place = self._leases[org]
        drafts = [Draft(stream_of(e), tag_of(e), msgspec.json.encode(e), at) for e, at in logged]
        place[1] = await self.store.append(place[0], place[1], drafts)
        return place[1].seq

    async def play(self, org: str, floor: Floor, commands: int) -> int:
        seq = 0
        for logged in floor.run(commands):
            if logged:
                seq = await self.write(org, logged)
        return seq

    def staff(self, org: str = "org1", user: str = "ann", role: str = "agent", **changes: Any) -> str:
        fields = {"agent": user if role == "agent" else None, "origin": DESK, "now": self.clock(), **changes}
        return SIGNER.staff(org=org, user=f"u-{user}", role=role, **fields)[0]

    def socket(self, origin: str | None = DESK) -> "Socket":
        return Socket(self, origin)

    async def get(self, path: str, query: str = "", **headers: str) -> tuple[int, Any]:
        """One HTTP request."""
        sent: list[dict[str, Any]] = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b""}

        pairs = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": pairs}
        await self.hub(scope, receive, send)
        return sent[0]["status"], json.loads(sent[1]["body"])


class Socket:
    """One socket; `gate` holds up what the server sends."""

    def __init__(self, wire: Wire, origin: str | None, path: str = "/live/socket") -> None:
        self.sent: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._news = asyncio.Condition()
        headers = [] if origin is None else [(b"origin", origin.encode())]
        scope = {"type": "websocket", "path": path, "headers": headers, "query_string": b"", "client": ("1.2.3.4", 5)}
        self._inbox.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(wire.hub(scope, self._inbox.get, self._send), name="test-socket")

    async def _send(self, message) -> None:
        await self.gate.wait()
        async with self._news:
            if message["type"] == "websocket.send":
                self.sent.append(json.loads(message["text"]))
            elif message["type"] == "websocket.close":
                self.close_code = message["code"]
            self._news.notify_all()

    def say(self, frame: object) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, data: bytes) -> None:
        self._inbox.put_nowait({"type": "websocket.receive", "bytes": data})

    def hello(self, token: str, **topics: str | None) -> "Socket":
        self.say({"type": "hello", "token": token, "topics": topics})
        return self

    async def until(self, check) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(check)

    async def until_type(self, kind: str, count: int = 1) -> dict[str, Any]:
        await self.until(lambda: sum(f["type"] == kind for f in self.sent) >= count)
        return [f for f in self.sent if f["type"] == kind][count - 1]

    async def refused(self) -> tuple[int, str]:
        """Close code and error code after the server ended it."""
        async with asyncio.timeout(PATIENCE):
            await self.task
        return self.close_code or 0, self.sent[-1]["code"] if self.sent else ""

    async def leave(self) -> None:
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE):
                await self.task


@asynccontextmanager
async def wire(floor: Floor | None = None, commands: int = 60) -> AsyncIterator[Wire]:
    made = Wire()
    if floor is not None:
        await made.play("org1", floor, commands)
    try:
        yield made
    finally:
        await made.hub.stop()
        await made.store.close()
