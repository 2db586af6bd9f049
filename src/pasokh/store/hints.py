"""What may be lost: short notices between processes that are of use now or never (who is typing, look at your notices).

They travel by NOTIFY and are never written down. Whatever must arrive is an event of the log instead.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import msgspec

HINT = "pasokh_hint"
"""Announces ``org JSON``."""
LONGEST = 2_000
"""Bytes of one hint's JSON; PostgreSQL takes 8,000."""

type Hearer = Callable[[str, bytes], None]
"""Called with organisation and JSON; must not block or raise."""


class Cursor(Protocol):
    """What `publish` asks of a database cursor."""

    def execute(self, query: str, params: Sequence[Any], /) -> object:
        """Run one statement."""


class Typing(msgspec.Struct, frozen=True, tag="typing", tag_field="hint"):
    """Somebody writes in an interaction, until `until` unless said again."""

    interaction: str
    contact: str
    who: str
    """``customer`` or ``agent``."""
    by: str
    name: str
    until: int
    """Instant; 0 = stopped."""


class Look(msgspec.Struct, frozen=True, tag="look", tag_field="hint"):
    """There is something new for a person of the staff."""

    user: str
    what: str


class Ended(msgspec.Struct, frozen=True, tag="ended", tag_field="hint"):
    """Some of a person's sign-ins are over: sockets opened with tokens issued before `at` close."""

    user: str
    at: int
    """Instant."""


type Hint = Typing | Look | Ended
_decoder: msgspec.json.Decoder[Typing | Look | Ended] = msgspec.json.Decoder(Typing | Look | Ended)


def decode_hint(data: bytes) -> Hint | None:
    """A hint, or None for what this version does not know."""
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return None


def publish(cursor: Cursor, org: str, user: str, what: str) -> None:
    """Tell a person's open pages, once the cursor's transaction has committed, to look for something new."""
    _publish(cursor, org, Look(user, what))


def publish_end(cursor: Cursor, org: str, user: str, at: int) -> None:
    """Close a person's sockets once the cursor's transaction has committed; who may come back gets a new token first.

    Should it be lost, they close when their tokens expire, within five minutes.
    """
    _publish(cursor, org, Ended(user, at))


def _publish(cursor: Cursor, org: str, hint: Hint) -> None:
    cursor.execute("SELECT pg_notify(%s, %s)", (HINT, f"{org} {msgspec.json.encode(hint).decode()}"))


class Hearers:
    """Who hears the hints that arrive in this process."""

    def __init__(self) -> None:
        self._hearers: list[Hearer] = []

    @contextlib.contextmanager
    def hang(self, hearer: Hearer) -> Iterator[None]:
        """Hear hints while the context lasts."""
        self._hearers.append(hearer)
        try:
            yield
        finally:
            self._hearers.remove(hearer)

    def tell(self, org: str, data: bytes) -> None:
        """Pass a hint on."""
        for hearer in tuple(self._hearers):
            hearer(org, data)
