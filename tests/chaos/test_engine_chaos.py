"""Protects: whatever is killed or stopped under load, nothing acknowledged is lost or has two owners, work goes on.

The full runs (50 engines, 20 servers, 20 stops) are `benchmarks/chaos_kill.py` and `benchmarks/chaos_sigstop.py`.
"""

from collections.abc import Iterator

import pytest
from benchmarks.chaos import Chaos, Verdict
from benchmarks.processes import own_postgres

from pasokh.store.embedded import DATABASE, EmbeddedPostgres

pytestmark = pytest.mark.timeout(240)

LONGEST_GAP_MS = 20_000
"""Work goes on even where other tests hold every core; the benchmarks say how soon on a quiet machine."""


@pytest.fixture(scope="module")
def mortal_postgres() -> Iterator[EmbeddedPostgres]:
    """A durable server of our own, to be killed."""
    with own_postgres() as server:
        yield server


def nothing_broken(verdict: Verdict, rounds: int) -> None:
    assert verdict.faults == []
    assert verdict.woken_stale == []
    assert verdict.rounds == len(verdict.gaps_ms) == rounds
    assert verdict.acknowledged > 100
    assert max(verdict.gaps_ms) <= LONGEST_GAP_MS


async def test_kill_9_of_the_leading_engine(postgres: EmbeddedPostgres, pg_database: str) -> None:
    verdict = await Chaos(postgres, pg_database, rate=10, agents=12, seed=1).run("kill_engine", 3, rest_s=0.8)
    nothing_broken(verdict, 3)
    assert verdict.epochs >= 4


async def test_a_stopped_leader_that_wakes_up_writes_nothing(postgres: EmbeddedPostgres, pg_database: str) -> None:
    verdict = await Chaos(postgres, pg_database, rate=10, agents=12, seed=2).run("stop_leader", 2, rest_s=0.8)
    nothing_broken(verdict, 2)
    assert verdict.epochs >= 3


@pytest.mark.parametrize("act", ["kill_postgres", "restart_postgres"])
async def test_postgres_dies_and_comes_back(mortal_postgres: EmbeddedPostgres, act: str) -> None:
    verdict = await Chaos(mortal_postgres, DATABASE, rate=10, agents=12, seed=3).run(act, 2, rest_s=0.8)
    nothing_broken(verdict, 2)
