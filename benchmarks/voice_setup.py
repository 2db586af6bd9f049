"""Calls set up a second, and INVITE in → INVITE to the agent, ours beside native app_queue on the same Asterisk.

python -m benchmarks.voice_setup [--agents 150] [--seconds 12] [--rates 30,60,90,…]

Ours goes the whole way: dialplan, ARI, exchange, engine, PostgreSQL with durable commits, effect, originate. Both
are tried at the same rates in turn, one step after the other, until neither serves every call. A call is served when an
agent took it within the caller's patience. Agents answer at once, callers hang up after the hold time; no RTP.

Beside them, at low rates, a bare program that only answers and calls over ARI, without and with one durable row before
the telephone is called (`benchmarks._voice_floor`): what is left between it and ours is ours to save.
"""

import argparse
import asyncio
import sys
from typing import Any

from benchmarks.machine import report, spread
from benchmarks.voice_rig import FLOORS, NATIVE, OURS, Rig, rig

REACH_SHARE = 0.8
WAYS = {"app_queue": NATIVE, "ours": OURS["straight"]}
FLOOR_RATES = (10.0, 50.0)
"""Calls a second at which the bare programs are tried beside both, where nothing is in anybody's way yet."""
WARM_UP = (20.0, 4.0)
"""Calls a second, seconds: what runs for the first time is not measured."""


async def step(made: Rig, number: str, rate: float, seconds: float, hold_s: float, patience_s: float) -> dict[str, Any]:
    """One rate on one number."""
    before = made.cpu()
    told = await made.load.order("run", number=number, rate=rate, seconds=seconds, hold_s=hold_s, patience_s=patience_s)
    after = made.cpu()
    calls = told["calls"]
    served = [call for call in calls if call["talked"]]
    setups = [(call["rang"][0][0] - call["sent"]) * 1_000 for call in calls if call["rang"]]
    return {
        "rate": rate,
        "calls": len(calls),
        "failed": len(calls) - len(served),
        "rung_twice": sum(len(call["rang"]) > 1 for call in calls),
        "strangers": told["strangers"],
        "setup_ms": spread(setups),
        "cpu_percent": {name: round((after[name] - used) / told["seconds"] * 100) for name, used in before.items()},
        "cpu_ms_a_call": {
            name: round((after[name] - used) * 1_000 / len(calls), 2) for name, used in before.items() if name != "load"
        },
    }


async def climb(made: Rig, rates: list[float], chosen: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Both ways at every rate, until neither serves all calls; a step that fails is tried once more."""
    steps: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for rate in rates:
        for way, number in WAYS.items():
            if steps[way] and steps[way][-1]["failed"]:
                continue
            done = await step(made, number, rate, chosen.seconds, chosen.hold, chosen.patience)
            if done["failed"]:
                again = await step(made, number, rate, chosen.seconds, chosen.hold, chosen.patience)
                done = {**again, "first_try_failed": done["failed"]}
            steps[way].append(done)
            print(way, done, file=sys.stderr, flush=True)
        if all(done[-1]["failed"] for done in steps.values()):
            break
    return steps


def knee(steps: list[dict[str, Any]]) -> float:
    """The highest rate at which every call was served."""
    return max((done["rate"] for done in steps if not done["failed"]), default=0.0)


async def floors(made: Rig, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """The bare programs, ours and app_queue in turn, at the same rates: what is owed to ARI, to a commit, and to us."""
    return [
        {"way": way, **await step(made, number, rate, chosen.seconds, chosen.hold, chosen.patience)}
        for rate in FLOOR_RATES
        for way, number in {**WAYS, **FLOORS}.items()
    ]


async def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Everything."""
    async with rig(chosen.agents) as made:
        engine = made.engine("one", *(["--profile", chosen.profile] if chosen.profile else []))
        await made.people()
        made.floor()
        if chosen.first:
            made.go_first()
        for number in (*WAYS.values(), *FLOORS.values()):
            await step(made, number, *WARM_UP, chosen.hold, chosen.patience)
        beside = await floors(made, chosen)
        steps = await climb(made, [float(rate) for rate in chosen.rates.split(",")], chosen)
        engine.stop()
        if chosen.show:
            print(engine.said.read_text("utf-8", "replace")[-6_000:], file=sys.stderr)
    knees = {way: knee(done) for way, done in steps.items()}
    pairs = [
        (native, ours)
        for native, ours in zip(steps["app_queue"], steps["ours"], strict=False)
        if not native["failed"] and not ours["failed"]
    ]
    share = round(knees["ours"] / knees["app_queue"], 2) if knees["app_queue"] else None
    return {
        "knee_calls_per_second": knees,
        "share_of_app_queue": share,
        "setup_ms": [
            {"rate": native["rate"], **{f"{mark}_{way}": done["setup_ms"][mark] for mark in ("p50", "p99")
             for way, done in (("app_queue", native), ("ours", ours))}}
            for native, ours in pairs
        ],
        "slower": [
            f"{mark} at {native['rate']:g}/s"
            for native, ours in pairs
            for mark in ("p50", "p99")
            if ours["setup_ms"][mark] > native["setup_ms"][mark]
        ],
        "floors": [
            {"way": each["way"], "rate": each["rate"], "failed": each["failed"],
             "p50": each["setup_ms"]["p50"], "p99": each["setup_ms"]["p99"], "cpu_ms_a_call": each["cpu_ms_a_call"]}
            for each in beside
        ],
        "steps": steps,
    }  # fmt: skip


def main() -> None:
    """Read the flags, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=12.0, help="of each step")
    parser.add_argument("--hold", type=float, default=0.5, help="seconds a caller talks")
    parser.add_argument("--patience", type=float, default=2.0, help="seconds until a caller without an agent failed")
    parser.add_argument("--rates", default="30,60,90,120,150,180,210,240,270,300", help="calls a second, ascending")
    parser.add_argument("--profile", default="", help="write a profile of the engine here")
    parser.add_argument("--first", action="store_true", help="as root: go before everything else on the machine")
    parser.add_argument("--show", action="store_true", help="show what the engine said")
    chosen = parser.parse_args()
    figures = asyncio.run(measure(chosen))
    share = figures["share_of_app_queue"]
    reached = share is not None and share >= REACH_SHARE and not figures["slower"]
    report("voice_setup", parameters=vars(chosen), **figures, reach_share=REACH_SHARE, reached=reached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
