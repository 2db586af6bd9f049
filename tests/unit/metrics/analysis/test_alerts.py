"""Alarms: against scipy, quiet where nothing happens, awake where something does."""

import math
import random

import pytest
from scipy import stats

from pasokh.metrics.analysis.alerts import LIMITS, WEEK, Detector, Hour, follow, score


def _poisson(rng: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number


def _usual(number: int, size: float = 20.0) -> float:
    hour, day = number % 24, number % WEEK // 24
    return size * max(0.0, math.sin((hour - 7) / 14 * math.pi)) * (0.4 if day >= 5 else 1.0)


def _weeks(seed: int, weeks: int, scatter: float = 0.03, size: float = 20.0) -> list[Hour]:
    rng = random.Random(seed)
    hours = []
    for number in range(weeks * WEEK):
        mean = _usual(number, size)
        drawn = rng.gammavariate(1 / scatter, mean * scatter) if mean > 0 else 0.0
        hours.append(Hour(number, _poisson(rng, drawn)))
    return hours


@pytest.mark.parametrize(("count", "mean", "scatter"), [(0, 3, 0.1), (25, 10, 0.02), (5, 10, 0.3), (200, 120, 0.05)])
def test_scores_are_those_of_scipy(count, mean, scatter):
    size = 1 / scatter
    theirs = stats.nbinom(size, size / (size + mean))
    middle = theirs.cdf(count - 1) + theirs.pmf(count) / 2
    wanted = stats.norm.ppf(middle) if middle < 0.5 else -stats.norm.ppf(theirs.sf(count) + theirs.pmf(count) / 2)
    assert score(count, mean, scatter) == pytest.approx(wanted, abs=1e-6)


def test_great_counts_are_judged_alike():
    assert score(2_400, 2_000, 0.0099) == pytest.approx(score(2_400, 2_000, 0.0101), abs=0.05)


def test_quiet_weeks_are_quiet():
    alarms = judged = 0
    for seed in range(6):
        for verdict in follow(_weeks(seed, 26)):
            judged += 1
            alarms += verdict.side is not None
    assert alarms / (judged / WEEK) <= 0.15, "false alarms a week of one series"
    calm = sum(v.side is not None for v in follow(_weeks(1, 26), LIMITS["calm"]))
    keen = sum(v.side is not None for v in follow(_weeks(1, 26), LIMITS["keen"]))
    assert calm <= keen


def test_a_flood_is_seen_in_its_first_hour_and_a_slow_rise_within_hours():
    seen_at_once, delays = 0, []
    for seed in range(20):
        hours = _weeks(seed, 12)
        noon = 10 * WEEK + 24 + 12
        flood = [Hour(h.number, h.count * 4 if h.number == noon else h.count) for h in hours]
        seen_at_once += any(v.number == noon and v.side == "more" for v in follow(flood))
        begin = 10 * WEEK + 24 + 9
        rise = [Hour(h.number, round(h.count * 1.6) if begin <= h.number < begin + 24 else h.count) for h in hours]
        found = [v.number for v in follow(rise) if v.side == "more" and begin <= v.number < begin + 24]
        if found:
            delays.append(found[0] - begin)
    assert seen_at_once >= 16
    assert len(delays) >= 15
    assert sorted(delays)[len(delays) // 2] <= 6


def test_silence_where_there_should_be_calls_is_seen():
    hours = _weeks(3, 12)
    dead = range(10 * WEEK + 24 + 9, 10 * WEEK + 24 + 18)
    found = [v for v in follow([Hour(h.number, 0 if h.number in dead else h.count) for h in hours]) if v.side == "less"]
    assert found
    assert found[0].number - dead[0] <= 3


def test_holidays_neither_ring_nor_teach():
    hours = _weeks(4, 12)
    holiday = range(10 * WEEK + 24, 10 * WEEK + 48)
    apart = [Hour(h.number, 0, usual=False) if h.number in holiday else h for h in hours]
    detector = Detector()
    verdicts = [detector.take(hour) for hour in apart]
    assert all(verdicts[number] is None for number in holiday)
    assert detector.expected(24 + 12) > 5


def test_too_little_known_says_nothing():
    assert not list(follow(_weeks(5, 2)))
    assert next(iter(follow(_weeks(5, 4)))).number == 3 * WEEK
