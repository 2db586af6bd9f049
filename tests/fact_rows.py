"""Facts made by hand: rows with defaults, put into a warehouse."""

from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.question import EPOCH
from pasokh.metrics.warehouse import TYPES, Warehouse

DAY = date(2026, 11, 21)
MIDNIGHT = 1_795_219_200_000
"""Of `DAY`, by the wall clock."""
EMPTY = {"text": "", "number": 0, "flag": 0}


def row(table: str, at: int, **given: object) -> dict[str, object]:
    """A row that begins `at` milliseconds after midnight of `DAY`; what is not given is empty."""
    fact = TABLES[table]
    values: dict[str, object] = {column.name: EMPTY[column.kind] for column in fact.columns}
    values |= {"source": "log", fact.clocks[0]: MIDNIGHT + at, fact.clocks[0].replace("_local", "_at"): MIDNIGHT + at}
    unknown = set(given) - set(values)
    assert not unknown, unknown
    return values | given


def visit(number: int, at: int, how: str, wait_s: float = 0, **given: object) -> dict[str, object]:
    """A stay in a queue."""
    wait = round(wait_s * 1000)
    ended = {} if how == "waiting" else {"left_at": MIDNIGHT + at + wait, "left_local": MIDNIGHT + at + wait}
    usual = {"visit": f"v{number}", "interaction": f"i{number}", "contact": f"c{number}", "queue": "support"}
    return row("visits", at, **usual | {"how": how, "wait_ms": wait} | ended | given)


def fill(warehouse: Warehouse, rows: dict[str, list[dict[str, object]]], source: str = "log") -> None:
    """Write rows of each table, by the day of their first clock."""
    with warehouse.engine() as engine:
        for name, each in rows.items():
            table = TABLES[name]
            stage(engine, table, each)
            days = [EPOCH + timedelta(days=n) for (n,) in engine.execute("SELECT DISTINCT day FROM staged").fetchall()]
            warehouse.write(engine, table, source, sorted(days), "staged")


def stage(engine: DuckDBPyConnection, table: FactTable, rows: list[dict[str, object]]) -> None:
    """A relation `staged` of rows."""
    columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in table.columns)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE rows_of ({columns})")
    if rows:
        marks = ", ".join("?" for _ in table.columns)
        engine.executemany(f"INSERT INTO rows_of VALUES ({marks})", [[r[c.name] for c in table.columns] for r in rows])
    clock = table.clocks[0]
    engine.execute(f"CREATE OR REPLACE TEMP VIEW staged AS SELECT *, {clock} // 86400000 AS day FROM rows_of")
