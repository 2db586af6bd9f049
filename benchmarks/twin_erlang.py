"""The twin against exact queues: Erlang C, Erlang A and M/M/n+Weibull, by `step` and compiled, within 99 % intervals.

python -m benchmarks.twin_erlang [--replications 60] [--plain 12]

Each centre is one queue of alike agents. Contacts that arrive in a day's first or last two hours are left out: a day
begins empty, and at its end some still wait. The interval is Student's over replications of a day.
"""

import argparse
import sys
from math import exp, sqrt
from statistics import fmean, stdev

from benchmarks.machine import report
from scipy.stats import t as student

from pasokh.acd.model import Criterion, Policy, QueueConfig
from pasokh.twin.erlang import QueueFigures, erlang_c, weibull_survival, with_patience
from pasokh.twin.runner import PlainRunner, Runner, compiled_runner
from pasokh.twin.scenario import (
    Arrivals,
    Constant,
    Exponential,
    Group,
    Infinite,
    Patience,
    Scenario,
    Spans,
    Times,
    Weibull,
)
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import AT, Tally

TARGET_S = 20.0
SERVICE_S = 180.0
TRIM = 4
CONFIDENCE = 0.99


def scenario(agents: int, per_hour: float, patience: Spans) -> Loaded:
    """One queue, alike agents, exponential service, no wrap-up, answered in the millisecond of the ring."""
    return Loaded(
        Scenario(
            (QueueConfig("q", wrap_up_ms=0, alternatives=(), policy=Policy((Criterion.LONGEST_IDLE,))),),
            (Group("g", agents, ("q",), answer=Constant(0.0)),),
            (Arrivals("q", per_interval=(per_hour,)),),
            service=(Times(Exponential(SERVICE_S)),),
            wrap_up=(Times(Constant(0.0)),),
            patience=(Patience(patience),),
        )
    )


def exact(kind: str, agents: int, per_hour: float) -> QueueFigures:
    """The same queue exactly."""
    rates = (agents, per_hour / 3600, 1 / SERVICE_S)
    if kind == "erlang_c":
        return erlang_c(*rates, threshold=TARGET_S)
    if kind == "erlang_a":
        return with_patience(*rates, survival=lambda x: exp(-x / 150.0), scale=150.0, threshold=TARGET_S)
    return with_patience(*rates, survival=weibull_survival(0.852, 161.2), scale=161.2, threshold=TARGET_S)


CASES = {
    "erlang_c": (13, 200.0, Infinite()),
    "erlang_a": (50, 1_050.0, Exponential(150.0)),
    "weibull": (50, 1_050.0, Weibull()),
}


def figures(tally: Tally) -> dict[str, float]:
    """What is compared, of one day."""
    rows = tally.counts[0][TRIM:-TRIM]
    n = {name: sum(row[k] for row in rows) for name, k in AT.items()}
    offered = n["answered"] + n["abandoned"]
    return {
        "within": n["answered_in_target"] / offered,
        "mean_wait": (n["answered_wait_ms"] + n["left_wait_ms"]) / 1000 / offered,
        "abandoned": n["abandoned"] / offered,
    }


def judge(days: list[dict[str, float]], truth: QueueFigures) -> dict[str, dict[str, object]]:
    """Simulated mean, its 99 % interval, the exact value, and whether that lies inside."""
    found: dict[str, dict[str, object]] = {}
    for name in days[0]:
        values = [day[name] for day in days]
        half = student.ppf(0.5 + CONFIDENCE / 2, len(values) - 1) * stdev(values) / sqrt(len(values))
        value = getattr(truth, name)
        found[name] = {
            "simulated": round(fmean(values), 5),
            "interval": round(float(half), 5),
            "exact": round(value, 5),
            "inside": bool(abs(fmean(values) - value) <= half + 1e-9),
        }
    return found


def check(runner: Runner, case: str, replications: int) -> dict[str, dict[str, object]]:
    """One engine on one queue."""
    agents, per_hour, patience = CASES[case]
    tallies = runner.run(scenario(agents, per_hour, patience), range(replications))
    return judge([figures(t) for t in tallies], exact(case, agents, per_hour))


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--plain", type=int, default=4)
    args = parser.parse_args()
    fast = compiled_runner()
    if fast is None:
        raise SystemExit("numba is not installed: uv pip install 'pasokh[twin]'")
    results = {
        case: {"step": check(PlainRunner(), case, args.plain), "compiled": check(fast, case, args.replications)}
        for case in CASES
    }
    inside = all(f["inside"] for engines in results.values() for found in engines.values() for f in found.values())
    report(
        "twin_erlang",
        days={"step": args.plain, "compiled": args.replications},
        confidence=CONFIDENCE,
        results=results,
        all_inside=inside,
    )
    return 0 if inside else 1


if __name__ == "__main__":
    sys.exit(main())
