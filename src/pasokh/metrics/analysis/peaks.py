"""The busiest hours and days (R34): what usually comes in each hour of the week, holidays left out of the usual.

Hours are those of the wall clock. Where clocks are put forward an hour is missing, where they are put back one comes
twice: what came is divided by the hours that there really were.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from msgspec import Struct

HOURS = 24


class Cell(Struct, frozen=True):
    """One hour of the week."""

    weekday: int
    """0 = Monday, as in `date.weekday`."""
    hour: int
    mean: float | None
    """What comes in such an hour; None where there was none."""
    median: float | None
    most: int
    hours: float
    """Over how many hours."""


class Peaks(Struct, frozen=True):
    """The week as it usually is."""

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    """Weekday → its 24 hours; in the order in which people read a week."""
    busiest: tuple[Cell, ...]
    """The five busiest hours of the week, the first the busiest."""
    days: int
    """Usual days it is made of."""
    holidays: tuple[tuple[date, float, float], ...]
    """Left out: what came on a holiday, and what would usually have come on that weekday."""


def peaks(
    counts: Mapping[tuple[date, int], int],
    days: Sequence[date],
    zone: ZoneInfo,
    holidays: Iterable[date] = (),
    first_weekday: int = 0,
) -> Peaks:
    """The week made of `days` (all of those looked at, empty ones too) with what came by local day and hour."""
    apart = set(holidays)
    usual = [day for day in days if day not in apart]
    values: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for day in usual:
        for hour in range(HOURS):
            lasted = hours_of(zone, day, hour)
            if lasted:
                values.setdefault((day.weekday(), hour), []).append((counts.get((day, hour), 0), lasted))
    cells = {
        (weekday, hour): _cell(weekday, hour, values.get((weekday, hour), ()))
        for weekday in range(7)
        for hour in range(HOURS)
    }
    order = [(first_weekday + number) % 7 for number in range(7)]
    told = sorted((cell for cell in cells.values() if cell.mean), key=lambda cell: (-(cell.mean or 0), cell.hour))
    day_means = {weekday: sum(cells[weekday, hour].mean or 0 for hour in range(HOURS)) for weekday in range(7)}
    return Peaks(
        tuple((weekday, tuple(cells[weekday, hour] for hour in range(HOURS))) for weekday in order),
        tuple(told[:5]),
        len(usual),
        tuple(
            (day, float(sum(counts.get((day, hour), 0) for hour in range(HOURS))), day_means[day.weekday()])
            for day in days
            if day in apart
        ),
    )


def hours_of(zone: ZoneInfo, day: date, hour: int) -> float:
    """How long an hour of a local day lasted: 1, 0 where the clock jumped over it, 2 where it came twice."""
    begin = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - the wall clock itself
    first, last = (begin + timedelta(minutes=minutes) for minutes in (0, 60))
    rims = {edge.replace(tzinfo=zone, fold=fold).utcoffset() for edge in (first, last) for fold in (0, 1)}
    if len(rims) == 1:
        return 1.0
    quarters = 0
    at = first.replace(tzinfo=zone).astimezone(UTC) - timedelta(hours=3)
    for _ in range(7 * 4):
        wall = at.astimezone(zone)
        quarters += (wall.date(), wall.hour) == (day, hour)
        at += timedelta(minutes=15)
    return quarters / 4


def shade(value: float | None, most: float) -> int:
    """One of nine steps for a cell's colour: 0 for nothing, 8 for the busiest."""
    if not value or most <= 0:
        return 0
    return max(1, min(8, round(8 * value / most)))


def _cell(weekday: int, hour: int, values: Sequence[tuple[int, float]]) -> Cell:
    if not values:
        return Cell(weekday, hour, None, None, 0, 0.0)
    lasted = sum(length for _, length in values)
    return Cell(
        weekday,
        hour,
        sum(count for count, _ in values) / lasted,
        float(median(count / length for count, length in values)),
        max(count for count, _ in values),
        lasted,
    )
