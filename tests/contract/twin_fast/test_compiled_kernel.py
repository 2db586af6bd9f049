"""What is compiled is the live kernel's own file, the live side never meets numba, and sweeps can be stopped."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="the compiled twin needs numba")

from statistics import NormalDist

import msgspec

from pasokh.acd.routing import kernel as live
from pasokh.kernel.errors import PasokhError
from pasokh.twin.draw import Purpose, key_of, uniform
from pasokh.twin.fast import refuses, routing_kernel, simulate, spans
from pasokh.twin.fast.arrays import Model
from pasokh.twin.fast.sweep import replicate
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.scenario_file import Loaded


@pytest.mark.parametrize("name", ["room", "criterion", "allowed", "best_agent", "rank", "best_contact", "mix"])
def test_compiled_functions_are_the_live_ones(name):
    mine, theirs = getattr(routing_kernel, name).py_func, getattr(live, name)
    assert mine.__code__.co_filename == theirs.__code__.co_filename
    assert mine.__code__.co_code == theirs.__code__.co_code
    assert Path(mine.__code__.co_filename) == Path(live.__file__)


def test_the_server_never_imports_numba():
    code = "import sys, pasokh.acd.step, pasokh.twin.sweep, pasokh.engine; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_normal_draws_are_the_plain_ones():
    plain = NormalDist()
    key = key_of(7, Purpose.SERVICE, "x")
    for k in range(2_000):
        u = uniform(key, k)
        assert spans.inverse_normal.py_func(u) == plain.inv_cdf(u)
    for u in (1e-300, 1e-16, 1e-5, 0.075, 0.5, 0.925, 1 - 1e-16):
        assert spans.inverse_normal.py_func(u) == plain.inv_cdf(u)


def test_progress_counts_up_and_cancelling_stops():
    loaded = random_scenario(3)
    seen: list[tuple[int, int]] = []
    simulate(loaded, range(6), cores=2, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(k, 6) for k in range(1, 7)]
    stop = threading.Event()
    with pytest.raises(PasokhError, match=r"twin\.cancelled"):
        simulate(loaded, range(50), cores=1, progress=lambda *_: stop.set(), cancelled=stop)


def test_too_little_space_is_enlarged():
    model = Model(random_scenario(4))
    wide = replicate(model, 9)
    tight = Model(random_scenario(4))
    tight.room = tight.room._replace(slots=2, lane=2, heap=4)
    found = replicate(tight, 9)
    assert (found.counts == wide.counts).all()
    assert tight.room.slots > 2


def test_more_contacts_than_can_be_numbered_are_refused():
    loaded = random_scenario(3)
    s = loaded.scenario
    crowd = tuple(msgspec.structs.replace(a, factor=1e12, recorded=None) for a in s.arrivals)
    assert not refuses(loaded)
    assert "contacts" in refuses(Loaded(msgspec.structs.replace(s, arrivals=crowd, horizon_h=8_000.0)))
