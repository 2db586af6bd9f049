"""The rows behind a figure: exactly those its n counts, and of a share those that meet it and those that do not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import sqlglot
from msgspec import Struct
from sqlglot import exp

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.kpi import Measure
from pasokh.metrics.question import CYCLES, STEPS, Period, Question, tables_of
from pasokh.metrics.sql import portable, split_of
from pasokh.metrics.warehouse import LATE_DAYS, Warehouse

type Which = Literal["counted", "met", "missed"]
WHICH: tuple[Which, ...] = ("counted", "met", "missed")
MOST_SKIPPED = 10_000_000


class Wanted(Struct, frozen=True, kw_only=True):
    """Rows behind one figure of one cell of an answer."""

    measure: Measure
    period: Period
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Column → the values that count."""
    at: tuple[tuple[str, str], ...] = ()
    """Split → the value of the cell; times as milliseconds of the wall clock."""
    which: Which = "counted"
    now: int = 0
    """Up to which instant facts are known."""


class Rows(Struct, frozen=True):
    """One page of rows, each with the table's columns in their order, and how many there are."""

    table: FactTable
    rows: tuple[tuple[object, ...], ...]
    count: int


def counts_time(measure: Measure) -> bool:
    """Whether a figure's n is a sum of time, not a number of rows."""
    return _basis(measure)[0] == "agent_time"


def has_parts(measure: Measure) -> bool:
    """Whether the rows that are counted part into those that meet the figure and those that do not."""
    kpi = measure.kpi
    return (
        kpi.unit == "share"
        and not kpi.per_fact
        and isinstance(sqlglot.parse_one(kpi.of, read="duckdb"), exp.CountIf)
        and not counts_time(measure)
    )


def rows_behind(warehouse: Warehouse, wanted: Wanted, *, limit: int, skip: int = 0) -> Rows:
    """A page of the rows, in the order of their clock.

    Raises what `Question.check` raises, ``kpi.part`` for a part that the figure has not, ``kpi.at`` for a value of a
    split that is none.
    """
    table_name, clock, condition = _condition(wanted)
    table = TABLES[table_name]
    question = Question(
        measures=(wanted.measure,), period=wanted.period, where=wanted.where,
        by=tuple(dict.fromkeys(split for split, _ in wanted.at)), now=wanted.now,
    )  # fmt: skip
    question.check()
    begin, end = wanted.period.local()
    wheres = [f"({condition})", f"{clock} >= {begin}", f"{clock} < {end}"]
    given: list[object] = []
    for column, values in wanted.where:
        wheres.append(f'"{column}" IN ({", ".join("?" for _ in values)})')
        given += values
    for split, value in wanted.at:
        wheres.append(f"{split_of(split, clock)} = ?")
        given.append(_split_value(split, value))
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{name}"' for name in dict.fromkeys((clock, *table.key)))
    filtered = f"FROM {table.name} WHERE {' AND '.join(wheres)}"
    with warehouse.engine() as engine:
        late = LATE_DAYS if clock != table.clocks[0] else 0
        warehouse.show(engine, table, wanted.period.first - timedelta(days=late), wanted.period.last)
        ((count,),) = engine.execute(f"SELECT count(*) {filtered}", given).fetchall()
        page = f"SELECT {names} {filtered} ORDER BY {order} LIMIT {int(limit)} OFFSET {min(int(skip), MOST_SKIPPED)}"
        rows = tuple(engine.execute(page, given).fetchall()) if skip < count else ()
    return Rows(table, rows, count)


def values_of(
    warehouse: Warehouse, measures: Sequence[Measure], period: Period, columns: Sequence[str], most: int
) -> dict[str, list[str]]:
    """Column → its values in the period's facts of these figures, the most frequent first; at most `most` of each."""
    tables = list(dict.fromkeys(table.name for measure in measures for table in tables_of(measure)))
    found: dict[str, list[str]] = {}
    begin, end = period.local()
    with warehouse.engine() as engine:
        for name in tables:
            warehouse.show(engine, TABLES[name], period.first, period.last)
        for column in columns:
            layers = " UNION ALL ".join(
                f'SELECT "{column}" AS value, count(*) AS n FROM {name}'
                f" WHERE {TABLES[name].clocks[0]} >= {begin} AND {TABLES[name].clocks[0]} < {end} GROUP BY 1"
                for name in tables
            )
            text = f"SELECT value FROM ({layers}) GROUP BY 1 ORDER BY sum(n) DESC, value LIMIT {int(most)}"
            found[column] = [str(value) for (value,) in engine.execute(text).fetchall()]
    return found


def _basis(measure: Measure) -> tuple[str, str, str]:
    """Table, clock and expression of what n counts; of a figure per hour, what is done in those hours."""
    kpi = measure.kpi
    if kpi.per_fact and kpi.per_fact != kpi.fact:
        which, table = "of", kpi.fact
    else:
        which, table = ("n" if kpi.n else "per" if kpi.per else "of"), kpi.fact
    clock = (kpi.clock if table == kpi.fact else "") or TABLES[table].clocks[0]
    return table, clock, str(getattr(kpi, which))


def _condition(wanted: Wanted) -> tuple[str, str, str]:
    table, clock, written = _basis(wanted.measure)
    counted = condition_of(wanted.measure.filled(written, wanted.now))
    if wanted.which == "counted":
        return table, clock, counted
    if not has_parts(wanted.measure):
        raise PasokhError("kpi.part", field="which", name=wanted.measure.kpi.id)
    met = condition_of(wanted.measure.filled(wanted.measure.kpi.of, wanted.now))
    if wanted.which == "met":
        return table, clock, met
    return table, clock, f"({counted}) AND ({met}) IS NOT TRUE"


def condition_of(expression: str) -> str:
    """Which rows an aggregate of the catalogue is made of; raises `ValueError` for one that says it in no known way."""
    tree = sqlglot.parse_one(expression, read="duckdb")
    aggregates = list(tree.find_all(exp.AggFunc))
    if len(aggregates) > 1 and isinstance(tree, exp.Add):  # a sum of sums: whatever is in one of them
        return " OR ".join(f"({_of_aggregate(each)})" for each in aggregates)
    if len(aggregates) != 1:
        raise ValueError(f"not one aggregate: {expression}")
    return _of_aggregate(aggregates[0])


def _of_aggregate(aggregate: exp.AggFunc) -> str:
    inner = aggregate.this
    if isinstance(aggregate, exp.CountIf):
        return str(inner.sql("duckdb"))
    if isinstance(aggregate, exp.Count):
        return f"{inner.sql('duckdb')} IS NOT NULL"
    if isinstance(inner, exp.Case) and len(inner.args["ifs"]) == 1:
        branch = inner.args["ifs"][0]
        return f"({branch.this.sql('duckdb')}) AND {branch.args['true'].sql('duckdb')} <> 0"
    return f"coalesce({portable(inner.sql('duckdb'))}, 0) <> 0"


def _split_value(split: str, value: str) -> object:
    if split not in STEPS and split not in CYCLES:
        return value
    if not value.isascii() or not value.lstrip("-").isdigit() or len(value) > 16:
        raise PasokhError("kpi.at", field="at", value=value[:40])
    return int(value)
