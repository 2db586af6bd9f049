"""Deterministic simulation: 300 seeds of random commands, and drawn centres besides, under every invariant in 60 s.

python -m benchmarks.sim_seeds [--seeds 300] [--centres 80] [--processes 2]

The very runs of tests/sim. A seed that breaks an invariant is named with what it broke; the test shrinks and keeps it.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.machine import report, spread

from pasokh.twin.invariants import BrokenError
from pasokh.twin.plan import draw_plan
from pasokh.twin.random_commands import random_script
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.script import Action, play
from pasokh.twin.world import World

REACH_S = 60.0
HOURS = 0.1

type Run = tuple[str, int]
"""Kind and seed."""
type Outcome = tuple[str, dict[str, int], float, str]
"""Name, events by type (a centre: commands), seconds, what broke."""


def one(run: Run) -> Outcome:
    """One seed, whatever comes of it."""
    kind, seed = run
    began = time.perf_counter()
    counted: dict[str, int] = {}
    broke = ""
    try:
        counted = play(random_script(seed)).events if kind == "commands" else centre(seed)
    except BrokenError as error:
        broke = f"{error.name}: {error}"
    except Exception as error:
        broke = f"{type(error).__name__}: {error}"
    return f"{kind} {seed}", counted, time.perf_counter() - began, broke


def centre(seed: int) -> dict[str, int]:
    """A drawn centre with its invariants; what was asked of it."""
    asked: list[Action] = []
    World(draw_plan(random_scenario(seed, hours=HOURS), seed), invariants=True, asked=asked).run()
    return {"commands of drawn centres": len(asked)}


def main() -> int:
    """Run, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=300, help="runs of random commands")
    parser.add_argument("--centres", type=int, default=80, help="drawn centres")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    runs = [("commands", seed) for seed in range(chosen.seeds)] + [("centre", seed) for seed in range(chosen.centres)]
    began = time.perf_counter()
    with ProcessPoolExecutor(chosen.processes, get_context("spawn")) as pool:
        done = list(pool.map(one, runs, chunksize=5))
    wall_s = time.perf_counter() - began
    broken = {name: broke for name, _, _, broke in done if broke}
    counted: Counter[str] = Counter()
    for _, events, _, _ in done:
        counted.update(events)
    commands = counted.pop("commands of drawn centres", 0)
    report(
        "sim_seeds",
        parameters=vars(chosen),
        wall_s=round(wall_s, 1),
        cpu_s=round(sum(seconds for _, _, seconds, _ in done), 1),
        seed_s=spread([seconds for _, _, seconds, _ in done]),
        events=counted.total(),
        kinds_of_events=len(counted),
        commands_of_drawn_centres=commands,
        broken=broken,
        reach={"wall_s": REACH_S, "broken": 0},
    )
    return 1 if broken or wall_s > REACH_S else 0


if __name__ == "__main__":
    sys.exit(main())
