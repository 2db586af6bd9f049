"""Goals: periods of both calendars, targets that do not rewrite the past, bands that hold as often as they say."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.i18n.jalali import JalaliDate
from pasokh.metrics.analysis.goals import SPANS, Aim, Share, aim_at, bounds, forecast, kept, value_of


def test_periods_of_both_calendars():
    day = date(2026, 11, 22)  # Sunday, 1 Azar 1405
    assert bounds("day", day, "gregorian", 0) == (day, day)
    assert bounds("week", day, "gregorian", 0) == (date(2026, 11, 16), day)
    assert bounds("week", day, "jalali", 5) == (date(2026, 11, 21), date(2026, 11, 27))
    assert bounds("month", day, "gregorian", 0) == (date(2026, 11, 1), date(2026, 11, 30))
    assert bounds("month", day, "jalali", 5) == (day, date(2026, 12, 21))
    assert bounds("quarter", day, "gregorian", 0) == (date(2026, 10, 1), date(2026, 12, 31))
    assert bounds("quarter", day, "jalali", 5) == (date(2026, 9, 23), date(2026, 12, 21))
    assert bounds("year", day, "jalali", 5) == (date(2026, 3, 21), date(2027, 3, 20))


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.sampled_from(SPANS), st.sampled_from(["jalali", "gregorian"]))
def test_periods_follow_one_another_without_a_gap(day, span, calendar):
    first, last = bounds(span, day, calendar, 5)
    assert first <= day <= last
    after = bounds(span, last + timedelta(days=1), calendar, 5)
    assert after[0] == last + timedelta(days=1)
    if calendar == "jalali" and span in ("month", "quarter", "year"):
        assert JalaliDate.of(first).day == 1


def test_a_change_holds_from_its_day_on():
    history = [Aim(date(2026, 1, 1), 0.8), Aim(date(2026, 10, 1), 0.9)]
    assert aim_at(history, date(2025, 12, 31)) is None
    assert aim_at(history, date(2026, 9, 30)).target == 0.8
    assert aim_at(history, date(2026, 10, 1)).target == 0.9


def test_values_and_sides():
    assert value_of([]) is None
    assert value_of([Share(3), Share(4)]) == 7
    assert value_of([Share(8, 10), Share(1, 90)]) == pytest.approx(0.09), "shares of days are never averaged"
    assert value_of([Share(0, 0)]) is None
    assert kept(0.8, 0.8, "up")
    assert kept(300, 300, "down")
    assert not kept(301, 300, "down")


def _days(seed: int, first: date, count: int) -> dict[date, Share]:
    """Service levels of a centre with quieter weekends; Sunday is closed."""
    rng, found = random.Random(seed), {}
    for day in (first + timedelta(days=number) for number in range(count)):
        if day.weekday() != 6:
            n = max(1, round(rng.gauss(400 if day.weekday() < 5 else 120, 40)))
            found[day] = Share(n * min(1.0, max(0.0, rng.gauss(0.82, 0.06))), n)
    return found


def test_the_band_of_the_end_holds_as_often_as_it_says():
    first, last, held, seeds = date(2026, 11, 1), date(2026, 11, 30), 0, 150
    for seed in range(seeds):
        days = _days(seed, date(2026, 8, 10), 113)
        today = date(2026, 11, 11)
        said = forecast({day: share for day, share in days.items() if day < today}, first, last, today, 0.8, "up")
        end = value_of([share for day, share in days.items() if first <= day <= last])
        held += said.low <= end <= said.high
        assert said.low <= said.middle <= said.high
        assert 0 <= said.chance <= 1
    assert 0.72 <= held / seeds <= 0.9


def test_what_is_known_by_now_counts_and_closed_days_bring_nothing():
    days = _days(1, date(2026, 8, 1), 120)
    today = date(2026, 11, 29)  # a Sunday: closed; only Monday the 30th is left
    known = {day: share for day, share in days.items() if day < today}
    said = forecast(known, date(2026, 11, 1), date(2026, 11, 30), today, 0.8, "up")
    so_far = value_of([share for day, share in known.items() if day >= date(2026, 11, 1)])
    assert abs(said.middle - so_far) < 0.01
    assert said == forecast(known, date(2026, 11, 1), date(2026, 11, 30), today, 0.8, "up"), "the same says the same"


def test_nothing_is_said_on_too_little():
    today = date(2026, 11, 10)
    few = {today - timedelta(days=number): Share(1, 2) for number in range(1, 14)}
    assert forecast(few, date(2026, 11, 1), date(2026, 11, 30), today, 0.8, "up") is None
    assert forecast({}, today, today, today, 0.8, "up") is None
    many = {today - timedelta(days=number): Share(1, 2) for number in range(1, 40)}
    assert forecast(many, date(2026, 11, 1), date(2026, 11, 9), today, 0.8, "up") is None, "the period is over"
    assert forecast(many, date(2026, 12, 1), date(2026, 12, 31), today, 0.5, "up").chance == 1.0


def test_sums_add_up():
    today = date(2026, 11, 23)
    known = {today - timedelta(days=number): Share(10) for number in range(1, 60)}
    said = forecast(known, date(2026, 11, 1), date(2026, 11, 30), today, 299, "up")
    assert (said.low, said.middle, said.high, said.chance) == (300, 300, 300, 1.0)
