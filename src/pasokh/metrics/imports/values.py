"""Times, lengths and numbers as other centres' files write them."""

import re
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pasokh.i18n.digits import to_ascii
from pasokh.i18n.jalali import JalaliDate
from pasokh.kernel.errors import PasokhError

type Order = Literal["", "ymd", "dmy", "mdy"]
"""Of the parts of a day; empty = as it looks, and day before month where both could be."""
_DAY = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})"
    r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?\s*([AaPp][Mm])?)?\s*"
)
_CLOCK = re.compile(r"(?:(\d{1,5}):)?(\d{1,5}):(\d{1,2}(?:\.\d+)?)")


def instant(text: str, zone: ZoneInfo, order: Order = "") -> int | None:
    """Milliseconds UTC of a time: seconds or milliseconds since 1970, ISO 8601, or a wall clock; None for none.

    Years 1300 to 1499 are Jalali.
    """
    said = to_ascii(text.strip())
    if re.fullmatch(r"\d{9,17}(\.\d+)?", said):
        number = float(said)
        return round(number * 1000) if number < 1e11 else round(number) if number < 1e14 else round(number / 1000)
    match = _DAY.fullmatch(said)
    try:
        found = _wall(match, order) if match else datetime.fromisoformat(said)
        return round((found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError, PasokhError):
        return None


def _wall(match: re.Match[str], order: Order) -> datetime:
    first, second, third = int(match[1]), int(match[2]), int(match[3])
    year_first = len(match[1]) == 4
    if year_first or order == "ymd":
        year, month, day = first, second, third
    elif order == "mdy" or (not order and second > 12):
        month, day, year = first, second, third
    else:
        day, month, year = first, second, third
    year += 2000 if year < 100 else 0
    if 1300 <= year < 1500:
        gregorian = JalaliDate(year, month, day).gregorian()
        year, month, day = gregorian.year, gregorian.month, gregorian.day
    hour = int(match[4] or 0)
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "pm" else 0)
    micro = int((match[7] or "").ljust(6, "0"))
    return datetime(year, month, day, hour, int(match[5] or 0), int(match[6] or 0), micro)  # noqa: DTZ001 - a wall clock


def length(text: str, unit_ms: int = 1000) -> int | None:
    """Milliseconds of a length: a number of units, or ``[h:]m:s``. None for what is none; empty is 0."""
    said = to_ascii(text.strip()).replace(",", ".")
    if not said:
        return 0
    match = _CLOCK.fullmatch(said)
    if match:
        return round((int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])) * 1000)
    return round(float(said) * unit_ms) if re.fullmatch(r"\d{1,12}(\.\d+)?", said) else None


def seconds(text: str) -> int:
    """Milliseconds of seconds; 0 for what is no number."""
    return length(text) or 0


def number(text: str) -> int:
    """A whole number; 0 for what is none."""
    return int(text) if re.fullmatch(r"\d{1,15}", text) else 0


def outside(number_of: str) -> bool:
    """Whether it looks like a number outside, not like an extension."""
    return len(re.sub(r"\D", "", number_of)) >= 7
