"""The heat map of the week in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import FIRST_WEEKDAY, WEEKDAYS, format_date
from pasokh.i18n.digits import localise
from pasokh.i18n.holidays import Country, holidays
from pasokh.metrics.analysis import readings
from pasokh.metrics.analysis.peaks import Cell, Peaks, peaks, shade
from pasokh.office.crm.rules import region_of
from pasokh.office.figures import store
from pasokh.office.figures_analysis.looking import Look
from pasokh.office.hours.selectors import all_calendars
from pasokh.office.tenancy.selectors import own_organisation

WEEKDAY_OF_SQL = 2
"""`metrics.sql` counts weekdays from Saturday: that of `date.weekday` and this, modulo 7."""
SHOWN_FROM = 0.02
"""Hours under this share of the busiest are left out of the map at night's end and beginning."""


@dataclass(frozen=True, slots=True)
class Square:
    """One hour of the week on the map."""

    text: str
    shade: int
    says: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """A weekday."""

    name: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """The page."""

    hours: tuple[str, ...]
    rows: tuple[Row, ...]
    busiest: tuple[str, ...]
    holidays: tuple[tuple[str, str, str, str], ...]
    """Day, name, what came, what would usually have come."""
    days: int
    empty: bool


def countries() -> tuple[Country, ...]:
    """Whose holidays are kept: those of the calendars of hours, else of where the organisation is."""
    kept = {country for calendar in all_calendars() for country in calendar.config.countries}
    if not kept:
        own = own_organisation()
        region = region_of(own.zone, own.language)
        kept = {country for country in ("IR", "UA") if country == region}
    return tuple(sorted(kept))


def holiday_names(first: date, last: date, spoken: str) -> dict[date, str]:
    """Day → the names of its holidays."""
    found: dict[date, list[str]] = {}
    for country in countries():
        for each in holidays(country, first, last):
            found.setdefault(each.day, []).append(each.names[spoken])
    return {day: message("figures.and", spoken).join(dict.fromkeys(names)) for day, names in found.items()}


def week(look: Look, spoken: str) -> Map:
    """The map of a period."""
    names = holiday_names(look.period.first, look.period.last, spoken)
    found = peaks(
        readings.hourly(store.facts(), look.period, "visits", look.where),
        look.days(),
        ZoneInfo(timezone.get_current_timezone_name()),
        names,
        FIRST_WEEKDAY[spoken],
    )
    most = max((cell.mean or 0.0 for _, cells in found.rows for cell in cells), default=0.0)
    hours = _hours(found, most)
    return Map(
        tuple(hour_text(hour, spoken) for hour in hours),
        tuple(
            Row(WEEKDAYS[spoken][weekday], tuple(_square(look, cells[hour], most, spoken) for hour in hours))
            for weekday, cells in found.rows
        ),
        tuple(
            message("peaks.hour", spoken, day=WEEKDAYS[spoken][cell.weekday], time=hour_text(cell.hour, spoken),
                    value=_mean(cell, spoken))
            for cell in found.busiest
        ),
        tuple(
            (format_date(day, spoken, "medium"), names.get(day, ""), numbers.number(round(came), spoken),
             numbers.number(round(due), spoken))
            for day, came, due in found.holidays
        ),
        found.days,
        most == 0,
    )  # fmt: skip


def hour_text(hour: int, spoken: str) -> str:
    """An hour of the day."""
    return localise(f"{hour:02}:00", spoken)


def _hours(found: Peaks, most: float) -> Sequence[int]:
    """The hours of the map: from the first with something to the last."""
    busy = [cell.hour for _, cells in found.rows for cell in cells if (cell.mean or 0) > most * SHOWN_FROM]
    return range(min(busy), max(busy) + 1) if busy else range(24)


def _square(look: Look, cell: Cell, most: float, spoken: str) -> Square:
    says = message(
        "peaks.cell", spoken, day=WEEKDAYS[spoken][cell.weekday], time=hour_text(cell.hour, spoken),
        mean=_mean(cell, spoken), most=numbers.number(cell.most, spoken), n=round(cell.hours),
    )  # fmt: skip
    if not cell.mean:
        return Square(_mean(cell, spoken), 0, says, "")
    at = {
        "kpi": "queue.entered", "period": "range", "from": look.period.first.isoformat(),
        "to": look.period.last.isoformat(), "at.weekday": (cell.weekday + WEEKDAY_OF_SQL) % 7,
        "at.hour_of_day": cell.hour, **({"only.queue": look.queue} if look.queue else {}),
    }  # fmt: skip
    return Square(_mean(cell, spoken), shade(cell.mean, most), says, f"{reverse('figures_rows')}?{urlencode(at)}")


def _mean(cell: Cell, spoken: str) -> str:
    if cell.mean is None:
        return "—"
    if cell.mean >= 10:
        return numbers.number(round(cell.mean), spoken)
    return numbers.number(round(cell.mean * 10), spoken, 1) if cell.mean else numbers.number(0, spoken)
