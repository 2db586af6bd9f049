"""Patience: worked by hand, against scipy, and how often its bands hold what was drawn."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from pasokh.metrics.analysis.patience import (
    FEWEST_AT_RISK,
    PRIOR,
    curve,
    fit,
    grouped,
    patience,
)
from pasokh.twin.recorded_day import fit_patience

S = 1_000


def _drawn(seed: int, n: int = 300, shape: float = 0.85, scale_s: float = 160.0) -> list[tuple[int, bool]]:
    """Customers with a Weibull patience, answered after exponential times of a mean of 60 s."""
    rng = random.Random(seed)
    drawn = []
    for _ in range(n):
        patient, offered = rng.weibullvariate(scale_s, shape), rng.expovariate(1 / 60)
        drawn.append((round(min(patient, offered) * S), patient < offered))
    return drawn


def test_the_curve_of_a_hand_worked_example():
    # 12 at risk: 1 gives up at 10 s (11/12), 1 is answered at 20 s, 2 of 10 give up at 30 s (8/10); 8 left are too few.
    waits = [(10 * S, 1, 0), (20 * S, 0, 1), (30 * S, 2, 0), (40 * S, 1, 7)]
    drawn = curve(waits)
    assert [(step.at_ms, step.at_risk) for step in drawn.steps] == [(10 * S, 12), (30 * S, 10)]
    assert drawn.steps[0].still == pytest.approx(11 / 12)
    assert drawn.steps[1].still == pytest.approx(11 / 12 * 8 / 10)
    greenwood = 1 / (12 * 11) + 2 / (10 * 8)
    still = drawn.steps[1].still
    reach = math.exp(1.959964 * math.sqrt(greenwood) / -math.log(still))
    assert drawn.steps[1].low == pytest.approx(still**reach, rel=1e-6)
    assert drawn.steps[1].high == pytest.approx(still ** (1 / reach), rel=1e-6)
    assert drawn.until_ms == 30 * S, "where fewer than ten still waited, nothing is told"
    assert drawn.at(5 * S).still == 1.0
    assert drawn.at(29 * S).still == pytest.approx(11 / 12)
    assert drawn.at(31 * S) is None


def test_the_prior_goes_through_both_points_of_the_source():
    assert 1 - PRIOR.still(60 * S) == pytest.approx(0.35, abs=0.002)
    assert 1 - PRIOR.still(180 * S) == pytest.approx(2 / 3, abs=0.002)


def test_curve_and_fit_are_those_of_scipy():
    drawn = [(max(w, 500), gone) for w, gone in _drawn(7, 400)]
    data = stats.CensoredData(
        uncensored=[w / S for w, gone in drawn if gone], right=[w / S for w, gone in drawn if not gone]
    )
    theirs = stats.ecdf(data).sf
    ours = curve(grouped(drawn))
    band = theirs.confidence_interval(0.95, method="log-log")
    for step in ours.steps:
        assert step.still == pytest.approx(theirs.evaluate(step.at_ms / S), abs=1e-9)
        assert step.low == pytest.approx(band.low.evaluate(step.at_ms / S), abs=1e-9)
        assert step.high == pytest.approx(band.high.evaluate(step.at_ms / S), abs=1e-9)
    fitted = fit(grouped(drawn))
    shape, _, scale = stats.weibull_min.fit(data, floc=0, optimizer=optimize.fmin)
    assert fitted.shape == pytest.approx(shape, rel=1e-3)
    assert fitted.scale_ms == pytest.approx(scale * S, rel=1e-3)
    of_the_twin = fit_patience(drawn)
    assert (fitted.shape, fitted.scale_ms / S) == pytest.approx((of_the_twin.shape, of_the_twin.scale_s), rel=1e-6)


def test_the_uncertainty_is_the_curvature_of_the_likelihood():
    drawn = [(max(w, 500), gone) for w, gone in _drawn(3, 400)]
    fitted = fit(grouped(drawn))

    def likelihood(log_scale: float, log_shape: float) -> float:
        k = math.exp(log_shape)
        total = 0.0
        for wait, gone in drawn:
            z = k * (math.log(wait) - log_scale)
            total += (log_shape + z - math.log(wait) if gone else 0.0) - math.exp(z)
        return total

    a, b, h = math.log(fitted.scale_ms), math.log(fitted.shape), 1e-3
    aa = (likelihood(a + h, b) - 2 * likelihood(a, b) + likelihood(a - h, b)) / h**2
    bb = (likelihood(a, b + h) - 2 * likelihood(a, b) + likelihood(a, b - h)) / h**2
    ab = (likelihood(a + h, b + h) - likelihood(a + h, b - h) - likelihood(a - h, b + h) + likelihood(a - h, b - h)) / (
        4 * h * h
    )
    determinant = aa * bb - ab * ab
    assert fitted.var_scale == pytest.approx(-bb / determinant, rel=1e-3)
    assert fitted.var_shape == pytest.approx(-aa / determinant, rel=1e-3)
    assert fitted.covariance == pytest.approx(ab / determinant, rel=1e-3)


def test_bands_hold_the_truth_as_often_as_they_say():
    seeds, held = 400, dict.fromkeys(("curve", "fit", "shape", "scale"), 0)
    truth = math.exp(-((45 / 160) ** 0.85))
    for seed in range(seeds):
        found = patience(grouped(_drawn(seed)))
        step, fitted = found.curve.at(45 * S), found.fit
        held["curve"] += step.low <= truth <= step.high
        low, high = fitted.band(45 * S)
        held["fit"] += low <= truth <= high
        low, high = fitted.shape_band()
        held["shape"] += low <= 0.85 <= high
        low, high = fitted.scale_band()
        held["scale"] += low <= 160 * S <= high
    for what, count in held.items():
        assert 0.92 <= count / seeds <= 0.98, (what, count / seeds)


def test_too_few_who_gave_up_say_nothing():
    found = patience(grouped([(30 * S, True)] * 5 + [(31 * S, True)] * 20 + [(10 * S, False)] * 500))
    assert found.gave_up == 25
    assert not found.enough
    assert patience([]).waits == 0
    assert patience([]).curve.at(1) is None
    same = patience(grouped([(30 * S, True)] * 50))
    assert same.fit is None, "all at one moment fit no distribution"


def test_a_fit_that_does_not_describe_its_people_is_seen():
    # Everybody hangs up at the announcement after a minute, nobody before or after, but some at once.
    rng = random.Random(1)
    pairs = [(rng.randint(500, 3_000), True) for _ in range(200)] + [
        (60_000 + rng.randint(0, 900), True) for _ in range(400)
    ]
    assert patience(grouped(pairs)).gap > 0.05
    assert patience(grouped(_drawn(1, 2_000))).gap < 0.05


@given(st.lists(st.tuples(st.integers(0, 600_000), st.booleans()), max_size=200))
def test_a_curve_only_falls_and_stays_in_its_band(pairs):
    drawn = curve(grouped(pairs))
    before = 1.0
    for step in drawn.steps:
        assert 0 <= step.low <= step.still <= step.high <= 1
        assert step.still <= before
        assert step.at_risk >= FEWEST_AT_RISK
        before = step.still
    found = fit(grouped(pairs))
    assert found is None or (found.shape > 0 and found.scale_ms > 0)
