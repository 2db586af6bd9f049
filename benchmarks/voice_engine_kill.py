"""Kill -9 of the engine with calls in every phase: who is dropped, lost or called twice, how long nobody leads.

python -m benchmarks.voice_engine_kill [--kills 50] [--rate 4] [--agents 16]

Two engines on one Asterisk and one PostgreSQL with durable commits; callers come through a menu or straight, wait,
are rung for, talk and hang up at a rate that keeps some waiting. Every kill takes whoever leads; the other takes over,
the killed one is started again as the standby. The figures come from both ends of every call's SIP, by the load's own
clock, and from the log.

* dropped: a talk, accepted by the log, that ended without the caller's hanging up
* lost: a caller who waited or was in the menu, hung up by the switch, or never served within his patience
* double: two telephones rung or talking for one caller at once
* in vain (counted, no fault): a telephone taken while nobody led; Asterisk lets it go and the caller waits on
* takeover: from the kill until another epoch has committed
"""

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from benchmarks.log_check import faults, read_all
from benchmarks.machine import report, spread
from benchmarks.processes import leader
from benchmarks.voice_rig import ORG, OURS, Rig, rig

from pasokh.acd.events import CallArrived, ContactOpened, OfferAccepted, decode_event
from pasokh.acd.model import QueueConfig
from pasokh.store import schema
from pasokh.store.embedded import DATABASE
from pasokh.store.ports import Row

REACH_TAKEOVER_MS = 5_000.0
LED_S = 30.0
LOOK_S = 0.02
FAULTS = ("dropped", "lost", "double")
SAME_S = 0.15
"""Two ends of a call end within so long of each other."""


class Killer:
    """Kills whoever leads, again and again."""

    def __init__(self, made: Rig, rest_s: float, seed: int) -> None:
        self._made, self._rest_s = made, rest_s
        self._random = random.Random(seed)
        self.takeovers_ms: list[float] = []
        self.marks: list[float] = []
        self.phases: Counter[str] = Counter()

    async def kill(self, times: int) -> None:
        """So many times."""
        for _ in range(times):
            await asyncio.sleep(self._rest_s * self._random.uniform(0.5, 1.5))
            owner, epoch = await self._led(0)
            self.phases += Counter(await self._phase_of_calls())
            began = time.time()
            self.marks.append(began)
            self._made.engines[owner].kill()
            _, later = await self._led(epoch)
            self.takeovers_ms.append((time.time() - began) * 1_000)
            self._made.engines[owner].start()
            print(f"kill {len(self.marks)}: {owner}, epoch {later}, {self.takeovers_ms[-1]:.0f} ms", file=sys.stderr)

    async def _led(self, after: int) -> tuple[str, int]:
        async with asyncio.timeout(LED_S):
            while True:
                owner, epoch = await asyncio.to_thread(leader, self._made.server, ORG, DATABASE)
                if owner and epoch > after and await asyncio.to_thread(self._committed, epoch):
                    return owner, epoch
                await asyncio.sleep(LOOK_S)

    def _committed(self, epoch: int) -> bool:
        with psycopg.connect(self._made.server.dsn(schema.ENGINE), autocommit=True) as connection:
            query = b"SELECT EXISTS (SELECT FROM log WHERE shard = %s AND epoch = %s)"
            row = connection.execute(query, (ORG, epoch)).fetchone()
        return bool(row and row[0])

    async def _phase_of_calls(self) -> list[str]:
        """Where calls are at this moment, as the switch sees it."""
        found = []
        for channel in await self._made.switch.asterisk.ask("channels"):
            said = channel.get("channelvars", {})
            if said.get("PASOKH_ROLE") == "agent":
                found.append("agent ringing" if channel["state"] != "Up" else "agent talking")
            elif said.get("PASOKH_ROLE") == "caller":
                found.append("caller waiting or talking" if said.get("PASOKH_INTERACTION") else "caller in the menu")
        return found


