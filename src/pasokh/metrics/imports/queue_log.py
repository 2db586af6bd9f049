"""Asterisk's queue_log, as a file or as a table of a database, made into facts.

Lines are kept as they were (clean, one Parquet file for each file that came); facts are a function of all lines kept.
So the same file again, or one that overlaps, changes nothing, and the order in which files come does not matter.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import msgspec
from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES
from pasokh.metrics.imports.queue_log_lines import judge
from pasokh.metrics.imports.reading import Clean, clean
from pasokh.metrics.question import DAY_MS
from pasokh.metrics.warehouse import Warehouse, check_source, quoted, settle

REPEATS = timedelta(days=35)
"""So far back a contact is looked at again when a later one comes: repeats are counted within a month."""
MOST_BAD_KEPT = 1_000_000
MOST_LINES = 1_000_000_000_000
_COLUMNS = "at_ms, callid, queue, agent, event, d1, d2, d3, d4, d5"
_SQL = Path(__file__).with_name("queue_log.sql").read_text("utf-8")


class Bad(Struct, frozen=True):
    """Lines that are none: how many for which reason, and the first of them."""

    reason: str
    lines: int
    first_line: int
    example: str


class Report(Struct, frozen=True):
    """What became of a file."""

    file: str
    lines: int
    events: int
    blank: int
    bad: tuple[Bad, ...]
    encoding: str
    cut_off: bool
    known: bool
    """The very file was imported before: nothing was done."""
    days: tuple[date, ...]
    """Days whose facts were made anew."""
    visits: int
    contacts: int


class _Kept(Struct):
    """A file's lines as they are kept."""

    digest: str
    name: str
    lines: int
    events: int
    blank: int
    bad: list[Bad]
    encoding: str
    cut_off: bool
    first_at: int
    last_at: int
    restated: bool = False
    """Whether the facts know of them; false after a crash in between, and then the next import of the file goes on."""


