"""When an organisation's operating day begins: local midnight of its zone."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from pasokh.kernel.time import HOUR, SECOND, Instant

log = logging.getLogger(__name__)


def known_zone(name: str) -> str:
    """The zone itself if this machine knows it, else UTC."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        log.warning("there is no time zone %r, using UTC", name)
        return "UTC"
    return name


def day_of(now: Instant, zone: str) -> str:
    """The local date at `now` as YYYY-MM-DD (proleptic Gregorian)."""
    return datetime.fromtimestamp(now / 1_000, ZoneInfo(zone)).date().isoformat()


def next_midnight(now: Instant, zone: str) -> Instant:
    """The first whole second after `now` with a later local date.

    Searched rather than computed: a midnight skipped or repeated by a clock change needs no rule of its own.
    """
    today = day_of(now, zone)
    before, after = now // SECOND, (now + 50 * HOUR) // SECOND
    while after - before > 1:
        middle = (before + after) // 2
        if day_of(middle * SECOND, zone) > today:
            after = middle
        else:
            before = middle
    return after * SECOND
