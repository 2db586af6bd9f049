"""Days and instants in words and figures: Jalali and Saturday-first for Persian, else Gregorian."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pasokh.i18n.digits import localise, to_ascii
from pasokh.i18n.jalali import JalaliDate, month_length
from pasokh.i18n.text import search_key, strip_invisible
from pasokh.kernel.errors import PasokhError

type Style = Literal["short", "medium", "long"]

MONTHS: dict[str, tuple[str, ...]] = {
    "fa": (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
    "uk": (
        "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня",
        "листопада", "грудня",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
}  # fmt: skip
"""Names of months as they stand in a date (Ukrainian in the genitive)."""
MONTHS_ALONE: dict[str, tuple[str, ...]] = {
    **MONTHS,
    "uk": (
        "січень", "лютий", "березень", "квітень", "травень", "червень", "липень", "серпень", "вересень",
        "жовтень", "листопад", "грудень",
    ),
}  # fmt: skip
"""Names of months as headings."""
WEEKDAYS: dict[str, tuple[str, ...]] = {
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "uk": ("понеділок", "вівторок", "середа", "четвер", "пʼятниця", "субота", "неділя"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
"""From Monday on, as `date.weekday` counts."""
WEEKDAYS_SHORT: dict[str, tuple[str, ...]] = {
    "fa": ("د", "س", "چ", "پ", "ج", "ش", "ی"),
    "uk": ("пн", "вт", "ср", "чт", "пт", "сб", "нд"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
FIRST_WEEKDAY: dict[str, int] = {"fa": 5, "uk": 0, "en": 0}
"""As `date.weekday` counts: the Persian week begins on Saturday."""


class Month(NamedTuple):
    """A calendar month of a language: its year and month there, first day and number of days."""

    year: int
    month: int
    first: date
    days: int


def zone(name: str) -> tzinfo:
    """The named IANA time zone; raises `PasokhError` ``time_zone.unknown``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PasokhError("time_zone.unknown", name=name[:80]) from error


@cache
def zone_names() -> tuple[str, ...]:
    """All time zones the machine knows, in order; looked for once a process, for that reads hundreds of files."""
    return tuple(sorted(available_timezones()))


def local(instant_ms: int, zone_name: str) -> datetime:
    """The wall-clock time of an instant (UTC milliseconds) in a zone."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant_ms)).astimezone(zone(zone_name))


def instant(moment: datetime) -> int:
    """UTC milliseconds of an aware moment."""
    if moment.tzinfo is None:
        raise PasokhError("date.without_zone", value=moment.isoformat())
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def format_date(day: date, language: str, style: Style = "medium") -> str:
    """A day: ``۱۴۰۳/۰۱/۰۱``, ``۱ فروردین ۱۴۰۳``, or that with its weekday; ``20 березня 2024 р.``."""
    if language == "fa":
        year, month, number = JalaliDate.of(day)
        short = f"{year:04}/{month:02}/{number:02}"
        text = f"{number} {MONTHS['fa'][month - 1]} {year}"
    else:
        names = MONTHS.get(language, MONTHS["en"])
        name = names[day.month - 1]
        short = day.strftime("%d.%m.%Y") if language == "uk" else f"{day.day} {name[:3]} {day.year:04}"
        text = f"{day.day} {name} {day.year:04}" + (" р." if language == "uk" else "")
    if style == "short":
        return localise(short, language)
    if style == "long":
        separator = " " if language == "fa" else ", "
        text = f"{weekday_name(day, language)}{separator}{text}"
    return localise(text, language)


def format_time(moment: datetime, language: str, seconds: bool = False) -> str:
    """The time of day, 24 hours."""
    return localise(moment.strftime("%H:%M:%S" if seconds else "%H:%M"), language)


def format_moment(moment: datetime, language: str, style: Style = "short") -> str:
    """Day and time of day."""
    separator = "، " if language == "fa" else ", "
    return f"{format_date(moment.date(), language, style)}{separator}{format_time(moment, language)}"


def format_instant(instant_ms: int, zone_name: str, language: str, style: Style = "short") -> str:
    """Day and time of day of an instant in a zone."""
    return format_moment(local(instant_ms, zone_name), language, style)


def weekday_name(day: date, language: str) -> str:
    """The day's full name."""
    return WEEKDAYS.get(language, WEEKDAYS["en"])[day.weekday()]


def week_start(day: date, language: str) -> date:
    """The first day of the week the day is in: Saturday for Persian, Monday otherwise."""
    return day - timedelta(days=(day.weekday() - FIRST_WEEKDAY.get(language, 0)) % 7)


def week_days(language: str) -> tuple[int, ...]:
    """Weekday numbers (Monday = 0) in the order a calendar of the language shows them."""
    first = FIRST_WEEKDAY.get(language, 0)
    return tuple((first + i) % 7 for i in range(7))


def month_of(day: date, language: str) -> Month:
    """The month a calendar of the language shows the day in."""
    if language == "fa":
        jalali = JalaliDate.of(day)
        length = month_length(jalali.year, jalali.month)
        return Month(jalali.year, jalali.month, day - timedelta(days=jalali.day - 1), length)
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Month(day.year, day.month, first, (following - first).days)


_FIGURES = re.compile(r"(\d{1,4})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(\d{1,4})")
_NAMED = re.compile(r"(\d{1,2})\.?\s+([^\W\d_]+)\.?,?\s+(\d{4})(?:\s*р\.?)?")


def parse_date(text: str, language: str) -> date:
    """The day a person typed, with any digits, in figures or with the month's name.

    A year below 1700 is Jalali, whatever the language; ``1403/1/1``, ``1/1/1403``, ``20.03.2024``,
    ``2024-03-20`` and ``۱ فروردین ۱۴۰۳`` are read. With the day first, day comes before month. Raises
    `PasokhError` ``date.not_a_date``.
    """
    cleaned = to_ascii(strip_invisible(text)).strip()
    parts = _figures(cleaned) or _named(cleaned, language)
    if parts is None:
        raise PasokhError("date.not_a_date", value=text[:40])
    year, month, day = parts
    try:
        return JalaliDate(year, month, day).gregorian() if year < 1700 else date(year, month, day)
    except (ValueError, PasokhError) as error:
        raise PasokhError("date.not_a_date", value=text[:40]) from error


def _figures(text: str) -> tuple[int, int, int] | None:
    found = _FIGURES.fullmatch(text)
    if found is None:
        return None
    first, month, last = found.groups()
    if len(first) == 4 and len(last) <= 2:
        return int(first), int(month), int(last)
    if len(last) == 4 and len(first) <= 2:
        return int(last), int(month), int(first)
    return None


def _named(text: str, language: str) -> tuple[int, int, int] | None:
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    day, name, year = found.groups()
    wanted = search_key(name)
    for names in (MONTHS.get(language, MONTHS["en"]), *MONTHS.values(), *MONTHS_ALONE.values()):
        for number, month in enumerate(names, 1):
            key = search_key(month)
            if wanted == key or (len(wanted) >= 3 and key.startswith(wanted)):
                return int(year), number, int(day)
    return None
