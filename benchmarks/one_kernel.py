"""One kernel, two speeds: random scenarios through `step` and the compiled loop; not one assignment may differ.

python -m benchmarks.one_kernel [--scenarios 1000] [--first 0] [--processes 2]

Each seed draws a small centre with any mix of what a policy can ask for; both engines get the same customers, agents
and hours. Every offer (instant, contact, agent) and every count is compared. Fails too when some field of `Policy` or
some criterion was never tried.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from multiprocessing import get_context
from operator import or_

import msgspec
from benchmarks.machine import report

from pasokh.acd.model import Alternative, Criterion, Policy, QueueConfig
from pasokh.twin.fast.agreement import Agreement, compare
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.scenario import Scenario

NAMES = {"id", "name", "client", "version", "policy", "outcomes"}
"""Fields of a queue that decide nothing in a twin."""


def varied(part: msgspec.Struct, default: msgspec.Struct) -> Iterator[str]:
    """Fields that were set to something else than usual."""
    for name in part.__struct_fields__:
        if name not in NAMES and getattr(part, name) != getattr(default, name):
            yield f"{type(part).__name__}.{name}"


def features(scenario: Scenario) -> set[str]:
    """What a scenario tries."""
    found: set[str] = set()
    for queue in scenario.queues:
        found |= {*varied(queue, QueueConfig("q")), *varied(queue.policy, Policy())}
        found |= {f"order {criterion.value}" for criterion in queue.policy.agent_order}
        found |= {f"alternative {alternative.value}" for alternative in queue.alternatives}
        for step in queue.policy.relaxations:
            found |= {f"relaxation {name}" for name in ("lower_by", "drop", "overflow_to") if getattr(step, name)}
    found |= {name for name in ("transfers", "hours") if getattr(scenario, name)}
    found |= {name for name in ("breaks", "shifts") if any(getattr(group, name, ()) for group in scenario.groups)}
    return found


def wanted() -> set[str]:
    """What must have been tried: every field of a policy, criterion, way of loosening and alternative."""
    return {
        *(f"Policy.{name}" for name in Policy.__struct_fields__),
        *(f"order {criterion.value}" for criterion in Criterion),
        *(f"alternative {alternative.value}" for alternative in Alternative),
        *(f"relaxation {name}" for name in ("lower_by", "drop", "overflow_to")),
    }


def one(seed: int) -> tuple[int, Agreement, set[str]]:
    """One seed, both ways."""
    loaded = random_scenario(seed)
    return seed, compare(loaded, seed), features(loaded.scenario)


def main() -> int:
    """Compare and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    one(chosen.first)  # compiles, or reads what was compiled, once for all processes
    began = time.perf_counter()
    seeds = range(chosen.first, chosen.first + chosen.scenarios)
    with ProcessPoolExecutor(chosen.processes, get_context("spawn")) as pool:
        done = list(pool.map(one, seeds, chunksize=10))
    tried = Counter(name for _, _, names in done for name in names)
    missing = sorted(wanted() - tried.keys())
    differing = sum(both.differing for _, both, _ in done)
    counts = sum(both.counts_differ for _, both, _ in done)
    report(
        "one_kernel",
        parameters=vars(chosen),
        scenarios=len(done),
        assignments=sum(both.offers for _, both, _ in done),
        differing_assignments=differing,
        scenarios_with_differing_counts=counts,
        differences={seed: both.difference for seed, both, _ in done if both.difference},
        scenarios_that_tried=dict(sorted(tried.items())),
        features=len(reduce(or_, (names for _, _, names in done), set())),
        never_tried=missing,
        fields_of_queues_never_tried=sorted(
            f"QueueConfig.{name}"
            for name in QueueConfig.__struct_fields__
            if name not in NAMES and f"QueueConfig.{name}" not in tried
        ),
        wall_s=round(time.perf_counter() - began, 1),
        reach={"differing_assignments": 0},
    )
    return 1 if differing or counts or missing else 0


if __name__ == "__main__":
    sys.exit(main())
