"""Pages of business hours: calendars and who keeps them, one calendar's week, its days and its year."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import MONTHS_ALONE, WEEKDAYS_SHORT, format_date, format_instant, local, month_of, week_days
from pasokh.i18n.digits import localise
from pasokh.i18n.jalali import JalaliDate
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.filters import words
from pasokh.office.hours import rules
from pasokh.office.hours.actions import (
    do_apply_hours,
    do_assign_calendar,
    do_remove_calendar,
    do_save_calendar,
    do_set_day,
    known_calendar,
)
from pasokh.office.hours.forms import CalendarForm, DayForm, spans_text
from pasokh.office.hours.models import Calendar
from pasokh.office.hours.selectors import all_calendars, hours_of_queues
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.supervise.selectors import all_queues
from pasokh.office.tenancy.selectors import own_organisation

AHEAD_DAYS = 14


@dataclass(frozen=True, slots=True)
class DayLine:
    """A date as a page shows it."""

    iso: str
    day: str
    hours: str
    why: str
    reason: str
    bars: list[tuple[int, int]]
    """Start and width of each open stretch in minutes, for a strip of 1440."""
    holiday: str = ""
    name: str = ""


@needs(Right.READ_SETUP)
@require_GET
def hours_page(request: HttpRequest) -> HttpResponse:
    """Every calendar with its state, and what each queue keeps."""
    kept = hours_of_queues()
    now = clock.now()
    calendars = [
        {"row": row, "said": _state(row, now), "open": rules.state_at(row.config, now).open} for row in all_calendars()
    ]
    queues = [
        {
            "row": queue,
            "calendar": kept[queue.key].calendar.key if queue.key in kept else "",
            "manual": queue.key in kept and kept[queue.key].applied_open != queue.is_open,
        }
        for queue in all_queues()
    ]
    return render(request, "hours/hours.html", {"calendars": calendars, "queues": queues})


@needs(Right.EDIT_SETUP)
@require_POST
def assign_page(request: HttpRequest) -> HttpResponse:
    """Let queues keep calendars; what is due by that is done at once."""
    for queue in all_queues():
        wanted = request.POST.get(f"calendar_{queue.key}")
        if wanted is not None:
            do_assign_calendar(actor_of(request), queue.key, wanted or None)
    do_apply_hours(clock.now())
    messages.success(request, message("hours.assigned", language()))
    return redirect("hours")


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def calendar_page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """A calendar: its week, its holidays and days, the next two weeks, the year; a new one with `key` None."""
    row = known_calendar(key) if key is not None else None
    form = CalendarForm(request.POST or None, calendar=row, zone=own_organisation().zone)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = do_save_calendar(
                    actor_of(request),
                    row.key if row is not None else form.cleaned_data["key"].strip(),
                    form.names(),
                    form.config(),
                    form.cleaned_data["version"] or 0,
                )
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                do_apply_hours(clock.now())
                messages.success(request, message("hours.saved", language(), name=words(saved.name)))
                return redirect("calendar", saved.key)
    return _calendar(request, form, row, status)


@needs(Right.EDIT_SETUP)
@require_POST
def day_page(request: HttpRequest, key: str) -> HttpResponse:
    """Give a date hours of its own, or with `remove` let the week decide again."""
    row = known_calendar(key)
    if not request.POST:
        return redirect("calendar", key)
    if gone := request.POST.get("remove"):
        before = row.config.days.get(gone)
        do_set_day(actor_of(request), key, gone[:10], None)
        do_apply_hours(clock.now())
        if before is not None:
            messages.success(request, message("hours.day_removed", language(), day=_long(date.fromisoformat(gone))))
        return redirect("calendar", key)
    form = DayForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            do_set_day(actor_of(request), key, form.cleaned_data["date"], form.day())
        except PasokhError as error:
            form.refuse(error)
            status = status_of(error.code)
        else:
            do_apply_hours(clock.now())
            day = _long(date.fromisoformat(form.cleaned_data["date"]))
            messages.success(request, message("hours.day_saved", language(), day=day))
            return redirect("calendar", key)
    week = CalendarForm(calendar=row, zone=row.config.zone)
    return _calendar(request, week, row, status, day_form=form)


@needs(Right.EDIT_SETUP)
@require_POST
def remove_page(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a calendar nobody keeps."""
    try:
        do_remove_calendar(actor_of(request), key)
    except PasokhError as error:
        if error.code != "hours.in_use":
            raise
        messages.error(request, text_of(error))
        return redirect("calendar", key)
    messages.success(request, message("hours.removed", language()))
    return redirect("hours")


