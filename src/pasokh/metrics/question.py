"""What somebody wants to know: which figures, of when, split by what, narrowed to whom."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.kpi import Measure

DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1)
STEPS: Mapping[str, int] = {"quarter": 900_000, "interval": 1_800_000, "hour": 3_600_000, "day": DAY_MS}
"""Pieces of time of one length: `interval` is the half hour that staff is planned by."""
CYCLES = ("weekday", "hour_of_day", "interval_of_day")
"""Times that come again: 0 = Saturday; 0 to 23; milliseconds since midnight."""
MOST_DAYS = 3_700


class Period(Struct, frozen=True):
    """Local days, `first` to `last`, both in it."""

    first: date
    last: date

    def local(self) -> tuple[int, int]:
        """Its beginning and end (not in it) by the wall clock, milliseconds."""
        return (self.first - EPOCH).days * DAY_MS, ((self.last - EPOCH).days + 1) * DAY_MS


class Question(Struct, frozen=True, kw_only=True):
    """A question. Splits that a figure's facts do not know are refused: an abandoned call has no wrap-up code."""

    measures: tuple[Measure, ...]
    period: Period
    by: tuple[str, ...] = ()
    """Columns, `STEPS` and `CYCLES`, in the order of the answer's columns."""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Column → the values that count."""
    now: int = 0
    """Up to which instant facts are known."""

    def check(self) -> None:
        """Raises `PasokhError` ``kpi.*`` with the field to correct."""
        if not self.measures:
            raise PasokhError("kpi.none", field="kpi")
        days = (self.period.last - self.period.first).days + 1
        if not 1 <= days <= MOST_DAYS:
            raise PasokhError("kpi.period", field="from", most=MOST_DAYS)
        if len(set(self.by)) != len(self.by):
            raise PasokhError("kpi.split_twice", field="by")
        for measure in self.measures:
            for table in tables_of(measure):
                for name in (*self.by, *(column for column, _ in self.where)):
                    if not knows(table, name):
                        raise PasokhError("kpi.split", field="by", split=name[:60], name=measure.kpi.id)


def tables_of(measure: Measure) -> tuple[FactTable, ...]:
    """The facts a figure is counted over."""
    names = dict.fromkeys((measure.kpi.fact, measure.kpi.per_fact or measure.kpi.fact))
    return tuple(TABLES[name] for name in names)


def is_time(split: str) -> bool:
    """Whether it splits by a clock, not by a column."""
    return split in STEPS or split in CYCLES


def knows(table: FactTable, split: str) -> bool:
    """Whether facts can be split by it."""
    if is_time(split):
        return True
    column = table.column(split)
    return column is not None and column.split
