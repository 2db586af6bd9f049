"""Two engines: the leader is stopped by SIGSTOP until the other leads, then woken. It must not write a row.

python -m benchmarks.chaos_sigstop [--rounds 20] [--rate 10]
"""

import argparse
import asyncio
import sys

from benchmarks.chaos import chaos
from benchmarks.chaos_kill import figures
from benchmarks.machine import report
from benchmarks.processes import own_postgres


def main() -> None:
    """Read the flags, run, report, and fail on a stale write or any other fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10.0, help="contact starts a second")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with own_postgres() as server:
        verdict = asyncio.run(chaos(server, "stop_leader", chosen.rounds, chosen.rate, seed=chosen.seed))
    report("chaos_sigstop", parameters=vars(chosen), **figures(verdict))
    if verdict.faults or verdict.woken_stale:
        sys.exit(1)


if __name__ == "__main__":
    main()
