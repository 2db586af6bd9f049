"""Facts kept as events come are those of the whole log folded at once, whatever dies on the way."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import psycopg
import pytest
from tests.log_in_postgres import put
from tests.recorded_log import record

from pasokh.acd import events as ev
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES
from pasokh.metrics.kpi import catalogue, measure
from pasokh.metrics.own_log import write_facts
from pasokh.metrics.question import DAY_MS, EPOCH, Period, Question
from pasokh.metrics.today import sealing
from pasokh.metrics.today.following import TYPES, FactsProjection, advance
from pasokh.metrics.today.reading import Today
from pasokh.metrics.warehouse import Warehouse
from pasokh.store import schema
from pasokh.twin.random_commands import random_script
from pasokh.twin.replay_log import Recorded

ZONE = "Asia/Tehran"
CLOCK = WallClock(ZoneInfo(ZONE))
ORG = "o"


def days_long(seed: int, count: int = 420) -> list[Recorded]:
    """A random log stretched over a few days: nights, and contacts that are open over midnight."""
    rng, shift, found = random.Random(seed), 0, []
    for row in record(random_script(seed, count)):
        if rng.random() < 0.015:
            shift += rng.choice((3_600_000, 20_000_000, DAY_MS))
        found.append(Recorded(row.seq, row.at + shift, row.cause, row.event))
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.glob("*/*/*.parquet"))}


def must_be_same(live: Path, folded: Path) -> None:
    """The same bytes; where they differ, the rows that do."""
    found, wanted = files(live), files(folded)
    assert found.keys() == wanted.keys()
    with duckdb.connect() as duck:
        for name in sorted(found):
            if found[name] != wanted[name]:
                text = "FROM read_parquet('{}') EXCEPT FROM read_parquet('{}')"
                mine = duck.execute(text.format(live / name, folded / name)).fetchall()
                theirs = duck.execute(text.format(folded / name, live / name)).fetchall()
                pytest.fail(f"{name}: {mine} instead of {theirs}")


def midnight_after(rows: list[Recorded]) -> int:
    """The instant at which the day of the last event is over."""
    return CLOCK.midnight(CLOCK.day(rows[-1].at) + timedelta(days=1))


def day_number(at: int) -> int:
    return CLOCK.at(at) // DAY_MS


@pytest.fixture
def engine(pg_dsn: Callable[[str], str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(pg_dsn(schema.ENGINE), autocommit=True) as connection:
        yield connection


@pytest.fixture
def today(pg_dsn: Callable[[str], str]) -> Iterator[Today]:
    made = Today(pg_dsn(schema.APP), ORG)
    yield made
    made.close()


def fresh() -> FactsProjection:
    return FactsProjection(lambda _: ZONE)


def step(connection: psycopg.Connection, facts: FactsProjection, limit: int) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        return advance(cursor, facts, ORG, limit)


@pytest.mark.parametrize("seed", range(6))
def test_batches_restarts_and_sealing_end_in_the_same_bytes(seed: int, engine, tmp_path: Path) -> None:
    rng, rows = random.Random(seed), days_long(seed)
    put(engine, ORG, rows)
    live, folded, facts, done = Warehouse(tmp_path / "live"), Warehouse(tmp_path / "whole"), fresh(), 0
    while applied := step(engine, facts, rng.choice((1, 3, 40, 200))):
        done += applied
        if rng.random() < 0.2:
            facts = fresh()
        if rng.random() < 0.1:
            sealing.seal(engine, live, ORG, day_number(rows[done - 1].at), rows[done - 1].at)
    assert done == len(rows)
    until = midnight_after(rows)
    sealing.seal(engine, live, ORG, day_number(until), until)
    write_facts(folded, [(row.event, row.at) for row in rows], ZONE, until)
    must_be_same(live.folder, folded.folder)
    for name in TABLES:
        assert engine.execute(f"SELECT count(*) FROM fact_{name}").fetchone() == (0,), name


@pytest.mark.parametrize("seed", range(3))
def test_answers_of_both_are_those_of_the_whole(seed: int, engine, today: Today, tmp_path: Path) -> None:
    """Days in files, days in PostgreSQL, corrections over files, what goes on: one answer at every moment."""
    rng, rows = random.Random(seed), days_long(seed)
    put(engine, ORG, rows)
    both, only_files, facts, done = Warehouse(tmp_path / "l", today=today), Warehouse(tmp_path / "l"), fresh(), 0
    measures = tuple(measure(name) for name in catalogue())
    for stop in [*sorted(rng.sample(range(1, len(rows)), 4)), len(rows)]:
        while done < stop:
            done += step(engine, facts, min(stop - done, 50))
        now = rows[done - 1].at
        if rng.random() < 0.7:
            sealing.seal(engine, only_files, ORG, day_number(now), now)
        whole = Warehouse(tmp_path / str(stop))
        write_facts(whole, [(row.event, row.at) for row in rows[:done]], ZONE)
        period = Period(CLOCK.day(rows[0].at), CLOCK.day(now))
        assert both.days() is not None
        today.look_again()
        for by in ((), ("day",), ("interval",)):
            question = Question(measures=measures, period=period, by=by, now=now)
            for mine, theirs in zip(both.ask(question).rows, whole.ask(question).rows, strict=True):
                assert mine == pytest.approx(theirs), (stop, by)


class _Killed(BaseException):
    pass


def test_a_death_between_file_and_database_changes_nothing(engine, today: Today, tmp_path: Path) -> None:
    """Files are written, rows still there: every answer is the same, and sealing again gives the same bytes."""
    rows, facts = days_long(4), fresh()
    put(engine, ORG, rows)
    while step(engine, facts, 100):
        pass
    both, only_files = Warehouse(tmp_path, today=today), Warehouse(tmp_path)
    now = midnight_after(rows) + 3 * 3_600_000
    measures = tuple(measure(name) for name in catalogue())
    question = Question(measures=measures, period=Period(CLOCK.day(rows[0].at), CLOCK.day(now)), by=("hour",), now=now)
    before = both.ask(question).rows

    def die() -> None:
        raise _Killed

    with pytest.raises(_Killed):
        sealing.seal(engine, only_files, ORG, day_number(now), now, die)
    kept = files(tmp_path)
    assert kept
    assert both.ask(question).rows == before
    today.close()
    assert both.ask(question).rows == before
    sealing.seal(engine, only_files, ORG, day_number(now), now)
    assert files(tmp_path) == kept
    today.look_again()
    assert both.ask(question).rows == before


def test_a_late_rating_restates_one_file(engine, tmp_path: Path) -> None:
    """The day after: only the file of the contact's own day is another one."""
    rows, facts, warehouse = days_long(4), fresh(), Warehouse(tmp_path)
    put(engine, ORG, rows)
    while step(engine, facts, 100):
        pass
    now = midnight_after(rows)
    sealing.seal(engine, warehouse, ORG, day_number(now), now)
    answered = next(row for row in rows if isinstance(row.event, ev.ContactClosed))
    contact = answered.event.contact
    was = files(tmp_path)
    rating = ev.ContactRated(contact, "i", "q", "", 2)
    put(engine, ORG, [Recorded(len(rows) + 1, now + 5_000, "", rating)])
    assert step(engine, fresh(), 10) == 1
    assert step(engine, fresh(), 10) == 0
    with engine.cursor() as cursor:
        assert sealing.due(cursor, ORG, now + sealing.GRACE + 10) is None, "a correction waits a while for others"
        later = now + sealing.GRACE + sealing.EVERY
        assert sealing.due(cursor, ORG, later) == day_number(now)
    opened = next(row.at for row in rows if isinstance(row.event, ev.ContactOpened) and row.event.contact == contact)
    sealing.seal(engine, warehouse, ORG, day_number(now), later)
    assert {name for name, data in files(tmp_path).items() if was[name] != data} == {
        f"contacts/{CLOCK.day(opened).isoformat()}/log.parquet"
    }
    with engine.cursor() as cursor:
        assert sealing.due(cursor, ORG, later + sealing.EVERY) is None, "nothing is left to correct"


