"""The wall clock in Python and in SQL says what the zone says, over every change of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.metrics.clocks import WallClock

ZONES = {name: WallClock(ZoneInfo(name)) for name in ("Asia/Tehran", "Europe/Kyiv", "UTC", "America/St_Johns")}
FIRST, LAST = 946_684_800_000, 4_102_444_799_000
HOUR = 3_600_000


def said(zone: str, at: int) -> int:
    moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    return at + round((moment.utcoffset() or timedelta()) / timedelta(milliseconds=1))


def asked(expression: str) -> int:
    with duckdb.connect() as engine:
        ((value,),) = engine.execute(f"SELECT {expression}").fetchall()
    return int(value)


@given(st.sampled_from(sorted(ZONES)), st.integers(FIRST, LAST))
def test_an_instant_has_the_wall_clock_of_its_zone(zone: str, at: int) -> None:
    assert ZONES[zone].at(at) == said(zone, at)


@pytest.mark.parametrize("zone", sorted(ZONES))
@pytest.mark.parametrize(
    "day", [date(2003, 3, 22), date(2021, 9, 21), date(2022, 9, 21), date(2026, 3, 29), date(2026, 10, 25)]
)
def test_sql_says_the_same_around_every_change(zone: str, day: date) -> None:
    clock = ZONES[zone]
    begin = clock.midnight(day) - 26 * HOUR
    span = range(begin, begin + 76 * HOUR, HOUR // 2)
    for at in span:
        assert clock.at(at) == said(zone, at)
        assert asked(clock.local(str(at), begin, span[-1])) == said(zone, at)
    assert clock.local("x", begin, span[-1]).count("WHEN") <= 1, "no more cases than the days have changes"


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_a_wall_clock_has_its_instant_again(zone: str) -> None:
    """Of an hour that comes twice the first; an hour that does not come has none."""
    clock = ZONES[zone]
    begin = clock.midnight(date(2026, 10, 24))
    for at in range(begin, begin + 72 * HOUR, HOUR):
        found = asked(clock.instant(str(clock.at(at))))
        assert clock.at(found) == clock.at(at)
        assert found <= at


def test_days_are_the_zones() -> None:
    clock = ZONES["Asia/Tehran"]
    midnight = clock.midnight(date(2026, 11, 21))
    assert (clock.day(midnight), clock.day(midnight - 1)) == (date(2026, 11, 21), date(2026, 11, 20))
