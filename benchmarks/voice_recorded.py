"""Bridged calls held at once, recorded or not, with every packet counted on both sides; what bounds them.

python -m benchmarks.voice_recorded [--calls 20,40,60,…] [--seconds 15]

Each call is a caller and an agent who both send a packet of A-law every 20 ms, by way of our flow, engine and
recording, and, without recording, by app_queue beside it. A number of calls is held clean when every leg got 99 %
of its packets and no gap was longer than 120 ms; the load is measured too, for it takes processor time of its own.
"""

import argparse
import asyncio
import sys
from typing import Any

from benchmarks.machine import report, spread
from benchmarks.voice_rig import NATIVE, OURS, Rig, rig

CLEAN_SHARE, LONGEST_GAP_MS = 0.99, 120.0
PACKETS_A_SECOND = 50.0
RATE = 8.0
"""Calls a second while they are set up."""


async def hold(made: Rig, number: str, calls: int, seconds: float) -> dict[str, Any]:
    """So many calls at once, for so long after the last was set up."""
    before = made.cpu()
    told = await made.load.order(
        "run", number=number, rate=RATE, seconds=calls / RATE + 1, hold_s=calls / RATE + seconds, patience_s=10.0,
        most=calls,
    )  # fmt: skip
    after = made.cpu()
    rates = [leg["per_second"] for leg in told["legs"]]
    gaps = [leg["gap_ms"] for leg in told["legs"]]
    poor = sum(rate < CLEAN_SHARE * PACKETS_A_SECOND for rate in rates)
    return {
        "calls": calls,
        "talked": sum(bool(call["talked"]) for call in told["calls"]),
        "legs_heard": len(rates),
        "packets_per_second": spread(rates),
        "longest_gap_ms": spread(gaps),
        "poor_legs": poor,
        "load_late": told["late"],
        "clean": len(rates) >= 2 * calls and not poor and max(gaps, default=0.0) <= LONGEST_GAP_MS,
        "cpu_percent": {name: round((after[name] - used) / told["seconds"] * 100) for name, used in before.items()},
    }


async def climb(number: str, chosen: argparse.Namespace, *, recorded: bool) -> list[dict[str, Any]]:
    """More and more, until they are not clean any more."""
    most = max(chosen.calls)
    async with rig(most + 5, media=True) as made:
        made.engine("one", *(["--recorded"] if recorded else []))
        await made.people()
        if chosen.first:
            made.go_first()
        await made.load.order("run", number=number, rate=5.0, seconds=1.0, hold_s=1.0, patience_s=10.0)
        done: list[dict[str, Any]] = []
        for calls in chosen.calls:
            done.append(await hold(made, number, calls, chosen.seconds))
            if recorded:
                done[-1]["recordings"] = _recordings(made)
            print(number, done[-1], file=sys.stderr, flush=True)
            if not done[-1]["clean"]:
                break
        return done


def _recordings(made: Rig) -> dict[str, int]:
    """Files there are, and those that hold no sound."""
    files = list((made.switch.home / "spool/recording").glob("**/*.wav"))
    files += list((made.switch.home / "spool/monitor").glob("**/*"))
    return {"files": len(files), "empty": sum(file.stat().st_size <= 44 for file in files)}


async def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Recorded by us, not recorded by us, and app_queue's, each on an Asterisk of its own."""
    steps = {
        "recorded": await climb(OURS["straight"], chosen, recorded=True),
        "not_recorded": await climb(OURS["straight"], chosen, recorded=False),
        "app_queue_not_recorded": await climb(NATIVE, chosen, recorded=False),
    }
    held = {way: max((each["calls"] for each in done if each["clean"]), default=0) for way, done in steps.items()}
    return {"held_clean": held, "steps": steps}


def main() -> None:
    """Read the flags, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", default="20,40,60,80,100,120,150", help="at once, ascending")
    parser.add_argument("--seconds", type=float, default=15.0, help="held so long once all are there")
    parser.add_argument("--first", action="store_true", help="as root: go before everything else on the machine")
    chosen = parser.parse_args()
    chosen.calls = [int(each) for each in chosen.calls.split(",")]
    figures = asyncio.run(measure(chosen))
    reached = all(figures["held_clean"].values())
    report("voice_recorded", parameters=vars(chosen), **figures, reached=reached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
