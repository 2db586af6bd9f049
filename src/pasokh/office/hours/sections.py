"""Business hours in the configuration file: calendars as people read them, and the queues that keep each."""

from typing import Any, Literal

import msgspec

from pasokh.i18n.holidays import Country
from pasokh.kernel.errors import PasokhError
from pasokh.office.exchange.sections import Items, Section, add_section, shaped
from pasokh.office.exchange.shapes import Names, Shape
from pasokh.office.hours.actions import do_assign_calendar, do_remove_calendar, do_save_calendar
from pasokh.office.hours.forms import read_spans, spans_text
from pasokh.office.hours.models import Calendar, QueueHours
from pasokh.office.hours.rules import CalendarConfig, Day, Span

type Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DayItem(Shape, frozen=True):
    """One date with hours of its own."""

    hours: str = ""
    name: str = ""
    holiday: str = ""


class HoursItem(Shape, frozen=True):
    """A calendar."""

    name: Names
    zone: str
    week: dict[Weekday, str] = msgspec.field(default_factory=dict)
    holidays: list[Country] = msgspec.field(default_factory=list)
    days: dict[str, DayItem] = msgspec.field(default_factory=dict)
    queues: list[str] = msgspec.field(default_factory=list)


def add_hours_section() -> None:
    """Let business hours stand in the configuration file, after the queues."""
    about = "Business hours, like 9:00–13:00, 14:00–18:00; an end before its start is next day's; no hours = closed."
    add_section(Section("hours", 85, about, _read, shaped(HoursItem), _write, _retire))


def _read() -> Items:
    found: Items = {}
    for row in Calendar.objects.order_by("key"):
        config = row.config
        week = {name: spans_text(spans, "en") for name, spans in zip(WEEKDAYS, config.week, strict=True) if spans}
        days = {
            day: {"hours": spans_text(rule.spans, "en"), "name": rule.name, "holiday": rule.holiday}
            for day, rule in config.days.items()
        }
        kept = QueueHours.objects.filter(calendar=row).order_by("queue__key").values_list("queue__key", flat=True)
        found[row.key] = {
            "name": row.name,
            "zone": config.zone,
            "week": week,
            "holidays": list(config.countries),
            "days": days,
            "queues": list(kept),
        }
    return found


def _write(actor: str, key: str, item: dict[str, Any]) -> None:
    given = msgspec.convert(item, HoursItem)
    week = tuple(_spans(given.week.get(name, ""), f"week.{name}") for name in WEEKDAYS)
    days = {
        day: Day(_spans(rule.hours, f"days.{day}"), rule.name, rule.holiday) for day, rule in sorted(given.days.items())
    }
    config = CalendarConfig(given.zone, week, tuple(given.holidays), days)
    do_save_calendar(actor, key, {str(language): name for language, name in given.name.items()}, config)
    kept = set(QueueHours.objects.filter(calendar__key=key).values_list("queue__key", flat=True))
    for queue in sorted(kept - set(given.queues)):
        do_assign_calendar(actor, queue, None)
    for queue in given.queues:
        do_assign_calendar(actor, queue, key)


def _retire(actor: str, key: str) -> None:
    for queue in list(QueueHours.objects.filter(calendar__key=key).values_list("queue__key", flat=True)):
        do_assign_calendar(actor, queue, None)
    do_remove_calendar(actor, key)


def _spans(text: str, field: str) -> tuple[Span, ...]:
    try:
        return read_spans(text)
    except PasokhError as error:
        raise PasokhError(error.code, **{**error.params, "field": field}) from error