class QueueLog:
    """One source of queue_log: a switch, or several whose logs were written into one table."""

    def __init__(self, warehouse: Warehouse, source: str, zone: str) -> None:
        check_source(source)
        self._warehouse, self._source, self._clock = warehouse, source, WallClock(ZoneInfo(zone))
        self._folder = warehouse.folder / ".imports" / source

    def take(self, file: Path, encoding: str = "") -> Report:
        """Import a file; raises ``import.*`` and leaves everything as it was."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._alone(), self._warehouse.engine() as engine:
            scratch = self._folder / ".lines"
            try:
                read = clean(file, scratch, encoding)
                kept = next((each for each in self._kept() if each.digest == read.digest), None)
                if kept is not None and kept.restated:
                    return self._report(kept, file, known=True)
                kept = kept or self._keep(engine, read, file)
            finally:
                scratch.unlink(missing_ok=True)
            return self._restate(engine, kept, file)

    def files(self) -> dict[str, str]:
        """What was imported: digest → name."""
        return {each.digest: each.name for each in self._kept()}

    def bad_lines(self, digest: str) -> Iterator[tuple[int, str, str]]:
        """Line number, reason and text of what a file had bad, in order."""
        file = self._folder / f"{digest}.bad.parquet"
        if file.exists():
            with self._warehouse.engine() as engine:
                yield from engine.execute(
                    "SELECT line, reason, text FROM read_parquet(?) ORDER BY line", [str(file)]
                ).fetchall()

    # -- lines ---------------------------------------------------------------------------------------------------------
    def _keep(self, engine: duckdb.DuckDBPyConnection, read: Clean, file: Path) -> _Kept:
        """Split, judge and keep a file's lines; the manifest comes last, so a crash keeps none of them."""
        judge(engine, read.path, self._clock)
        lines, blank = engine.execute("SELECT count(*), count_if(reason = 'blank') FROM judged").fetchall()[0]
        bad = [
            Bad(*row)
            for row in engine.execute(
                "SELECT reason, count(*), min(line), arg_min(text[:200], line) FROM judged"
                " WHERE reason NOT IN ('', 'blank') GROUP BY reason ORDER BY min(line)"
            ).fetchall()
        ]
        events, first, last = engine.execute(
            "SELECT count(*), min(at_ms), max(at_ms) FROM judged WHERE reason = ''"
        ).fetchall()[0]
        if not events:
            raise PasokhError(
                "import.nothing", field="file", file=file.name, lines=lines, bad=sum(b.lines for b in bad)
            )
        good = f"SELECT line, {_COLUMNS} FROM judged WHERE reason = '' ORDER BY line"
        self._put(engine, good, f"{read.digest}.parquet")
        if bad:
            rest = "FROM judged WHERE reason NOT IN ('', 'blank') ORDER BY line"
            text = f"SELECT line, reason, text[:1000] AS text {rest} LIMIT {MOST_BAD_KEPT}"
            self._put(engine, text, f"{read.digest}.bad.parquet")
        engine.execute("DROP TABLE judged")
        kept = _Kept(read.digest, file.name, lines, events, blank, bad, read.encoding, read.cut_off, first, last)
        self._write_manifest([*self._kept(), kept])
        return kept

    def _put(self, engine: duckdb.DuckDBPyConnection, wanted: str, name: str) -> None:
        part = self._folder / f".{name}"
        engine.execute(f"COPY ({wanted}) TO '{quoted(part)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
        settle(part, self._folder / name)

    def _kept(self) -> list[_Kept]:
        manifest = self._folder / "files.json"
        return msgspec.json.decode(manifest.read_bytes(), type=list[_Kept]) if manifest.exists() else []

    def _write_manifest(self, kept: Sequence[_Kept]) -> None:
        part = self._folder / ".files.json"
        part.write_bytes(msgspec.json.encode(list(kept)))
        settle(part, self._folder / "files.json")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two imports of one source take turns."""
        with (self._folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # -- facts ---------------------------------------------------------------------------------------------------------
    def _restate(self, engine: duckdb.DuckDBPyConnection, kept: _Kept, file: Path) -> Report:
        """Make the facts of the days a file touches anew, from all lines kept."""
        first, last = self._clock.day(kept.first_at), self._clock.day(kept.last_at)
        touched = _days(first - timedelta(days=1), last + timedelta(days=1))
        looked = _days(first - REPEATS, last + timedelta(days=1))
        self._gather(engine, first - REPEATS, last + REPEATS)
        engine.execute(_SQL.replace("$source", f"'{self._source}'"))
        engine.execute("DROP TABLE stays")
        counts = {}
        for name, table in TABLES.items():
            days = looked if name == "contacts" else touched
            counts[name] = self._warehouse.write(engine, table, self._source, days, f"{name}_of")
        files = self._kept()
        self._write_manifest(
            [msgspec.structs.replace(each, restated=True) if each.digest == kept.digest else each for each in files]
        )
        written = tuple(day for day in touched if (self._warehouse.folder / "visits" / day.isoformat()).exists())
        return self._report(kept, file, written, counts["visits"], counts["contacts"])

    def _gather(self, engine: duckdb.DuckDBPyConnection, first: date, last: date) -> None:
        """All lines of some days, without repeats, in the order in which they were written.

        A line that several files have counts once; a file that says the same twice means it.
        """
        low, high = self._clock.midnight(first), self._clock.midnight(last + timedelta(days=1))
        files = sorted(
            (k for k in self._kept() if k.last_at >= low and k.first_at < high), key=lambda k: (k.first_at, k.digest)
        )
        unions = " UNION ALL ".join(
            f"SELECT {rank} AS rank, * FROM read_parquet('{quoted(self._folder / each.digest)}.parquet')"
            for rank, each in enumerate(files)
        )
        lines = f"SELECT * FROM ({unions}) WHERE at_ms >= {low} AND at_ms < {high}"
        if len(files) > 1:
            placed = (
                f"SELECT *, row_number() OVER (PARTITION BY rank, {_COLUMNS} ORDER BY line) AS place FROM ({lines})"
            )
            lines = (
                f"SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {_COLUMNS}, place ORDER BY rank) AS again"
                f" FROM ({placed})) WHERE again = 1"
            )
        order = f"rank * {MOST_LINES} + line AS ord"
        engine.execute(f"CREATE TEMP TABLE events AS SELECT {order}, {_COLUMNS} FROM ({lines})")
        engine.execute(f"CREATE OR REPLACE TEMP MACRO local_of(at_ms) AS {self._clock.local('at_ms', low, high)}")
        day = f"(local_of(at_ms) - local_of(at_ms) % {DAY_MS}) // {DAY_MS}"
        engine.execute(f"CREATE OR REPLACE TEMP MACRO day_of(at_ms) AS {day}")
        engine.execute(
            "CREATE OR REPLACE TEMP MACRO agent_of(name) AS regexp_replace(regexp_replace(name,"
            " '^(SIP|PJSIP|IAX2|DAHDI|SCCP|Skinny|Agent|Local)/', ''), '@.*$', '')"
        )
        engine.execute(
            "CREATE OR REPLACE TEMP MACRO customer_of(caller) AS"
            " regexp_extract(coalesce(caller, ''), '[+]?[0-9]{3,20}')"
        )

    @staticmethod
    def _report(
        kept: _Kept, file: Path, days: tuple[date, ...] = (), visits: int = 0, contacts: int = 0, *, known: bool = False
    ) -> Report:
        found = tuple(kept.bad)
        return Report(file.name, kept.lines, kept.events, kept.blank, found, kept.encoding, kept.cut_off, known, days,
                      visits, contacts)  # fmt: skip


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
