"""A stage for engines: a store, the services that run on it, and a client that asks and reads."""

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from pasokh.acd.apply import apply
from pasokh.acd.commands import AnyCommand, DefineAgent, DefineQueue, OpenContact, SetPresence, SignIn
from pasokh.acd.events import decode_event
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.acd.state import State
from pasokh.engine.clock import MonotoneClock, wall_ms
from pasokh.engine.core import ACD, Core
from pasokh.engine.effects import Carriers
from pasokh.engine.environment import Environment
from pasokh.engine.metrics import Metrics
from pasokh.engine.near import NearInbox
from pasokh.engine.options import EngineOptions
from pasokh.engine.ports import Carrier, LogCarrier, OneZone, Zones
from pasokh.engine.service import EngineService
from pasokh.store.ports import Answer, Row, Store

QUICK = EngineOptions(poll_s=0.5, contend_s=0.02, backoff_s=0.01, backoff_max_s=0.1, share_s=0.001)
SETUP: list[AnyCommand] = [
    DefineQueue(QueueConfig(id="sales")),
    DefineAgent(AgentConfig(id="ann", queues=("sales",))),
    DefineAgent(AgentConfig(id="bob", queues=("sales",))),
    SignIn("ann"),
    SignIn("bob"),
    SetPresence("ann", ready=True),
    SetPresence("bob", ready=True),
]


def opening(name: str, channel: Channel = Channel.CHAT) -> OpenContact:
    return OpenContact(contact=f"c-{name}", interaction=f"i-{name}", channel=channel, queue="sales")


@dataclass
class Running:
    """One engine service at work."""

    service: EngineService
    stop: asyncio.Event
    task: asyncio.Task[None]
    metrics: Metrics

    async def finish(self) -> None:
        """Stop it gracefully."""
        self.stop.set()
        await asyncio.wait_for(self.task, 20)

    async def crash(self) -> None:
        """End it where it stands: nothing is released, saved or finished."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


@dataclass
class Stage:
    """One shard and who works on it."""

    store: Store
    client: Store
    shard: str
    engines: list[Running] = field(default_factory=list)
    keys: itertools.count = field(default_factory=itertools.count)

    def start(
        self,
        owner: str = "one",
        *,
        store: Store | None = None,
        options: EngineOptions = QUICK,
        core: Core = ACD,
        zones: Zones | None = None,
        carriers: dict[Channel, Carrier] | None = None,
        wall: Callable[[], int] = wall_ms,
        near: NearInbox | None = None,
    ) -> Running:
        env = Environment(
            store or self.store,
            Carriers(carriers or {Channel.CHAT: LogCarrier()}),
            zones or OneZone("Asia/Tehran"),
            options,
            core=core,
            new_clock=lambda: MonotoneClock(wall),
            near=near or NearInbox(),
        )
        stop = asyncio.Event()
        service = EngineService(env, owner, lambda shard: shard == self.shard)
        running = Running(service, stop, asyncio.create_task(service.run(stop)), env.metrics)
        self.engines.append(running)
        return running

    async def submit(self, command: AnyCommand | bytes, key: str | None = None, actor: str = "user:test") -> str:
        key = key or f"k{next(self.keys)}"
        data = command if isinstance(command, bytes) else msgspec.json.encode(command)
        await self.client.submit(self.shard, self.shard, key, actor, data)
        return key

    async def answer(self, key: str, seconds: float = 20.0) -> Answer:
        return await self.client.wait_answer(self.shard, self.shard, key, seconds)

    async def ask(self, command: AnyCommand | bytes, key: str | None = None) -> Answer:
        return await self.answer(await self.submit(command, key))

    async def set_up(self) -> None:
        for command in SETUP:
            answer = await self.ask(command)
            assert answer.ok, answer

    async def rows(self) -> list[Row]:
        return await self.client.read(self.shard, self.shard, 0, 100_000)

    async def until(self, true: Callable[[list[Row]], bool], seconds: float = 20.0) -> list[Row]:
        """The log as soon as it satisfies `true`."""
        rows: list[Row] = []
        tail = self.client.tail(self.shard, self.shard, 0)
        try:
            async with asyncio.timeout(seconds):
                async for batch in tail:
                    rows += batch
                    if true(rows):
                        break
        finally:
            await tail.aclose()
        return rows

    async def led_by(self, running: Running, seconds: float = 20.0) -> None:
        """Return once `running` has taken over and answers."""
        deadline = time.monotonic() + seconds
        while not running.metrics.value("takeovers"):
            assert time.monotonic() < deadline, "nobody leads"
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        for running in self.engines:
            if not running.task.done():
                await running.crash()


def fold(rows: list[Row]) -> State:
    """The state that the whole log comes to."""
    state = State()
    for row in rows:
        apply(state, decode_event(row.data), row.occurred_at)
    return state
