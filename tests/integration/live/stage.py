"""A small live centre: a store, a real engine, the hub and the web chat under uvicorn on a free port, and browsers."""

import asyncio
import contextlib
import http.client
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, Capacity, Channel, QueueConfig
from pasokh.channels.pace import Paces
from pasokh.channels.reception import Reception
from pasokh.channels.webchat.app import WebChat
from pasokh.channels.webchat.options import WidgetOptions
from pasokh.channels.webchat.ports import Widget
from pasokh.channels.webchat.visitors import VisitorPasses
from pasokh.engine.clock import wall_ms
from pasokh.engine.core import ACD
from pasokh.engine.effects import Carriers
from pasokh.engine.environment import Environment
from pasokh.engine.options import EngineOptions
from pasokh.engine.ports import LogCarrier
from pasokh.engine.service import EngineService
from pasokh.live.asgi import create_app
from pasokh.live.hub import Hub
from pasokh.live.tokens import TokenSigner
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.store.memory import MemoryStore
from pasokh.store.ports import Store

QUICK = EngineOptions(poll_s=0.5, contend_s=0.02, backoff_s=0.01, backoff_max_s=0.1, share_s=0.001)
DESK = "https://desk.example"
SHOP = "https://shop.example"
SECRET = b"a secret for the tests of the web chat"
PATIENCE = 10.0


class Widgets:
    """Published widgets from a list."""

    def __init__(self, *widgets: Widget) -> None:
        self.by_key = {widget.key: widget for widget in widgets}

    async def widget(self, key: str) -> Widget | None:
        return self.by_key.get(key)

    async def allows(self, origin: str) -> bool:
        return any(origin in widget.origins for widget in self.by_key.values())


async def django(scope, receive, send) -> None:
    """Stands for the office's application."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"office " + scope["path"].encode()})


@dataclass
class Stage:
    store: Store
    hub: Hub
    signer: TokenSigner
    port: int = 0
    chat: WebChat | None = None
    clock: Callable[[], int] = wall_ms
    browsers: list["Browser"] = field(default_factory=list)

    async def do(self, org: str, *commands: cmd.AnyCommand) -> None:
        """Have commands decided, as the office does."""
        for command in commands:
            key = secrets.token_hex(8)
            await self.store.submit(org, org, key, "user:test", msgspec.json.encode(command))
            answer = await self.store.wait_answer(org, org, key, PATIENCE)
            assert answer.ok, (command, answer)

    async def furnish(
        self, org: str, agents: tuple[str, ...] = ("ann", "bob"), queue: str = "sales", *, shard_exists: bool = False
    ) -> None:
        if not shard_exists:
            await self.store.open_shard(org, org)
        await self.do(org, cmd.StartDay("2026-01-01"), cmd.DefineQueue(QueueConfig(queue, {"en": "Sales"})))
        for agent in agents:
            config = AgentConfig(agent, agent.title(), queues=(queue,), capacity=Capacity(1, 5, 5))
            await self.do(org, cmd.DefineAgent(config))

    async def ready(self, org: str, *agents: str) -> None:
        for agent in agents:
            await self.do(org, cmd.SignIn(agent), cmd.SetPresence(agent, ready=True))

    async def open(self, org: str, contact: str, queue: str = "sales", customer: str | None = None) -> None:
        name = f"{org} {contact}"
        opened = cmd.OpenContact(contact, f"{contact}.i1", Channel.CHAT, queue, customer, customer_name=name)
        await self.do(org, opened)

    def staff(self, org: str, user: str, role: str = "agent", *, origin: str = DESK, life: int = 300_000) -> str:
        agent = user if role == "agent" else None
        return self.signer.staff(
            org=org, user=f"u-{user}", agent=agent, role=role, origin=origin, now=self.clock(), life=life
        )[0]

    def visitor(self, org: str, contact: str, *, origin: str = SHOP) -> str:
        return self.signer.visitor(org=org, contact=contact, origin=origin, now=self.clock())[0]

    def http(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        """One HTTP request, blocking: call through `asyncio.to_thread`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        raw = response.read()
        found = {k.lower(): v for k, v in response.getheaders()}
        connection.close()
        kind = found.get("content-type", "")
        return response.status, found, json.loads(raw) if kind == "application/json" else raw

    async def call(self, method: str, path: str, body: object = None, **headers: str):
        return await asyncio.to_thread(self.http, method, path, body, **headers)

    async def start_chat(self, **fields: object):
        """`/chat/v1/start` from the shop; returns status, headers, answer."""
        body = {"key": "w1", "start": secrets.token_urlsafe(24), "language": "fa", **fields}
        return await self.call("POST", "/chat/v1/start", body, Origin=SHOP)

    def browser(self, token: str, *topics: str, origin: str | None = DESK) -> "Browser":
        browser = Browser(self, token, topics, origin)
        self.browsers.append(browser)
        return browser


