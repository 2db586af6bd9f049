"""Figures: the catalogue's own formulas, hand-worked sets, and tallies that agree with the core's counters."""

import random

import pytest
from scipy import stats

from pasokh.acd.state import QueueDay
from pasokh.metrics.service_level import CATALOGUE
from pasokh.twin.figures import FORMULAS, Spread, answered_within, figures_of, part_of, quantile, spread, student_975
from pasokh.twin.plan import draw_plan
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.tally import AT, COUNTS, Counter, Tally
from pasokh.twin.world import World


def row(**counts):
    return [counts.get(name, 0) for name in COUNTS]


def day(counts):
    fields = {name: counts[AT[name]] for name in COUNTS if name in QueueDay.__dataclass_fields__}
    return QueueDay(**fields)


def test_service_levels_are_those_of_the_catalogue():
    rng = random.Random(1)
    for _ in range(300):
        answered, abandoned, left = rng.randint(0, 50), rng.randint(0, 30), rng.randint(0, 10)
        in_x = rng.randint(0, abandoned)
        counts = row(
            answered=answered,
            answered_in_target=rng.randint(0, answered),
            abandoned=abandoned,
            abandoned_in_target=in_x,
            abandoned_short=rng.randint(0, in_x),
            left_otherwise=left,
            left_otherwise_in_target=left,
        )
        values = []
        for formula in CATALOGUE:
            value, _ = formula(day(counts))
            assert FORMULAS[formula.id](counts) == pytest.approx(value)
            values.append(value)
        known = [v for v in values[:4] if v is not None]
        assert known == sorted(known)


def test_a_hand_worked_day():
    figures = figures_of(
        row(
            entered=110, answered=90, answered_in_target=72, abandoned=15, abandoned_short=5, abandoned_in_target=9,
            left_otherwise=5, left_otherwise_in_target=2, answered_wait_ms=1_350_000, left_wait_ms=450_000,
            handled=88, talk_ms=88 * 200_000, wrap_up_ms=88 * 20_000,
        ),
        93_500, 3_000_000, 1_000_000,
    )  # fmt: skip
    assert figures["sl.answered_or_abandoned"] == pytest.approx(72 / 105)
    assert figures["sl.short_abandons_excluded"] == pytest.approx(72 / 100)
    assert figures["sl.abandons_in_x_excluded"] == pytest.approx(72 / 96)
    assert figures["sl.left_queue_in_x"] == pytest.approx(83 / 110)
    assert figures["sl.answered_only"] == pytest.approx(72 / 90)
    assert figures["abandonment.offered"] == pytest.approx(15 / 110)
    assert figures["abandonment.short_dropped"] == pytest.approx(10 / 105)
    assert (figures["asa_s"], figures["aht_s"], figures["longest_s"]) == (15.0, 220.0, 93.5)
    assert figures["wait_all_s"] == pytest.approx(1_800 / 110)
    assert figures["occupancy"] == 0.75


def test_nothing_to_divide_by_is_none():
    figures = figures_of(row(), 0)
    assert {name for name, value in figures.items() if value is None} == {
        name for name in figures if "." in name or name in {"asa_s", "wait_all_s", "aht_s", "occupancy"}
    }


def test_spread():
    values = [3.0, 4.0, 5.0, 6.0, 7.0, None]
    found = spread(values)
    low, high = stats.t.interval(0.95, 4, loc=5.0, scale=stats.sem(values[:5]))
    assert (found.mean, found.n) == (5.0, 5)
    assert (found.low, found.high) == (pytest.approx(low, rel=0.01), pytest.approx(high, rel=0.01))
    assert spread([None]) == Spread(None)
    assert quantile([1.0, 2.0, 4.0], 0.75) == 3.0
    for freedom in (1, 2, 3, 5, 10, 30, 200):
        assert student_975(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.002)


@pytest.mark.parametrize("seed", range(12))
def test_tallies_agree_with_the_cores_own_counters(seed):
    """Two independent counts of the same day: folded from events here, kept by the core there."""
    plan = draw_plan(random_scenario(seed, hours=0.2), seed)
    counter = Counter(Tally.empty([q.id for q in plan.loaded.scenario.queues], plan.start, plan.end, 300_000))
    world = World(plan, [counter.seen])
    world.run()
    tally = counter.finish(plan.end)
    part = part_of(tally)
    for k, queue in enumerate(world.state.queues.values()):
        counts = part.rows[k]
        for name in QueueDay.__dataclass_fields__:
            if name in AT and name != "refused":
                assert counts[AT[name]] == getattr(queue.day, name), name
        assert part.longest_ms[k] == queue.day.longest_wait_ms
    assert sum(map(sum, tally.answered_waits)) == sum(r[AT["answered"]] for r in part.rows)


def test_service_level_at_other_thresholds():
    tally = Tally.empty(["q"], 0, 60_000, 60_000)
    tally.answered_waits[0][0] = 3  # at once
    tally.answered_waits[0][4] = 2  # up to 20 s
    tally.answered_waits[0][5] = 1
    tally.left_waits[0][2] = 4
    assert answered_within(tally, 0, 20) == 0.5
    assert answered_within(tally, 0, 30) == 0.6
