"""When the next planned break is, and what can be said of a day's figures. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pasokh.i18n.dates import instant, local
from pasokh.kernel.time import Instant

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Break:
    """A break that comes back every week; `ends` not after `begins` = on the next day. Minutes after midnight."""

    weekday: int
    begins: int
    ends: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class NextBreak:
    """A break as it falls: from `at` until `until`."""

    at: Instant
    until: Instant
    name: str


def next_break(plan: Iterable[Break], now: Instant, zone: str) -> NextBreak | None:
    """The break that goes on at `now`, else the next within a week; None without a plan.

    Wall-clock minutes are taken in the zone, so a break at 10:00 stays at 10:00 when the clocks change.
    """
    today = local(now, zone).date()
    here = ZoneInfo(zone)
    found: list[NextBreak] = []
    for planned in plan:
        for days in range(-1, 8):
            day = today + timedelta(days=days)
            if day.weekday() != planned.weekday:
                continue
            midnight = datetime(day.year, day.month, day.day, tzinfo=here)
            ends = planned.ends if planned.ends > planned.begins else planned.ends + DAY_MINUTES
            at, until = (instant(_wall(midnight, minutes)) for minutes in (planned.begins, ends))
            if until > now:
                found.append(NextBreak(at, until, planned.name))
    return min(found, key=lambda each: (each.at, each.until), default=None)


def _wall(midnight: datetime, minutes: int) -> datetime:
    """The wall-clock time so many minutes after midnight, whatever the clocks do in between."""
    day = midnight + timedelta(days=minutes // DAY_MINUTES)
    minutes %= DAY_MINUTES
    return day.replace(hour=minutes // 60, minute=minutes % 60)
