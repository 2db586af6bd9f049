"""The engine role: composes an engine on PostgreSQL and runs it until told to stop."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from pasokh.acd.model import Channel
from pasokh.engine.effects import Carriers
from pasokh.engine.environment import Environment
from pasokh.engine.guard import LoopGuard
from pasokh.engine.lag import lag_told
from pasokh.engine.metrics import Metrics
from pasokh.engine.near import NearInbox
from pasokh.engine.options import EngineOptions
from pasokh.engine.ports import Carrier, Follower, LogCarrier, OneZone, Zones
from pasokh.engine.service import EngineService
from pasokh.store.postgres import PostgresStore


def desk_carriers() -> dict[Channel, Carrier]:
    """Chat, and callbacks dialled by hand: both reach people through the log."""
    log_carrier = LogCarrier()
    return {Channel.CHAT: log_carrier, Channel.CALLBACK: log_carrier}


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine role is started with."""

    dsn: str
    owner: str
    """Names this process, unlike any other that runs at the same time."""
    wanted: Callable[[str], bool] = lambda _: True
    """Which shards it may lead."""
    zones: Zones = field(default_factory=OneZone)
    carriers: Mapping[Channel, Carrier] = field(default_factory=desk_carriers)
    followers: tuple[Follower, ...] = ()
    options: EngineOptions = field(default_factory=EngineOptions)
    metrics: Metrics = field(default_factory=Metrics)
    near: NearInbox = field(default_factory=NearInbox)
    """The inbox that carriers of this process ask; gets the store's own behind it unless it has one."""
    guard_ms: float | None = None
    """Report code that holds the event loop longer; None = only measure lag."""


async def run(settings: EngineSettings, stop: asyncio.Event) -> None:
    """Lead shards until `stop` is set; returns after every lease is released."""
    async with AsyncExitStack() as stack:
        if settings.guard_ms is not None:
            await stack.enter_async_context(LoopGuard(settings.guard_ms))
        await stack.enter_async_context(lag_told(lambda lag: settings.metrics.observe("loop_lag_ms", lag)))
        store = await stack.enter_async_context(PostgresStore(settings.dsn))
        settings.near.inbox = settings.near.inbox or store
        env = Environment(
            store, Carriers(settings.carriers), settings.zones, settings.options, settings.metrics,
            near=settings.near, followers=settings.followers,
        )  # fmt: skip
        service = EngineService(env, settings.owner, settings.wanted)
        settings.metrics.before_reading.append(service.look)
        await service.run(stop)
