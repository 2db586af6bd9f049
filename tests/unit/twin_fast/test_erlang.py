"""The exact queues the twin is held against agree with published values and with one another."""

import math

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.twin.erlang import erlang_a, erlang_b, erlang_c, weibull_survival, with_patience


@pytest.mark.parametrize(
    ("agents", "within", "asa"), [(12, 0.640, 40.4), (13, 0.796, 17.1), (14, 0.888, 7.8), (15, 0.942, 3.7)]
)
def test_erlang_c_anchors(agents, within, asa):
    figures = erlang_c(agents, 100 / 1800, 1 / 180, threshold=20)
    assert figures.within == pytest.approx(within, abs=1e-3)
    assert figures.asa == pytest.approx(asa, abs=0.06)


def test_textbook_pair_of_c_and_a():
    assert erlang_c(50, 48 / 60, 1 / 60).asa == pytest.approx(20.8, abs=0.05)
    figures = erlang_a(50, 48 / 60, 1 / 60, 1 / 120)
    assert figures.mean_wait == pytest.approx(3.7, abs=0.05)
    assert figures.abandoned == pytest.approx(0.031, abs=5e-4)


def _birth_death(agents, arrivals, service, patience):
    """Stationary waits, abandonment and mean wait of M/M/n+M straight from its chain."""
    weights = [1.0]
    for k in range(1, 4000):
        weights.append(weights[-1] * arrivals / (min(k, agents) * service + max(0, k - agents) * patience))
        if weights[-1] > 1e200:
            weights = [w / 1e200 for w in weights]
    total = math.fsum(weights)
    queue = math.fsum((k - agents) * w for k, w in enumerate(weights) if k > agents) / total
    return math.fsum(weights[agents:]) / total, queue * patience / arrivals, queue / arrivals


@pytest.mark.parametrize(
    "rates",
    [(100, 105 / 180, 1 / 180, 1 / 140), (5, 1.0, 0.5, 0.3), (500, 700.0, 1.0, 0.5), (3, 1.0, 1.0, 1e-3)],
)
def test_integrals_equal_the_markov_chain(rates):
    figures = erlang_a(*rates)
    waits, abandoned, mean_wait = _birth_death(*rates)
    assert figures.waits == pytest.approx(waits, rel=1e-9)
    assert figures.abandoned == pytest.approx(abandoned, rel=1e-6)
    assert figures.mean_wait == pytest.approx(mean_wait, rel=1e-9)


def test_weibull_of_shape_one_is_erlang_a():
    a = erlang_a(20, 0.11, 1 / 180, 1 / 150, threshold=30)
    w = with_patience(20, 0.11, 1 / 180, survival=weibull_survival(1.0, 150.0), scale=150.0, threshold=30)
    for name in ("waits", "abandoned", "within", "mean_wait", "asa", "occupancy"):
        assert getattr(w, name) == pytest.approx(getattr(a, name), rel=1e-9)


def test_default_patience_at_the_reference_point():
    """100 agents, 105 Erlang, 240 s service, R3's Weibull: 77.0 % within 20 s."""
    patience = weibull_survival(0.852, 161.2)
    figures = with_patience(100, 105 / 240, 1 / 240, survival=patience, scale=161.2, threshold=20)
    assert figures.within == pytest.approx(0.770, abs=5e-4)


def test_a_jump_in_patience_is_met_exactly():
    """All leave at 10 s: nobody waits longer, and shares add up."""
    figures = with_patience(4, 1.0, 0.2, survival=lambda x: float(x < 10), scale=10.0, threshold=10.0, breaks=(10.0,))
    assert figures.within == pytest.approx(1 - figures.abandoned, abs=1e-9)


def test_little_patience_is_erlang_b():
    assert erlang_a(10, 2.0, 0.2, 1e7).abandoned == pytest.approx(erlang_b(10, 10.0), rel=1e-4)


def test_refusals_name_the_field():
    with pytest.raises(PasokhError, match=r"erlang\.unstable"):
        erlang_c(10, 1.0, 0.1)
    with pytest.raises(PasokhError, match="patience_rate"):
        erlang_a(10, 1.0, 0.1, 0.0)
    with pytest.raises(PasokhError, match="agents"):
        erlang_c(0, 1.0, 0.1)
