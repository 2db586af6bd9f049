"""The Iranian (Solar Hijri, Jalali) calendar for the years 1 to 3177.

The year begins on the day of the vernal equinox at Iran's noon. Leap years follow the break years that K. M.
Borkowski fitted to the computed equinoxes ("The Persian calendar for 3000 years", Earth, Moon, and Planets
74, 1996); within 1244–1531 they are the 33-year rule. The 2820-year cycle is not used: it puts the leap day
of 1403 into 1404.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Self

from pasokh.kernel.errors import PasokhError

_BREAKS = (
    -61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456,
    3178,
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1, 3177


class JalaliDate(NamedTuple):
    """A day of the Iranian calendar; months and days count from 1. Compares in time order."""

    year: int
    month: int
    day: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The Iranian name of a Gregorian day; raises `PasokhError` ``date.out_of_range``."""
        year = day.year - 621
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise PasokhError("date.out_of_range", value=day.isoformat())
        start = _year_start(year)
        if day < start:
            year -= 1
            if year < FIRST_YEAR:
                raise PasokhError("date.out_of_range", value=day.isoformat())
            start = _year_start(year)
        passed = (day - start).days
        if passed < 186:
            return cls(year, 1 + passed // 31, 1 + passed % 31)
        passed -= 186
        return cls(year, 7 + passed // 30, 1 + passed % 30)

    def gregorian(self) -> date:
        """The same day in the Gregorian calendar; raises `PasokhError` ``date.not_a_date``."""
        year, month, day = self
        if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12 or not 1 <= day <= month_length(year, month):
            raise PasokhError("date.not_a_date", value=f"{year}/{month}/{day}")
        before = (month - 1) * 31 if month <= 7 else 186 + (month - 7) * 30
        return _year_start(year) + timedelta(days=before + day - 1)

    def isoformat(self) -> str:
        """``1403-12-30``, in ASCII digits, for machines."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


def is_leap(year: int) -> bool:
    """Whether Esfand of the year has 30 days."""
    return _shape(year)[0] == 0


def month_length(year: int, month: int) -> int:
    """Days of a month: 31 to Shahrivar, 30 to Bahman, Esfand 29 or 30."""
    if month <= 6:
        return 31
    if month <= 11 or is_leap(year):
        return 30
    return 29


@lru_cache(maxsize=512)
def _year_start(year: int) -> date:
    return date(year + 621, 3, _shape(year)[1])


@lru_cache(maxsize=512)
def _shape(year: int) -> tuple[int, int]:
    """Years since the last leap year (0 = leap), and the day of March on which the year begins."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PasokhError("date.out_of_range", value=str(year))
    leaps = -14
    previous = _BREAKS[0]
    jump = 0
    for following in _BREAKS[1:]:
        jump = following - previous
        if year < following:
            break
        leaps += jump // 33 * 8 + jump % 33 // 4
        previous = following
    into = year - previous
    leaps += into // 33 * 8 + (into % 33 + 3) // 4
    if jump % 33 == 4 and jump - into == 4:
        leaps += 1
    gregorian_year = year + 621
    gregorian_leaps = gregorian_year // 4 - (gregorian_year // 100 + 1) * 3 // 4 - 150
    if jump - into < 6:
        into = into - jump + (jump + 4) // 33 * 33
    since = ((into + 1) % 33 - 1) % 4
    if (into + 1) % 33 == 0:
        since = 4
    return since, 20 + leaps - gregorian_leaps
