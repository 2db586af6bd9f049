"""From a customer's arrival to the persisted offer, with PostgreSQL, engine and floor on one machine.

python -m benchmarks.offer_latency [--agents 500] [--rate 10] [--seconds 60]

The clock is the load generator's: from just before the command is handed in until the offer is read from the log.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks.floor import Floor, Pace
from benchmarks.log_check import faults, read_all
from benchmarks.machine import report, spread
from benchmarks.processes import engines, open_shard, own_postgres

from pasokh.store import schema

SHARD = "bench"


async def measure(agents: int, rate: float, seconds: float, pace: Pace) -> None:
    """Run one load and report."""
    with (
        own_postgres() as server,
        tempfile.TemporaryDirectory() as folder,
        engines(server.dsn(schema.ENGINE), Path(folder), "one") as (engine,),
    ):
        async with open_shard(server, SHARD) as store:
            floor = Floor(store, SHARD, agents, pace=pace)
            await floor.set_up()
            await floor.work(rate, seconds)
            await floor.quiet(10.0)
            await floor.close()
            rows = await read_all(store, SHARD)
            await store.verify(SHARD, SHARD)
        code = engine.stop()
        said = engine.text
    wrong = faults(rows, floor.seen.answers)
    report(
        "offer_latency",
        parameters={"agents": agents, "rate_per_s": rate, "seconds": seconds, "pace": pace},
        arrival_to_offer_ms=spread(floor.seen.latencies_ms()),
        contacts=len(floor.seen.submitted),
        unoffered=len(floor.seen.submitted) - len(floor.seen.offered),
        events=len(rows),
        retries=floor.seen.retries,
        faults=wrong[:20],
        engine_exit=code,
        engine=[line for line in said.splitlines() if line.startswith("pasokh_engine_")],
    )


def main() -> None:
    """Read the flags and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10.0, help="contact starts a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--talk", type=float, default=20.0, help="mean seconds of a talk")
    chosen = parser.parse_args()
    asyncio.run(measure(chosen.agents, chosen.rate, chosen.seconds, Pace(talk_s=chosen.talk)))


if __name__ == "__main__":
    main()
