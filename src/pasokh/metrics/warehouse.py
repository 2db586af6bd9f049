"""Facts of one organisation in Parquet files by table, day and source, and DuckDB over them and today's rows.

``FOLDER/TABLE/DAY/SOURCE.parquet``: a day is the local day of the table's first clock. A file is replaced whole and at
one stroke; whoever reads sees the one before or the one after. The same rows give the same bytes.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from pathlib import Path

import duckdb
import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.metrics.facts import TABLES, Column, FactTable
from pasokh.metrics.folding.rows import SOURCE
from pasokh.metrics.parquet import TYPES, columns_read, file_list, quoted, settle
from pasokh.metrics.question import EPOCH, Question, tables_of
from pasokh.metrics.sql import select
from pasokh.metrics.today.reading import Today

__all__ = ["TYPES", "Answer", "Limits", "Warehouse", "check_source", "limited", "quoted", "settle"]

LATE_DAYS = 35
"""So long before a period something may have begun that a later clock puts into it."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


class Limits(msgspec.Struct, frozen=True):
    """What an engine may take of the machine."""

    memory: str = "2GB"
    threads: int = 2


def limited(limits: Limits) -> dict[str, str | int | bool]:
    """The same as DuckDB takes it; nothing is ever fetched from elsewhere."""
    return {
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


class Answer(msgspec.Struct, frozen=True):
    """Rows: the splits, then value and n of each figure; values are None where there is nothing to divide by."""

    question: Question
    rows: tuple[tuple[object, ...], ...]


class Warehouse:
    """One organisation's facts; without `today` only those in files."""

    def __init__(self, folder: Path, limits: Limits | None = None, today: Today | None = None) -> None:
        self.folder = folder
        self._limits, self._today = limits or Limits(), today

    # -- asking ------------------------------------------------------------------------------------------------------
    def ask(self, question: Question) -> Answer:
        """Answer a question; raises ``kpi.*`` for one that has no answer."""
        text = select(question)
        with self.engine() as engine:
            for table in dict.fromkeys(table for measure in question.measures for table in tables_of(measure)):
                late = any(m.kpi.fact == table.name and m.kpi.clock for m in question.measures)
                first = question.period.first - timedelta(days=LATE_DAYS if late else 0)
                self.show(engine, table, first, question.period.last, question.now)
            return Answer(question, tuple(engine.execute(text).fetchall()))

    @contextlib.contextmanager
    def engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """DuckDB within the limits; what does not fit into memory goes to a folder that ends with it."""
        if self._today is not None:
            with self._today.engine() as lent:
                yield lent
            return
        spill = self.folder / f".spill-{os.getpid()}-{os.urandom(4).hex()}"
        connection = duckdb.connect(":memory:", config={**limited(self._limits), "temp_directory": str(spill)})
        try:
            yield connection
        finally:
            connection.close()
            shutil.rmtree(spill, ignore_errors=True)

    def show(
        self, engine: duckdb.DuckDBPyConnection, table: FactTable, first: date, last: date, now: Instant = 0
    ) -> None:
        """Make a view of a table's rows of some days, up to `now`; of no row, an empty one."""
        files = self.files(table, first, last)
        text = self._today.relation(engine, table, files, first, last, now) if self._today is not None else ""
        if not text and files:
            text = f"SELECT {columns_read(table)} FROM {file_list(table, files)}"
        elif not text:
            nothing = ", ".join(f'CAST(NULL AS {TYPES[column.kind]}) AS "{column.name}"' for column in table.columns)
            text = f"SELECT {nothing} WHERE false"
        engine.execute(f"CREATE OR REPLACE TEMP VIEW {table.name} AS {text}")

    def files(self, table: FactTable, first: date, last: date) -> list[Path]:
        """The files of the days from `first` to `last`, both in, in order."""
        folder = self.folder / table.name
        if not folder.is_dir():
            return []
        lowest, highest = first.isoformat(), last.isoformat()
        days = sorted(each.name for each in folder.iterdir() if _DAY.fullmatch(each.name))
        return [
            file
            for day in days
            if lowest <= day <= highest
            for file in sorted((folder / day).iterdir())
            if file.suffix == ".parquet"
        ]

    def days(self, source: str = "") -> tuple[date, date] | None:
        """The first and the last day with facts (of a source); None where there are none."""
        found = [
            day.name
            for table in TABLES
            if (self.folder / table).is_dir()
            for day in (self.folder / table).iterdir()
            if _DAY.fullmatch(day.name) and (not source or (day / f"{source}.parquet").exists())
        ]
        days = (date.fromisoformat(min(found)), date.fromisoformat(max(found))) if found else None
        later = self._today.days() if self._today is not None and source in {"", SOURCE} else None
        if days is None or later is None:
            return days or later
        return min(days[0], later[0]), max(days[1], later[1])

    # -- writing -----------------------------------------------------------------------------------------------------
    def write(
        self, engine: duckdb.DuckDBPyConnection, table: FactTable, source: str, days: Sequence[date], relation: str
    ) -> int:
        """Replace a source's files of some days by a relation's rows of those days; returns the rows written.

        A day without rows has no file. `relation` has the table's columns (those that came later may lack) and a `day`,
        counted from 1970; each file comes whole or not at all, and one that says what it said before is left alone.
        """
        check_source(source)
        given = {name for name, *_ in engine.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
        columns = ", ".join(
            f'CAST({_given(column, given)} AS {TYPES[column.kind]}) AS "{column.name}"' for column in table.columns
        )
        # Without the case bytes would depend on other days: a column's mask is written where the engine has one.
        packed = ", ".join(
            f'CASE WHEN "{c.name}" IS NOT NULL THEN "{c.name}" END AS "{c.name}"'
            if c.kind == "number"
            else f'"{c.name}"'
            for c in table.columns
        )
        order = ", ".join(f'"{name}"' for name in dict.fromkeys((table.clocks[0], *table.key)))
        wanted = ", ".join(str((day - EPOCH).days) for day in days) or "NULL"
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE in_order AS SELECT day, {columns} FROM {relation}"
            f" WHERE day IN ({wanted}) ORDER BY day, {order}"
        )
        counts = dict(engine.execute("SELECT day, count(*) FROM in_order GROUP BY day").fetchall())
        for day in days:
            number = (day - EPOCH).days
            file = self.folder / table.name / day.isoformat() / f"{source}.parquet"
            if not counts.get(number):
                file.unlink(missing_ok=True)
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_name(f".{file.name}.{os.getpid()}")
            engine.execute(
                f"COPY (SELECT {packed} FROM in_order WHERE day = {number}) TO '{quoted(part)}'"
                " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"
            )
            settle(part, file)
        engine.execute("DROP TABLE in_order")
        return sum(counts.values())


def check_source(source: str) -> None:
    """Raises ``facts.source`` for what cannot name one: it names files."""
    if not _SOURCE.fullmatch(source):
        raise PasokhError("facts.source", field="source", source=source[:60])


def _given(column: Column, given: AbstractSet[str]) -> str:
    if column.name in given or not column.later:
        return f'"{column.name}"'
    return "''" if column.kind == "text" else "NULL"
