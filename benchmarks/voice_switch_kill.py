"""Kill -9 of Asterisk with calls in every phase: when it is noticed, who is called back, whether agents are free again.

python -m benchmarks.voice_switch_kill [--rounds 5] [--agents 12]

Every round fills the switch with callers who are in the menu, wait, are rung for and talk, kills it, and starts it
again as its keeper would. Reached when every caller who was on it is told as lost within 10 s, has a callback, and no
agent is left with a lost call.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from typing import Any

from benchmarks.log_check import read_all
from benchmarks.machine import report, spread
from benchmarks.voice_rig import ORG, OURS, PASSWORD, Rig, rig

from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.events import decode_event
from pasokh.acd.model import Channel, QueueConfig
from pasokh.acd.state import State
from pasokh.store.ports import Row

REACH_NOTICED_S = 10.0
LOOK_S = 0.05
FILL_S = 9.0
GIVEN_UP_S = 40.0


async def callers(made: Rig) -> dict[str, str]:
    """Customers' channels, and where they are."""
    found = {}
    for each in await made.switch.asterisk.ask("channels"):
        said = each.get("channelvars", {})
        if said.get("PASOKH_ROLE") == "caller":
            found[said["PASOKH_CALL"]] = "waiting or talking" if said.get("PASOKH_INTERACTION") else "in the menu"
    return found


async def rows_after(made: Rig, seq: int) -> list[Row]:
    """What was logged since."""
    return await made.store.read(ORG, ORG, seq, 100_000)


def lost_of(rows: list[Row]) -> dict[str, float]:
    """Contacts told as lost, and when."""
    found: dict[str, float] = {}
    for row in rows:
        event = decode_event(row.data)
        if isinstance(event, ev.CallLost) or (isinstance(event, ev.CallEnded) and event.reason == "lost"):
            found.setdefault(event.contact, row.occurred_at / 1_000)
    return found


async def one_round(made: Rig, chosen: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Fill, kill, look."""
    load = asyncio.create_task(
        made.load.order(
            "mixed", numbers=list(OURS.values()), rate=chosen.rate, seconds=FILL_S + 60, hold_s=[20.0, 40.0],
            ring_s=[0.5, 3.0], patience_s=20.0, seed=seed,
        )
    )  # fmt: skip
    await asyncio.sleep(FILL_S)
    made.load.enough()  # nobody new; those there stay
    there, mark = await callers(made), (await made.store.head(ORG, ORG)).seq
    killed = time.time()
    await made.switch.asterisk.kill()
    await made.switch.asterisk.start(dies_with_parent=True)
    back_s = time.time() - killed
    deadline = killed + GIVEN_UP_S
    while time.time() < deadline:
        if there.keys() <= lost_of(await rows_after(made, mark)).keys():
            break
        await asyncio.sleep(LOOK_S)
    await load
    rows = await rows_after(made, mark)
    lost = lost_of(rows)
    events = [decode_event(row.data) for row in rows]
    back = [e for e in events if isinstance(e, ev.Queued) and e.cause == "lost"]
    await made.load.order("register", password=PASSWORD)
    return {
        "callers": dict(Counter(there.values())),
        "told_as_lost": len(there.keys() & lost.keys()),
        "missed": sorted(there.keys() - lost.keys()),
        "noticed_s": sorted(round(at - killed, 2) for contact, at in lost.items() if contact in there),
        "callbacks": len(back),
        "switch_back_s": round(back_s, 2),
    }


async def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """All rounds."""
    async with rig(chosen.agents, native=False) as made:
        made.engine("one")
        floor = await made.people(QueueConfig(id="bench", wrap_up_ms=0, ring_ms=20_000))
        if chosen.first:
            made.go_first()
        rounds = []
        for number in range(chosen.rounds):
            rounds.append(await one_round(made, chosen, number + 1))
            print(rounds[-1], file=sys.stderr, flush=True)
        await floor.close()
        if chosen.show:
            print(made.engines["one"].said.read_text("utf-8", "replace")[-6_000:], file=sys.stderr)
        rows = await read_all(made.store, ORG)
    state = State()
    for row in rows:
        apply(state, decode_event(row.data), row.occurred_at)
    held = [i.id for i in state.interactions.values() if i.channel is Channel.VOICE]
    noticed = [seconds for each in rounds for seconds in each["noticed_s"]]
    callers_lost = sum(sum(each["callers"].values()) for each in rounds)
    return {
        "rounds": rounds,
        "callers_on_the_switch": callers_lost,
        "told_as_lost": sum(each["told_as_lost"] for each in rounds),
        "callbacks": sum(each["callbacks"] for each in rounds),
        "noticed_s": spread(noticed),
        "agents_left_with_a_lost_call": sum(
            any(work in held for work in agent.work) for agent in state.agents.values()
        ),
        "voice_left_open": len(held),
    }


def main() -> None:
    """Read the flags, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--agents", type=int, default=12)
    parser.add_argument("--rate", type=float, default=3.0, help="calls a second")
    parser.add_argument("--first", action="store_true", help="as root: go before everything else on the machine")
    parser.add_argument("--show", action="store_true", help="show what the engine said")
    chosen = parser.parse_args()
    figures = asyncio.run(measure(chosen))
    everybody = figures["callers_on_the_switch"]
    reached = (
        0 < everybody == figures["told_as_lost"] <= figures["callbacks"]
        and (figures["noticed_s"]["max"] or 99.0) <= REACH_NOTICED_S
        and not figures["agents_left_with_a_lost_call"]
    )
    report("voice_switch_kill", parameters=vars(chosen), **figures, reached=reached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
