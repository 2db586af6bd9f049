"""Kill -9 under load: the leading engine, then PostgreSQL, many times; then read the whole log back.

python -m benchmarks.chaos_kill [--engine 50] [--restart 10] [--postgres 20] [--rate 10]

`engine`: the standby takes over. `restart`: the killed engine is started again at once under its own name.
"""

import argparse
import asyncio
import sys

from benchmarks.chaos import Verdict, chaos
from benchmarks.machine import report, spread
from benchmarks.processes import own_postgres

REACH_GAP_MS = 5_000.0


def figures(verdict: Verdict) -> dict[str, object]:
    """A verdict for the report."""
    return {
        "rounds": verdict.rounds,
        "gap_ms": spread(verdict.gaps_ms),
        "events": verdict.events,
        "acknowledged_commands": verdict.acknowledged,
        "contacts": verdict.contacts,
        "epochs": verdict.epochs,
        "client_retries": verdict.retries,
        "stale_writes": verdict.woken_stale,
        "faults": verdict.faults[:20],
        "fault_count": len(verdict.faults),
    }


def main() -> None:
    """Read the flags, run both, report, and fail when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", type=int, default=50, help="kills of the leading engine")
    parser.add_argument("--restart", type=int, default=10, help="kills of the leading engine, restarted at once")
    parser.add_argument("--postgres", type=int, default=20, help="kills of PostgreSQL")
    parser.add_argument("--rate", type=float, default=10.0, help="contact starts a second")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    verdicts: dict[str, Verdict] = {}
    acts = {"kill_engine": chosen.engine, "restart_engine": chosen.restart, "kill_postgres": chosen.postgres}
    for act, rounds in acts.items():
        if rounds:
            with own_postgres() as server:
                verdicts[act] = asyncio.run(chaos(server, act, rounds, chosen.rate, seed=chosen.seed))
    report("chaos_kill", parameters=vars(chosen), **{act: figures(verdict) for act, verdict in verdicts.items()})
    if any(v.faults or max(v.gaps_ms, default=0) > REACH_GAP_MS for v in verdicts.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
