"""Who is told of recordings before there is any sound: the office's table, written by processes that know no Django."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from pasokh.kernel.time import Instant


class Sound(StrEnum):
    """What is to become of a talk's sound."""

    KEPT = "kept"
    SILENT = "silent"
    """There is a recording, and it goes on in silence."""
    NONE = "none"


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """A talk begins, or goes on with another agent or queue."""

    recording: str
    """`rules.name_of`."""
    interaction: str
    contact: str
    node: str
    queue: str
    """Empty = as before."""
    agent: str
    number: str = ""
    """The customer's, where this side knows it better than the contact does."""
    agreed: str = ""
    """What the customer said to being recorded."""
    default: bool = False
    """What holds where no rule says anything."""
    at: Instant


class Book(Protocol):
    """Recordings of one organisation."""

    async def begin(self, asked: Begin) -> Sound:
        """Whether sound is kept from now on; known for good when this returns, and the same when asked again.

        Raises `PasokhError` ``store.unavailable``: then nothing may be kept.
        """

    async def pause(self, recording: str, *, on: bool) -> Sound:
        """The agent pauses a recording, or lets it go on: what is so then. Survives whoever asked."""

    async def ended(self, recording: str, at: Instant) -> None:
        """The talk is over; a recording nobody began is passed over."""

    async def consents(self) -> Mapping[str, str]:
        """Queue → ``announce`` or ``ask``, of those whose callers hear about being recorded."""


class NoBook:
    """A centre that records nothing."""

    async def begin(self, asked: Begin) -> Sound:  # noqa: ARG002 - the port's
        """Nothing is kept."""
        return Sound.NONE

    async def pause(self, recording: str, *, on: bool) -> Sound:  # noqa: ARG002 - the port's
        """Nothing is kept."""
        return Sound.NONE

    async def ended(self, recording: str, at: Instant) -> None:
        """There is none."""

    async def consents(self) -> Mapping[str, str]:
        """Nobody hears anything."""
        return {}


class Books(Protocol):
    """Every organisation's."""

    def of(self, org: str) -> Book:
        """An organisation's own."""


_CONFORMS: type[Book] = NoBook
