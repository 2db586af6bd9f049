"""Periods are those of the reader's calendar and week."""

from datetime import date

import pytest

from pasokh.metrics.question import Period
from pasokh.office.figures.periods import compared_period, named_period

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("preset", "language", "first", "last"),
    [
        ("today", "en", SUNDAY, SUNDAY),
        ("this_week", "fa", date(2026, 11, 21), SUNDAY),
        ("this_week", "uk", date(2026, 11, 16), SUNDAY),
        ("last_week", "fa", date(2026, 11, 14), date(2026, 11, 20)),
        ("this_month", "fa", date(2026, 11, 22), SUNDAY),
        ("last_month", "fa", date(2026, 10, 23), date(2026, 11, 21)),
        ("last_month", "en", date(2026, 10, 1), date(2026, 10, 31)),
        ("latest", "en", date(2026, 8, 3), date(2026, 9, 1)),
    ],
)
def test_presets(preset, language, first, last):
    assert named_period(preset, SUNDAY, language, date(2026, 9, 1)) == Period(first, last)


@pytest.mark.parametrize(
    ("first", "last", "what", "language", "expected"),
    [
        (SUNDAY, SUNDAY, "previous", "en", Period(date(2026, 11, 21), date(2026, 11, 21))),
        (date(2026, 10, 1), date(2026, 10, 31), "previous", "en", Period(date(2026, 9, 1), date(2026, 9, 30))),
        (date(2026, 3, 1), date(2026, 3, 30), "previous", "en", Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 10, 23), date(2026, 11, 21), "previous", "fa", Period(date(2026, 9, 23), date(2026, 10, 22))),
        (date(2024, 2, 29), date(2024, 2, 29), "year", "en", Period(date(2023, 2, 28), date(2023, 2, 28))),
        (date(2026, 11, 22), date(2026, 11, 22), "year", "fa", Period(date(2025, 11, 22), date(2025, 11, 22))),
        (date(2025, 3, 20), date(2025, 3, 20), "year", "fa", Period(date(2024, 3, 19), date(2024, 3, 19))),
    ],
)
def test_what_a_period_is_held_against(first, last, what, language, expected):
    assert compared_period(Period(first, last), what, language) == expected
