"""What a calendar says: spans across midnight, clocks that jump, holidays, and days with hours of their own."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.i18n.dates import instant
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR, MINUTE
from pasokh.office.hours.rules import (
    CalendarConfig,
    Day,
    Span,
    checked,
    checked_spans,
    next_opening,
    planned,
    spans_between,
    state_at,
)

DAY = (Span(9 * 60, 17 * 60),)
TEHRAN = CalendarConfig("Asia/Tehran", (DAY, DAY, DAY, (Span(9 * 60, 13 * 60),), (), DAY, DAY))
"""Saturday to Wednesday 9–17, Thursday 9–13, Friday closed."""
KYIV = CalendarConfig("Europe/Kyiv", ((Span(22 * 60, 26 * 60),),) * 7)


def at(zone, text):
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def test_open_closed_and_when_next():
    friday = at("Asia/Tehran", "2026-11-20T12:00")
    state = state_at(TEHRAN, friday)
    assert (state.open, state.since, state.until) == (
        False, at("Asia/Tehran", "2026-11-19T13:00"), at("Asia/Tehran", "2026-11-21T09:00"),
    )  # fmt: skip
    assert next_opening(TEHRAN, friday) == at("Asia/Tehran", "2026-11-21T09:00")
    opening = at("Asia/Tehran", "2026-11-21T09:00")
    assert state_at(TEHRAN, opening).open, "the opening instant is open"
    assert not state_at(TEHRAN, at("Asia/Tehran", "2026-11-21T17:00")).open, "the closing instant is closed"
    assert not state_at(TEHRAN, opening - 1).open


def test_a_span_across_midnight_belongs_to_the_day_it_begins():
    state = state_at(KYIV, at("Europe/Kyiv", "2026-06-02T01:00"))
    assert (state.open, state.until) == (True, at("Europe/Kyiv", "2026-06-02T02:00"))
    assert not state_at(KYIV, at("Europe/Kyiv", "2026-06-02T03:00")).open


def test_kyiv_changes_its_clocks_and_tehran_does_not():
    night = CalendarConfig("Europe/Kyiv", ((Span(0, 8 * 60),),) * 7)
    lengths = {}
    for name, day in (("spring", date(2026, 3, 29)), ("autumn", date(2026, 10, 25)), ("usual", date(2026, 6, 7))):
        [(start, end)] = spans_between(night, day, day)
        lengths[name] = (end - start) // HOUR
    assert lengths == {"spring": 7, "autumn": 9, "usual": 8}
    year = spans_between(msgspec.structs.replace(night, zone="Asia/Tehran"), date(2026, 1, 1), date(2026, 12, 31))
    assert {end - start for start, end in year} == {8 * HOUR}


def test_a_repeated_hour_opens_at_its_first_and_closes_at_its_last():
    span = CalendarConfig("Europe/Kyiv", ((Span(3 * 60 + 30, 3 * 60 + 45),),) * 7)
    [(start, end)] = spans_between(span, date(2026, 10, 25), date(2026, 10, 25))
    assert end - start == HOUR + 15 * MINUTE


def test_always_open_has_no_boundaries():
    always = CalendarConfig("Europe/Kyiv", ((Span(0, 1_440),),) * 7)
    assert state_at(always, at("Europe/Kyiv", "2026-06-02T00:00")) == (True, None, None)
    assert next_opening(always, at("Europe/Kyiv", "2026-06-02T00:00")) is None
    assert state_at(CalendarConfig(), 1_700_000_000_000) == (False, None, None)


def test_sure_holidays_close_and_expected_ones_wait_for_a_person():
    kept = msgspec.structs.replace(TEHRAN, countries=("IR",))
    rules = {p.day: p for p in planned(kept, date(2026, 3, 14), date(2027, 12, 31))}
    assert (rules[date(2026, 3, 21)].spans, rules[date(2026, 3, 21)].reason) == ((), "holiday")
    expected = rules[date(2027, 6, 15)]
    assert (expected.reason, expected.holiday, expected.spans) == ("expected", "IR:ashura", DAY)
    confirmed = msgspec.structs.replace(kept, days={"2027-06-16": Day(holiday="IR:ashura")})
    rules = {p.day: p for p in planned(confirmed, date(2027, 6, 14), date(2027, 6, 17))}
    assert (rules[date(2027, 6, 15)].reason, rules[date(2027, 6, 16)].reason) == ("week", "day")
    assert rules[date(2027, 6, 16)].spans == ()
    assert rules[date(2027, 6, 14)].reason == "expected", "Tasua still waits"


def test_a_day_of_its_own_beats_holiday_and_week():
    own = msgspec.structs.replace(TEHRAN, countries=("IR",), days={"2026-03-21": Day((Span(600, 660),), "Shift")})
    [day] = planned(own, date(2026, 3, 21), date(2026, 3, 21))
    assert (day.spans, day.reason, day.names) == ((Span(600, 660),), "day", {"*": "Shift"})


def test_long_closings_are_found_beyond_the_week():
    days = {(date(2026, 11, 21) + timedelta(days=n)).isoformat(): Day() for n in range(60)}
    closed = msgspec.structs.replace(TEHRAN, days=days)
    state = state_at(closed, at("Asia/Tehran", "2026-12-15T12:00"))
    assert (state.open, state.until) == (False, at("Asia/Tehran", "2027-01-20T09:00"))


@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ((Span(600, 600),), "hours.empty_span"),
        ((Span(1440, 1500),), "hours.empty_span"),
        ((Span(0, 1441),), "hours.long_span"),
        ((Span(0, 600), Span(500, 700)), "hours.overlap"),
        (tuple(Span(n * 10, n * 10 + 5) for n in range(7)), "hours.too_many_spans"),
    ],
)
def test_bad_spans_are_refused(spans, code):
    with pytest.raises(PasokhError, match=code):
        checked_spans(spans, "day_0")


def test_bad_zones_and_dates_are_refused():
    with pytest.raises(PasokhError, match=r"time_zone\.unknown"):
        checked(CalendarConfig("Mars/Olympus"))
    with pytest.raises(PasokhError, match=r"date\.not_a_date"):
        checked(CalendarConfig("UTC", days={"2026-13-01": Day()}))


weeks = st.lists(
    st.lists(st.integers(0, 1_439), min_size=0, max_size=4, unique=True).map(
        lambda marks: tuple(Span(a, b) for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
    ),
    min_size=7,
    max_size=7,
).map(tuple)


@given(weeks, st.sampled_from(["Asia/Tehran", "Europe/Kyiv"]), st.integers(0, 500 * 24))
def test_the_next_change_is_a_change_and_nothing_changes_before(week, zone, hours):
    config = CalendarConfig(zone, week)
    now = at(zone, "2026-01-01T00:00") + hours * HOUR
    state = state_at(config, now)
    if state.until is not None:
        assert state.until > now
        assert state_at(config, state.until).open is not state.open
        assert state_at(config, (now + state.until) // 2).open is state.open
        assert state_at(config, state.until - 1).open is state.open
