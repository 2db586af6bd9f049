"""The compiled twin against SimPy on one centre: contacts per CPU second, and whether both answer alike.

python -m benchmarks.twin_speed [--simpy-days 8] [--days 400]

Both simulate the same days of `twin_centre` in one process, in turns, so that the machine's noise meets both. Rates
are contacts per CPU second of the simulating thread; drawing up the arrays included. Answers are compared by Welch's
interval at 99 %: the difference of the means must lie within it.
"""

import argparse
import sys
import time
from statistics import fmean, stdev

from benchmarks.machine import report
from benchmarks.twin_centre import by_simpy, centre

from pasokh.twin.fast.arrays import Model
from pasokh.twin.fast.sweep import replicate
from pasokh.twin.tally import AT

Z = 2.5758
ROUNDS = 4


def figures(offered: int, answered: int, in_target: int, abandoned: int, wait_s: float) -> dict[str, float]:
    """The three answers that are compared, of one day."""
    return {
        "service_level": in_target / (answered + abandoned),
        "asa_s": wait_s / answered,
        "abandonment": abandoned / offered,
    }


def compare(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> dict[str, dict[str, object]]:
    """Means, their 99 % intervals, and whether they agree."""
    found: dict[str, dict[str, object]] = {}
    for name in ours[0]:
        a, b = [d[name] for d in ours], [d[name] for d in theirs]
        half = Z * (stdev(a) ** 2 / len(a) + stdev(b) ** 2 / len(b)) ** 0.5
        found[name] = {
            "compiled": round(fmean(a), 5),
            "simpy": round(fmean(b), 5),
            "difference": round(fmean(a) - fmean(b), 5),
            "interval_99": round(half, 5),
            "equal": abs(fmean(a) - fmean(b)) <= half,
        }
    return found


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simpy-days", type=int, default=8)
    parser.add_argument("--days", type=int, default=400)
    args = parser.parse_args()
    began = time.perf_counter()
    model = Model(centre())
    replicate(model, 0)
    ready_s = time.perf_counter() - began
    spent = {"compiled": 0.0, "simpy": 0.0}
    contacts = {"compiled": 0, "simpy": 0}
    ours, theirs = [], []
    for turn in range(ROUNDS):
        began = time.process_time()
        for day in range(args.simpy_days // ROUNDS):
            d = by_simpy(turn * 1_000 + day)
            theirs.append(figures(d.offered, d.answered, d.in_target, d.abandoned, d.wait_s))
            contacts["simpy"] += d.offered
        spent["simpy"] += time.process_time() - began
        began = time.process_time()
        for day in range(args.days // ROUNDS):
            arrays = replicate(model, turn * 1_000_000 + day)
            sums = arrays.counts.sum((0, 1))
            n = {name: int(sums[AT[name]]) for name in ("entered", "answered", "answered_in_target", "abandoned")}
            ours.append(figures(*n.values(), int(sums[AT["answered_wait_ms"]]) / 1_000))
            contacts["compiled"] += n["entered"]
        spent["compiled"] += time.process_time() - began
    rates = {name: contacts[name] / spent[name] for name in spent}
    answers = compare(ours, theirs)
    ratio = rates["compiled"] / rates["simpy"]
    equal = all(a["equal"] for a in answers.values())
    report(
        "twin_speed",
        centre="3 skills, 10 groups, 300 agents, shifts and breaks",
        contacts=contacts,
        contacts_per_cpu_second={name: round(rate) for name, rate in rates.items()},
        ratio=round(ratio, 1),
        ns_per_contact=round(1e9 / rates["compiled"]),
        ready_s=round(ready_s, 2),
        answers=answers,
        equal_answers=equal,
        reach={"ratio": 40, "full": 150},
    )
    return 0 if ratio >= 40 and equal else 1


if __name__ == "__main__":
    sys.exit(main())
