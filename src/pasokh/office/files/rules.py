"""How much a visitor may attach, how long unused files are kept, when a scan is tried again. Pure."""

from enum import StrEnum

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, Millis

VISITOR_FILES = 50
VISITOR_BYTES = 100 * 1024 * 1024
"""Of one contact within a day."""
VISITOR_PACE = 12
"""Files of one contact within a minute."""
UNUSED_MS: Millis = DAY
"""A file that no message has taken is kept so long."""
ORPHAN_MS: Millis = HOUR
"""Content without a row is left alone so long: its row may still be on the way."""
SCAN_LEASE_MS: Millis = 2 * MINUTE


class FileState(StrEnum):
    """Where a file stands."""

    SCANNING = "scanning"
    CLEAN = "clean"
    INFECTED = "infected"


def check_quota(sizes: list[tuple[Instant, int]], size: int, now: Instant) -> None:
    """Let a visitor with these files (instant, bytes; newest first, of the last day) attach one more.

    Raises `file.too_many` with the seconds to wait.
    """
    recent = [at for at, _ in sizes if at > now - MINUTE]
    if len(recent) >= VISITOR_PACE:
        raise _too_many(recent[VISITOR_PACE - 1] + MINUTE - now)
    if sizes and (len(sizes) >= VISITOR_FILES or sum(given for _, given in sizes) + size > VISITOR_BYTES):
        raise _too_many(sizes[-1][0] + DAY - now)


def next_scan(tries: int, now: Instant) -> Instant:
    """When a scan that failed so often is tried again: a scanner that is away only delays."""
    return now + min(5 * SECOND * (1 << min(tries, 10)), 10 * MINUTE)


def _too_many(wait: Millis) -> PasokhError:
    return PasokhError("file.too_many", field="file", seconds=max(1, -(-wait // SECOND)))
