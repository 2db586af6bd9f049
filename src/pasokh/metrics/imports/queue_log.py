"""Asterisk's queue_log, as a file or as a table of a database, made into facts.

Lines are kept as they were (clean, one Parquet file for each file that came); facts are a function of all lines kept.
So the same file again, or one that overlaps, changes nothing, and the order in which files come does not matter.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.imports.keeping import Bad, Keeping, Kept, Report
from pasokh.metrics.imports.queue_log_lines import judge
from pasokh.metrics.imports.reading import Clean, clean
from pasokh.metrics.warehouse import Warehouse, quoted

KIND = "queue-log"
MOST_LINES = 1_000_000_000_000
_COLUMNS = "at_ms, callid, queue, agent, event, d1, d2, d3, d4, d5"
_TEXTS = ", ".join(f"'' AS {name}" for name in _COLUMNS.split(", ")[1:])
_SQL = Path(__file__).with_name("queue_log.sql").read_text("utf-8")


class QueueLog(Keeping):
    """One source of queue_log: a switch, or several whose logs were written into one table."""

    def __init__(self, warehouse: Warehouse, source: str, zone: str) -> None:
        super().__init__(warehouse, source, zone, KIND)

    def take(self, file: Path, encoding: str = "") -> Report:
        """Import a file; raises ``import.*`` and leaves everything as it was."""
        with self.alone(), self.warehouse.engine() as engine:
            scratch = self.folder / ".lines"
            try:
                read = clean(file, scratch, encoding)
                kept = next((each for each in self.kept() if each.digest == read.digest), None)
                if kept is not None and kept.restated:
                    return self.report(kept, file.name, None)
                kept = kept or self._keep(engine, read, file)
            finally:
                scratch.unlink(missing_ok=True)
            return self.report(kept, file.name, self.settle(engine, kept))

    def _keep(self, engine: duckdb.DuckDBPyConnection, read: Clean, file: Path) -> Kept:
        """Split, judge and keep a file's lines."""
        judge(engine, read.path, self.clock)
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
        kept = Kept(read.digest, file.name, lines, events, blank, bad, read.encoding, read.cut_off, first, last)
        good = f"SELECT line, {_COLUMNS} FROM judged WHERE reason = '' ORDER BY line"
        rest = "SELECT line, reason, text[:1000] AS text FROM judged WHERE reason NOT IN ('', 'blank') ORDER BY line"
        self.keep(engine, kept, good, rest)
        engine.execute("DROP TABLE judged")
        return kept

    def state(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Kept], low: int, high: int) -> None:
        """Facts of all lines of some days, without repeats, in the order in which they were written.

        A line that several files have counts once; a file that says the same twice means it.
        """
        unions = " UNION ALL ".join(
            f"SELECT {rank} AS rank, * FROM read_parquet('{quoted(self.folder / each.digest)}.parquet')"
            for rank, each in enumerate(files)
        )
        nothing = f"SELECT 0 AS rank, 0 AS line, 0 AS at_ms, {_TEXTS} WHERE false"
        lines = f"SELECT * FROM ({unions or nothing}) WHERE at_ms >= {low} AND at_ms < {high}"
        if len(files) > 1:
            placed = (
                f"SELECT *, row_number() OVER (PARTITION BY rank, {_COLUMNS} ORDER BY line) AS place FROM ({lines})"
            )
            lines = (
                f"SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {_COLUMNS}, place ORDER BY rank) AS again"
                f" FROM ({placed})) WHERE again = 1"
            )
        order = f"rank * {MOST_LINES} + line AS ord"
        engine.execute(f"CREATE OR REPLACE TEMP TABLE events AS SELECT {order}, {_COLUMNS} FROM ({lines})")
        engine.execute(
            "CREATE OR REPLACE TEMP MACRO agent_of(name) AS regexp_replace(regexp_replace(name,"
            " '^(SIP|PJSIP|IAX2|DAHDI|SCCP|Skinny|Agent|Local)/', ''), '@.*$', '')"
        )
        engine.execute(_SQL.replace("$source", f"'{self.source}'"))
        engine.execute("DROP TABLE stays")
