"""Goals (R36): how far a period has come, and where it will honestly end.

The rest of the period is drawn from days that were: each coming day takes what a past day of the same weekday brought
(value and count together), a thousand times. What comes out is a band and the chance to reach the target, not a number
that pretends to know. Where too few days were seen, nothing is said.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal

from msgspec import Struct

from pasokh.i18n.jalali import JalaliDate

type Span = Literal["day", "week", "month", "quarter", "year"]
SPANS: Final[tuple[Span, ...]] = ("day", "week", "month", "quarter", "year")
FEWEST_DAYS: Final = 14
"""From so many days before, or of, the period on a forecast is made."""
DRAWS: Final = 1_000
LEVEL: Final = 0.8
"""How often the band is to hold the end."""


class Share(Struct, frozen=True):
    """What one day brought: the figure is the sum of `of` over the sum of `per`; `per` is None for a plain sum."""

    of: float
    per: float | None = None


class Aim(Struct, frozen=True):
    """A target as it stood from a day on."""

    since: date
    target: float


class Forecast(Struct, frozen=True):
    """The end of the period: the middle, the band, and the chance that the target is kept."""

    middle: float
    low: float
    high: float
    chance: float
    days: int
    """So many days it is drawn from."""


def bounds(span: Span, day: date, calendar: Literal["jalali", "gregorian"], first_weekday: int) -> tuple[date, date]:
    """The first and last day of the period that a day lies in; months, quarters and years by the reader's calendar."""
    match span:
        case "day":
            return day, day
        case "week":
            first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
            return first, first + timedelta(days=6)
        case _:
            length = {"month": 1, "quarter": 3, "year": 12}[span]
            return _months(day, length) if calendar == "gregorian" else _jalali_months(day, length)


def aim_at(history: Sequence[Aim], day: date) -> Aim | None:
    """The target that held on a day: the latest that began by then; None before there was any."""
    held = [aim for aim in history if aim.since <= day]
    return max(held, key=lambda aim: aim.since) if held else None


def value_of(days: Sequence[Share]) -> float | None:
    """The figure of several days; None where there is nothing to divide by."""
    if not days:
        return None
    of = sum(day.of for day in days)
    if days[0].per is None:
        return of
    per = sum(day.per or 0.0 for day in days)
    return of / per if per else None


def kept(value: float, target: float, better: Literal["up", "down"]) -> bool:
    """Whether a value is on the right side of the target; the target itself is."""
    return value >= target if better == "up" else value <= target


def forecast(
    known: Mapping[date, Share],
    first: date,
    last: date,
    today: date,
    target: float,
    better: Literal["up", "down"],
    seed: int = 0,
) -> Forecast | None:
    """Where a period from `first` to `last` will end, `today` being its first day that is not over.

    `known` has the days before today, of the period and before it; a day of which nothing is known was no working day.
    None where too few were seen, or where nothing is left to come.
    """
    past = [day for day in known if day < today]
    if today > last or len(past) < FEWEST_DAYS:
        return None
    span = [min(past) + timedelta(days=number) for number in range((today - min(past)).days)]
    by_weekday: dict[int, list[Share | None]] = {}
    for day in span[-7 * 12 :]:
        by_weekday.setdefault(day.weekday(), []).append(known.get(day))
    begin = max(today, first)
    rest = [begin + timedelta(days=number) for number in range((last - begin).days + 1)]
    so_far = [known[day] for day in past if first <= day <= last]
    plain = known[past[0]].per is None
    of, per = sum(day.of for day in so_far), sum(day.per or 0.0 for day in so_far)
    rng = random.Random(seed)  # noqa: S311 - the same goal on the same day says the same
    ends = []
    for _ in range(DRAWS):
        more = [drawn for day in rest if (drawn := rng.choice(by_weekday.get(day.weekday()) or [None])) is not None]
        whole_of, whole_per = of + sum(day.of for day in more), per + sum(day.per or 0.0 for day in more)
        if plain:
            ends.append(whole_of)
        elif whole_per:
            ends.append(whole_of / whole_per)
    if not ends:
        return None
    ends.sort()
    rim = (1 - LEVEL) / 2
    low, high = ends[int(len(ends) * rim)], ends[min(len(ends) - 1, int(len(ends) * (1 - rim)))]
    reached = sum(kept(end, target, better) for end in ends) / len(ends)
    return Forecast(ends[len(ends) // 2], low, high, reached, len(past))


def _months(day: date, length: int) -> tuple[date, date]:
    number = (day.month - 1) // length * length
    first = date(day.year, number + 1, 1)
    after = date(day.year + (number + length) // 12, (number + length) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def _jalali_months(day: date, length: int) -> tuple[date, date]:
    when = JalaliDate.of(day)
    number = (when.month - 1) // length * length
    first = JalaliDate(when.year, number + 1, 1).gregorian()
    after = JalaliDate(when.year + (number + length) // 12, (number + length) % 12 + 1, 1).gregorian()
    return first, after - timedelta(days=1)
