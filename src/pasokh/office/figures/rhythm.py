"""When a report is due: by the wall clock and the calendar of whoever set it up. Pure."""

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pasokh.i18n.dates import instant, local, month_of
from pasokh.kernel.time import Instant

type Rhythm = Literal["daily", "weekly", "monthly"]
RHYTHMS: tuple[Rhythm, ...] = ("daily", "weekly", "monthly")
_FARTHEST = 70
"""Days: every month has its day within them."""


def next_due(rhythm: str, on_day: int, minute: int, zone: str, calendar: str, after: Instant) -> Instant:
    """The first instant after `after` at which it is due; a time the clock leaps over is its next one."""
    today = local(after, zone).date()
    for days in range(_FARTHEST):
        day = today + timedelta(days=days)
        if _is_day(rhythm, on_day, day, calendar):
            begun = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
            at = instant(begun.replace(hour=minute // 60, minute=minute % 60))
            if at > after:
                return at
    raise ValueError(f"no day of a {rhythm} rhythm within {_FARTHEST} days")


def _is_day(rhythm: str, on_day: int, day: date, calendar: str) -> bool:
    if rhythm == "daily":
        return True
    if rhythm == "weekly":
        return day.weekday() == on_day
    month = month_of(day, calendar)
    return (day - month.first).days + 1 == min(on_day, month.days)
