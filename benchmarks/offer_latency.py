"""From a customer's arrival to the persisted offer, with PostgreSQL, engine and floor on one machine.

python -m benchmarks.offer_latency [--agents 500] [--rate 10] [--seconds 60]

The clock is the load generator's: from just before the command is handed in until the offer is read from the log.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks.floor import Floor, Pace
from benchmarks.log_check import faults, read_all
from benchmarks.machine import report, spread
from benchmarks.processes import engines, open_shard, own_postgres

from pasokh.store import schema

SHARD = "bench"


async def measure(agents: int, rate: float, seconds: float, pace: Pace, reach: float) -> None:
    """Run one load and report; exit with 1 when the p99 is above `reach` ms or anything went wrong."""
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
    latency = spread(floor.seen.latencies_ms())
    unoffered = len(floor.seen.submitted) - len(floor.seen.offered)
    report(
        "offer_latency",
        parameters={"agents": agents, "rate_per_s": rate, "seconds": seconds, "pace": pace},
        arrival_to_offer_ms=latency,
        reach_p99_ms=reach,
        contacts=len(floor.seen.submitted),
        unoffered=unoffered,
        events=len(rows),
        retries=floor.seen.retries,
        faults=wrong[:20],
        engine_exit=code,
        engine=_means(said),
    )
    if wrong or unoffered or latency["p99"] is None or latency["p99"] > reach:
        sys.exit(1)


def _means(said: str) -> dict[str, float]:
    """Counters and the means of histograms out of the metrics an engine prints on leaving."""
    lines = [
        line.removeprefix("pasokh_engine_").rpartition(" ") for line in said.splitlines() if "pasokh_engine_" in line
    ]
    values = {name: float(value) for name, _, value in lines if name[:1] != "#"}
    means = {
        f"mean_{name.removesuffix('_sum')}": round(value / values[f"{name.removesuffix('_sum')}_count"], 3)
        for name, value in values.items()
        if name.endswith("_sum")
    }
    return {name: value for name, value in values.items() if "_total" in name} | means


def main() -> None:
    """Read the flags and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10.0, help="contact starts a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--talk", type=float, default=20.0, help="mean seconds of a talk")
    parser.add_argument("--reach", type=float, help="p99 to reach in ms (default: 50, above 10 starts a second 250)")
    chosen = parser.parse_args()
    reach = chosen.reach or (50.0 if chosen.rate <= 10 else 250.0)
    asyncio.run(measure(chosen.agents, chosen.rate, chosen.seconds, Pace(talk_s=chosen.talk), reach))


if __name__ == "__main__":
    main()
