"""What every import keeps: the rows of each file that came, what was wrong with it, and whether the facts know of it.

``FACTS/.imports/SOURCE/``: ``files.json`` names the files, ``DIGEST.parquet`` has a file's rows, ``DIGEST.bad.parquet``
what was left out. The manifest is written last, so a crash leaves a file out or whole; facts are a function of all
rows kept.
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
from pasokh.metrics.question import DAY_MS
from pasokh.metrics.warehouse import Warehouse, check_source, quoted, settle

REPEATS = timedelta(days=35)
"""So far back a contact is looked at again when a later one comes: repeats are counted within a month."""
MOST_BAD_KEPT = 1_000_000
MADE = ("visits", "handlings", "contacts", "agent_time")
"""The facts that files elsewhere can tell of."""


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
    digest: str = ""


class Kept(Struct):
    """A file as it is kept."""

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
    """Whether the facts know of it; false after a crash in between, and then the next import of the file goes on."""
    gone: bool = False
    """Being taken back: its rows no longer count."""


class About(Struct, frozen=True):
    """What a source is: all its files are of one kind, and its days are those of one time zone."""

    kind: str
    zone: str


class Made(Struct, frozen=True):
    """What restating made: the days with stays, and how many rows."""

    days: tuple[date, ...]
    visits: int
    contacts: int


class Keeping:
    """One source's files. Whoever imports says how rows become facts (`state`)."""

    def __init__(self, warehouse: Warehouse, source: str, zone: str, kind: str) -> None:
        check_source(source)
        self.about = About(kind, zone)
        self.warehouse, self.source, self.zone = warehouse, source, ZoneInfo(zone)
        self.clock = WallClock(self.zone)
        self.folder = warehouse.folder / ".imports" / source

    # -- asking --------------------------------------------------------------------------------------------------------
    def kept(self) -> list[Kept]:
        """The files that count, in the order in which they came."""
        return [each for each in self._manifest() if not each.gone]

    def files(self) -> dict[str, str]:
        """What was imported: digest → name."""
        return {each.digest: each.name for each in self.kept()}

    def bad_lines(self, digest: str) -> Iterator[tuple[int, str, str]]:
        """Line number, reason and text of what a file had bad, in order."""
        file = self.folder / f"{digest}.bad.parquet"
        if file.exists():
            with self.warehouse.engine() as engine:
                rows = engine.execute("SELECT line, reason, text FROM read_parquet(?) ORDER BY line", [str(file)])
                while some := rows.fetchmany(10_000):
                    yield from some

    # -- taking back ---------------------------------------------------------------------------------------------------
    def undo(self, digest: str) -> tuple[date, ...]:
        """Take a file back: facts are as if it had never come. Returns the days made anew.

        Raises ``import.not_known``.
        """
        with self.alone():
            files = self._manifest()
            wanted = next((each for each in files if each.digest == digest), None)
            if wanted is None:
                raise PasokhError("import.not_known", field="file", file=digest[:60])
            wanted.gone = True
            self._write_manifest(files)
            return self._drop_gone()

    def _drop_gone(self) -> tuple[date, ...]:
        """Finish what `undo` began, also one that a crash cut off."""
        days: tuple[date, ...] = ()
        for each in [each for each in self._manifest() if each.gone]:
            with self.warehouse.engine() as engine:
                days += self._remade(engine, each).days
            self._write_manifest([other for other in self._manifest() if other.digest != each.digest])
            for name in (f"{each.digest}.parquet", f"{each.digest}.bad.parquet"):
                (self.folder / name).unlink(missing_ok=True)
        return days

    # -- for whoever imports -------------------------------------------------------------------------------------------
    def keep(self, engine: duckdb.DuckDBPyConnection, kept: Kept, good: str, bad: str) -> Kept:
        """Keep the rows that two selects give; from now on the file counts."""
        self._write("source.json", msgspec.json.encode(self.about))
        self.put(engine, good, f"{kept.digest}.parquet")
        if kept.bad:
            self.put(engine, f"{bad} LIMIT {MOST_BAD_KEPT}", f"{kept.digest}.bad.parquet")
        self._write_manifest([*self._manifest(), kept])
        return kept

    def put(self, engine: duckdb.DuckDBPyConnection, wanted: str, name: str) -> None:
        """Write a select's rows into a file of the source."""
        part = self.folder / f".{name}"
        engine.execute(f"COPY ({wanted}) TO '{quoted(part)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
        settle(part, self.folder / name)

    def settle(self, engine: duckdb.DuckDBPyConnection, kept: Kept) -> Made:
        """Make the facts of the days a kept file touches, and remember that."""
        made = self._remade(engine, kept)
        files = self._manifest()
        self._write_manifest(
            [msgspec.structs.replace(each, restated=True) if each.digest == kept.digest else each for each in files]
        )
        return made

    def state(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Kept], low: int, high: int) -> None:
        """Leave a relation ``TABLE_of`` for each of `MADE`, from the rows kept of ``low ≤ at_ms < high``."""
        raise NotImplementedError

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two imports of one source take turns. Raises ``import.other_kind`` and ``import.other_zone``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = about(self.folder) if self._manifest() else None
            if known is not None and known.kind != self.about.kind:
                raise PasokhError("import.other_kind", field="source", source=self.source, kind=known.kind)
            if known is not None and known.zone != self.about.zone:
                raise PasokhError("import.other_zone", field="zone", source=self.source, zone=known.zone)
            self._drop_gone()
            yield

    def report(self, kept: Kept, name: str, made: Made | None) -> Report:
        """What to tell; `made` None where the file was known."""
        days, visits, contacts = (made.days, made.visits, made.contacts) if made else ((), 0, 0)
        return Report(name, kept.lines, kept.events, kept.blank, tuple(kept.bad), kept.encoding, kept.cut_off,
                      made is None, days, visits, contacts, kept.digest)  # fmt: skip

    # -- inside --------------------------------------------------------------------------------------------------------
    def _manifest(self) -> list[Kept]:
        manifest = self.folder / "files.json"
        return msgspec.json.decode(manifest.read_bytes(), type=list[Kept]) if manifest.exists() else []

    def _write_manifest(self, kept: Sequence[Kept]) -> None:
        self._write("files.json", msgspec.json.encode(list(kept)))

    def _write(self, name: str, data: bytes) -> None:
        part = self.folder / f".{name}"
        part.write_bytes(data)
        settle(part, self.folder / name)

    def _remade(self, engine: duckdb.DuckDBPyConnection, kept: Kept) -> Made:
        """Make the facts of the days a file touches anew, from all rows that count."""
        first, last = self.clock.day(kept.first_at), self.clock.day(kept.last_at)
        touched = _days(first - timedelta(days=1), last + timedelta(days=1))
        looked = _days(first - REPEATS, last + timedelta(days=1))
        low = self.clock.midnight(first - REPEATS)
        high = self.clock.midnight(last + REPEATS + timedelta(days=1))
        files = [each for each in self.kept() if each.last_at >= low and each.first_at < high]
        engine.execute(f"CREATE OR REPLACE TEMP MACRO local_of(at_ms) AS {self.clock.local('at_ms', low, high)}")
        day = f"(local_of(at_ms) - local_of(at_ms) % {DAY_MS}) // {DAY_MS}"
        engine.execute(f"CREATE OR REPLACE TEMP MACRO day_of(at_ms) AS {day}")
        engine.execute(
            "CREATE OR REPLACE TEMP MACRO customer_of(caller) AS"
            " regexp_extract(coalesce(caller, ''), '[+]?[0-9]{3,20}')"
        )
        self.state(engine, sorted(files, key=lambda each: (each.first_at, each.digest)), low, high)
        counts = {}
        for name in MADE:
            table = TABLES[name]
            days = looked if name == "contacts" else touched
            counts[name] = self.warehouse.write(engine, table, self.source, days, f"{name}_of")
        written = tuple(day for day in touched if (self.warehouse.folder / "visits" / day.isoformat()).exists())
        return Made(written, counts["visits"], counts["contacts"])


def about(folder: Path) -> About | None:
    """What the source in a folder is; None where none is."""
    file = folder / "source.json"
    return msgspec.json.decode(file.read_bytes(), type=About) if file.exists() else None


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
