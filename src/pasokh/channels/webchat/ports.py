"""What the web chat needs from the rest: widgets, business hours, tokens, how contacts stand, a way to send mail."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from pasokh.channels.webchat.options import WidgetOptions
from pasokh.kernel.time import Instant, Millis


class Widget(msgspec.Struct, frozen=True):
    """A chat widget as an organisation published it."""

    key: str
    org: str
    queue: str
    origins: tuple[str, ...]
    """Pages it may stand on: ``scheme://host[:port]``, exactly as browsers send them."""
    options: WidgetOptions = WidgetOptions()
    title: dict[str, str] = {}
    """Language → what stands above the conversation."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Offered languages; the first is the default."""
        return self.options.languages


class WidgetProvider(Protocol):
    """Knows the published widgets."""

    async def widget(self, key: str) -> Widget | None:
        """The widget of a key, or None."""

    async def allows(self, origin: str) -> bool:
        """Whether any widget may stand on this origin (a preflight does not say which)."""


class Standing(msgspec.Struct, frozen=True):
    """Whether a queue lets new chats in."""

    open: bool = True
    opens_at: Instant | None = None
    """When business hours begin next; None when nobody knows, or it is open."""


class HoursProvider(Protocol):
    """Knows how queues stand."""

    async def standing(self, org: str, queue: str) -> Standing:
        """How a queue stands now."""


class AlwaysOpen:
    """A `HoursProvider` for a centre that keeps no hours."""

    async def standing(self, org: str, queue: str) -> Standing:  # noqa: ARG002 - the port's shape
        """Open."""
        return Standing()


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

    def visitor(self, *, org: str, contact: str, origin: str, now: Instant, life: Millis = ...) -> tuple[str, Instant]:
        """A token and when it expires."""

    def verify(self, token: str, now: Instant) -> VisitorClaims:
        """What a good token says; raises ``token.*``."""


class Contacts(Protocol):
    """How contacts stand, from committed events."""

    async def visitor_contact(self, org: str, contact: str) -> Mapping[str, object] | None:
        """The `contact` key of topic `chat`, or None for an unknown contact."""

    async def visitor_keys(self, org: str, contact: str) -> Mapping[str, object]:
        """Every key of topic `chat`; empty for an unknown contact."""


class Visit(msgspec.Struct, frozen=True):
    """An earlier conversation of a visitor."""

    contact: str
    number: int
    """Ordinal; later ones have larger numbers."""
    opened_at: Instant


class Visits(Protocol):
    """Knows who was here before."""

    async def earlier(self, org: str, visitor: str, before: int | None, most: int) -> Sequence[Visit]:
        """The visitor's chats from before the one numbered `before`, the latest first."""

    async def own(self, org: str, visitor: str, contact: str) -> bool:
        """Whether the contact is a chat of the visitor's."""


class NoVisits:
    """`Visits` of a centre that keeps no history."""

    async def earlier(self, org: str, visitor: str, before: int | None, most: int) -> Sequence[Visit]:  # noqa: ARG002
        """None."""
        return ()

    async def own(self, org: str, visitor: str, contact: str) -> bool:  # noqa: ARG002 - the port's shape
        """No."""
        return False


class Said(msgspec.Struct, frozen=True):
    """One message of a transcript."""

    by: str
    """Who; empty for the centre itself."""
    text: str
    at: Instant


class Post(Protocol):
    """Sends mail."""

    async def transcript(self, org: str, address: str, language: str, said: Sequence[Said], key: str) -> None:
        """Put a transcript on its way; the same `key` is the same mail. Raises ``mail.*``."""
