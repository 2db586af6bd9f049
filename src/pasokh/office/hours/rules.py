"""What a calendar of business hours says: which days are how long, and when it opens and closes next. Pure.

A day's rule, first that applies: the day's own entry, else a holiday of the kept countries that is sure, else the
weekday. An expected holiday (a lunar one not yet published) changes nothing until somebody enters its day.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from pasokh.i18n.dates import instant, local
from pasokh.i18n.holidays import Country, Holiday, holidays
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

DAY_MINUTES = 1_440
MOST_SPANS = 6
MOST_DAYS = 400
"""Days with an entry of their own that a calendar may keep."""
_WINDOWS = (9, 40, 800)
"""How many days ahead the next change is looked for, in turn."""
_BACK = 9
"""How many days back the last one is looked for."""

Minute = Annotated[int, Meta(ge=0, le=2 * DAY_MINUTES)]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """Open from `start` to `end`, minutes of the local day; an end beyond 1440 is on the next day."""

    start: Minute
    end: Minute


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds on one date, whatever the week says; no spans = closed."""

    spans: tuple[Span, ...] = ()
    name: Annotated[str, Meta(max_length=80)] = ""
    holiday: str = ""
    """The lunar holiday this entry confirms, e.g. `IR:ashura`."""


class CalendarConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar of business hours."""

    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    week: Annotated[tuple[tuple[Span, ...], ...], Meta(min_length=7, max_length=7)] = ((),) * 7
    """By weekday, Monday first, as `date.weekday` counts."""
    countries: tuple[Country, ...] = ()
    """Whose public holidays are kept (closed)."""
    days: dict[str, Day] = {}
    """By ISO date."""


class State(NamedTuple):
    """Whether a calendar is open, since when it has been so and until when; None where it never changes."""

    open: bool
    since: Instant | None
    until: Instant | None


type Reason = Literal["week", "day", "holiday", "expected"]


class Planned(NamedTuple):
    """A date as it will be."""

    day: date
    spans: tuple[Span, ...]
    reason: Reason
    names: dict[str, str]
    """Of the holiday or the entry; language → name, or `*` for one as typed."""
    holiday: str = ""


def checked(config: CalendarConfig) -> CalendarConfig:
    """The calendar with its spans sorted; raises `hours.*` naming the field."""
    try:
        ZoneInfo(config.zone)
    except (LookupError, ValueError, OSError) as error:
        raise PasokhError("time_zone.unknown", field="zone", name=config.zone[:80]) from error
    if len(config.days) > MOST_DAYS:
        raise PasokhError("hours.too_many_days", field="days", most=MOST_DAYS)
    week = tuple(checked_spans(spans, f"day_{weekday}") for weekday, spans in enumerate(config.week))
    days = {
        key: msgspec.structs.replace(day, spans=checked_spans(day.spans, "spans")) for key, day in config.days.items()
    }
    for key in days:
        try:
            date.fromisoformat(key)
        except ValueError as error:
            raise PasokhError("date.not_a_date", field="date", value=key[:40]) from error
    return msgspec.structs.replace(config, week=week, days=days)


def checked_spans(spans: tuple[Span, ...], field: str) -> tuple[Span, ...]:
    """Spans in order; raises `hours.empty_span`, `hours.long_span`, `hours.overlap`, `hours.too_many_spans`."""
    if len(spans) > MOST_SPANS:
        raise PasokhError("hours.too_many_spans", field=field, most=MOST_SPANS)
    ordered = tuple(sorted(spans))
    for span in ordered:
        if span.start >= DAY_MINUTES or span.end <= span.start:
            raise PasokhError("hours.empty_span", field=field)
        if span.end - span.start > DAY_MINUTES:
            raise PasokhError("hours.long_span", field=field)
    for before, after in pairwise(ordered):
        if after.start < before.end:
            raise PasokhError("hours.overlap", field=field)
    return ordered


def planned(config: CalendarConfig, first: date, last: date) -> Iterator[Planned]:
    """Every date from `first` to `last` as it will be."""
    kept = _kept(config.countries, first, last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        own, holiday = config.days.get(day.isoformat()), kept.get(day)
        spans = config.week[day.weekday()]
        if own is not None:
            names = {"*": own.name} if own.name or holiday is None else holiday[1].names
            yield Planned(day, own.spans, "day", names, own.holiday)
        elif holiday is None:
            yield Planned(day, spans, "week", {})
        else:
            country, found = holiday
            name = f"{country}:{found.id}" if found.id else ""
            if found.sure:
                yield Planned(day, (), "holiday", found.names, name)
            elif name in _near(config, day):
                yield Planned(day, spans, "week", {})
            else:
                yield Planned(day, spans, "expected", found.names, name)


def _near(config: CalendarConfig, day: date) -> set[str]:
    """Lunar holidays that an entry within three days of `day` has settled."""
    around = (day + timedelta(days=n) for n in range(-3, 4))
    return {own.holiday for d in around if (own := config.days.get(d.isoformat())) is not None and own.holiday}


def state_at(config: CalendarConfig, now: Instant) -> State:
    """Whether the calendar is open at `now`, and from when to when it is so (None = longer than is looked at)."""
    state = State(False, None, None)
    for ahead in _WINDOWS:
        today, zone = local(now, config.zone).date(), ZoneInfo(config.zone)
        first, last = today - timedelta(days=_BACK), today + timedelta(days=ahead)
        begins, ends = _moment(first, 0, zone, 0), _moment(last, DAY_MINUTES, zone, 0)
        state = _state(spans_between(config, first, last), now, begins, ends)
        if state.until is not None:
            break
    return state


def _state(spans: list[tuple[Instant, Instant]], now: Instant, begins: Instant, ends: Instant) -> State:
    since: Instant | None = None
    for start, end in spans:
        if start > now:
            return State(False, since, start)
        if end > now:
            return State(True, start if start > begins else None, end if end < ends else None)
        since = end
    return State(False, since, None)


def next_opening(config: CalendarConfig, now: Instant) -> Instant | None:
    """When it opens next after `now` (the opening after this one when it is open); None = never."""
    for ahead in _WINDOWS:
        today = local(now, config.zone).date()
        for start, _ in spans_between(config, today - timedelta(days=2), today + timedelta(days=ahead)):
            if start > now:
                return start
    return None


def spans_between(config: CalendarConfig, first: date, last: date) -> list[tuple[Instant, Instant]]:
    """Open stretches that begin on dates from `first` to `last`, joined where they touch."""
    zone = ZoneInfo(config.zone)
    found: list[tuple[Instant, Instant]] = []
    for day in planned(config, first, last):
        for span in day.spans:
            start, end = _moment(day.day, span.start, zone, 0), _moment(day.day, span.end, zone, 1)
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            elif end > start:
                found.append((start, end))
    return found


def _moment(day: date, minutes: int, zone: ZoneInfo, fold: int) -> Instant:
    """The instant of a local time; of a repeated hour the first for opening, the last for closing."""
    day, minutes = day + timedelta(days=minutes // DAY_MINUTES), minutes % DAY_MINUTES
    return instant(datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, fold=fold, tzinfo=zone))


def _kept(countries: tuple[Country, ...], first: date, last: date) -> dict[date, tuple[Country, Holiday]]:
    found: dict[date, tuple[Country, Holiday]] = {}
    for country in countries:
        for year in range(first.year, last.year + 1):
            for holiday in _of_year(country, year):
                known = found.get(holiday.day)
                if known is None or (holiday.sure and not known[1].sure):
                    found[holiday.day] = (country, holiday)
    return found


@lru_cache(maxsize=64)
def _of_year(country: Country, year: int) -> tuple[Holiday, ...]:
    return tuple(holidays(country, date(year, 1, 1), date(year, 12, 31)))
