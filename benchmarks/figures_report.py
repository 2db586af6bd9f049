"""A month's report over millions of contacts: the catalogue's SQL, SQL by hand, and the bare reading of the columns.

Everything on the same Parquet files in one run; each is run three times, the best counts. Memory is bounded by DuckDB.
"""

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from pasokh.metrics.facts import TABLES
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import DAY_MS, EPOCH, Period, Question
from pasokh.metrics.warehouse import TYPES, Limits, Warehouse

FIRST = date(2026, 10, 1)
DAYS = 30
REPORT = (
    "sl.answered_or_abandoned@20s", "sl.short_abandons_excluded@20s/5s", "sl.abandons_in_x_excluded@20s",
    "sl.left_queue_in_x@20s", "sl.answered_only@20s", "asa.answered", "abandon.over_offered", "aht", "fcr.no_repeat@7d",
)  # fmt: skip
BY_HAND = """
WITH v AS (
    SELECT entered_local - entered_local % 1800000 AS interval, queue,
        count(CASE WHEN how = 'answered' AND wait_ms <= 20000 THEN 1 END) AS in_time,
        count(CASE WHEN how = 'answered' THEN 1 END) AS answered, count(CASE WHEN how = 'abandoned' THEN 1 END) AS gone,
        count(CASE WHEN how = 'abandoned' AND wait_ms <= 5000 THEN 1 END) AS gone_soon,
        count(CASE WHEN how = 'abandoned' AND wait_ms <= 20000 THEN 1 END) AS gone_in_time,
        count(CASE WHEN how <> 'waiting' AND wait_ms <= 20000 THEN 1 END) AS left_in_time,
        count(CASE WHEN how <> 'waiting' THEN 1 END) AS gone_all,
        sum(CASE WHEN how = 'answered' THEN wait_ms ELSE 0 END) AS waited
    FROM visits GROUP BY 1, 2
), h AS (
    SELECT answered_local - answered_local % 1800000 AS interval, queue,
        sum(CASE WHEN kind <> 'consult' THEN talk_ms + hold_ms + wrap_ms ELSE 0 END) AS spent,
        count(CASE WHEN kind <> 'consult' THEN 1 END) AS handled
    FROM handlings GROUP BY 1, 2
), c AS (
    SELECT opened_local - opened_local % 1800000 AS interval, queue,
        count(CASE WHEN answered = 1 AND customer <> '' AND closed_at + 604800000 <= {now}
            AND (next_contact_at IS NULL OR next_contact_at > closed_at + 604800000) THEN 1 END) AS solved,
        count(CASE WHEN answered = 1 AND customer <> '' AND closed_at + 604800000 <= {now} THEN 1 END) AS known
    FROM contacts GROUP BY 1, 2
)
SELECT interval, queue, in_time / nullif(answered + gone, 0), in_time / nullif(answered + gone - gone_soon, 0),
    in_time / nullif(answered + gone - gone_in_time, 0), left_in_time / nullif(gone_all, 0),
    in_time / nullif(answered, 0), waited / nullif(answered, 0), gone / nullif(answered + gone, 0),
    spent / nullif(handled, 0), solved / nullif(known, 0)
FROM v FULL JOIN h USING (interval, queue) FULL JOIN c USING (interval, queue) ORDER BY interval, queue
"""
READ = (
    "SELECT sum(entered_local + wait_ms), max(how), max(queue) FROM visits",
    "SELECT sum(answered_local + talk_ms + hold_ms + wrap_ms), max(kind), max(queue) FROM handlings",
    (
        "SELECT sum(opened_local + closed_at + coalesce(next_contact_at, 0) + answered), max(customer), max(queue)"
        " FROM contacts"
    ),
)


