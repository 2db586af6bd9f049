"""Protects: the operating day starts at the organisation's own midnight, clock changes included."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.engine.days import day_of, next_midnight


def at(text: str, zone: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("Asia/Tehran", "2026-03-20T23:59:59", "2026-03-21T00:00:00"),
        ("Asia/Tehran", "2026-03-21T00:00:00", "2026-03-22T00:00:00"),
        ("Europe/Kyiv", "2026-03-29T01:00:00", "2026-03-30T00:00:00"),  # a day of 23 hours
        ("Europe/Kyiv", "2026-10-25T00:00:00", "2026-10-26T00:00:00"),  # a day of 25 hours
        ("Asia/Tehran", "2021-03-21T12:00:00", "2021-03-22T01:00:00"),  # midnight did not exist
    ],
)
def test_next_midnight_of_known_days(zone: str, now: str, midnight: str) -> None:
    assert next_midnight(at(now, zone), zone) == at(midnight, zone)


def test_a_midnight_put_back_begins_the_day_once() -> None:
    before = at("2021-09-21T23:30:00", "Asia/Tehran")
    assert next_midnight(before, "Asia/Tehran") - before == 90 * 60_000


@given(
    st.integers(0, 4_000_000_000_000),
    st.sampled_from(["Asia/Tehran", "Europe/Kyiv", "America/Santiago", "Pacific/Apia", "UTC"]),
)
def test_next_midnight_is_the_very_first_second_of_a_later_day(now: int, zone: str) -> None:
    midnight = next_midnight(now, zone)
    assert midnight > now
    assert day_of(midnight, zone) > day_of(now, zone)
    assert day_of(midnight - 1000, zone) <= day_of(now, zone) or midnight - 1000 <= now
