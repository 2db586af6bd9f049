"""Kills and stops what runs a shard while a floor works, and reads the log back: shared by benchmarks and tests."""

import asyncio
import os
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
from benchmarks.floor import Floor, Pace
from benchmarks.log_check import faults, gaps_ms, read_all
from benchmarks.processes import EngineProcess, engines, leader, open_shard

from pasokh.store import schema
from pasokh.store.embedded import DATABASE, EmbeddedPostgres

BRISK = Pace(think_s=0.3, talk_s=1.0, wrap_up_s=0.3)


@dataclass
class Verdict:
    """What a chaos run came to."""

    rounds: int = 0
    gaps_ms: list[float] = field(default_factory=list)
    """For each round, the longest time around it in which nothing was committed."""
    faults: list[str] = field(default_factory=list)
    events: int = 0
    acknowledged: int = 0
    contacts: int = 0
    epochs: int = 0
    retries: int = 0
    woken_stale: list[str] = field(default_factory=list)
    """What stopped and woken leaders wrote under their old epoch; must stay empty."""


class Chaos:
    """One shard, two engines, one floor; `kill_*` and `stop_*` are one round each."""

    def __init__(self, server: EmbeddedPostgres, database: str, rate: float, agents: int, seed: int) -> None:
        self.verdict = Verdict()
        self._server = server
        self._database = database
        self._rate = rate
        self._agents = agents
        self._random = Random(seed)
        self._marks: list[float] = []
        self._shard = ""
        self._engines: dict[str, EngineProcess] = {}

    async def run(self, act: str, rounds: int, rest_s: float = 1.5) -> Verdict:
        """`rounds` rounds of one of the acts below (`kill_engine`, `stop_leader` …) under load, then the verdict."""
        self._shard = f"{act}-{time.time_ns()}"
        dsn = self._server.dsn(schema.ENGINE, self._database)
        with tempfile.TemporaryDirectory() as folder, engines(dsn, Path(folder), "one", "two") as running:
            self._engines = {engine.owner: engine for engine in running}
            async with open_shard(self._server, self._shard, self._database) as store:
                floor = Floor(store, self._shard, self._agents, pace=BRISK, seed=self._random.randrange(10**6))
                await floor.set_up()
                load = asyncio.create_task(floor.work(self._rate, 10**6))
                try:
                    for _ in range(rounds):
                        await asyncio.sleep(rest_s * self._random.uniform(0.5, 1.5))
                        await getattr(self, act)()
                        self.verdict.rounds += 1
                    await asyncio.sleep(rest_s)
                    load.cancel()
                    await floor.quiet(15.0)
                finally:
                    load.cancel()
                    await asyncio.gather(load, return_exceptions=True)
                    await floor.close()
                rows = await read_all(store, self._shard)
                await store.verify(self._shard, self._shard)
        wrong = faults(rows, floor.seen.answers, floor.seen.telling)
        lost = floor.seen.submitted.keys() - floor.seen.offered.keys()
        self.verdict.faults = wrong + [f"{contact} was never offered" for contact in sorted(lost)]
        self.verdict.gaps_ms = gaps_ms(rows, self._marks)
        self.verdict.events, self.verdict.contacts = len(rows), len(floor.seen.submitted)
        self.verdict.acknowledged, self.verdict.retries = len(floor.seen.answers), floor.seen.retries
        self.verdict.epochs = len({row.epoch for row in rows})
        return self.verdict

    async def kill_engine(self) -> None:
        """Kill -9 of the leader; once the other has taken over it is started again, as the standby."""
        owner, epoch = await self._led()
        self._mark()
        self._engines[owner].kill()
        try:
            await self._led(epoch)
        finally:
            self._engines[owner].start()

    async def restart_engine(self) -> None:
        """Kill -9 of the leader, started again at once under its name, as a supervisor does: it takes its own lease."""
        owner, epoch = await self._led()
        self._mark()
        self._engines[owner].kill()
        self._engines[owner].start()
        await self._led(epoch)

    async def kill_postgres(self) -> None:
        """Kill -9 of the whole server, started again as a supervisor would."""
        await self._led()
        pid = self._server.pid
        self._mark()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(self._server.start)
        await self._led()

    async def restart_postgres(self) -> None:
        """A clean restart of the server."""
        await self._led()
        self._mark()
        await asyncio.to_thread(self._server.stop)
        await asyncio.to_thread(self._server.start)
        await self._led()

    async def stop_leader(self) -> None:
        """SIGSTOP the leader until another leads and works, then let it go on: it must not write a row."""
        owner, epoch = await self._led()
        self._mark()
        losses = self._engines[owner].losses
        self._engines[owner].signal(signal.SIGSTOP)
        try:
            await self._led(epoch)
            successor = await asyncio.to_thread(self._seq_of_other, epoch)
        finally:
            self._engines[owner].signal(signal.SIGCONT)
        await self._noticed(owner, losses)
        stale = await asyncio.to_thread(self._written, epoch, successor)
        if stale:
            self.verdict.woken_stale.append(f"{owner} wrote {stale} rows under epoch {epoch} after {successor}")

    async def _led(self, after: int = 0) -> tuple[str, int]:
        """Wait for a leader of a later epoch who has committed something; its name and epoch."""
        async with asyncio.timeout(30):
            while True:
                with suppress(psycopg.OperationalError):
                    owner, epoch = await asyncio.to_thread(leader, self._server, self._shard, self._database)
                    if owner and epoch > after and await asyncio.to_thread(self._written, epoch, 0):
                        return owner, epoch
                await asyncio.sleep(0.05)

    async def _noticed(self, owner: str, losses: int) -> None:
        """Wait until a woken engine has understood that it leads no more."""
        async with asyncio.timeout(20):
            while True:
                if self._engines[owner].losses > losses:
                    return
                await asyncio.sleep(0.02)

    def _mark(self) -> None:
        self._marks.append(time.time() * 1_000)

    def _seq_of_other(self, epoch: int) -> int:
        """The first row of a later epoch."""
        return self._number("SELECT coalesce(min(seq), 0) FROM log WHERE shard = %s AND epoch > %s", epoch)

    def _written(self, epoch: int, after: int) -> int:
        """Rows of an epoch after a row."""
        return self._number("SELECT count(*) FROM log WHERE shard = %s AND epoch = %s AND seq > %s", epoch, after)

    def _number(self, query: str, *parameters: int) -> int:
        with psycopg.connect(self._server.dsn(schema.ENGINE, self._database), autocommit=True) as connection:
            row = connection.execute(query.encode(), (self._shard, *parameters)).fetchone()
        return int(row[0]) if row else 0


async def chaos(
    server: EmbeddedPostgres, act: str, rounds: int, rate: float = 10.0, agents: int = 30, seed: int = 1
) -> Verdict:
    """One chaos run on the server's default database."""
    return await Chaos(server, DATABASE, rate, agents, seed).run(act, rounds)
