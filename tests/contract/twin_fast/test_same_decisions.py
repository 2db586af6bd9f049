"""The compiled loop decides exactly as `step` does: no offer (contact, agent, instant) and no count differs.

Both get the same drawn customers, agents and hours; the plain twin drives `step`, the compiled one the compiled kernel.
A failing seed is printed with the first difference; `random_scenario(seed)` rebuilds it.
"""

import random

import pytest

pytest.importorskip("numba", reason="the compiled twin needs numba")

from pasokh.twin.fast.agreement import compare
from pasokh.twin.fast.sweep import simulate
from pasokh.twin.random_scenarios import random_scenario

SCENARIOS = 240
PARTS = 8


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_assignment_and_no_count_differs(part):
    offers = 0
    for seed in range(part, SCENARIOS, PARTS):
        both = compare(random_scenario(seed), seed)
        assert not both.difference, f"random_scenario({seed}): {both.difference}"
        offers += both.offers
    assert offers > 1_000


@pytest.mark.timeout(300)
def test_a_replication_does_not_depend_on_cores_or_company():
    loaded = random_scenario(5)
    seeds = random.Random(1).sample(range(1_000), 12)
    together = simulate(loaded, seeds, cores=2)
    assert together == [simulate(loaded, [seed])[0] for seed in seeds]
