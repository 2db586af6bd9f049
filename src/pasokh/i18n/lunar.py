"""Iran's holidays of the lunar year: the dates its official calendar published, and an expectation beyond them.

The Islamic month begins with the sighting of the moon, so a date is certain once the Calendar Centre of the University
of Tehran has published it. Later years are reckoned with the tabular calendar (epoch 16 July 622, leap years 2, 5, 7,
10, 13, 16, 18, 21, 24, 26, 29 of 30), whose months begin within a day of the observed ones: those are expectations.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

PUBLISHED_UNTIL = date(2026, 12, 31)
"""Up to here the dates are the published ones (and from 20 March 2024 on)."""
PUBLISHED_SINCE = date(2024, 3, 20)


class LunarHoliday(NamedTuple):
    """A holiday of the lunar year: its id, month and day there, and its names."""

    id: str
    month: int
    day: int
    names: dict[str, str]


LUNAR_HOLIDAYS: tuple[LunarHoliday, ...] = (
    LunarHoliday("tasua", 1, 9, {"fa": "تاسوعای حسینی", "uk": "Тасуа", "en": "Tasua"}),
    LunarHoliday("ashura", 1, 10, {"fa": "عاشورای حسینی", "uk": "Ашура", "en": "Ashura"}),
    LunarHoliday("arbaeen", 2, 20, {"fa": "اربعین حسینی", "uk": "Арбаїн", "en": "Arbaeen"}),
    LunarHoliday(
        "prophet_death", 2, 28,
        {"fa": "رحلت پیامبر و شهادت امام حسن", "uk": "Смерть Пророка", "en": "Death of the Prophet"},
    ),
    LunarHoliday("reza", 2, 30, {"fa": "شهادت امام رضا", "uk": "Загибель імама Рези", "en": "Martyrdom of Imam Reza"}),
    LunarHoliday(
        "askari", 3, 8,
        {"fa": "شهادت امام حسن عسکری", "uk": "Загибель імама Аскарі", "en": "Martyrdom of Imam Askari"},
    ),
    LunarHoliday(
        "prophet_birth", 3, 17,
        {"fa": "میلاد پیامبر و امام صادق", "uk": "День народження Пророка", "en": "Birthday of the Prophet"},
    ),
    LunarHoliday("fatima", 6, 3, {"fa": "شهادت حضرت فاطمه", "uk": "Загибель Фатіми", "en": "Martyrdom of Fatima"}),
    LunarHoliday(
        "ali_birth", 7, 13, {"fa": "ولادت امام علی", "uk": "День народження імама Алі", "en": "Birthday of Imam Ali"}
    ),
    LunarHoliday("mabath", 7, 27, {"fa": "مبعث پیامبر", "uk": "Мабас", "en": "Mab'ath"}),
    LunarHoliday(
        "mahdi", 8, 15, {"fa": "نیمه شعبان", "uk": "День народження Махді", "en": "Birthday of Mahdi"}
    ),
    LunarHoliday(
        "ali_death", 9, 21,
        {"fa": "شهادت امام علی", "uk": "Загибель імама Алі", "en": "Martyrdom of Imam Ali"},
    ),
    LunarHoliday("fitr", 10, 1, {"fa": "عید فطر", "uk": "Ід аль-Фітр", "en": "Eid al-Fitr"}),
    LunarHoliday(
        "fitr_2", 10, 2,
        {"fa": "تعطیل عید فطر", "uk": "Другий день Ід аль-Фітр", "en": "Eid al-Fitr, second day"},
    ),
    LunarHoliday(
        "sadeq", 10, 25,
        {"fa": "شهادت امام صادق", "uk": "Загибель імама Садека", "en": "Martyrdom of Imam Sadeq"},
    ),
    LunarHoliday("adha", 12, 10, {"fa": "عید قربان", "uk": "Ід аль-Адха", "en": "Eid al-Adha"}),
    LunarHoliday("ghadir", 12, 18, {"fa": "عید غدیر", "uk": "Ід аль-Гадір", "en": "Eid al-Ghadir"}),
)  # fmt: skip

_PUBLISHED = """
ali_death 2024-04-01 2025-03-22 2026-03-11
fitr 2024-04-10 2025-03-31 2026-03-21
fitr_2 2024-04-11 2025-04-01 2026-03-22
sadeq 2024-05-04 2025-04-24 2026-04-14
adha 2024-06-17 2025-06-06 2026-05-27
ghadir 2024-06-25 2025-06-14 2026-06-04
tasua 2024-07-15 2025-07-05 2026-06-24
ashura 2024-07-16 2025-07-06 2026-06-25
arbaeen 2024-08-25 2025-08-14 2026-08-04
prophet_death 2024-09-02 2025-08-22 2026-08-12
reza 2024-09-04 2025-08-24 2026-08-13
askari 2024-09-12 2025-09-01 2026-08-21
prophet_birth 2024-09-21 2025-09-10 2026-08-30
fatima 2024-12-05 2025-11-24 2026-11-13
ali_birth 2025-01-14 2026-01-03 2026-12-23
mabath 2025-01-28 2026-01-17
mahdi 2025-02-14 2026-02-04
"""
"""Days of the official calendars of 1403 to 1405 (to the end of 2026), as collected by the `holidays` project."""
PUBLISHED: dict[str, tuple[date, ...]] = {
    words[0]: tuple(date.fromisoformat(day) for day in words[1:])
    for words in (line.split() for line in _PUBLISHED.strip().splitlines())
}
_EPOCH = date(622, 7, 19).toordinal()
"""1 Muharram 1 = 16 July 622 of the Julian calendar = 19 July of the Gregorian one."""


def tabular(year: int, month: int, day: int) -> date:
    """The Gregorian day of a date of the tabular Islamic calendar."""
    days = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30 - 1
    return date.fromordinal(_EPOCH + days)


def lunar_days(first: date, last: date) -> Iterator[tuple[date, LunarHoliday, bool]]:
    """Every lunar holiday from `first` to `last` with whether its day is published (else expected)."""
    for holiday in LUNAR_HOLIDAYS:
        for day in PUBLISHED[holiday.id]:
            if first <= day <= last:
                yield day, holiday, True
        for year in range(_year(first) - 1, _year(last) + 2):
            day = _expected(year, holiday)
            published = PUBLISHED_SINCE <= day <= PUBLISHED_UNTIL
            if first <= day <= last and not published:
                yield day, holiday, False


def _year(day: date) -> int:
    """The tabular year a day is in, at most one off."""
    return (day.toordinal() - _EPOCH) * 30 // 10_631 + 1


def _expected(year: int, holiday: LunarHoliday) -> date:
    if holiday.id == "reza":  # the last day of Safar, which has 29 in the table and is a day longer now and then
        return tabular(year, 2, 29)
    return tabular(year, holiday.month, holiday.day)
