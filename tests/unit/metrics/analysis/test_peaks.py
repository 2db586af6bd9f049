"""Busy hours: divided by the hours there were, holidays apart, weeks as they are read."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from pasokh.i18n.holidays import holidays
from pasokh.metrics.analysis.peaks import hours_of, peaks, shade

TEHRAN, KYIV = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Kyiv")


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def test_a_week_begins_where_people_begin_it():
    found = peaks({}, _days(date(2026, 11, 2), 14), TEHRAN, first_weekday=5)
    assert [weekday for weekday, _ in found.rows] == [5, 6, 0, 1, 2, 3, 4]
    assert found.busiest == ()
    assert found.rows[0][1][0].mean == 0.0


def test_what_comes_is_the_mean_of_usual_days_and_holidays_stand_apart():
    days = _days(date(2026, 3, 16), 14)  # two weeks: Nowruz is Saturday the 21st to Tuesday the 24th
    apart = [each.day for each in holidays("IR", days[0], days[-1])]
    assert date(2026, 3, 21) in apart
    counts = {(day, 10): 2 if day in apart else 40 for day in days}
    found = peaks(counts, days, TEHRAN, apart, 5)
    monday = dict(found.rows)[0]
    assert monday[10].mean == 40
    assert monday[10].hours == 1, "the other Monday was a holiday"
    assert (date(2026, 3, 23), 2.0, 40.0) in found.holidays
    assert found.days == 14 - len(set(apart))
    assert found.busiest[0].hour == 10


@pytest.mark.parametrize(
    ("day", "hour", "lasted"),
    [
        (date(2026, 3, 29), 2, 1.0),
        (date(2026, 3, 29), 3, 0.0),
        (date(2026, 3, 29), 4, 1.0),
        (date(2026, 10, 25), 3, 2.0),
        (date(2026, 10, 25), 2, 1.0),
        (date(2026, 10, 25), 4, 1.0),
    ],
)
def test_hours_that_are_missing_or_come_twice(day, hour, lasted):
    assert hours_of(KYIV, day, hour) == lasted
    assert hours_of(TEHRAN, day, hour) == 1.0


def test_tehran_put_its_clocks_forward_at_midnight():
    assert hours_of(ZoneInfo("Asia/Tehran"), date(2022, 3, 22), 0) == 0.0
    assert hours_of(ZoneInfo("Asia/Tehran"), date(2022, 9, 21), 23) == 2.0


def test_an_hour_that_comes_twice_is_no_busier():
    days = _days(date(2026, 10, 18), 8)  # two Sundays; on the second, three o'clock comes twice
    counts = {(date(2026, 10, 18), 3): 10, (date(2026, 10, 25), 3): 20}
    sunday = dict(peaks(counts, days, KYIV).rows)[6]
    assert sunday[3].mean == 10
    assert sunday[3].median == 10
    assert sunday[3].hours == 3


def test_shades():
    assert [shade(value, 80) for value in (None, 0, 1, 40, 80)] == [0, 0, 1, 4, 8]
    assert shade(3, 0) == 0
