"""PostgreSQL's facts beside an engine's files: rows that are in no file yet, or that correct what a file says."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import duckdb
import msgspec

from pasokh.kernel.time import Instant
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.folding.lines import Line, Lines
from pasokh.metrics.folding.people import People, Person
from pasokh.metrics.folding.rows import SOURCE, Row
from pasokh.metrics.folding.step import Nowhere
from pasokh.metrics.parquet import TYPES, columns_read, file_list, quoted
from pasokh.metrics.question import DAY_MS, EPOCH
from pasokh.metrics.today.following import NAME

GOING_ON = {"agent_time": "agent", "queue_time": "queue"}
"""Facts whose latest stretch goes on → the column that says whose."""
_CSV = "FORMAT csv, NULL '\\N'"


class CopyCursor(Protocol):
    """A cursor of psycopg, which can copy."""

    def execute(self, query: Any, params: Any = None, /) -> Any:  # noqa: ANN401 - as psycopg has it
        """Run a statement."""

    def fetchone(self) -> Any:  # noqa: ANN401
        """The next row."""

    def fetchall(self) -> list[Any]:
        """The remaining rows."""

    def copy(self, statement: Any, params: Any = None, /) -> Any:  # noqa: ANN401
        """A copy to or from the server."""


class Progress(msgspec.Struct, frozen=True):
    """How far an organisation's facts are: folded up to `seq`, files of all days before `open_day`."""

    seq: int
    open_day: int
    sealed: int
    made: int
    zone: str