def test_rows_are_fenced(engine, pg_dsn) -> None:
    put(engine, ORG, days_long(1, 60))
    facts = fresh()
    while step(engine, facts, 100):
        pass
    with psycopg.connect(pg_dsn(schema.APP)) as app:
        for name in (*(f"fact_{table}" for table in TABLES), "fact_state", "fact_link", "fact_progress"):
            assert app.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,), name
        app.execute("SELECT set_config('app.org', %s, true)", (ORG,))
        for name in ("fact_contacts", "fact_agent_time", "fact_state", "fact_progress"):
            assert app.execute(f"SELECT count(*) > 0 FROM {name}").fetchone() == (True,), name
        for statement in ("DELETE FROM fact_contacts", "UPDATE fact_progress SET sealed = 9"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(statement)


def test_tables_of_the_database_are_those_of_the_facts(engine) -> None:
    for table in TABLES.values():
        found = engine.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            (f"fact_{table.name}",),
        ).fetchall()
        wanted = {(column.name, TYPES[column.kind]) for column in table.columns}
        beside = {("org", "text"), ("day", "integer"), ("changed", "bigint"), ("gone", "boolean")}
        assert set(found) == wanted | beside, table.name


def test_nothing_yet_is_nothing_and_closing_takes_only_what_is_its_own(
    today: Today, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It once cleaned up a folder it had been given by a careless caller: the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "precious").touch()
    warehouse = Warehouse(tmp_path, today=today)
    assert warehouse.days() is None
    measures = (measure("queue.entered"), measure("occupancy"))
    question = Question(measures=measures, period=Period(EPOCH, date(1970, 1, 2)))
    assert warehouse.ask(question).rows == ((0, 0, None, 0),)
    today.close()
    assert (tmp_path / "precious").exists()
