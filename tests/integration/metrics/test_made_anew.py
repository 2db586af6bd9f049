"""Facts made anew from the log, and a folding process that is killed: nothing is lost, nothing counted twice."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.integration.metrics.test_today import (
    CLOCK,
    ORG,
    ZONE,
    day_number,
    days_long,
    engine,
    fresh,
    midnight_after,
    must_be_same,
    step,
)  # fmt: skip
from tests.log_in_postgres import put

from pasokh.metrics.own_log import write_facts
from pasokh.metrics.today import sealing
from pasokh.metrics.today.rebuilding import rebuild
from pasokh.metrics.warehouse import Warehouse
from pasokh.store import schema

__all__ = ["engine"]
FOLDING = """
import sys, psycopg
from pasokh.metrics.today.following import FactsProjection, advance
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    facts = FactsProjection(lambda _: sys.argv[2])
    print("begun", flush=True)
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            if not advance(cursor, facts, sys.argv[3], 7):
                break
"""


def place(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT seq FROM projection_cursor WHERE shard = %s", (ORG,)).fetchone()
    return 0 if found is None else int(found[0])


@pytest.mark.parametrize("seed", range(3))
def test_made_anew_in_the_middle_and_followed_on(seed: int, engine, tmp_path: Path) -> None:
    rows, rng = days_long(seed + 20), random.Random(seed)
    half = len(rows) * 2 // 3
    put(engine, ORG, rows[:half])
    live, folded = Warehouse(tmp_path / "live"), Warehouse(tmp_path / "whole")
    facts = fresh()
    step(engine, facts, rng.randint(1, half))
    if seed:
        sealing.seal(engine, live, ORG, day_number(rows[half // 2].at), rows[half // 2].at)
    made = rebuild(engine, live, ORG, ZONE, rows[half - 1].at + sealing.GRACE)
    assert (made.events, place(engine)) == (half, half)
    put(engine, ORG, rows[half:])
    while step(engine, facts, 60):
        pass
    until = midnight_after(rows)
    sealing.seal(engine, live, ORG, day_number(until), until)
    write_facts(folded, [(row.event, row.at) for row in rows], ZONE, until)
    must_be_same(live.folder, folded.folder)


def test_killed_again_and_again(engine, pg_dsn: Callable[[str], str], tmp_path: Path) -> None:
    rows, rng, kills = days_long(31, 300), random.Random(7), 0
    put(engine, ORG, rows)
    command = [sys.executable, "-c", FOLDING, pg_dsn(schema.ENGINE), ZONE, ORG]
    while place(engine) < len(rows):
        before = place(engine)
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            if kills < 3:
                wanted, deadline = before + rng.randint(8, len(rows) // 5), time.monotonic() + 60
                while place(engine) < wanted and child.poll() is None and time.monotonic() < deadline:
                    pass
                child.send_signal(signal.SIGKILL)
                kills += 1
            assert child.wait(120) in (0, -signal.SIGKILL)
    assert kills == 3
    until = CLOCK.midnight(CLOCK.day(rows[-1].at) + timedelta(days=1))
    live, folded = Warehouse(tmp_path / "live"), Warehouse(tmp_path / "whole")
    sealing.seal(engine, live, ORG, day_number(until), until)
    write_facts(folded, [(row.event, row.at) for row in rows], ZONE, until)
    must_be_same(live.folder, folded.folder)
