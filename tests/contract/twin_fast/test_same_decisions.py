"""The compiled loop decides exactly as `step` does: no offer (contact, agent, instant) and no count differs.

Both get the same drawn customers, agents and hours; the plain twin drives `step`, the compiled one the compiled kernel.
A failing seed is printed with the first difference; `random_scenario(seed)` rebuilds it.
"""

import random

import pytest

pytest.importorskip("numba", reason="the compiled twin needs numba")

from pasokh.acd import events as ev
from pasokh.twin.fast import RUNNER, assignments
from pasokh.twin.fast.sweep import simulate
from pasokh.twin.plan import draw_plan
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import Counter, Tally
from pasokh.twin.world import World

SCENARIOS = 240
PARTS = 8


def by_step(loaded: Loaded, seed: int) -> tuple[list[tuple[int, int, int]], Tally]:
    """Offers and counts of the twin that drives `step`."""
    plan = draw_plan(loaded, seed)
    offers: list[tuple[int, int, int]] = []

    def seen(state, _command, now, events):
        offers.extend(
            (now, int(e.contact[1:]), state.agents[e.agent].number) for e in events if isinstance(e, ev.Offered)
        )

    s = loaded.scenario
    counter = Counter(Tally.empty([q.id for q in s.queues], plan.start, plan.end, s.report_minutes * 60_000))
    World(plan, [seen, counter.seen]).run()
    return offers, counter.finish(plan.end)


def first_difference(mine, theirs):
    for k, (a, b) in enumerate(zip(mine, theirs, strict=False)):
        if a != b:
            return f"offer {k}: step {a}, compiled {b}"
    return f"{len(mine)} offers by step, {len(theirs)} compiled"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_assignment_and_no_count_differs(part):
    offers = 0
    for seed in range(part, SCENARIOS, PARTS):
        loaded = random_scenario(seed)
        expected, tally = by_step(loaded, seed)
        found = assignments(loaded, seed)
        assert found == expected, f"random_scenario({seed}): {first_difference(expected, found)}"
        assert RUNNER.run(loaded, [seed]) == [tally], f"random_scenario({seed}): counts differ"
        offers += len(expected)
    assert offers > 1_000


@pytest.mark.timeout(300)
def test_a_replication_does_not_depend_on_cores_or_company():
    loaded = random_scenario(5)
    seeds = random.Random(1).sample(range(1_000), 12)
    together = simulate(loaded, seeds, cores=2)
    assert together == [RUNNER.run(loaded, [seed])[0] for seed in seeds]
