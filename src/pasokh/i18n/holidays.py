"""Public holidays: Iran's solar and lunar ones, Ukraine's fixed ones and those that follow Easter.

Iran's lunar holidays depend on the sighting of the moon: those of published calendars are sure, later ones are expected
within a day (`Holiday.sure`) and wait for a person's confirmation. Ukraine counts its holidays as working days while
martial law lasts; a centre decides what it keeps.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from pasokh.i18n.jalali import JalaliDate, is_leap
from pasokh.i18n.lunar import lunar_days

type Country = Literal["IR", "UA"]


class Holiday(NamedTuple):
    """A public holiday: its Gregorian day and its name by language."""

    day: date
    names: dict[str, str]
    sure: bool = True
    """False where the day is only expected (within a day), as a lunar month's beginning is before it is published."""
    id: str = ""
    """Of a lunar holiday, e.g. `ashura`: it keeps its id when its day moves."""


_IRAN: tuple[tuple[int, int, dict[str, str]], ...] = (
    *(
        (1, day, {"fa": "عید نوروز", "uk": "Новруз", "en": "Nowruz"})
        for day in (1, 2, 3, 4)
    ),
    (1, 12, {"fa": "روز جمهوری اسلامی", "uk": "День Ісламської Республіки", "en": "Islamic Republic Day"}),
    (1, 13, {"fa": "روز طبیعت", "uk": "День природи", "en": "Nature Day"}),
    (3, 14, {"fa": "درگذشت امام خمینی", "uk": "Роковини смерті Хомейні", "en": "Death of Khomeini"}),
    (3, 15, {"fa": "قیام ۱۵ خرداد", "uk": "Повстання 15 хордада", "en": "15 Khordad uprising"}),
    (11, 22, {"fa": "پیروزی انقلاب اسلامی", "uk": "День революції", "en": "Revolution Day"}),
    (12, 29, {"fa": "ملی شدن صنعت نفت", "uk": "Націоналізація нафти", "en": "Oil nationalisation"}),
)  # fmt: skip

_LAST_DAY = {"fa": "آخرین روز سال", "uk": "Останній день року", "en": "Last day of the year"}

_UKRAINE: tuple[tuple[int, int, int, int, dict[str, str]], ...] = (
    (1, 1, 0, 9999, {"fa": "سال نو میلادی", "uk": "Новий рік", "en": "New Year's Day"}),
    (1, 7, 0, 2023, {"fa": "کریسمس ارتدوکس", "uk": "Різдво Христове", "en": "Orthodox Christmas"}),
    (3, 8, 0, 9999, {"fa": "روز زن", "uk": "Міжнародний жіночий день", "en": "Women's Day"}),
    (5, 1, 0, 9999, {"fa": "روز کارگر", "uk": "День праці", "en": "Labour Day"}),
    (5, 8, 2024, 9999, {"fa": "روز یادبود و پیروزی", "uk": "День памʼяті та перемоги", "en": "Victory Day"}),
    (5, 9, 0, 2023, {"fa": "روز پیروزی", "uk": "День перемоги", "en": "Victory Day"}),
    (6, 28, 0, 9999, {"fa": "روز قانون اساسی اوکراین", "uk": "День Конституції", "en": "Constitution Day"}),
    (7, 28, 2022, 2023, {"fa": "روز دولت‌داری", "uk": "День Державності", "en": "Statehood Day"}),
    (7, 15, 2024, 9999, {"fa": "روز دولت‌داری", "uk": "День Державності", "en": "Statehood Day"}),
    (8, 24, 0, 9999, {"fa": "روز استقلال اوکراین", "uk": "День Незалежності", "en": "Independence Day"}),
    (10, 14, 2015, 2022, {"fa": "روز مدافعان", "uk": "День захисників і захисниць", "en": "Defenders Day"}),
    (10, 1, 2023, 9999, {"fa": "روز مدافعان", "uk": "День захисників і захисниць", "en": "Defenders Day"}),
    (12, 25, 2017, 9999, {"fa": "کریسمس", "uk": "Різдво Христове", "en": "Christmas"}),
)  # fmt: skip


def holidays(country: Country, first: date, last: date) -> list[Holiday]:
    """The country's public holidays from `first` to `last`, both included, in order; see `Holiday.sure`."""
    found = _iran(first, last) if country == "IR" else _ukraine(first, last)
    return sorted((h for h in found if first <= h.day <= last), key=lambda h: h.day)


def is_weekend(country: Country, day: date) -> bool:
    """Whether the day is the country's weekly rest: Friday in Iran, Saturday and Sunday in Ukraine."""
    return day.weekday() == 4 if country == "IR" else day.weekday() >= 5


def orthodox_easter(year: int) -> date:
    """Easter Sunday by the Julian reckoning, as a Gregorian day, 1900–2099 (Meeus, 1991)."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def _iran(first: date, last: date) -> Iterator[Holiday]:
    for year in range(JalaliDate.of(first).year, JalaliDate.of(last).year + 1):
        for month, day, names in _IRAN:
            yield Holiday(JalaliDate(year, month, day).gregorian(), names)
        if is_leap(year):
            yield Holiday(JalaliDate(year, 12, 30).gregorian(), _LAST_DAY)
    for found, holiday, sure in lunar_days(first, last):
        yield Holiday(found, holiday.names, sure, holiday.id)


def _ukraine(first: date, last: date) -> Iterator[Holiday]:
    for year in range(first.year, last.year + 1):
        for month, day, since, until, names in _UKRAINE:
            if since <= year <= until:
                yield Holiday(date(year, month, day), names)
        easter = orthodox_easter(year)
        yield Holiday(easter, {"fa": "عید پاک", "uk": "Великдень", "en": "Easter"})
        yield Holiday(easter + timedelta(days=49), {"fa": "پنطیکاست", "uk": "Трійця", "en": "Trinity Sunday"})
