"""Service level: hand-worked figures, nothing-to-divide, and the ordering law on any day."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.acd.state import QueueDay
from pasokh.metrics.service_level import (
    ABANDONS_POSITIVE,
    ANSWERED_ONLY,
    ANSWERED_OR_ABANDONED,
    CATALOGUE,
    SHORT_EXCLUDED,
    THRESHOLD_EXCLUDED,
)


@st.composite
def days(draw: st.DrawFn, late_others: bool = False) -> QueueDay:
    counts = st.integers(0, 500)
    answered_in, answered_late = draw(counts), draw(counts)
    short, in_target, late = draw(counts), draw(counts), draw(counts)
    others_in, others_late = draw(counts), draw(counts) if late_others else 0
    return QueueDay(
        answered=answered_in + answered_late,
        answered_in_target=answered_in,
        abandoned=short + in_target + late,
        abandoned_short=short,
        abandoned_in_target=short + in_target,
        left_otherwise=others_in + others_late,
        left_otherwise_in_target=others_in,
    )


def test_hand_worked_day() -> None:
    # 100 answered, 80 of them in time; 20 abandoned: 4 short, 6 more in time, 10 late; 5 took a callback in time.
    day = QueueDay(
        answered=100,
        answered_in_target=80,
        abandoned=20,
        abandoned_short=4,
        abandoned_in_target=10,
        left_otherwise=5,
        left_otherwise_in_target=5,
    )
    assert ANSWERED_OR_ABANDONED(day) == (80 / 120, 120)
    assert SHORT_EXCLUDED(day) == (80 / 116, 116)
    assert THRESHOLD_EXCLUDED(day) == (80 / 110, 110)
    assert ABANDONS_POSITIVE(day) == (95 / 125, 125)
    assert ANSWERED_ONLY(day) == (0.8, 100)


@pytest.mark.parametrize("formula", CATALOGUE, ids=lambda f: f.id)
def test_nothing_to_divide_by_is_none_not_100_percent(formula) -> None:
    assert formula(QueueDay()) == (None, 0)


@given(days())
def test_ordering_law(day: QueueDay) -> None:
    chain = (ANSWERED_OR_ABANDONED, SHORT_EXCLUDED, THRESHOLD_EXCLUDED, ABANDONS_POSITIVE)
    values = [value for formula in chain if (value := formula(day)[0]) is not None]
    assert all(low <= high + 1e-12 for low, high in itertools.pairwise(values))


@given(days(late_others=True))
def test_every_share_is_a_share(day: QueueDay) -> None:
    for formula in CATALOGUE:
        value, n = formula(day)
        assert (value is None) == (n == 0)
        assert value is None or 0 <= value <= 1


def test_late_diversions_lower_only_the_last_formula() -> None:
    day = QueueDay(answered=10, answered_in_target=10, left_otherwise=10)
    assert THRESHOLD_EXCLUDED(day)[0] == 1
    assert ABANDONS_POSITIVE(day)[0] == 0.5


def test_names_are_unique_and_versioned() -> None:
    assert len({f.id for f in CATALOGUE}) == len(CATALOGUE)
    assert all(f.version >= 1 and f.text for f in CATALOGUE)
