"""Facts of a centre's own log: folded from its beginning, written by day; the same log gives the same bytes."""

import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.acd.events import AnyEvent
from pasokh.kernel.time import Instant
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES
from pasokh.metrics.folding import SOURCE, Row, fold
from pasokh.metrics.question import DAY_MS, EPOCH
from pasokh.metrics.warehouse import TYPES, Warehouse


class Written(Struct, frozen=True):
    """What was made: events read, rows by table, the days they belong to."""

    events: int
    rows: dict[str, int]
    first: date | None
    last: date | None


def write_facts(
    warehouse: Warehouse, events: Iterable[tuple[AnyEvent, Instant]], zone: str, until: Instant = 0
) -> Written:
    """Fold a whole log and replace the facts made of it before; what goes on is told up to `until`, or the last event.

    Rows wait in files, contacts that are over wait packed.
    """
    count = 0

    def counted() -> Iterable[tuple[AnyEvent, Instant]]:
        nonlocal count
        for pair in events:
            count += 1
            yield pair

    made = write_rows(warehouse, fold(counted(), WallClock(ZoneInfo(zone)).at, until))
    return msgspec.structs.replace(made, events=count)


def write_rows(warehouse: Warehouse, told: Iterable[tuple[str, Row]]) -> Written:
    """Replace all files of the own log by those of these rows (table, row)."""
    warehouse.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=warehouse.folder, prefix=".folding-") as name, warehouse.engine() as engine:
        folder = Path(name)
        files = {kind: (folder / kind).open("wb") for kind in TABLES}
        encoder = msgspec.json.Encoder()
        try:
            for kind, row in told:
                files[kind].write(encoder.encode(row) + b"\n")
        finally:
            for file in files.values():
                file.close()
        known = warehouse.days(SOURCE)
        rows, days = {}, set[int]()
        for table in TABLES.values():
            columns = ", ".join(f"'{column.name}': '{TYPES[column.kind]}'" for column in table.columns)
            engine.execute(
                f"CREATE OR REPLACE TEMP VIEW folded AS SELECT *, {table.clocks[0]} // {DAY_MS} AS day FROM"
                f" read_json('{folder / table.name}', format = 'newline_delimited', columns = {{{columns}}})"
            )
            found = [day for (day,) in engine.execute("SELECT DISTINCT day FROM folded").fetchall()]
            days.update(found)
            span = {(known[0] - EPOCH).days + n for n in range((known[1] - known[0]).days + 1)} if known else set()
            wanted = [EPOCH + timedelta(days=day) for day in sorted(span | set(found))]
            rows[table.name] = warehouse.write(engine, table, SOURCE, wanted, "folded")
    first, last = (EPOCH + timedelta(days=min(days)), EPOCH + timedelta(days=max(days))) if days else (None, None)
    return Written(0, rows, first, last)
