"""Kill -9 of every role at random under load: engine, web, worker, PostgreSQL; then judge log, sockets and history.

python -m benchmarks.chaos_roles [--rounds 72] [--rate 6] [--seed 1]

A centre as `pasokh up` runs it, a standing-by engine beside it, a floor that works it, walls and desks that follow it,
and visitors who write through sockets. In every four rounds each role dies once, in random order. Afterwards: nothing
acknowledged is lost or doubled, nobody had two owners, every socket holds what a fresh snapshot holds, and the history
the workers wrote equals one rebuilt from the log.
"""

import argparse
import asyncio
import logging
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from benchmarks.chaos import BRISK
from benchmarks.floor import Floor
from benchmarks.guests import Follower, Guest, Posted
from benchmarks.live_push import gaps
from benchmarks.log_check import faults, gaps_ms, read_all
from benchmarks.machine import report, spread
from benchmarks.processes import EngineProcess, leader
from tests.integration.ops.centre import Centre

from pasokh.engine.clock import wall_ms
from pasokh.live.tokens import TokenSigner
from pasokh.ops import composition
from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.ports import Row
from pasokh.store.postgres import PostgresStore

ORG = "chaos"
ROLES = ("engine", "web", "worker", "postgres")
REACH_MS = 5_000.0
STANDBY = "standby"
PATIENCE_S = 60.0


# -- the office --------------------------------------------------------------------------------------------------------
def furnish() -> None:
    """An organisation; the floor brings queues and agents."""
    from pasokh.office.tenancy.actions import do_create_organisation  # noqa: PLC0415 - needs Django set up

    do_create_organisation(ORG, {"en": "Chaos"}, zone="UTC", language="en")


def history() -> dict[str, list[dict[str, Any]]]:
    """Every row the workers wrote."""
    from pasokh.office.desk.models import Contact, Interaction, Message, Segment  # noqa: PLC0415
    from pasokh.office.tenancy.scope import organisation_scope  # noqa: PLC0415

    with organisation_scope(ORG):
        return {m.__name__: sorted(m.objects.values(), key=str) for m in (Contact, Interaction, Segment, Message)}


def compared_history() -> tuple[dict[str, int], list[str]]:
    """Rows by table, and the tables that a rebuild fills otherwise."""
    from django.db import connections  # noqa: PLC0415

    from pasokh.office.desk import projection  # noqa: PLC0415

    connections.close_all()  # as after every request
    written = history()
    projection.rebuild(ORG)
    rebuilt = history()
    return {name: len(rows) for name, rows in written.items()}, [n for n in written if written[n] != rebuilt[n]]


