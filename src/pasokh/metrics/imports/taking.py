"""Any source of calls made into facts: rows are judged and kept as they stream by, then a call's records become legs.

Memory holds one call and what DuckDB is allowed; sorting spills.
"""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb
import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.keeping import MOST_BAD_KEPT, Bad, Keeping, Kept, Report
from pasokh.metrics.imports.legs import EARLIEST, LATEST, UNNUMBERED, Leg, Record, Refused, Source, Span
from pasokh.metrics.imports.reading import Clean, clean
from pasokh.metrics.warehouse import Warehouse, quoted

_SQL = Path(__file__).with_name("legs.sql").read_text("utf-8")
_RECORDS = "{line: 'BIGINT', call: 'VARCHAR', key: 'VARCHAR', at_ms: 'BIGINT', version: 'BIGINT', data: 'VARCHAR'}"
_BAD = "{line: 'BIGINT', reason: 'VARCHAR', text: 'VARCHAR'}"
_TYPES: dict[object, str] = {str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN"}
_BATCH = 20_000
LONGEST = 16 << 20
"""A record that is longer is none."""


class _Line(msgspec.Struct):
    """A record as it waits for the engine."""

    line: int
    call: str
    key: str
    at_ms: int
    version: int
    data: str


class _Count:
    """What a file had, as it streams by."""

    def __init__(self) -> None:
        self.lines = self.events = self.blank = self.bad_lines = 0
        self.first = self.last = 0
        self.bad: dict[str, Bad] = {}

    def good(self, at_ms: int) -> None:
        self.events += 1
        self.first = min(self.first or at_ms, at_ms)
        self.last = max(self.last, at_ms)

    def refused(self, found: Refused) -> None:
        known = self.bad.get(found.reason)
        self.bad_lines += 1
        self.bad[found.reason] = (
            msgspec.structs.replace(known, lines=known.lines + 1)
            if known
            else Bad(found.reason, 1, found.line, found.text[:200])
        )


class Taking(Keeping):
    """A source whose files are of one kind."""

    def __init__(self, warehouse: Warehouse, source: str, zone: str, kind: Source) -> None:
        super().__init__(warehouse, source, zone, kind.name)
        self.kind = kind

    def take(self, file: Path, encoding: str = "") -> Report:
        """Import a file; raises ``import.*`` and leaves everything as it was."""
        with (
            self.alone(),
            self.warehouse.engine() as engine,
            tempfile.TemporaryDirectory(dir=self.folder, prefix=".taking-") as name,
        ):
            scratch = Path(name)
            read = clean(file, scratch / "clean", encoding, longest=LONGEST)
            kept = next((each for each in self.kept() if each.digest == read.digest), None)
            if kept is not None and kept.restated:
                return self.report(kept, file.name, None)
            kept = kept or self._keep(engine, read, file, scratch)
            return self.report(kept, file.name, self.settle(engine, kept))

    def look(self, file: Path, most: int, encoding: str = "") -> tuple[list[Record | Refused], list[Leg | Span]]:
        """The first records of a file and what they would amount to; nothing is kept."""
        with tempfile.TemporaryDirectory() as name:
            read = clean(file, Path(name) / "clean", encoding, longest=LONGEST)
            found: list[Record | Refused] = []
            for each in self.kind.read(read.path, self.zone):
                found.append(_judged(each))
                if len(found) >= most:
                    break
        good = sorted((r for r in found if isinstance(r, Record)), key=lambda r: (r.call, r.at_ms, r.line))
        legs = [
            leg for _, rows in groupby(good, key=lambda r: r.call) for leg in self.kind.legs([row.data for row in rows])
        ]
        return found, legs

    def _keep(self, engine: duckdb.DuckDBPyConnection, read: Clean, file: Path, scratch: Path) -> Kept:
        count, encoder = _Count(), msgspec.json.Encoder()
        with (scratch / "good").open("wb") as good, (scratch / "bad").open("wb") as bad:
            for each in self.kind.read(read.path, self.zone):
                found = _judged(each)
                count.lines += 1
                if isinstance(found, Record):
                    count.good(found.at_ms)
                    row = _Line(found.line, found.call, found.key, found.at_ms, found.version, found.data.decode())
                    good.write(encoder.encode(row) + b"\n")
                elif found.reason == "blank":
                    count.blank += 1
                else:
                    count.refused(found)
                    if count.bad_lines <= MOST_BAD_KEPT:
                        bad.write(encoder.encode(msgspec.structs.replace(found, text=found.text[:1000])) + b"\n")
        if not count.events:
            raise PasokhError("import.no_records", field="file", file=file.name, lines=count.lines, bad=count.bad_lines)
        told = sorted(count.bad.values(), key=lambda each: each.first_line)
        kept = Kept(read.digest, file.name, count.lines, count.events, count.blank, told, read.encoding, read.cut_off,
                    count.first, count.last)  # fmt: skip
        return self.keep(engine, kept, _lines(scratch / "good", _RECORDS), _lines(scratch / "bad", _BAD))

    def state(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Kept], low: int, high: int) -> None:
        """Legs of all calls that were going on in some days; a record that several files have counts once."""
        unions = " UNION ALL ".join(
            f"SELECT {rank} AS rank, * FROM read_parquet('{quoted(self.folder / each.digest)}.parquet')"
            for rank, each in enumerate(files)
        )
        nothing = "SELECT 0 AS rank, 0 AS line, '' AS call, '' AS key, 0 AS at_ms, 0 AS version, '' AS data WHERE false"
        twice = f"starts_with(key, '{UNNUMBERED}')"
        place = f"CASE WHEN {twice} THEN row_number() OVER (PARTITION BY rank, key ORDER BY line) ELSE 0 END"
        text = (
            f"SELECT call, data FROM (SELECT *, row_number() OVER (PARTITION BY key, place ORDER BY version DESC, rank,"
            f" line DESC) AS again FROM (SELECT *, {place} AS place FROM ({unions or nothing})"
            f" WHERE at_ms >= {low} AND at_ms < {high})) WHERE again = 1 ORDER BY call, at_ms, line, key"
        )
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".legs-") as name:
            folder, encoder = Path(name), msgspec.json.Encoder()
            with (folder / "legs").open("wb") as legs, (folder / "spans").open("wb") as spans:
                for _, rows in groupby(_rows(engine, text), key=lambda row: row[0]):
                    for found in self.kind.legs([data.encode() for _, data in rows]):
                        (legs if isinstance(found, Leg) else spans).write(encoder.encode(found) + b"\n")
            for table, kind in (("legs", Leg), ("spans", Span)):
                columns = ", ".join(f"{f.name}: '{_TYPES[f.type]}'" for f in msgspec.structs.fields(kind))
                engine.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {_lines(folder / table, '{' + columns + '}')}")
        engine.execute(_SQL.replace("$source", f"'{self.source}'"))


def _judged(found: Record | Refused) -> Record | Refused:
    if isinstance(found, Record) and not EARLIEST <= found.at_ms < LATEST:
        return Refused(found.line, "time_range", found.data.decode()[:1000])
    return found


def _lines(file: Path, columns: str) -> str:
    return (
        f"SELECT * FROM read_json('{quoted(file)}', format = 'newline_delimited', columns = {columns},"
        f" maximum_object_size = {2 * LONGEST})"
    )


def _rows(engine: duckdb.DuckDBPyConnection, text: str) -> Iterator[tuple[str, str]]:
    result = engine.cursor().execute(text)
    while rows := result.fetchmany(_BATCH):
        yield from rows
