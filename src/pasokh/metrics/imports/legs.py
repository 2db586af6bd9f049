"""What every source of calls has in common: records of a file, and the legs of a call they amount to.

A *leg* is a stay in a queue and, where somebody answered, the handling that followed: a transfer begins another. A
*span* is a piece of somebody's day. Instants are milliseconds UTC, durations milliseconds.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000
"""2000 to 2100: what is outside is no time of a call."""


UNNUMBERED = "row/"


class Record(Struct, frozen=True):
    """One record of a file, good as it stands."""

    line: int
    call: str
    """What belongs together."""
    key: str
    """What it is: of two that say the same thing the one with the higher `version` counts. One that begins with
    `UNNUMBERED` is all that the record says, and a file that says it twice means it."""
    at_ms: int
    data: bytes
    """As the source wants it back."""
    version: int = 0


class Refused(Struct, frozen=True):
    """A record that is none: ``blank``, or a reason with a sentence ``import.bad.REASON``."""

    line: int
    reason: str
    text: str = ""


class Leg(Struct, kw_only=True):
    """A stay in a queue and what came of it. `queue` empty = it waited in none; then it is no stay."""

    call: str
    leg: str
    at_ms: int
    queue: str = ""
    channel: str = "voice"
    direction: str = "in"
    client: str = ""
    customer: str = ""
    how: str = "answered"
    """As in `pasokh.metrics.facts.HOWS`."""
    agent: str = ""
    offers: int = 0
    wait_ms: int = 0
    ring_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    holds: int = 0
    wrap_ms: int = 0
    ended_by: str = "other"
    over: bool = True
    reason: str = ""
    outcome: str = ""


class Span(Struct, kw_only=True):
    """A piece of somebody's day in one state: ``idle``, ``busy`` or ``away``."""

    agent: str
    state: str
    from_ms: int
    ms: int
    reason: str = ""
    team: str = ""


class Source(Protocol):
    """A kind of file. `read` judges each record by itself; `legs` sees all records of one call, in order of time."""

    name: str

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """The records of a clean file; raises ``import.form`` where it is another kind of file."""
        ...

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """What the records of one call amount to."""
        ...


def between(begin: int | None, end: int | None) -> int:
    """A duration; 0 where one is unknown or the clock jumped back."""
    return max(0, end - begin) if begin is not None and end is not None else 0
