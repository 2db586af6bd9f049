"""What a view is: a pure function from the world to keyed values, and from a change to the keys it may have touched."""

from collections.abc import Iterable
from typing import Protocol

from pasokh.acd.state import QueueDay
from pasokh.kernel.time import Millis
from pasokh.live.world import Change, World

EVERY = "*"
"""As a scope: every one. At the end of a key: every key that begins so."""


class View(Protocol):
    """One topic. The law: folding patches over any old snapshot gives a fresh snapshot."""

    @property
    def topic(self) -> str:
        """Its name on the wire."""

    @property
    def interval_ms(self) -> Millis:
        """At least so long between two patches; 0 = at once."""

    def contacts(self, world: World, scope: str) -> Iterable[str]:
        """Contacts whose conversations must be loaded before the scope is shown."""

    def keys(self, world: World, scope: str) -> Iterable[str]:
        """All keys of a scope now."""

    def value(self, world: World, scope: str, key: str) -> object | None:
        """The value of a key now, JSON-like; None where there is none."""

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:
        """(scope, key) pairs whose values may differ after `change`; may name too many, never too few."""


class ServiceLevel(Protocol):
    """A formula of the service-level catalogue, handed in where processes are put together."""

    @property
    def id(self) -> str:
        """Its stable name, such as ``sl.answered_or_abandoned``."""

    @property
    def version(self) -> int:
        """Raised with every change of meaning."""

    def __call__(self, day: QueueDay) -> tuple[float | None, int]:
        """The share 0…1 (None when n = 0) and n."""