def drawn(table: str, day: date, rows: int) -> str:
    """A day's rows as SQL, the same for the same day."""
    midnight = (day - EPOCH).days * DAY_MS
    seed = (day - EPOCH).days
    base = f"range({rows}) r(i), (SELECT 1) x"
    clock = f"{midnight} + 25200000 + (hash(i, {seed}) % 50400000)::BIGINT"
    wait = f"(-25000 * ln(1 - (hash(i, {seed + 1}) % 999983) / 999983.0))::BIGINT"
    queue = f"'queue-' || lpad((hash(i, {seed + 2}) % 20)::VARCHAR, 2, '0')"
    soon = f"{clock} + 300000"
    again = f"{clock} + (hash(i, {seed + 9}) % 1209600000)::BIGINT"
    special = {
        "visits": {
            "visit": "'v' || i", "interaction": "'i' || i", "contact": f"'{seed}-' || i", "queue": queue,
            "how": f"CASE WHEN hash(i, {seed + 3}) % 10 < 9 THEN 'answered' ELSE 'abandoned' END", "wait_ms": wait,
            "entered_local": clock, "entered_at": clock, "left_at": f"{clock} + {wait}",
            "left_local": f"{clock} + {wait}",
        },
        "handlings": {
            "handling": "'h' || i", "queue": queue, "kind": "'contact'", "answered_local": clock, "answered_at": clock,
            "talk_ms": f"(-180000 * ln(1 - (hash(i, {seed + 4}) % 999983) / 999983.0))::BIGINT",
            "wrap_ms": f"(hash(i, {seed + 5}) % 60000)::BIGINT", "agent": f"'agent-' || (hash(i, {seed + 6}) % 900)",
        },
        "contacts": {
            "contact": f"'{seed}-' || i", "queue": queue, "customer": f"'+98912' || (hash(i, {seed + 7}) % 9000000)",
            "opened_local": clock, "opened_at": clock, "closed_at": soon, "closed_local": soon, "answered": "1",
            "next_contact_at": f"CASE WHEN hash(i, {seed + 8}) % 5 = 0 THEN {again} END",
        },
    }[table]  # fmt: skip
    empty = {"text": "''", "number": "0", "flag": "0"}
    filled = {column.name: special.get(column.name, empty[column.kind]) for column in TABLES[table].columns}
    filled |= {"rating": "NULL"} if "rating" in filled else {}
    columns = ", ".join(
        f'CAST({filled[column.name]} AS {TYPES[column.kind]}) AS "{column.name}"' for column in TABLES[table].columns
    )
    return f"SELECT {columns} FROM {base}"


def fill(warehouse: Warehouse, millions: float) -> None:
    """Days of facts, written straight into their files; those that are there already stay."""
    rows = round(millions * 1_000_000 / DAYS)
    with warehouse.engine() as engine:
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            for table in ("visits", "handlings", "contacts"):
                file = warehouse.folder / table / day.isoformat() / "log.parquet"
                if file.exists():
                    continue
                file.parent.mkdir(parents=True, exist_ok=True)
                clock, part = TABLES[table].clocks[0], file.with_suffix(".part")
                engine.execute(
                    f"COPY ({drawn(table, day, rows)} ORDER BY {clock}) TO '{part}'"
                    " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"
                )
                part.rename(file)


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three."""
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> int:
    """Measure; 0 where within 2 × the reading of columns, and no slower than by hand + 20 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=10)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--folder", type=Path, help="keep the facts here and go on with those that are there")
    parser.add_argument("--only-fill", action="store_true", help="make the facts, for a run later with --folder")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="pasokh-figures-"))
    try:
        warehouse = Warehouse(folder, Limits(memory=given.memory, threads=2))
        fill(warehouse, given.millions)
        if given.only_fill:
            return 0
        now = ((FIRST - EPOCH).days + DAYS + 7) * DAY_MS
        period = Period(FIRST, FIRST + timedelta(days=DAYS - 1))
        question = Question(measures=tuple(map(measure, REPORT)), period=period, by=("interval", "queue"), now=now)
        answer = warehouse.ask(question)
        ours = best(lambda: warehouse.ask(question))
        with warehouse.engine() as engine:
            for table in ("visits", "handlings", "contacts"):
                warehouse.show(engine, TABLES[table], period.first, period.last)
            text = BY_HAND.format(now=now)
            by_hand = engine.execute(text).fetchall()
            hand = best(lambda: engine.execute(text).fetchall())
            read = best(lambda: [engine.execute(each).fetchall() for each in READ])
        same = all(close(row, other) for row, other in zip(answer.rows, by_hand, strict=True))
        size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
    finally:
        if given.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    figures = {
        "interactions": round(given.millions * 1_000_000), "rows_of_answer": len(answer.rows), "same_as_by_hand": same,
        "report_seconds": round(ours, 2), "by_hand_seconds": round(hand, 2), "read_seconds": round(read, 2),
        "ratio_by_hand": round(ours / hand, 2), "ratio_read": round(ours / read, 2),
        "ns_per_interaction": round(ours / given.millions * 1000), "parquet_mb": round(size / 1e6),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "duckdb": duckdb.__version__,
    }  # fmt: skip
    print(json.dumps(figures))
    return 0 if same and ours <= 1.2 * hand and ours <= 2 * read else 1


def close(row: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether an answer's row says what the one by hand says."""
    values = row[2::2]
    return row[:2] == other[:2] and all(
        (a is None and b is None) or abs(float(str(a)) - float(str(b))) < 1e-6
        for a, b in zip(values, other[2:], strict=True)
    )


if __name__ == "__main__":
    raise SystemExit(main())
