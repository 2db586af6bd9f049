"""The compiled twin agrees with exact queues: Erlang C, Erlang A and M/M/n with Weibull patience."""

import pytest

pytest.importorskip("numba", reason="the compiled twin needs numba")

from benchmarks.twin_erlang import CASES, check

from pasokh.twin.runner import compiled_runner


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES)
def test_inside_the_interval(case):
    found = check(compiled_runner(), case, 200)
    assert all(f["inside"] for f in found.values()), found