# -- killing -----------------------------------------------------------------------------------------------------------
class Killer:
    """Kills one role at a time and waits until it is there again."""

    def __init__(self, centre: Centre, server: EmbeddedPostgres, standby: EngineProcess) -> None:
        self.marks: defaultdict[str, list[float]] = defaultdict(list)
        self.back_ms: defaultdict[str, list[float]] = defaultdict(list)
        """How long until each role's process ran (the engine: led) again."""
        self._centre, self._server, self._standby = centre, server, standby

    async def kill(self, role: str) -> None:
        """One round."""
        owner, epoch = await self._led(0)
        before = await self.pid(role)
        self.marks[role].append(time.time() * 1_000)
        began = time.monotonic()
        if role == "engine":
            if owner == STANDBY:
                self._standby.kill()
            else:
                os.kill(before, signal.SIGKILL)
            try:
                await self._led(epoch)
            finally:
                if owner == STANDBY:
                    self._standby.start()
        else:
            os.kill(before, signal.SIGKILL)
            await self._until(lambda: self._find(role) not in {None, before})
            await self._led(0)
        self.back_ms[role].append((time.monotonic() - began) * 1_000)

    def _find(self, role: str) -> int | None:
        return self._server.pid if role == "postgres" else self._centre.children().get(role)

    async def pid(self, role: str) -> int:
        """Its process, once it runs."""
        await self._until(lambda: self._find(role) is not None)
        return self._find(role) or 0

    async def _led(self, after: int) -> tuple[str, int]:
        """Wait for a leader of a later epoch."""
        found = ("", 0)

        def led() -> bool:
            nonlocal found
            with suppress(psycopg.Error):
                found = leader(self._server, ORG)
                return bool(found[0]) and found[1] > after
            return False

        await self._until(led)
        return found

    async def _until(self, question: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if await asyncio.to_thread(question):
                    return
                await asyncio.sleep(0.02)


# -- the run -----------------------------------------------------------------------------------------------------------
@asynccontextmanager
async def following(port: int, signer: TokenSigner, walls: int, desks: int) -> AsyncIterator[list[Follower]]:
    """Walls and desks, connected for as long as this lasts."""
    followers = []
    for n in range(walls + desks):
        agent = None if n < walls else f"a{n - walls}"
        token, _ = signer.staff(
            org=ORG, user=f"u{n}", agent=agent, role="agent" if agent else "supervisor", origin="", now=wall_ms(),
            life=3_600_000,
        )  # fmt: skip
        followers.append(Follower(port, token, ("desk",) if agent else ("wall",), agent))
    tasks = [asyncio.create_task(follower.stay()) for follower in followers]
    try:
        yield followers
    finally:
        for follower in followers:
            follower.leaving = True
            with suppress(Exception):
                await follower.leave()
        await asyncio.wait(tasks, timeout=10)


def order(rounds: int, chosen: random.Random) -> Iterator[str]:
    """Each role once in every four rounds, shuffled."""
    for start in range(0, rounds, len(ROLES)):
        yield from chosen.sample(ROLES, min(len(ROLES), rounds - start))


async def run(centre: Centre, server: EmbeddedPostgres, given: argparse.Namespace) -> dict[str, Any]:
    """The load, the kills, and what was seen."""
    chosen = random.Random(given.seed)
    port = int(centre.url.rsplit(":", 1)[1])
    signer = TokenSigner([(centre.home / "secret_key").read_text("ascii").strip()])
    standby = EngineProcess(server.dsn(schema.ENGINE), STANDBY, centre.home / "standby.log")
    standby.start()
    posted, killer = Posted(), Killer(centre, server, standby)

    def visitor(contact: str) -> str:
        return signer.visitor(org=ORG, contact=contact, origin="", now=wall_ms())[0]

    try:
        async with PostgresStore(server.dsn(schema.APP), connections=8) as store:
            floor = Floor(store, ORG, given.agents, pace=BRISK, seed=given.seed)
            await floor.set_up()
            guests = [Guest(str(n), port, floor, visitor, posted) for n in range(given.guests)]
            async with following(port, signer, given.walls, given.desks) as followers:
                load = asyncio.create_task(floor.work(given.rate, 10**6))
                visits = asyncio.gather(*(guest.live() for guest in guests))
                for role in order(given.rounds, chosen):
                    await asyncio.sleep(given.rest * chosen.uniform(0.3, 1.7))
                    await killer.kill(role)
                await asyncio.sleep(given.rest)
                for guest in guests:
                    guest.ending = True
                load.cancel()
                await asyncio.wait_for(visits, PATIENCE_S)
                await floor.quiet(15.0)
                await floor.close()
                # nothing is committed from here on, so that all can be compared at one end of the log
                standby.stop()
                os.kill(await killer.pid("engine"), signal.SIGSTOP)
                await asyncio.to_thread(caught_up, centre, server)
                wrong = await gaps(port, followers)
                away = [ms for follower in followers for ms in follower.away_ms]
                joins = sum(follower.joins for follower in followers)
                rows = await read_all(store, ORG)
                await store.verify(ORG, ORG)
    finally:
        standby.stop()
    return judged(floor, rows, posted, killer, [f"socket {name} differs from a fresh snapshot" for name in wrong]) | {
        "socket_away_ms": spread(away),
        "socket_joins": joins,
    }


def caught_up(centre: Centre, server: EmbeddedPostgres) -> None:
    """Wait until the history shows the whole log."""
    query = "SELECT h.seq - c.seq FROM shard_head h JOIN projection_cursor c USING (shard) WHERE shard = %s"
    with psycopg.connect(server.dsn(schema.ENGINE), autocommit=True) as connection:
        centre.until(lambda: connection.execute(query, (ORG,)).fetchone() == (0,), PATIENCE_S)


def judged(floor: Floor, rows: list[Row], posted: Posted, killer: Killer, wrong: list[str]) -> dict[str, Any]:
    """Log and sockets against what was promised."""
    lost = floor.seen.submitted.keys() - floor.seen.offered.keys()
    found = [
        *faults(rows, floor.seen.answers, floor.seen.telling),
        *posted.faults(rows),
        *(f"{contact} was never offered" for contact in sorted(lost)),
        *wrong,
    ]
    return {
        "kills": {role: len(marks) for role, marks in killer.marks.items()},
        "gap_ms": {role: spread(gaps_ms(rows, marks)) for role, marks in killer.marks.items()},
        "back_ms": {role: spread(took) for role, took in killer.back_ms.items()},
        "gaps": [gap for marks in killer.marks.values() for gap in gaps_ms(rows, marks)],
        "events": len(rows),
        "epochs": len({row.epoch for row in rows}),
        "contacts": len(floor.seen.submitted),
        "acknowledged_commands": len(floor.seen.answers),
        "client_retries": floor.seen.retries,
        "chats_over_sockets": posted.chats,
        "messages_over_sockets": {"taken": len(posted.taken), "refused": len(posted.refused)},
        "message_repeats": posted.repeats,
        "visitor_connections": posted.reconnects,
        "faults": found[:20],
        "fault_count": len(found),
    }


def main() -> int:
    """Run, report, and fail when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=72, help="kills, a quarter of them of each role")
    parser.add_argument("--rest", type=float, default=1.5, help="seconds between kills, about")
    parser.add_argument("--rate", type=float, default=6.0, help="contact starts a second")
    parser.add_argument("--agents", type=int, default=30)
    parser.add_argument("--guests", type=int, default=8, help="visitors who write through sockets")
    parser.add_argument("--walls", type=int, default=4)
    parser.add_argument("--desks", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # a lost database is what this is about
    began = time.monotonic()
    with Centre() as centre:
        centre.start("--no-demo")
        server = EmbeddedPostgres(centre.home / "db")
        composition.set_up_django(server.dsn())
        furnish()
        figures = asyncio.run(run(centre, server, given))
        written, unlike = compared_history()
        os.kill(centre.children()["engine"], signal.SIGCONT)
    gap = spread(figures.pop("gaps"))
    away = figures["socket_away_ms"]
    reached = (
        not figures["fault_count"] and not unlike and (gap["p99"] or 0) <= REACH_MS and (away["p99"] or 0) <= REACH_MS
    )
    report(
        "chaos_roles",
        parameters=vars(given),
        **figures,
        gap_of_all_ms=gap,
        history_rows=written,
        history_unlike_rebuilt=unlike,
        seconds=round(time.monotonic() - began, 1),
        reach={"fault_count": 0, "gap_p99_ms": REACH_MS, "socket_away_p99_ms": REACH_MS},
        reached=reached,
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
