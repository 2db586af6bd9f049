"""Puts days that are over into files, and into their files what came to be known of them later.

A crash leaves rows in both places or in one: whoever reads lays them over each other, and sealing again gives the same
bytes. So rows are taken from PostgreSQL only after their files are durable.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import duckdb
import psycopg

from pasokh.kernel.time import MINUTE, Instant, Millis
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.folding.rows import SOURCE
from pasokh.metrics.question import DAY_MS, EPOCH
from pasokh.metrics.today.following import NAME
from pasokh.metrics.today.overlay import GOING_ON, Overlay
from pasokh.metrics.warehouse import Warehouse

GRACE: Millis = MINUTE
"""So long after midnight a day is put into its files: what happened just before is in the log by then."""
EVERY: Millis = 10 * MINUTE
"""So often corrections of earlier days are put into their files."""
AT_ONCE = 31
"""Days written in one go."""


def due(cursor: psycopg.Cursor, org: str, now: Instant) -> int | None:
    """The day (since 1970) before which everything should be in files; None while there is nothing to do."""
    cursor.execute("SELECT zone, open_day, sealed_at FROM fact_progress WHERE org = %s", (org,))
    found = cursor.fetchone()
    if found is None:
        return None
    zone, open_day, sealed_at = found
    today = WallClock(ZoneInfo(zone)).at(now - GRACE) // DAY_MS
    if today > open_day:
        return today
    if now - sealed_at < EVERY:
        return None
    late = " UNION ALL ".join(
        f"(SELECT 1 FROM fact_{name} WHERE org = %(org)s AND day < %(day)s LIMIT 1)" for name in TABLES
    )
    cursor.execute(late.encode(), {"org": org, "day": open_day})
    return open_day if cursor.fetchone() is not None else None


def seal(
    connection: psycopg.Connection, warehouse: Warehouse, org: str, before: int, now: Instant,
    durable: Callable[[], None] = lambda: None,
) -> list[date]:  # fmt: skip
    """Put all days before `before` into files and take their rows away; returns the days looked at.

    Holds the projection's place meanwhile, so nothing is folded. `durable` is told when files are written and rows are
    still there.
    """
    with connection.transaction(), connection.cursor() as cursor:
        hold(cursor, org)
        overlay, written = Overlay(org), set[int]()
        with (
            tempfile.TemporaryDirectory(prefix="pasokh-sealing-") as spill,
            duckdb.connect(":memory:", config={"temp_directory": spill, "threads": 1}) as engine,
        ):
            overlay.load(cursor, engine, before)
            if overlay.progress is None:
                return []
            warehouse.folder.mkdir(parents=True, exist_ok=True)
            until = overlay.clock.midnight(EPOCH + timedelta(days=before))
            for table in TABLES.values():
                days = _days(overlay, engine, table, before)
                for first in range(0, len(days), AT_ONCE):
                    _write(overlay, engine, warehouse, table, days[first : first + AT_ONCE], until)
                written.update(days)
        durable()
        for name in TABLES:
            cursor.execute(f"DELETE FROM fact_{name} WHERE org = %s AND day < %s".encode(), (org, before))
        guess(cursor, org, {fact: overlay.stretches(fact) for fact in GOING_ON}, until)
        cursor.execute(
            "UPDATE fact_progress SET open_day = greatest(open_day, %s), sealed = sealed + 1, sealed_at = %s"
            " WHERE org = %s",
            (before, now, org),
        )
    return [EPOCH + timedelta(days=day) for day in sorted(written)]


def hold(cursor: psycopg.Cursor, org: str) -> None:
    """Let nobody fold an organisation's log until the transaction ends."""
    cursor.execute(
        "INSERT INTO projection_cursor (name, shard, org) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (NAME, org, org)
    )
    cursor.execute("SELECT 1 FROM projection_cursor WHERE name = %s AND shard = %s FOR UPDATE", (NAME, org))


def guess(
    cursor: psycopg.Cursor, org: str, stretches: Mapping[str, Sequence[tuple[str, str, Instant]]], until: Instant
) -> None:
    """Remember of which stretches (fact → whose, mark, since) files tell how they went on."""
    cursor.execute("DELETE FROM fact_guess WHERE org = %s", (org,))
    rows = [
        (org, fact, name, since, mark)
        for fact, each in stretches.items()
        for name, mark, since in each
        if since < until
    ]
    cursor.executemany("INSERT INTO fact_guess (org, fact, id, since, mark) VALUES (%s, %s, %s, %s, %s)", rows)


def _days(overlay: Overlay, engine: duckdb.DuckDBPyConnection, table: FactTable, before: int) -> list[int]:
    days = overlay.touched(engine, table)
    if table.name in GOING_ON and overlay.progress is not None:
        days.update(range(overlay.progress.open_day, before))
    return sorted(day for day in days if day < before)


def _write(
    overlay: Overlay, engine: duckdb.DuckDBPyConnection, warehouse: Warehouse, table: FactTable, days: Sequence[int],
    until: Instant,
) -> None:  # fmt: skip
    dates = [EPOCH + timedelta(days=day) for day in days]
    lie = [warehouse.folder / table.name / day.isoformat() / f"{SOURCE}.parquet" for day in dates]
    if table.name in GOING_ON:
        overlay.show_going_on(engine, table, until)
    rows = overlay.relation(engine, table, [file for file in lie if file.exists()], dates[0], dates[-1])
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW sealed AS SELECT *, {table.clocks[0]} // {DAY_MS} AS day FROM ({rows})"
    )
    warehouse.write(engine, table, SOURCE, dates, "sealed")
