"""What an engine works with, composed once and shared by everything in the process."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pasokh.engine.clock import MonotoneClock
from pasokh.engine.core import ACD, Core
from pasokh.engine.effects import Carriers
from pasokh.engine.metrics import Metrics
from pasokh.engine.near import NearInbox
from pasokh.engine.options import EngineOptions
from pasokh.engine.ports import Follower, OneZone, Zones
from pasokh.store.ports import Store


@dataclass(frozen=True, slots=True)
class Environment:
    """Adapters, knobs and counters of one engine process."""

    store: Store
    carriers: Carriers
    zones: Zones = field(default_factory=OneZone)
    options: EngineOptions = field(default_factory=EngineOptions)
    metrics: Metrics = field(default_factory=Metrics)
    core: Core = ACD
    near: NearInbox = field(default_factory=NearInbox)
    """Where those in this process ask the leads that are here."""
    followers: tuple[Follower, ...] = ()
    new_clock: Callable[[], MonotoneClock] = MonotoneClock
    """A clock for each lead."""
