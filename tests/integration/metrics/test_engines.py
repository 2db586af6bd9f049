"""The same question on other engines, really run: ClickHouse over the same Parquet files, PostgreSQL over tables."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from tests.fact_draws import ALL, FACTS, SPLITS, questions
from tests.fact_rows import DAY, EMPTY, MIDNIGHT, fill, row, visit

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.cluster import ENGINES, statement, with_files
from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period, Question, knows, tables_of
from pasokh.metrics.sql import select
from pasokh.metrics.warehouse import TYPES, Warehouse
from pasokh.ops import kpi

QUEUES = ("support", "پشتیبانی", "Черга", "")
type Rows = dict[str, list[dict[str, object]]]
NOW = MIDNIGHT + 9 * 86_400_000
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def everything(split: str) -> Question:
    """Every figure that knows the split."""
    known = tuple(each for each in ALL if all(knows(table, split) for table in tables_of(each)))
    return Question(measures=known, period=Period(DAY, DAY), by=(split,), now=NOW)


def some_facts() -> Rows:
    """A few rows of each table, of several queues, people and hours."""
    hows = ("answered", "abandoned", "callback", "waiting", "timeout")
    visits = [visit(n, n * 1_700_000, hows[n * 7 % 5], n * 13 % 90, queue=QUEUES[n % 4]) for n in range(45)]
    others = {name: [_some(table, n) for n in range(45)] for name, table in TABLES.items() if name != "visits"}
    return {"visits": visits, **others}


def _some(table: FactTable, n: int) -> dict[str, object]:
    first = {table.clocks[0], table.clocks[0].replace("_local", "_at"), "source"}
    kinds = {"text": "ab"[n % 2], "flag": n % 2, "number": n * 37 % 7}
    given: dict[str, object] = {c.name: kinds[c.kind] for c in table.columns if c.name not in first}
    given |= {name: NOW - n * 50_000_000 for name in given if name.endswith(("_at", "_local"))}
    given |= {column.name: str(n) for column in table.columns if column.name in table.key and column.kind == "text"}
    return row(
        table.name, n * 1_700_000, **given | {"source": "log"} | ({"queue": QUEUES[n % 4]} if "queue" in given else {})
    )


# -- ClickHouse --------------------------------------------------------------------------------------------------------
def by_clickhouse(question: Question, warehouse: Warehouse) -> list[tuple[object, ...]]:
    chdb = pytest.importorskip("chdb", reason="ClickHouse is not here: ./dev setup engines")
    text = statement(question, "clickhouse", str(warehouse.folder), with_files(warehouse, question))
    found = chdb.query(f"{text} SETTINGS output_format_json_quote_64bit_integers=0", "JSONCompactEachRow")
    return [tuple(json.loads(line)) for line in str(found).splitlines()]


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Warehouse]:
    facts, warehouse = some_facts(), Warehouse(tmp_path_factory.mktemp("o'facts"))
    fill(warehouse, facts)
    return facts, warehouse


@pytest.mark.parametrize("split", SPLITS)
def test_every_figure_by_every_split_in_clickhouse(some: tuple[Rows, Warehouse], split: str) -> None:
    _, warehouse = some
    question = everything(split)
    rows = warehouse.ask(question).rows
    assert len(rows) > 1 or split in ("day", "weekday", "source")
    assert by_clickhouse(question, warehouse) == list(rows)


@FEW
@given(FACTS, questions())
def test_drawn_questions_in_clickhouse(facts: Rows, question: Question) -> None:
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        fill(warehouse, {name: rows for name, rows in facts.items() if rows})
        assert by_clickhouse(question, warehouse) == list(warehouse.ask(question).rows)


def test_quantiles_are_values_that_were_there() -> None:
    """Nine waits of ten: where the share falls on a value, engines' own functions differ."""
    question = Question(measures=(measure("wait.p90"), measure("wait.median")), period=Period(DAY, DAY))
    for count in (1, 2, 9, 10, 11, 20):
        facts: Rows = {"visits": [visit(n, n, "answered", n) for n in range(1, count + 1)]}
        with TemporaryDirectory() as folder:
            warehouse = Warehouse(Path(folder))
            fill(warehouse, facts)
            assert by_clickhouse(question, warehouse) == list(warehouse.ask(question).rows), count
    assert "APPROX" not in statement(question, "spark", "/facts")


def test_files_elsewhere_and_engines_nobody_knows() -> None:
    question = everything("queue")
    assert "s3('s3://bucket/facts/own/visits/{2026-11}-*/*.parquet'" in statement(
        question, "clickhouse", "s3://bucket/facts/own/"
    )
    assert "parquet.`s3a://bucket/own/visits/{2026-11}-*/*.parquet`" in statement(question, "spark", "s3a://bucket/own")
    with pytest.raises(PasokhError) as refused:
        statement(question, "oracle", "/facts")
    assert refused.value.code == "kpi.engine"
    assert set(ENGINES) == {"clickhouse", "spark"}


# -- PostgreSQL --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def tables(postgres) -> Iterator[psycopg.Connection]:
    postgres.create_database("facts_of_engines")
    with psycopg.connect(postgres.dsn(database="facts_of_engines"), autocommit=True) as connection:
        for table in TABLES.values():
            columns = ", ".join(f'"{column.name}" {_TYPE[TYPES[column.kind]]}' for column in table.columns)
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
        yield connection
    postgres.drop_database("facts_of_engines")


_TYPE = {"VARCHAR": "text", "BIGINT": "bigint"}


def by_postgres(facts: Rows, question: Question, tables: psycopg.Connection) -> list[tuple[object, ...]]:
    for name, rows in facts.items():
        tables.execute(f"TRUNCATE {name}")
        with tables.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for each in rows:
                copy.write_row([each[column.name] for column in TABLES[name].columns])
    return tables.execute(select(question, "postgres")).fetchall()


@pytest.mark.parametrize("split", SPLITS)
def test_every_figure_by_every_split_in_postgresql(some: tuple[Rows, Warehouse], tables, split: str) -> None:
    facts, warehouse = some
    question = everything(split)
    assert by_postgres(facts, question, tables) == list(warehouse.ask(question).rows)


@FEW
@given(FACTS, questions())
def test_drawn_questions_in_postgresql(tables, facts: Rows, question: Question) -> None:
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        fill(warehouse, {name: rows for name, rows in facts.items() if rows})
        assert by_postgres(facts, question, tables) == list(warehouse.ask(question).rows)


def test_the_draws_know_every_column() -> None:
    assert all(set(rows[0]) == {c.name for c in TABLES[name].columns} for name, rows in some_facts().items())
    assert set(EMPTY) == {column.kind for table in TABLES.values() for column in table.columns}


def test_the_command_prints_the_statement(
    some: tuple[Rows, Warehouse], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("PASOKH_HOME", str(home))
    fill(Warehouse(home / "facts" / "own"), some[0])
    day = DAY.isoformat()
    assert kpi.main(["kpi", "--kpi", "aht,wait.p90", "--from", day, "--to", day, "--sql", "clickhouse"]) == 0
    said = capsys.readouterr().out
    assert f"file('{home}/facts/own/visits/" in said
    assert "quantileExactWeighted(0.9)" in said
