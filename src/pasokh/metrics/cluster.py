"""A question for a cluster engine that reads the same Parquet files: one statement that needs nothing set up before it.

The facts lie wherever the engine sees them: a folder of each machine, or a bucket. Run for real and compared with
DuckDB in `tests/integration/test_cluster_engines.py`.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import TABLES, FactTable, Kind
from pasokh.metrics.question import Question, tables_of
from pasokh.metrics.sql import select
from pasokh.metrics.warehouse import LATE_DAYS, Warehouse

_CLICKHOUSE: Mapping[Kind, str] = {"text": "Nullable(String)", "number": "Nullable(Int64)", "flag": "Nullable(Int64)"}
_SPARK: Mapping[Kind, str] = {"text": "STRING", "number": "BIGINT", "flag": "BIGINT"}


def statement(question: Question, engine: str, place: str, known: Collection[str] | None = None) -> str:
    """The question as one statement over the files below `place` (``PLACE/TABLE/DAY/SOURCE.parquet``).

    `known` names the tables that have any file in the period; None = all. Raises ``kpi.engine``, and what
    `Question.check` raises.
    """
    reads = ENGINES.get(engine)
    if reads is None:
        raise PasokhError("kpi.engine", field="sql", engine=engine[:40], known=", ".join(ENGINES))
    tables = dict.fromkeys(table for measure in question.measures for table in tables_of(measure))
    text = select(question, engine)
    views = [
        f"{table.name} AS ({reads(table, _files(question, table, place), known is None or table.name in known)})"
        for table in tables
    ]
    return f"WITH {', '.join(views)} {text}"


def with_files(warehouse: Warehouse, question: Question) -> set[str]:
    """The tables that have any file in a question's period: engines refuse a pattern that nothing fits."""
    first, last = question.period.first - timedelta(days=LATE_DAYS), question.period.last
    return {name for name, table in TABLES.items() if warehouse.files(table, first, last)}


def _files(question: Question, table: FactTable, place: str) -> str:
    """The months a question looks at, as a pattern: listing all days of ten years is slow where files lie far away."""
    late = any(measure.kpi.fact == table.name and measure.kpi.clock for measure in question.measures)
    first = question.period.first - timedelta(days=LATE_DAYS if late else 0)
    last = question.period.last
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    months = [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
    return f"{place.rstrip('/')}/{table.name}/{{{','.join(months)}}}-*/*.parquet"


def _clickhouse(table: FactTable, files: str, known: bool) -> str:
    structure = ", ".join(f"`{column.name}` {_CLICKHOUSE[column.kind]}" for column in table.columns)
    if not known:
        return f"SELECT * FROM null('{structure}')"
    reader = "s3" if files.startswith(("s3://", "https://")) else "file"
    return f"SELECT * FROM {reader}('{_text(files)}', 'Parquet', '{structure}')"


def _spark(table: FactTable, files: str, known: bool) -> str:
    columns = ", ".join(
        f"CAST({f'`{column.name}`' if known else 'NULL'} AS {_SPARK[column.kind]}) AS `{column.name}`"
        for column in table.columns
    )
    return f"SELECT {columns} " + (f"FROM parquet.`{files.replace('`', '``')}`" if known else "WHERE false")


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


ENGINES: Mapping[str, Callable[[FactTable, str, bool], str]] = {"clickhouse": _clickhouse, "spark": _spark}
"""Engine → how it reads a table: the files, and whether there are any."""
