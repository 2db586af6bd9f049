"""The month report on other engines, beside DuckDB, over the same files in one run.

DuckDB, ClickHouse and Spark get the catalogue's own statement and must say the same. Peers that work out repeats
with a window over all contacts (DuckDB by hand, polars) are those that were measured before Pasokh: they are timed.
Engines that are not installed are left out: ./dev setup engines brings ClickHouse, pip the others.
"""

import argparse
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.figures_report import BY_HAND, DAYS, FIRST, REPORT, best, close, fill

from pasokh.metrics.cluster import statement, with_files
from pasokh.metrics.facts import TABLES
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import DAY_MS, EPOCH, Period, Question
from pasokh.metrics.warehouse import Limits, Warehouse

type Rows = list[tuple[object, ...]]
WINDOW = "lead(opened_at) OVER (PARTITION BY customer ORDER BY opened_at)"
HOW = ("answered", "abandoned")


def here(name: str) -> bool:
    """Whether a library is installed."""
    return importlib.util.find_spec(name) is not None


def clickhouse(text: str) -> Rows:
    """Rows of a statement, by ClickHouse in this process."""
    import chdb  # noqa: PLC0415 - only where it is installed

    found = chdb.query(
        f"{text} SETTINGS output_format_json_quote_64bit_integers=0, max_threads=2", "JSONCompactEachRow"
    )
    return [tuple(json.loads(line)) for line in str(found).splitlines()]


def spark() -> Callable[[str], Rows]:
    """Rows of a statement, by Spark in local mode."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where it is installed

    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = session.config("spark.sql.shuffle.partitions", "4").config("spark.driver.memory", "3g").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return lambda text: [tuple(row) for row in session.sql(text).collect()]


def polars(folder: Path, now: int) -> None:
    """The same figures as people write them with polars, streaming."""
    import polars as pl  # noqa: PLC0415 - only where it is installed

    def by(table: str, clock: str) -> pl.LazyFrame:
        frame = pl.scan_parquet(folder / table / "*" / "*.parquet")
        return frame.with_columns(interval=pl.col(clock) - pl.col(clock) % 1_800_000)

    how, wait, soon = pl.col("how"), pl.col("wait_ms"), pl.col("wait_ms") <= 20_000
    visits = by("visits", "entered_local").group_by("interval", "queue").agg(
        in_time=((how == "answered") & soon).sum(), offered=how.is_in(HOW).sum(), answered=(how == "answered").sum(),
        gone=(how == "abandoned").sum(), soon=((how == "abandoned") & (wait <= 5_000)).sum(),
        left=((how != "waiting") & soon).sum(), waited=wait.filter(how == "answered").sum(),
    )  # fmt: skip
    spent = pl.col("talk_ms") + pl.col("hold_ms") + pl.col("wrap_ms")
    handlings = by("handlings", "answered_local").group_by("interval", "queue").agg(aht=spent.mean())
    week = 7 * DAY_MS
    again = pl.col("opened_at").sort().shift(-1).over("customer")
    known = (pl.col("answered") == 1) & (pl.col("closed_at") + week <= now)
    solved = known & (again.is_null() | (again > pl.col("closed_at") + week))
    contacts = by("contacts", "opened_local").with_columns(known=known, solved=solved)
    contacts = contacts.group_by("interval", "queue").agg(fcr=pl.col("solved").sum() / pl.col("known").sum())
    whole = visits.join(handlings, on=("interval", "queue")).join(contacts, on=("interval", "queue"))
    whole.sort("interval", "queue").collect(engine="streaming")


def main() -> int:
    """Measure all that are here; 0 where they say the same and DuckDB with the catalogue is ahead of every other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=10)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pasokh-engines-"))
    seconds: dict[str, float] = {}
    same: dict[str, bool] = {}
    try:
        warehouse = Warehouse(folder, Limits(memory="4GB", threads=2))
        fill(warehouse, given.millions)
        now = ((FIRST - EPOCH).days + DAYS + 7) * DAY_MS
        period = Period(FIRST, FIRST + timedelta(days=DAYS - 1))
        question = Question(measures=tuple(map(measure, REPORT)), period=period, by=("interval", "queue"), now=now)
        rows = warehouse.ask(question).rows
        seconds["pasokh"] = best(lambda: warehouse.ask(question))
        with warehouse.engine() as engine:
            for table in ("visits", "handlings", "contacts"):
                warehouse.show(engine, TABLES[table], period.first, period.last)
            text = BY_HAND.format(now=now).replace("next_contact_at", "again")
            text = text.replace("FROM contacts", f"FROM (SELECT *, {WINDOW} AS again FROM contacts)")
            seconds["duckdb_with_a_window"] = best(lambda: engine.execute(text).fetchall())
        others: dict[str, Callable[[str], Rows]] = {}
        if here("chdb"):
            others["clickhouse"] = clickhouse
        if here("pyspark"):
            others["spark"] = spark()
        for name, run in others.items():
            said = statement(question, name, str(folder), with_files(warehouse, question))
            found = run(said)
            same[name] = len(found) == len(rows) and all(
                a[:2] == b[:2] and a[3::2] == b[3::2] and close(a, (*b[:2], *b[2::2]))
                for a, b in zip(found, rows, strict=True)
            )
            seconds[name] = best(partial(run, said))
        if here("polars"):
            seconds["polars_with_a_window"] = best(lambda: polars(folder, now))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = {"interactions": round(given.millions * 1e6), "seconds": {k: round(v, 2) for k, v in seconds.items()},
               "same_as_duckdb": same}  # fmt: skip
    print(json.dumps(figures))
    ahead = all(seconds["pasokh"] < taken for name, taken in seconds.items() if name != "pasokh")
    return 0 if ahead and all(same.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
