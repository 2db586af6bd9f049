"""The best handling time: planted bands are found, and the time above is shared out to the millisecond."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.metrics.analysis.optimal import FEWEST, PARTS, Handled, band, excess, short_and_repeated, usual_parts

S = 1_000


def _drawn(seed: int, n: int, quick_s: int) -> list[tuple[int, bool]]:
    """Contacts of about four minutes; those under `quick_s` mostly come again."""
    rng = random.Random(seed)
    times = [round(rng.lognormvariate(math.log(240), 0.5) * S) for _ in range(n)]
    return [(t, rng.random() < (0.45 if t < quick_s * S else 0.85)) for t in times]


def test_a_planted_lower_end_is_found():
    found = band(_drawn(1, 2_000, 150))
    assert 125 * S <= found.low_ms <= 175 * S, "within a piece of what was planted"
    assert found.well_below < found.well_in - 0.2
    assert found.high_ms > 300 * S
    assert found.n == 2_000


def test_where_length_does_not_matter_a_band_ends_only_at_its_rims():
    rims = 0
    for seed in range(60):
        found = band(_drawn(seed, 1_000, 0))
        rims += found.low_ms < 130 * S and found.high_ms > 380 * S
    assert rims >= 54, "a band that ends where nothing is worse is a false alarm"


def test_few_contacts_or_none_that_went_well_have_no_band():
    assert band(_drawn(1, FEWEST - 1, 0)) is None
    assert band([(t * S, False) for t in range(200)]) is None
    assert band([(60 * S, True)] * 100) is not None, "all of one length"


def test_too_long_contacts_end_the_band():
    rng = random.Random(5)
    contacts = [(rng.randint(60, 600) * S, True) for _ in range(1_000)]
    contacts = [(t, rng.random() < (0.9 if t < 400 * S else 0.3)) for t, _ in contacts]
    assert band(contacts).high_ms <= 445 * S


def _handled(**parts: int) -> Handled:
    given = {f"{name}_ms": parts.get(name, 0) for name in PARTS}
    return Handled(contact="c", reason="r", agent="a", well=True, again=False, rating=None, **given)


def test_the_excess_by_hand():
    # The band ends at 300 s; usual: 20 s of hold, 40 s of wrap-up, 200 s of talk. This: 110 + 30 + 40 + 220 = 400 s.
    long = _handled(hold=110 * S, search=30 * S, wrap=40 * S, talk=220 * S)
    shared = excess(long.parts(), (20 * S, 0, 0, 0, 40 * S, 200 * S), 300 * S)
    # Above the usual: hold 90, search 30, talk 20: of the 100 s hold has 9/14, search 3/14, talk 2/14.
    assert shared == (64_286, 21_428, 0, 0, 0, 14_286)
    assert sum(shared) == 100 * S


def test_usual_parts_are_the_means_inside_the_band():
    inside = [_handled(hold=10, talk=100), _handled(hold=21, talk=100)]
    assert usual_parts([*inside, _handled(talk=10_000)], 50, 200) == (15, 0, 0, 0, 0, 100)
    assert usual_parts([], 0, 1) == (0,) * 6


_PARTS = st.lists(st.integers(0, 10**7), min_size=6, max_size=6)


@given(_PARTS, _PARTS, st.integers(0, 10**7))
def test_parts_sum_exactly_and_none_is_invented(parts, usual, high):
    shared = excess(parts, usual, high)
    assert sum(shared) == max(0, sum(parts) - high)
    assert all(0 <= given_ <= part for given_, part in zip(shared, parts, strict=True))
    if sum(usual) <= high:
        above = [max(0, part - norm) for part, norm in zip(parts, usual, strict=True)]
        assert all(given_ <= most for given_, most in zip(shared, above, strict=True))


@pytest.mark.parametrize(
    ("again", "rating", "flagged"), [(False, None, False), (True, None, True), (False, 2, True), (False, 3, False)]
)
def test_short_ones_are_told_only_where_they_did_harm(again, rating, flagged):
    quick = Handled(contact="c", reason="r", agent="a", well=not again, again=again, rating=rating, hold_ms=0,
                    search_ms=0, transfer_ms=0, repetition_ms=0, wrap_ms=5 * S, talk_ms=20 * S)  # fmt: skip
    assert short_and_repeated(quick, 60 * S) is flagged
    assert not short_and_repeated(quick, 20 * S)