def _calendar(
    request: HttpRequest, form: CalendarForm, row: Calendar | None, status: int, *, day_form: DayForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "calendar": row, "day_form": day_form}
    if row is not None:
        config = row.config
        today = local(clock.now(), config.zone).date()
        solar = request.GET.get("calendar", "solar" if language() == "fa" else "gregorian") == "solar"
        this = month_of(today, "fa" if solar else "en").year
        year = whole_number(request.GET.get("year"), "year") or this
        year = min(max(year, this - 5), this + 5)
        asked = request.GET.get("day", "")
        months = _year(config, year, solar, today)
        context |= {
            "said": _state(row, clock.now()),
            "open": rules.state_at(config, clock.now()).open,
            "ahead": _lines(config, today, today + timedelta(days=AHEAD_DAYS - 1)),
            "months": months,
            "holidays": [d for d in _lines(config, *_year_ends(year, solar)) if d.reason != "week"],
            "year": localise(str(year), language()),
            "next_year": year + 1,
            "last_year": year - 1,
            "solar": solar,
            "names_of_days": [WEEKDAYS_SHORT[language()][n] for n in _order(solar)],
            "day_form": day_form or DayForm(initial={"date": _typed(asked)}),
        }
    return render(request, "hours/calendar.html", context, status=status)


def _state(row: Calendar, now: int) -> str:
    state = rules.state_at(row.config, now)
    key = "hours.open" if state.open else "hours.closed"
    if state.until is None:
        return message(f"{key}_always", language())
    return message(
        f"{key}_until", language(), moment=format_instant(state.until, row.config.zone, language(), "medium")
    )


def _lines(config: rules.CalendarConfig, first: date, last: date) -> list[DayLine]:
    return [_line(planned) for planned in rules.planned(config, first, last)]


def _line(planned: rules.Planned) -> DayLine:
    names = planned.names
    name = names.get("*") or (words(names) if names else "")
    hours = spans_text(planned.spans, language()) or message("hours.closed_day", language())
    return DayLine(
        planned.day.isoformat(),
        _long(planned.day),
        hours,
        name,
        planned.reason,
        [(s.start, min(s.end, rules.DAY_MINUTES) - s.start) for s in planned.spans],
        planned.holiday,
        name,
    )


def _year(config: rules.CalendarConfig, year: int, solar: bool, today: date) -> list[dict[str, Any]]:
    """The months of a year, weeks of days in the calendar's order."""
    first, last = _year_ends(year, solar)
    plans = {planned.day: planned for planned in rules.planned(config, first, last)}
    months: list[dict[str, Any]] = []
    spoken = "fa" if solar else "en"
    order, day = _order(solar), first
    while day <= last:
        month = month_of(day, spoken)
        cells: list[dict[str, Any] | None] = [None] * order.index(day.weekday())
        for n in range(month.days):
            here = day + timedelta(days=n)
            cells.append(_cell(plans[here], n + 1, here == today))
        months.append({"name": _month_name(month.month, solar), "cells": cells})
        day += timedelta(days=month.days)
    return months


def _cell(planned: rules.Planned, number: int, today: bool) -> dict[str, Any]:
    line = _line(planned)
    kind = planned.reason if planned.reason != "week" else ("open" if planned.spans else "rest")
    return {"number": localise(str(number), language()), "kind": kind, "today": today, "line": line}


def _month_name(number: int, solar: bool) -> str:
    if not solar:
        return MONTHS_ALONE[language()][number - 1] if language() != "fa" else message(f"hours.month.{number}", "fa")
    return MONTHS_ALONE["fa"][number - 1] if language() == "fa" else message(f"hours.solar.{number}", language())


def _year_ends(year: int, solar: bool) -> tuple[date, date]:
    if solar:
        return JalaliDate(year, 1, 1).gregorian(), JalaliDate(year + 1, 1, 1).gregorian() - timedelta(days=1)
    return date(year, 1, 1), date(year, 12, 31)


def _order(solar: bool) -> list[int]:
    return list(week_days("fa" if solar else language()))


def _typed(iso: str) -> str:
    """A date of the address as a person would type it; empty where it is none."""
    try:
        return format_date(date.fromisoformat(iso), language(), "short")
    except ValueError:
        return ""


def _long(day: date) -> str:
    return format_date(day, language(), "long")
