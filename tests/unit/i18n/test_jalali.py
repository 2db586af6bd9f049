"""The Iranian calendar agrees, day by day, with two other implementations and with the sun."""

import math
from datetime import UTC, date, datetime, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate as OtherJalali

from pasokh.i18n.jalali import JalaliDate, is_leap, month_length
from pasokh.kernel.errors import PasokhError

FIRST, LAST = date(1921, 3, 21), date(2122, 3, 20)
"""1 Farvardin 1300 to the last day of 1500."""


def days():
    return (FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1))


def test_every_day_of_1300_to_1500_agrees_with_persiantools():
    for day in days():
        other = OtherJalali(day)
        assert JalaliDate.of(day) == (other.year, other.month, other.day), day


def test_every_day_of_1300_to_1500_agrees_with_jdatetime_and_comes_back():
    for day in days():
        other = jdatetime.date.fromgregorian(date=day)
        ours = JalaliDate.of(day)
        assert ours == (other.year, other.month, other.day), day
        assert ours.gregorian() == day


def test_the_span_is_exactly_the_years_1300_to_1500():
    assert JalaliDate.of(FIRST) == (1300, 1, 1)
    assert JalaliDate.of(LAST + timedelta(days=1)) == (1501, 1, 1)


def test_leap_years_are_those_of_the_official_calendar_not_of_the_2820_year_cycle():
    assert [year for year in range(1395, 1425) if is_leap(year)] == [
        1395,
        1399,
        1403,
        1408,
        1412,
        1416,
        1420,
        1424,
    ]


def march_equinox(year):
    """The March equinox as UTC, within a minute (Meeus, Astronomical Algorithms, 1991, chapter 26)."""
    y = (year - 2000) / 1000
    jde0 = 2451623.80984 + 365242.37404 * y + 0.05169 * y**2 - 0.00411 * y**3 - 0.00057 * y**4
    t = (jde0 - 2451545.0) / 36525
    w = math.radians(35999.373 * t - 2.47)
    lam = 1 + 0.0334 * math.cos(w) + 0.0007 * math.cos(2 * w)
    terms = [
        (485, 324.96, 1934.136), (203, 337.23, 32964.467), (199, 342.08, 20.186), (182, 27.85, 445267.112),
        (156, 73.14, 45036.886), (136, 171.52, 22518.443), (77, 222.54, 65928.934), (74, 296.72, 3034.906),
        (70, 243.58, 9037.513), (58, 119.81, 33718.147), (52, 297.17, 150.678), (50, 21.02, 2281.226),
        (45, 247.54, 29929.562), (44, 325.15, 31555.956), (29, 60.93, 4443.417), (18, 155.12, 67555.328),
        (17, 288.79, 4562.452), (16, 198.04, 62894.029), (14, 199.76, 31436.921), (12, 95.39, 14577.848),
        (12, 287.11, 31931.756), (12, 320.81, 34777.259), (9, 227.73, 1222.114), (8, 15.45, 16859.074),
    ]  # fmt: skip
    s = sum(a * math.cos(math.radians(b + c * t)) for a, b, c in terms)
    jde = jde0 + 0.00001 * s / lam
    delta_t = 62.92 + 0.32217 * (year - 2000) if year >= 2000 else 45  # seconds
    return datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=jde - 2451545.0, seconds=-delta_t)


def test_each_year_begins_with_the_equinox_and_irans_noon():
    """The law of 1925: a year begins on the day by whose noon (52.5° E) the sun passed the equinox."""
    noon = timedelta(hours=12) - timedelta(hours=3.5)
    for year in range(1300, 1501):
        equinox = march_equinox(year + 621)
        midnight = datetime(equinox.year, equinox.month, equinox.day, tzinfo=UTC)
        # noon at 52.5° E is 08:30 UTC; an equinox up to two minutes off is too close to call by this formula
        margin = abs((equinox - midnight - noon).total_seconds())
        first = midnight.date() if equinox - midnight < noon else midnight.date() + timedelta(days=1)
        if margin > 180:
            assert JalaliDate(year, 1, 1).gregorian() == first, (year, equinox)


@given(st.integers(1, 3176), st.integers(1, 12), st.integers(1, 31))
def test_any_day_of_the_supported_years_survives_the_round_trip(year, month, day):
    if day > month_length(year, month):
        with pytest.raises(PasokhError, match=r"date\.not_a_date"):
            JalaliDate(year, month, day).gregorian()
    else:
        assert JalaliDate.of(JalaliDate(year, month, day).gregorian()) == (year, month, day)


@given(st.integers(1, 3176))
def test_a_year_has_366_days_exactly_when_it_is_leap(year):
    length = (JalaliDate(year + 1, 1, 1).gregorian() - JalaliDate(year, 1, 1).gregorian()).days
    assert length == (366 if is_leap(year) else 365)


@pytest.mark.parametrize("parts", [(0, 1, 1), (1403, 0, 1), (1403, 13, 1), (1404, 12, 30), (3178, 1, 1), (1403, 7, 31)])
def test_what_is_no_date_is_refused(parts):
    with pytest.raises(PasokhError, match=r"date\.not_a_date"):
        JalaliDate(*parts).gregorian()


def test_days_before_the_calendar_are_refused():
    for day in (date(1, 1, 1), date(622, 3, 21)):
        with pytest.raises(PasokhError, match=r"date\.out_of_range"):
            JalaliDate.of(day)
    assert JalaliDate.of(date(622, 3, 22)) == (1, 1, 1)
