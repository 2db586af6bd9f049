"""The twin on the bank's real days: learned from some, predicting others, against the bank's own log.

python -m benchmarks.twin_bank [--log FILE] [--replications 60] [--days] [--scenario DATE]

Every day is predicted once from days it was not learned from, in two splits: `alternate` (every second working day
and every second week's end), and `halves` (the first ten days from the last nine and the other way round), which
also meets the drift between them. Prints JSON; exits 0 when the figures of `alternate` are reached.
"""

import argparse
import datetime as dt
import sys
from pathlib import Path

import msgspec
from benchmarks.machine import report

from pasokh.twin.bank import Call, read_bank
from pasokh.twin.bank_day import Predicted, Verdict, incidents, judge, learn, predict
from pasokh.twin.bank_fit import fit, is_short
from pasokh.twin.bank_toml import scenario_text
from pasokh.twin.runner import PlainRunner, compiled_runner

LOG = Path("../shared/data/technion_bank_calls_1999-02_dev.csv.gz")
type Days = dict[dt.date, list[Call]]


def splits(days: Days) -> dict[str, tuple[Days, Days]]:
    """Two ways to part the days in two."""
    work, ends = [d for d in days if not is_short(d)], [d for d in days if is_short(d)]
    parts = {"alternate": {*work[::2], *ends[::2]}, "halves": set(list(days)[: (len(days) + 1) // 2])}
    return {
        name: ({d: c for d, c in days.items() if d in part}, {d: c for d, c in days.items() if d not in part})
        for name, part in parts.items()
    }


def row(p: Predicted) -> dict[str, object]:
    """One day in short."""
    return {
        "date": str(p.date),
        "weekday": p.date.strftime("%a"),
        "calls": p.log.calls,
        "wait_s": {"log": round(p.log.mean_wait_s, 1), "twin": _span(p.mean_wait_s, 1)},
        "abandonment": {"log": round(p.log.abandonment, 3), "twin": _span(p.abandonment, 3)},
        "half_hours_covered": [sum(p.judged), len(p.judged)],
    }


def _span(band: msgspec.Struct, digits: int) -> list[float]:
    return [round(x, digits) for x in msgspec.structs.astuple(band)]


def short(v: Verdict) -> dict[str, object]:
    """A verdict with its floats rounded."""
    return {name: round(x, 4) if isinstance(x, float) else x for name, x in msgspec.structs.asdict(v).items()}


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--replications", type=int, default=60)
    parser.add_argument("--days", action="store_true", help="every day, not only the sums")
    parser.add_argument("--scenario", type=dt.date.fromisoformat, metavar="DATE", help="write that day's scenario")
    args = parser.parse_args()
    if not args.log.exists():
        report("twin_bank", skipped=f"no log at {args.log}: give its place with --log")
        return 0
    days = read_bank(args.log)
    if args.scenario is not None:
        if args.scenario not in days:
            parser.error(f"no {args.scenario} in {args.log}")
        others = {d: c for d, c in days.items() if d != args.scenario}
        sys.stdout.write(scenario_text(days[args.scenario], fit(others), f"../{args.log}"))
        return 0
    runner = compiled_runner() or PlainRunner()
    results: dict[str, object] = {}
    reached = False
    for name, (one, other) in splits(days).items():
        parts, every = [], {}
        for learned_from, predicted in ((one, other), (other, one)):
            learned = learn(learned_from, runner)
            found = {d: predict(c, learned, runner, args.replications) for d, c in predicted.items()}
            parts.append({"learned_from": len(learned_from), "away_s": learned.away_s, **short(judge(found))})
            every |= found
        verdict = judge(every)
        results[name] = {"all": short(verdict), "parts": parts}
        if args.days:
            results[name]["days"] = [row(every[d]) for d in sorted(every)]
        if name == "alternate":
            points = abs(verdict.abandonment_points)
            reached = abs(verdict.wait_bias) <= 0.15 and points <= 2 and 0.80 <= verdict.covered <= 0.97
    learned = fit(days)
    report(
        "twin_bank",
        results=results,
        learned={
            "patience_weibull": {k: [round(x, 3) for x in v] for k, v in learned.weibull.items()},
            "hazard_at_60_s_and_around": [round(x, 5) for x in learned.peak],
            "services_under_10_s": round(learned.short, 4),
            "incidents": {str(d): sorted(incidents(c, learned)) for d, c in days.items() if incidents(c, learned)},
        },
        reach={"wait_bias": 0.15, "abandonment_points": 2, "covered": [0.80, 0.97]},
        reached=reached,
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
