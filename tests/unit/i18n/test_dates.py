"""Dates as people of each language read and type them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.i18n import dates
from pasokh.i18n.digits import localise
from pasokh.i18n.holidays import holidays, is_weekend, orthodox_easter
from pasokh.i18n.jalali import JalaliDate
from pasokh.i18n.lunar import LUNAR_HOLIDAYS, PUBLISHED, tabular
from pasokh.kernel.errors import PasokhError

NOWRUZ = date(2024, 3, 20)


@pytest.mark.parametrize(
    ("language", "style", "text"),
    [
        ("fa", "short", "۱۴۰۳/۰۱/۰۱"),
        ("fa", "medium", "۱ فروردین ۱۴۰۳"),
        ("fa", "long", "چهارشنبه ۱ فروردین ۱۴۰۳"),
        ("uk", "short", "20.03.2024"),
        ("uk", "medium", "20 березня 2024 р."),
        ("uk", "long", "середа, 20 березня 2024 р."),
        ("en", "short", "20 Mar 2024"),
        ("en", "medium", "20 March 2024"),
        ("en", "long", "Wednesday, 20 March 2024"),
    ],
)
def test_a_date_is_written_as_the_language_does(language, style, text):
    assert dates.format_date(NOWRUZ, language, style) == text


@given(
    st.dates(date(1700, 1, 1), date(2320, 1, 1)),
    st.sampled_from(["fa", "uk", "en"]),
    st.sampled_from(["short", "medium"]),
)
def test_what_is_written_is_read_back(day, language, style):
    assert dates.parse_date(dates.format_date(day, language, style), language) == day


@pytest.mark.parametrize(
    "text",
    [
        "1403/1/1",
        "۱۴۰۳/۱/۱",
        "١٤٠٣-٠١-٠١",
        "1/1/1403",
        " 1 فروردین 1403 ",
        "2024-03-20",
        "20.03.2024",
        "20 mar 2024",
    ],
)
def test_one_day_typed_many_ways(text):
    assert dates.parse_date(text, "fa") == NOWRUZ


@pytest.mark.parametrize(
    "text", ["", "1404/12/30", "31.02.2024", "2024", "12/13", "1/2/3", "1 foo 1403", "9" * 50, "1403/1/1x"]
)
def test_what_is_no_date_names_itself(text):
    with pytest.raises(PasokhError, match=r"date\.not_a_date"):
        dates.parse_date(text, "fa")


def test_the_persian_week_begins_on_saturday_and_others_on_monday():
    for offset in range(7):
        day = date(2024, 3, 16) + timedelta(days=offset)  # a Saturday
        assert dates.week_start(day, "fa") == date(2024, 3, 16)
        assert dates.week_start(day, "uk") == (date(2024, 3, 11) if offset < 2 else date(2024, 3, 18))
    assert dates.WEEKDAYS["fa"][dates.week_days("fa")[0]] == "شنبه"
    assert dates.week_days("en") == (0, 1, 2, 3, 4, 5, 6)


@given(st.dates(date(1700, 1, 1), date(2700, 1, 1)), st.sampled_from(["fa", "uk", "en"]))
def test_a_month_holds_its_day_and_meets_the_next(day, language):
    month = dates.month_of(day, language)
    last = month.first + timedelta(days=month.days - 1)
    assert month.first <= day <= last
    following = dates.month_of(last + timedelta(days=1), language)
    assert following.first == last + timedelta(days=1)
    assert following.month == month.month % 12 + 1


def test_an_instant_is_shown_in_the_centres_zone():
    instant = dates.instant(datetime(2024, 3, 20, 20, 45, tzinfo=UTC))
    assert dates.format_instant(instant, "Asia/Tehran", "fa") == "۱۴۰۳/۰۱/۰۲، ۰۰:۱۵"
    assert dates.format_instant(instant, "Europe/Kyiv", "uk") == "20.03.2024, 22:45"


@given(st.integers(0, 4_000_000_000_000))
def test_an_instant_survives_the_trip_through_local_time(instant):
    assert dates.instant(dates.local(instant, "Europe/Kyiv")) == instant


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(PasokhError, match=r"time_zone\.unknown"):
        dates.zone(name)


def test_a_moment_without_zone_is_no_instant():
    with pytest.raises(PasokhError, match=r"date\.without_zone"):
        dates.instant(datetime(2024, 1, 1))  # noqa: DTZ001


def test_times_of_day_take_the_languages_digits():
    moment = datetime(2024, 3, 20, 9, 5, 7, tzinfo=UTC)
    assert dates.format_time(moment, "fa") == "۰۹:۰۵"
    assert dates.format_time(moment, "uk", seconds=True) == "09:05:07"


def test_iranian_holidays_of_a_gregorian_year_fall_on_their_solar_days():
    found = [h for h in holidays("IR", date(2024, 1, 1), date(2024, 12, 31)) if not h.id]
    assert [(JalaliDate.of(h.day).month, JalaliDate.of(h.day).day) for h in found] == [
        (11, 22), (12, 29), (1, 1), (1, 2), (1, 3), (1, 4), (1, 12), (1, 13), (3, 14), (3, 15),
    ]  # fmt: skip
    assert all(set(h.names) == {"fa", "uk", "en"} for h in found)


def test_lunar_holidays_are_sure_where_published_and_expected_beyond():
    def days(year):
        return {(h.id, h.day): h.sure for h in holidays("IR", date(year, 1, 1), date(year, 12, 31)) if h.id}

    assert days(2025)["ashura", date(2025, 7, 6)] is True
    assert days(2026)["fitr", date(2026, 3, 21)] is True
    later = days(2027)
    assert later
    assert not any(later.values())
    for holiday in LUNAR_HOLIDAYS:  # the reckoning beyond is within a day of what was published
        for day in PUBLISHED[holiday.id]:
            nearest = min((tabular(y, holiday.month, min(holiday.day, 29)) for y in range(1444, 1450)),
                          key=lambda found, day=day: abs(found - day))  # fmt: skip
            assert abs(nearest - day).days <= 1, holiday.id


def test_a_leap_year_of_iran_ends_with_a_holiday():
    assert [h.day for h in holidays("IR", date(2025, 3, 20), date(2025, 3, 20))] == [date(2025, 3, 20)]


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (2019, date(2019, 4, 28)),
        (2021, date(2021, 5, 2)),
        (2024, date(2024, 5, 5)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 12)),
    ],
)
def test_easter_of_the_eastern_churches(year, easter):
    assert orthodox_easter(year) == easter


def test_ukrainian_holidays_follow_the_law_of_their_year():
    def days(year):
        return [h.day for h in holidays("UA", date(year, 1, 1), date(year, 12, 31))]

    assert date(2022, 10, 14) in days(2022)
    assert date(2022, 5, 9) in days(2022)
    assert date(2024, 10, 1) in days(2024)
    assert date(2024, 5, 9) not in days(2024)
    assert date(2024, 6, 23) in days(2024)  # Trinity


def test_weekly_rest_days():
    assert [d for d in range(16, 23) if is_weekend("IR", date(2024, 3, d))] == [22]
    assert [d for d in range(16, 23) if is_weekend("UA", date(2024, 3, d))] == [16, 17]


def test_localised_digits_reach_everything():
    assert localise("٣ من 4", "fa") == "۳ من ۴"