class Browser:
    """Follows topics as the front end does; keeps keys and cursors over reconnects."""

    def __init__(self, stage: Stage, token: str, topics: tuple[str, ...], origin: str | None) -> None:
        self.stage, self.token, self.origin = stage, token, origin
        self.cursors: dict[str, str | None] = dict.fromkeys(topics)
        self.keys: dict[str, dict[str, Any]] = {topic: {} for topic in topics}
        self.answers: dict[str, dict[str, Any]] = {}
        self.frames: list[dict[str, Any]] = []
        self.snapshots = 0
        self.socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self.closed: ConnectionClosed | None = None

    async def connect(self) -> "Browser":
        self.closed = None
        url = f"ws://127.0.0.1:{self.stage.port}/live/socket"
        self.socket = await connect(url, origin=self.origin, compression=None, max_queue=None, proxy=None)
        await self.send({"type": "hello", "token": self.token, "topics": self.cursors})
        self._reader = asyncio.create_task(self._read(), name="browser")
        return self

    async def disconnect(self) -> None:
        if self.socket is not None:
            await self.socket.close()
        if self._reader is not None:
            await self._reader

    async def drop(self) -> None:
        """The network goes: no closing handshake."""
        self.socket.transport.abort()
        await self._reader

    async def send(self, frame: object) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def do(self, id_: str, **command: object) -> dict[str, Any]:
        await self.send({"type": "do", "id": id_, "command": command})
        await self.until(lambda: id_ in self.answers)
        return self.answers.pop(id_)

    async def until(self, check: Callable[[], object]) -> None:
        """Wait until a check on what was received holds; a key that is not there yet fails it."""

        def holds() -> bool:
            with contextlib.suppress(KeyError):
                return bool(check())
            return False

        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: holds() or self.closed is not None)
        assert holds(), (self.closed, self.frames[-5:])

    async def until_closed(self) -> int:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: self.closed is not None)
        return self.closed.rcvd.code if self.closed.rcvd else 1006

    def errors(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == "error"]

    async def _read(self) -> None:
        try:
            while True:
                await self._fold(json.loads(await self.socket.recv()))
        except ConnectionClosed as closed:
            async with self._news:
                self.closed = closed
                self._news.notify_all()

    async def _fold(self, frame: dict[str, Any]) -> None:
        async with self._news:
            self.frames.append(frame)
            match frame["type"]:
                case "snapshot":
                    self.snapshots += 1
                    self.keys[frame["topic"]] = frame["keys"]
                    self.cursors[frame["topic"]] = frame["cursor"]
                case "patch":
                    keys = self.keys[frame["topic"]]
                    keys.update(frame["set"])
                    for key in frame["del"]:
                        keys.pop(key, None)
                    self.cursors[frame["topic"]] = frame["cursor"]
                case "answer":
                    self.answers[frame["id"]] = frame
            self._news.notify_all()


@asynccontextmanager
async def stage(
    store: Store | None = None, *, engine: bool = True, waiting: Callable[[], Awaitable[list[str]]] | None = None
) -> AsyncIterator[Stage]:
    """Everything running; everything stopped afterwards."""
    store = store or MemoryStore(wall_ms)
    signer = TokenSigner(["a secret for the tests of live"])
    hub = Hub(
        store,
        signer,
        clock=wall_ms,
        service_level=ANSWERED_OR_ABANDONED,
        tag=secrets.token_hex(4),
        snapshot_schema=ACD.snapshot_schema,
        waiting=waiting,
    )
    widgets = Widgets(
        Widget("w1", "org1", "sales", (SHOP,)),
        Widget("w2", "org2", "sales", ("https://other.example",), WidgetOptions(languages=("uk",))),
    )
    chat = WebChat(
        Reception(store, Channel.CHAT, SECRET),
        widgets,
        signer,
        hub,
        VisitorPasses(SECRET, wall_ms),
        clock=wall_ms,
        letters=Reception(store, Channel.EMAIL, SECRET),
        starts=Paces(50, 200),
        resumes=Paces(50, 200),
    )
    made = Stage(store, hub, signer, chat=chat)
    async with contextlib.AsyncExitStack() as stack:
        if engine:
            await stack.enter_async_context(running_engine(store))
        made.port = await stack.enter_async_context(serving(create_app(hub, chat, django)))
        try:
            yield made
        finally:
            for browser in made.browsers:
                await browser.disconnect()


@asynccontextmanager
async def running_engine(store: Store) -> AsyncIterator[EngineService]:
    carrier = LogCarrier()
    carriers = Carriers(dict.fromkeys((Channel.CHAT, Channel.CALLBACK, Channel.EMAIL), carrier))
    service = EngineService(Environment(store, carriers, options=QUICK), "test-engine")
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(stop), name="test-engine")
    try:
        yield service
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


@asynccontextmanager
async def serving(app) -> AsyncIterator[int]:
    """uvicorn on a port of the system's choice."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="error", ws_max_size=64 * 1024, ws_per_message_deflate=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve(sockets=[listener]), name="test-uvicorn")
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 20)
        listener.close()
