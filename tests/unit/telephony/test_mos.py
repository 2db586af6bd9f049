"""The E-model against values that ITU-T prints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.telephony import mos


@pytest.mark.parametrize(("r", "score"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_the_scores_of_g107_table_b1(r: float, score: float) -> None:
    assert mos.opinion(r) == pytest.approx(score, abs=0.007)


def test_the_best_call_is_the_one_of_the_defaults() -> None:
    """G.107: the default values give R = 93.2, MOS 4.41."""
    best = mos.rating(loss=0, delay_ms=0, codec="alaw")
    assert best == pytest.approx(93.2)
    assert mos.opinion(best) == pytest.approx(4.41, abs=0.007)


@pytest.mark.parametrize(("codec", "ie"), [("gsm", 20), ("g729", 11), ("alaw", 0)])
def test_a_codecs_own_impairment_of_g113_table_i1(codec: str, ie: float) -> None:
    assert 93.2 - mos.rating(loss=0, delay_ms=50, codec=codec) == pytest.approx(ie)


@pytest.mark.parametrize(("percent", "impairment"), [(1, 3.64), (2, 7.01), (5, 15.78), (10, 27.07)])
def test_g711_with_concealment_under_random_loss(percent: float, impairment: float) -> None:
    """Equation 7-29 with Ie 0 and Bpl 25.1 (G.113 table I.4): 95 p / (p + 25.1)."""
    lost = mos.rating(loss=percent / 100, delay_ms=0, codec="ulaw")
    assert 93.2 - lost == pytest.approx(impairment, abs=0.01)


@pytest.mark.parametrize(("delay", "r"), [(100, 93.2), (150, 93.0), (400, 69.1)])
def test_delay_as_in_figure_1_of_g114(delay: float, r: float) -> None:
    assert mos.rating(loss=0, delay_ms=delay, codec="alaw") == pytest.approx(r, abs=0.1)


def test_nothing_travelled_is_no_score() -> None:
    assert mos.estimate(packets=0, lost=0, jitter_ms=0, round_trip_ms=0, codec="alaw") is None


@given(st.floats(0, 1), st.floats(0, 3_000), st.sampled_from([*mos.CODECS, "", "what"]))
def test_a_score_is_on_its_scale_and_worse_lines_are_never_better(loss: float, delay: float, codec: str) -> None:
    score = mos.opinion(mos.rating(loss=loss, delay_ms=delay, codec=codec))
    assert 1 <= score <= 4.5
    assert mos.rating(loss=min(1.0, loss + 0.01), delay_ms=delay + 10, codec=codec) <= mos.rating(
        loss=loss, delay_ms=delay, codec=codec
    )