class Overlay:
    """One organisation's rows in tables ``live_…`` of a DuckDB; everything here acts for one reader at a time."""

    def __init__(self, org: str) -> None:
        self._org = org
        self.progress: Progress | None = None
        self.clock = WallClock(ZoneInfo("UTC"))
        self._lines = Lines(self._local, Nowhere())
        self._people = People(self._local, Nowhere(), self._lines)
        self._guesses: dict[tuple[str, str], tuple[Instant, str]] = {}

    def _local(self, at: Instant) -> Instant:
        return self.clock.at(at)

    # -- loading -------------------------------------------------------------------------------------------------------
    def load(self, cursor: CopyCursor, engine: duckdb.DuckDBPyConnection, below: int | None = None) -> bool:
        """Bring the tables up to date, within one snapshot of the database; returns whether anything was new.

        `below` = only days before that one (days since 1970).
        """
        now, was = self._look(cursor), self.progress
        if now is None or now == was:
            return False
        fresh = was is None or was.made != now.made
        if fresh:
            self._begin(engine, now)
        resealed = was is not None and was.sealed != now.sealed
        since = 0 if fresh or was is None else was.seq
        for table in TABLES.values():
            if resealed and not fresh:
                engine.execute(f"DELETE FROM live_{table.name} WHERE day < {now.open_day}")
            wanted = f"changed > {since}" + (f" OR day < {now.open_day}" if resealed else "")
            self._copy(cursor, engine, table, wanted if below is None else f"({wanted}) AND day < {below}")
        cursor.execute(
            "SELECT kind, id, data::text FROM fact_state"
            " WHERE org = %s AND changed > %s AND kind IN ('agent', 'queue')",
            (self._org, since),
        )
        for kind, name, data in cursor.fetchall():
            if kind == "agent":
                self._people.all[name] = msgspec.json.decode(data, type=Person)
            else:
                self._lines.all[name] = msgspec.json.decode(data, type=Line)
        if fresh or resealed:
            cursor.execute("SELECT fact, id, since, mark FROM fact_guess WHERE org = %s", (self._org,))
            self._guesses = {(fact, name): (begun, mark) for fact, name, begun, mark in cursor.fetchall()}
        self.progress = now
        return True

    def _begin(self, engine: duckdb.DuckDBPyConnection, now: Progress) -> None:
        self.clock = WallClock(ZoneInfo(now.zone))
        self._lines.all.clear()
        self._people.all.clear()
        for table in TABLES.values():
            columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in table.columns)
            engine.execute(f"CREATE OR REPLACE TABLE live_{table.name} (day INTEGER, gone BOOLEAN, {columns})")

    def _look(self, cursor: CopyCursor) -> Progress | None:
        cursor.execute(
            "SELECT coalesce(c.seq, 0), p.open_day, p.sealed, p.made, p.zone FROM fact_progress p"
            " LEFT JOIN projection_cursor c ON c.shard = p.org AND c.name = %s WHERE p.org = %s",
            (NAME, self._org),
        )
        found = cursor.fetchone()
        return None if found is None else Progress(*found)

    def _copy(self, cursor: CopyCursor, engine: duckdb.DuckDBPyConnection, table: FactTable, wanted: str) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        rows = f"SELECT day, gone::int, {names} FROM fact_{table.name} WHERE org = %s AND ({wanted})"
        with tempfile.NamedTemporaryFile(prefix="pasokh-facts-", suffix=".csv") as file:
            size = 0
            with cursor.copy(f"COPY ({rows}) TO STDOUT ({_CSV})", (self._org,)) as copy:
                for data in copy:
                    size += file.write(data)
            if not size:
                return
            file.flush()
            types = {"day": "INTEGER", "gone": "BOOLEAN"} | {c.name: TYPES[c.kind] for c in table.columns}
            listed = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
            engine.execute(
                f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM read_csv('{quoted(Path(file.name))}',"
                f" header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '\\N',"
                f" allow_quoted_nulls = false, parallel = false, max_line_size = 16777216, columns = {{{listed}}})"
            )
        same = " AND ".join(f'l."{name}" = f."{name}"' for name in table.key)
        engine.execute("BEGIN")
        engine.execute(f"DELETE FROM live_{table.name} AS l USING fresh AS f WHERE {same}")
        engine.execute(f"INSERT INTO live_{table.name} SELECT * FROM fresh")
        engine.execute("COMMIT")
        engine.execute("DROP TABLE fresh")

    # -- what goes on --------------------------------------------------------------------------------------------------
    def going_on(self, fact: str, until: Instant) -> Iterator[Row]:
        """Everybody's, or every queue's, time since the last change that no file tells."""
        if self.progress is None:
            return
        begins = self.progress.open_day * DAY_MS
        for name, mark, _ in self.stretches(fact):
            known = self._guesses.get((fact, name))
            told = known is not None and known[1] == mark
            pieces = self._people.pieces(name, until) if fact == "agent_time" else self._lines.pieces(name, until)
            yield from (row for row in pieces if not told or int(row["from_local"] or 0) >= begins)

    def stretches(self, fact: str) -> list[tuple[str, str, Instant]]:
        """Whose, a mark of what is remembered, since when."""
        return stretches(fact, self._people.all, self._lines.all)

    def mistaken(self, fact: str) -> list[tuple[str, Instant]]:
        """Of whom files tell wrongly how a stretch went on, and since when."""
        marks = {name: mark for name, mark, _ in self.stretches(fact)}
        return [
            (name, since)
            for (each, name), (since, mark) in sorted(self._guesses.items())
            if each == fact and marks.get(name) != mark
        ]

    def show_going_on(self, engine: duckdb.DuckDBPyConnection, table: FactTable, until: Instant) -> None:
        """Make the tables ``going_on_TABLE`` and ``mistaken_TABLE`` that `relation` reads."""
        columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in table.columns)
        engine.execute(f"CREATE OR REPLACE TEMP TABLE going_on_{table.name} ({columns})")
        rows = list(self.going_on(table.name, until))
        if rows:
            listed = ", ".join(f"'{column.name}': '{TYPES[column.kind]}'" for column in table.columns)
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            with tempfile.NamedTemporaryFile(prefix="pasokh-facts-", suffix=".json") as file:
                file.write(msgspec.json.Encoder().encode_lines(rows))
                file.flush()
                engine.execute(
                    f"INSERT INTO going_on_{table.name} SELECT {names} FROM read_json('{quoted(Path(file.name))}',"
                    f" format = 'newline_delimited', columns = {{{listed}}})"
                )
        engine.execute(f"CREATE OR REPLACE TEMP TABLE mistaken_{table.name} (id VARCHAR, since BIGINT)")
        for pair in self.mistaken(table.name):
            engine.execute(f"INSERT INTO mistaken_{table.name} VALUES (?, ?)", pair)

    # -- both ----------------------------------------------------------------------------------------------------------
    def touched(self, engine: duckdb.DuckDBPyConnection, table: FactTable) -> set[int]:
        """Days of which a file of the own log says less than there is to know."""
        days = {day for (day,) in engine.execute(f"SELECT DISTINCT day FROM live_{table.name}").fetchall()}
        if table.name in GOING_ON and self.progress is not None:
            for _, since in self.mistaken(table.name):
                days.update(range(self.clock.at(since) // DAY_MS, self.progress.open_day))
        return days

    def relation(
        self, engine: duckdb.DuckDBPyConnection, table: FactTable, files: Sequence[Path], first: date, last: date
    ) -> str:
        """Rows of the days from `first` to `last`: the files', corrected, and those in no file; columns of the table.

        `show_going_on` must have run on the same connection for a table of `GOING_ON`.
        """
        touched = self.touched(engine, table)
        open_day = self.progress.open_day if self.progress is not None else 0
        plain: list[Path] = []
        corrected: list[Path] = []
        for file in files:
            day = (date.fromisoformat(file.parent.name) - EPOCH).days
            ours = file.stem == SOURCE and (day in touched or day >= open_day)
            (corrected if ours else plain).append(file)
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        key = ", ".join(f'"{name}"' for name in table.key)
        low, high = (first - EPOCH).days, (last - EPOCH).days
        live, going_on, clock = f"live_{table.name}", f"going_on_{table.name}", table.clocks[0]
        parts = [f"SELECT {names} FROM {live} WHERE NOT gone AND day BETWEEN {low} AND {high}"]
        replaced = f"SELECT {key} FROM {live}"
        if plain:
            parts.append(f"SELECT {columns_read(table)} FROM {file_list(table, plain)}")
        if table.name in GOING_ON:
            within = f"{clock} >= {low * DAY_MS} AND {clock} < {(high + 1) * DAY_MS}"
            parts.append(f"SELECT {names} FROM {going_on} WHERE {within}")
            replaced += f" UNION ALL SELECT {key} FROM {going_on}"
        if corrected:
            same = " AND ".join(f'f."{name}" = r."{name}"' for name in table.key)
            kept = f"SELECT {columns_read(table)} FROM {file_list(table, corrected)}"
            rest = f"SELECT f.* FROM ({kept}) AS f ANTI JOIN ({replaced}) AS r ON {same}"
            if table.name in GOING_ON:
                rest = (
                    f"SELECT f.* FROM ({rest}) AS f ANTI JOIN mistaken_{table.name} AS m"
                    f' ON f."{GOING_ON[table.name]}" = m.id AND f.from_at >= m.since'
                )
            parts.append(rest)
        return " UNION ALL ".join(parts)

    def days(self, engine: duckdb.DuckDBPyConnection) -> tuple[date, date] | None:
        """The first and the last day with rows."""
        if self.progress is None:
            return None
        unions = " UNION ALL ".join(f"SELECT day FROM live_{name} WHERE NOT gone" for name in TABLES)
        found = engine.execute(f"SELECT min(day), max(day) FROM ({unions})").fetchone()
        if found is None or found[0] is None:
            return None
        return EPOCH + timedelta(days=found[0]), EPOCH + timedelta(days=found[1])


def stretches(fact: str, people: Mapping[str, Person], lines: Mapping[str, Line]) -> list[tuple[str, str, Instant]]:
    """Whose, a mark of what is remembered, since when."""
    if fact == "agent_time":
        return [(name, _mark(person), person.since) for name, person in people.items()]
    return [(name, _mark(line), line.since) for name, line in lines.items()]


def _mark(what: object) -> str:
    """Changes with anything that is remembered."""
    return hashlib.sha256(msgspec.json.encode(what, order="sorted")).hexdigest()[:16]


@contextlib.contextmanager
def one_snapshot(connection: Any, org: str) -> Iterator[CopyCursor]:  # noqa: ANN401 - psycopg's
    """A cursor whose reads are all of one moment, and of one organisation."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT set_config('app.org', %s, true)", (org,))
        yield cursor
