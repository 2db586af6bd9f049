"""1,000 replications of a week of 200,000 contacts, on all cores, as `pasokh simulate` runs them.

python -m benchmarks.twin_week [--replications 1000]

The centre is that of `twin_centre` for seven days: 3 skills, 10 groups, 300 agents, shifts and breaks. Everything is
within the time: starting the other processes, loading compiled code, drawing, simulating, gathering the figures.
"""

import argparse
import os
import sys
import time

from benchmarks.machine import report
from benchmarks.twin_centre import centre

from pasokh.twin.sweep import run_sweep

CONTACTS = 200_000


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1_000)
    args = parser.parse_args()
    loaded = centre(days=7, factor=CONTACTS / 198_240)
    run_sweep(loaded, 1, engine="compiled")  # compiles once where nothing is kept yet
    seen: list[int] = []
    began, used = time.perf_counter(), os.times()
    sweep = run_sweep(loaded, args.replications, progress=lambda done, _: seen.append(done))
    seconds, now = time.perf_counter() - began, os.times()
    cpu = sum(now[:4]) - sum(used[:4])
    contacts = sweep.contacts * args.replications
    report(
        "twin_week",
        replications=args.replications,
        engine=sweep.engine,
        contacts_per_week=round(sweep.contacts),
        seconds=round(seconds, 1),
        cpu_seconds=round(cpu, 1),
        cores_got=round(cpu / seconds, 2),
        contacts_per_second=round(contacts / seconds),
        progress_reports=len(seen),
        abandonment=sweep.total["*"]["abandonment.offered"],
        reach={"seconds": 60, "full": 20},
    )
    return 0 if seconds * 1_000 / args.replications <= 60 else 1


if __name__ == "__main__":
    sys.exit(main())