def judge(calls: list[dict[str, Any]], accepted: dict[str, list[tuple[str, float]]]) -> dict[str, list[str]]:
    """What went wrong, by kind. `accepted`: caller's number → agents who took the call by the log, and when."""
    wrong: dict[str, list[str]] = {"dropped": [], "lost": [], "double": [], "in_vain": []}
    for call in calls:
        number, ended = call["number"], call["ended"] or float("inf")
        if call["talked"] and call["by"] != "caller":
            wrong["dropped"].append(f"{number}: by {call['by']} after {ended - call['talked']:.1f} s of talk, {call}")
        elif not call["talked"]:
            wrong["lost"].append(f"{number}: by {call['by'] or 'nobody'}, {ended - call['sent']:.1f} s after it came")
        legs = sorted(call["rang"])
        for at, agent, taken, gone in legs:
            if taken and gone and gone < ended - SAME_S:  # the switch let the agent go while the caller was there
                talked = any(who == agent and at < when <= gone for who, when in accepted.get(number, ()))
                wrong["dropped" if talked else "in_vain"].append(
                    f"{number}: {agent} let go {gone - taken:.2f} s later, {call}"
                )
        for before, after in itertools.pairwise(legs):
            if after[0] < (before[3] or ended) - SAME_S:
                wrong["double"].append(f"{number}: {before[1]} and {after[1]} at once")
    return wrong


def who_accepted(rows: Sequence[Row]) -> dict[str, list[tuple[str, float]]]:
    """Caller's number → who took the call, and when."""
    number: dict[str, str] = {}
    found: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in rows:
        event = decode_event(row.data)
        if isinstance(event, ContactOpened):
            number[event.interaction] = event.address
        elif isinstance(event, OfferAccepted):
            found[number.get(event.interaction, "")].append((event.agent, row.occurred_at / 1_000))
    return found


def ladders(rows: Sequence[Row], numbers: Sequence[str]) -> dict[str, list[str]]:
    """What the log says of some callers."""
    call_of: dict[str, str] = {}
    for row in rows:
        event = decode_event(row.data)
        if isinstance(event, CallArrived) and event.caller in numbers:
            call_of[event.caller] = event.contact
    return {
        number: [
            f"{row.occurred_at / 1_000:.2f} epoch {row.epoch} {row.data.decode()}"
            for row in rows
            if (call := call_of.get(number, "?")) and call.encode() in row.data
        ]
        for number in numbers
    }


async def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Everything."""
    async with rig(chosen.agents, native=False) as made:
        for owner in ("one", "two"):
            made.engine(owner)
        await made.people(QueueConfig(id="bench", wrap_up_ms=0, ring_ms=20_000))
        if chosen.first:
            made.go_first()
        killer = Killer(made, chosen.rest, chosen.seed)
        seconds = chosen.kills * (chosen.rest + 6.0)
        load = asyncio.create_task(
            made.load.order(
                "mixed", numbers=list(OURS.values()), rate=chosen.rate, seconds=seconds,
                hold_s=[1.0, chosen.hold], ring_s=[0.2, 1.5], patience_s=chosen.patience, seed=chosen.seed,
            )
        )  # fmt: skip
        await killer.kill(chosen.kills)
        made.load.enough()
        told = await load
        for engine in made.engines.values():
            engine.stop()
            if chosen.show:
                print(engine.said.read_text("utf-8", "replace")[-20_000:], file=sys.stderr)
        rows = await read_all(made.store, ORG)
        await made.store.verify(ORG, ORG)
    calls = told["calls"]
    wrong = judge(calls, who_accepted(rows))
    return {
        "kills": len(killer.marks),
        "calls": len(calls),
        "talked": sum(bool(call["talked"]) for call in calls),
        "calls_at_the_kills": dict(killer.phases),
        "takeover_ms": spread(killer.takeovers_ms),
        "killed_at": [round(mark, 2) for mark in killer.marks],
        "strangers": told["strangers"],
        **{kind: len(found) for kind, found in wrong.items()},
        "faults_of_the_log": faults(rows, {})[:20],
        "examples": {kind: found[:5] for kind, found in wrong.items() if found},
        "ladders": ladders(rows, [each.split(":")[0] for kind in FAULTS for each in wrong[kind][:1]]),
    }


def main() -> None:
    """Read the flags, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--agents", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3.0, help="calls a second")
    parser.add_argument("--hold", type=float, default=6.0, help="the longest talk, seconds")
    parser.add_argument("--patience", type=float, default=150.0, help="seconds a caller waits to be served")
    parser.add_argument("--rest", type=float, default=4.0, help="mean seconds between a takeover and the next kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="show what the engines said")
    parser.add_argument("--first", action="store_true", help="as root: go before everything else on the machine")
    chosen = parser.parse_args()
    figures = asyncio.run(measure(chosen))
    slowest = figures["takeover_ms"]["max"] or 0.0
    clean = not (figures["dropped"] or figures["lost"] or figures["double"] or figures["faults_of_the_log"])
    reached = clean and slowest <= REACH_TAKEOVER_MS and figures["kills"] == chosen.kills
    report("voice_engine_kill", parameters=vars(chosen), **figures, reached=reached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
