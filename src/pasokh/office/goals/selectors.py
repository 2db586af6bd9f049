"""How far goals are."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import FIRST_WEEKDAY, format_date
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.analysis.goals import SPANS, Aim, Share, Span, aim_at, bounds, forecast, kept, value_of
from pasokh.metrics.analysis.readings import days_of
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period
from pasokh.office import clock
from pasokh.office.errors import text_of
from pasokh.office.figures import store
from pasokh.office.figures_analysis.choosing import figure_text, value_text, where_of, whose_text
from pasokh.office.goals.models import Goal

PAST_DAYS = 84
"""Days a forecast is drawn from."""
PAST_PERIODS = 6
"""Periods of a goal's history that are shown."""


@dataclass(frozen=True, slots=True)
class Past:
    """A period that is over: its days, value, the target as it was, and whether it was kept (None = no value)."""

    period: str
    value: str
    target: str
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal in words."""

    goal: Goal
    title: str
    whose: str
    period: str
    target: str
    value: str
    well: bool | None
    """On the right side of the target so far; None without a value or a target."""
    ends: str
    """Where it will end; empty where nobody can say."""
    chance: str
    trouble: str
    past: tuple[Past, ...] = ()


def calendar_of(language: str) -> Literal["jalali", "gregorian"]:
    """The calendar that months are counted by."""
    return "jalali" if language == "fa" else "gregorian"


def progress(row: Goal, language: str, *, past: bool = False) -> Progress:
    """How far a goal is today; with `past`, the periods before too. A figure that cannot be counted says why."""
    about = measure(row.measure)
    title, whose = figure_text(about, language), whose_text(row.whose, language)
    today = store.today()
    better: Literal["up", "down"] = "down" if row.better == "down" else "up"
    spans = _periods(row, today, language, PAST_PERIODS if past else 0)
    first, last = spans[0]
    aims = [Aim(each.since, each.target) for each in row.aims.all()]
    aim = aim_at(aims, today)
    try:
        begin = min(spans[-1][0], today - timedelta(days=PAST_DAYS))
        days = days_of(store.facts(), about, Period(begin, today), clock.now(), where_of(row.whose, about))
    except PasokhError as error:
        period = _span_text(first, last, language)
        return Progress(row, title, whose, period, "", "—", None, "", "", text_of(error))
    value = value_of(_between(days, first, today))
    said = None
    if aim is not None:
        known = {day: share for day, share in days.items() if day < today}
        said = forecast(known, first, last, today, aim.target, better, seed=row.pk)
    ends = chance = ""
    if said is not None:
        ends = message(
            "goal.ends", language, value=value_text(about, said.middle, language),
            low=value_text(about, said.low, language), high=value_text(about, said.high, language),
        )  # fmt: skip
        chance = message("goal.chance", language, share=numbers.percent(round(said.chance * 100) * 10, language))
    shown = []
    for begin, end in spans[1:]:
        held, reached = aim_at(aims, end), value_of(_between(days, begin, end))
        shown.append(
            Past(
                _span_text(begin, end, language),
                value_text(about, reached, language),
                value_text(about, held.target, language) if held is not None else "—",
                kept(reached, held.target, better) if held is not None and reached is not None else None,
            )
        )
    return Progress(
        row, title, whose, _span_text(first, last, language),
        message(f"goal.target.{better}", language, value=value_text(about, aim.target, language)) if aim else "—",
        value_text(about, value, language),
        kept(value, aim.target, better) if aim is not None and value is not None else None,
        ends, chance, "", tuple(shown),
    )  # fmt: skip


def _periods(row: Goal, today: date, language: str, past: int) -> list[tuple[date, date]]:
    """The running period, and those before it."""
    span: Span = next((each for each in SPANS if each == row.span), "month")
    found = [bounds(span, today, calendar_of(language), FIRST_WEEKDAY[language])]
    for _ in range(past):
        before = found[-1][0] - timedelta(days=1)
        found.append(bounds(span, before, calendar_of(language), FIRST_WEEKDAY[language]))
    return found


def _between(days: dict[date, Share], first: date, last: date) -> list[Share]:
    return [share for day, share in days.items() if first <= day <= last]


def _span_text(first: date, last: date, language: str) -> str:
    begin = format_date(first, language, "medium")
    return begin if first == last else f"{begin} – {format_date(last, language, 'medium')}"
