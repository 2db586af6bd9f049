"""Periods as people name them, in the calendar and the week of their language. Pure."""

from datetime import date, timedelta

from pasokh.i18n.dates import month_of, week_start
from pasokh.i18n.jalali import JalaliDate, month_length
from pasokh.metrics.question import Period

LATEST = "latest"
OWN = "range"
PRESETS = (
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "last_30", LATEST, OWN,
)  # fmt: skip
USUAL_DAYS = 30
COMPARED = ("previous", "year")


def named_period(preset: str, today: date, language: str, last_known: date | None) -> Period:
    """The days of a preset other than `OWN`: weeks begin as in the language, months are those of its calendar.

    `LATEST` = the `USUAL_DAYS` days up to the last with facts: what a centre that only imports looks at.
    """
    yesterday = today - timedelta(days=1)
    week, month = week_start(today, language), month_of(today, language)
    before = month_of(month.first - timedelta(days=1), language)
    ends = last_known or today
    return {
        "today": Period(today, today),
        "yesterday": Period(yesterday, yesterday),
        "this_week": Period(week, today),
        "last_week": Period(week - timedelta(days=7), week - timedelta(days=1)),
        "this_month": Period(month.first, today),
        "last_month": Period(before.first, before.first + timedelta(days=before.days - 1)),
        "last_30": Period(today - timedelta(days=USUAL_DAYS - 1), today),
        LATEST: Period(ends - timedelta(days=USUAL_DAYS - 1), ends),
    }[preset]


def compared_period(period: Period, with_what: str, language: str) -> Period:
    """The period it is held against: the one before (of whole months: the month before), or a year ago."""
    length = period.last - period.first
    if with_what == "year":
        first = _year_before(period.first, language)
        return Period(first, first + length)
    month = month_of(period.first, language)
    if period.first == month.first:
        before = month_of(month.first - timedelta(days=1), language)
        whole = length.days + 1 == month.days
        last = before.first + (timedelta(days=before.days - 1) if whole else min(length, timedelta(before.days - 1)))
        if length.days < month.days:
            return Period(before.first, last)
    return Period(period.first - length - timedelta(days=1), period.first - timedelta(days=1))


def _year_before(day: date, language: str) -> date:
    """The same day of the calendar's year before; the last of its month where that is shorter."""
    if language == "fa":
        year, month, number = JalaliDate.of(day)
        return JalaliDate(year - 1, month, min(number, month_length(year - 1, month))).gregorian()
    last = month_of(date(day.year - 1, day.month, 1), language).days
    return date(day.year - 1, day.month, min(day.day, last))
