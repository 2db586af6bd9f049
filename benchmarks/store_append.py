"""How fast the log takes events, one by one and in batches of 50, and commands from many web processes at once.

python -m benchmarks.store_append [--seconds 5] [--careless]

The server is a fresh embedded PostgreSQL with full durability (``--careless`` turns it off, to show what the disk
costs). Events are the size of a real `contact.assigned`, each in a stream of its own; the engine's role appends under
a lease. The last figure lets 24 tasks on two pools submit commands while a leader appends.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import psycopg
from benchmarks.machine import report, spread

from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.ports import Draft, Head, Lease
from pasokh.store.postgres import PostgresStore

SHARD = "bench"
BATCH = 50
SUBMITTERS = 24
DATA = (
    b'{"type":"interaction.offered","interaction":"i-0123456789","agent":"agent-042","deadline":1700000020000,'
    b'"question":"who","rank":[{"name":"priority","value":2.0},{"name":"waited_ms","value":12345.0}],'
    b'"agent_order":[{"name":"idle_ms","value":54321.0},{"name":"level","value":0.75}],"candidates":17,"step":1,'
    b'"policy_version":"2026-11-22.1","text":"\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85"}'
)


async def append(store: PostgresStore, lease: Lease, head: Head, batch: int, seconds: float) -> tuple[Head, object]:
    """Append batches for so long; returns the new head and the figures."""
    times: list[float] = []
    start = time.perf_counter()
    while (began := time.perf_counter()) - start < seconds:
        drafts = [Draft(f"c-{head.seq + n}", "interaction.offered", DATA, head.seq) for n in range(batch)]
        head = await store.append(lease, head, drafts)
        times.append((time.perf_counter() - began) * 1_000)
    rate = len(times) * batch / (time.perf_counter() - start)
    return head, {"events_per_second": round(rate), "append_ms": spread(times)}


async def submit(web: list[PostgresStore], seconds: float) -> object:
    """Submit from many tasks at once for so long."""
    times: list[float] = []
    start = time.perf_counter()

    async def one(number: int) -> None:
        store = web[number % len(web)]
        while (began := time.perf_counter()) - start < seconds:
            await store.submit(SHARD, SHARD, f"{number}-{len(times)}-{began}", "user:u", b'{"type":"tick"}')
            times.append((time.perf_counter() - began) * 1_000)

    await asyncio.gather(*(one(number) for number in range(SUBMITTERS)))
    return {"commands_per_second": round(len(times) / (time.perf_counter() - start)), "submit_ms": spread(times)}


async def measure(server: EmbeddedPostgres, seconds: float) -> dict[str, object]:
    """All figures on one shard."""
    app = server.dsn(schema.APP)
    async with (
        PostgresStore(server.dsn(schema.ENGINE)) as engine,
        PostgresStore(app, connections=SUBMITTERS // 2) as one,
        PostgresStore(app, connections=SUBMITTERS // 2) as two,
    ):
        await engine.open_shard(SHARD, SHARD)
        lease = await engine.acquire(SHARD, "bench", 3_600_000)
        if lease is None:
            raise SystemExit("nobody else can lead a fresh shard")
        head, _ = await append(engine, lease, lease.head, 1, 0.5)
        head, singly = await append(engine, lease, head, 1, seconds)
        head, batched = await append(engine, lease, head, BATCH, seconds)
        commands, (head, beside) = await asyncio.gather(
            submit([one, two], seconds), append(engine, lease, head, 1, seconds)
        )
        began = time.perf_counter()
        await engine.verify(SHARD, SHARD)
        verified = round(head.seq / (time.perf_counter() - began))
    return {
        "one_by_one": singly,
        f"batches_of_{BATCH}": batched,
        f"submit_by_{SUBMITTERS}": commands,
        "append_meanwhile": beside,
        "verify_rows_per_second": verified,
    }


def main() -> None:
    """Start a server, measure, report, remove it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each figure")
    parser.add_argument("--careless", action="store_true", help="without durability")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pasokh-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "pg", durability=not options.careless)
        server.start()
        try:
            with psycopg.connect(server.dsn(schema.OWNER)) as connection:
                schema.apply(connection)
                version = connection.info.server_version // 10_000
            figures = asyncio.run(measure(server, options.seconds))
        finally:
            server.stop()
    report("store_append", postgresql=version, durability=not options.careless, **figures)


if __name__ == "__main__":
    main()
