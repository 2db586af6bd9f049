"""What recording a call costs Asterisk, by way of recording, and whether both sides stay in step.

python -m benchmarks.call_recording [--calls 24] [--seconds 20] [--rounds 2]

Calls of SIPp with speech both ways through a private Asterisk on loopback, joined as the exchange joins them. Ways: not
recorded; `MixMonitor` of the dialplan, one stereo file; two listening channels of ARI (`record_call`), one file a side.
The CPU is Asterisk's own, per call, in per cent of one core. `skew_ms` is how much later one side of a recording begins
and ends than the other. Reached when listening channels cost at most 1 % of a core a call and sides stay within 100 ms.
"""

import argparse
import array
import asyncio
import sys
import time
import wave
from pathlib import Path
from typing import Any

import psutil
from benchmarks.machine import report, spread
from tests.telephony import asterisk as stage
from tests.telephony.asterisk import installation, private_asterisk
from tests.telephony.asterisk_rig import ari_switch
from tests.telephony.sipp import phone

from pasokh.telephony import events as ev
from pasokh.telephony.port import Originate

WAYS = ("none", "mixmonitor", "listening")
MOST_CPU, MOST_SKEW_MS = 1.0, 100
MIXED = """
[mixed]
exten => _5X.,1,Goto(from-trunk,${{EXTEN}},1)
exten => _7X.,1,MixMonitor(${{UNIQUEID}}.raw,D)
 same => n,Goto(from-trunk,${{EXTEN}},1)
"""


async def one_way(asterisk: stage.Asterisk, way: str, calls: int, seconds: int) -> float:
    """Asterisk's CPU a call, in per cent of one core."""
    assert asterisk.process is not None
    switch, joined, done = ari_switch(asterisk), 0, asyncio.Event()
    await switch.connect()
    callers: dict[str, str] = {}
    number = ("7" if way == "mixmonitor" else "5") + "001"

    async def serve() -> None:
        nonlocal joined
        async for event in switch.events():
            if isinstance(event, ev.CallerEntered):
                caller = event.channel.id
                await switch.answer(caller)
                callers[f"a-{caller}"] = caller
                await switch.originate(
                    Originate(channel=f"a-{caller}", endpoint="PJSIP/desk", variables={"PASOKH_ORG": "acme"},
                              timeout_s=20, originator=caller)
                )  # fmt: skip
            elif isinstance(event, ev.LegEntered) and event.channel.id in callers:
                leg = event.channel.id
                if way == "listening":
                    await switch.record_call(callers[leg], f"r-{callers[leg]}")
                await switch.create_bridge(f"b-{leg}")
                await switch.add(f"b-{leg}", [callers[leg], leg])
                joined += 1
                if joined == calls:
                    done.set()
            elif isinstance(event, ev.ChannelGone) and event.channel not in callers:
                await switch.hang_up(f"a-{event.channel}", ev.Cause.NORMAL)

    task = asyncio.create_task(serve())
    hold = (seconds + calls // 8 + 12) * 1_000
    with (
        phone(asterisk, "talks", calls=calls, hertz=500),
        phone(asterisk, "speaks", number, hold_ms=hold, calls=calls, hertz=300) as caller,
    ):
        await asyncio.wait_for(done.wait(), 60)
        await asyncio.sleep(2)
        process = psutil.Process(asterisk.process.pid)
        before, began = process.cpu_times(), time.perf_counter()
        await asyncio.sleep(seconds)
        after, passed = process.cpu_times(), time.perf_counter() - began
        await asyncio.to_thread(caller.finish, 120)
        await asyncio.sleep(2)
    task.cancel()
    await switch.close()
    return 100 * (after.user + after.system - before.user - before.system) / passed / calls


def length_ms(path: Path) -> float:
    """Of a WAV file."""
    with wave.open(str(path)) as sound:
        return 1_000 * sound.getnframes() / sound.getframerate()


def level(path: Path) -> float:
    """Root mean square of a WAV file's middle second."""
    with wave.open(str(path)) as sound:
        sound.setpos(sound.getnframes() // 2)
        samples = array.array("h", sound.readframes(8_000))
    return (sum(each * each for each in samples) / max(1, len(samples))) ** 0.5


async def measure(calls: int, seconds: int, rounds: int) -> dict[str, Any]:
    """All figures."""
    installed = installation()
    if isinstance(installed, str):
        raise SystemExit(installed)
    original = stage.FILES["extensions"]
    stage.FILES["extensions"] = original + MIXED
    stage.FILES["pjsip"] = stage.FILES["pjsip"].replace("context = from-trunk", "context = mixed")
    stage.RTP_PORTS = 2_000
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    with private_asterisk(installed) as asterisk:
        for _ in range(rounds):
            for way in WAYS:
                found[way].append(round(await one_way(asterisk, way, calls, seconds), 3))
        sides = [
            (left, left.with_name(left.name.replace(".from.", ".to.")))
            for left in asterisk.recordings.glob("*.from.wav")
        ]
        skew = [abs(length_ms(left) - length_ms(right)) for left, right in sides]
        levels = [min(level(left), level(right)) for left, right in sides]
        mixed = list((asterisk.run / "spool/monitor").glob("*.raw"))
    least = {way: min(each) for way, each in found.items()}
    return {
        "calls_at_once": calls,
        "cpu_percent_of_a_core_a_call": found,
        "least": least,
        "recording_costs": {way: round(least[way] - least["none"], 3) for way in WAYS[1:]},
        "recorded": len(sides),
        "mixed": len(mixed),
        "skew_ms": spread(skew),
        "quietest_side_rms": round(min(levels, default=0)),
        "reached": least["listening"] - least["none"] <= MOST_CPU and max(skew, default=999) <= MOST_SKEW_MS
        and len(sides) == calls * rounds,
    }  # fmt: skip


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=24)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    figures = asyncio.run(measure(given.calls, given.seconds, given.rounds))
    report("call_recording", **figures)
    return 0 if figures["reached"] else 1


if __name__ == "__main__":
    sys.exit(main())
