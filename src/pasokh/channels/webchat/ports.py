"""What the web chat needs from the rest: who owns a widget, tokens for visitors, and how a contact stands."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from pasokh.kernel.time import Instant


class Widget(msgspec.Struct, frozen=True):
    """A chat widget as an organisation published it."""

    key: str
    org: str
    queue: str
    origins: tuple[str, ...]
    """Pages it may stand on: ``scheme://host[:port]``, exactly as browsers send them."""
    languages: tuple[str, ...] = ("fa", "uk", "en")
    """Offered languages; the first is the default."""


class WidgetProvider(Protocol):
    """Knows the published widgets."""

    async def widget(self, key: str) -> Widget | None:
        """The widget of a key, or None."""

    async def allows(self, origin: str) -> bool:
        """Whether any widget may stand on this origin (a preflight does not say which)."""


class VisitorClaims(Protocol):
    """What a visitor's token says."""

    @property
    def org(self) -> str:
        """Organisation."""

    @property
    def contact(self) -> str | None:
        """The visitor's contact; None in a staff token."""

    @property
    def origin(self) -> str:
        """The widget page's origin."""


class VisitorTokens(Protocol):
    """Issues and checks visitors' tokens."""

    def visitor(self, *, org: str, contact: str, origin: str, now: Instant) -> tuple[str, Instant]:
        """A token and when it expires."""

    def verify(self, token: str, now: Instant) -> VisitorClaims:
        """What a good token says; raises ``token.*``."""


class Contacts(Protocol):
    """How contacts stand, from committed events."""

    async def visitor_contact(self, org: str, contact: str) -> Mapping[str, object] | None:
        """The `contact` key of topic `chat`, or None for an unknown contact."""
