"""The engines that can run a scenario: the plain one around `step`, and the compiled one where it serves."""

import importlib
from collections.abc import Sequence
from typing import Protocol

from pasokh.twin.plan import draw_plan
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import Counter, Tally
from pasokh.twin.world import World

MINUTE_MS = 60_000


class Runner(Protocol):
    """Runs whole replications of a scenario; equal seeds give equal tallies, in any engine."""

    @property
    def name(self) -> str:
        """``plain`` or ``compiled``."""

    def refuses(self, loaded: Loaded) -> str:
        """Why this engine cannot run the scenario; empty when it can."""

    def run(self, loaded: Loaded, seeds: Sequence[int]) -> list[Tally]:
        """One tally per seed, in order."""


class PlainRunner:
    """Every replication through the deciding function itself: runs everything."""

    name = "plain"

    def refuses(self, loaded: Loaded) -> str:
        """Nothing."""
        del loaded
        return ""

    def run(self, loaded: Loaded, seeds: Sequence[int]) -> list[Tally]:
        """One tally per seed, in order."""
        return [simulate_plain(loaded, seed) for seed in seeds]


def simulate_plain(loaded: Loaded, seed: int, *, invariants: bool = False) -> Tally:
    """One replication; with `invariants` it raises `BrokenError` at the first step that breaks one."""
    plan = draw_plan(loaded, seed)
    s = loaded.scenario
    counter = Counter(Tally.empty([q.id for q in s.queues], plan.start, plan.end, s.report_minutes * MINUTE_MS))
    World(plan, [counter.seen], invariants=invariants).run()
    return counter.finish(plan.end)


def compiled_runner() -> Runner | None:
    """The compiled engine; None where numba is not installed."""
    try:
        fast = importlib.import_module("pasokh.twin.fast")
    except ImportError:
        return None
    runner: Runner | None = getattr(fast, "RUNNER", None)
    return runner


def choose_runner(loaded: Loaded, engine: str = "auto") -> tuple[Runner, str]:
    """The engine for a scenario, and why not the compiled one (empty when it is). `engine`: auto, plain, compiled."""
    plain = PlainRunner()
    if engine == "plain":
        return plain, "asked for"
    fast = compiled_runner()
    if fast is None:
        return plain, "numba is not installed"
    refused = fast.refuses(loaded)
    return (plain, refused) if refused else (fast, "")


def seeds_of(loaded: Loaded, replications: int) -> list[int]:
    """The seeds of a scenario's replications: the same for every engine and for changed variants of the scenario."""
    return [loaded.scenario.seed * 1_000_003 + k for k in range(replications)]
