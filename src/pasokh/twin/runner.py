"""The engines that can run a scenario: the plain one around `step`, and the compiled one where it serves."""

import importlib
from collections.abc import Callable, Sequence
from typing import Protocol

from pasokh.kernel.errors import PasokhError
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

    def run(self, loaded: Loaded, seeds: Sequence[int], cores: int | None = None) -> list[Tally]:
        """One tally per seed, in order; on that many cores where the engine can (all unless given)."""


class PlainRunner:
    """Every replication through the deciding function itself: runs everything."""

    name = "plain"

    def refuses(self, loaded: Loaded) -> str:
        """Nothing."""
        del loaded
        return ""

    def run(self, loaded: Loaded, seeds: Sequence[int], cores: int | None = None) -> list[Tally]:
        """One tally per seed, in order, on one core."""
        del cores
        return [simulate_plain(loaded, seed) for seed in seeds]


def simulate_plain(loaded: Loaded, seed: int, *, invariants: bool = False) -> Tally:
    """One replication; with `invariants` it raises `BrokenError` at the first step that breaks one."""
    plan = draw_plan(loaded, seed)
    s = loaded.scenario
    counter = Counter(Tally.empty([q.id for q in s.queues], plan.start, plan.end, s.report_minutes * MINUTE_MS))
    World(plan, [counter.seen], invariants=invariants).run()
    return counter.finish(plan.end)


class CompiledRunner:
    """Whole replications as compiled loops on threads; the same tallies as the plain engine's."""

    name = "compiled"

    def __init__(self, simulate: Callable[..., list[Tally]], refuses: Callable[[Loaded], str]) -> None:
        self._simulate = simulate
        self._refuses = refuses

    def refuses(self, loaded: Loaded) -> str:
        """Only more contacts than can be numbered: every feature of a scenario is compiled."""
        return self._refuses(loaded)

    def run(self, loaded: Loaded, seeds: Sequence[int], cores: int | None = None) -> list[Tally]:
        """One tally per seed, in order."""
        return self._simulate(loaded, seeds, cores=cores)


def compiled_runner() -> CompiledRunner | None:
    """The compiled engine; None where numba is not installed."""
    try:
        fast = importlib.import_module("pasokh.twin.fast")
    except ImportError:
        return None
    return CompiledRunner(fast.simulate, fast.refuses)


SMALL_CONTACTS = 30_000
"""Below this many contacts in all, loading the compiled engine takes longer than running the plain one."""


def worth_compiling(loaded: Loaded, replications: int) -> bool:
    """Whether a sweep is large enough for the compiled engine; asks one drawn day."""
    return len(draw_plan(loaded, loaded.scenario.seed).customers) * replications > SMALL_CONTACTS


def choose_runner(loaded: Loaded, replications: int, engine: str = "auto") -> tuple[Runner, str]:
    """The engine for a sweep, and why not the compiled one (empty when it is). `engine`: auto, plain, compiled.

    Raises `PasokhError` ``twin.no_compiler`` when the compiled one is asked for and numba is not installed.
    """
    plain = PlainRunner()
    if engine == "plain":
        return plain, "asked for"
    fast = compiled_runner()
    if fast is None:
        if engine == "compiled":
            raise PasokhError("twin.no_compiler", fix="install pasokh[twin], or use --engine plain")
        return plain, "numba is not installed"
    if engine == "auto" and not worth_compiling(loaded, replications):
        return plain, "too small to be worth compiling"
    refused = fast.refuses(loaded)
    return (plain, refused) if refused else (fast, "")


def seeds_of(loaded: Loaded, replications: int) -> list[int]:
    """The seeds of a scenario's replications: the same for every engine and for changed variants of the scenario."""
    return [loaded.scenario.seed * 1_000_003 + k for k in range(replications)]
