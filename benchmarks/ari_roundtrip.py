"""How long Asterisk takes to answer a request over ARI's websocket, and how many of its events a second are understood.

python -m benchmarks.ari_roundtrip [--requests 3000] [--events 100000]

A private Asterisk on loopback, one call, one websocket. Requests set a variable of the channel, one after the other and
many at once. Events are those of whole calls, as Asterisk sends them with the filter on, read and translated to the
port's. Reached when 99 % of single requests take at most 5 ms and 15 000 events a second are understood: a call has
about 12, so that is far beyond the calls a second that Asterisk itself can set up.
"""

import argparse
import asyncio
import itertools
import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.machine import report, spread
from tests.telephony.asterisk import installation, private_asterisk
from tests.telephony.asterisk_rig import AsteriskRig, asterisk_rig

from pasokh.telephony.ari.translate import LEG, Translator
from pasokh.telephony.ari.wire import FrameCounts, FrameReader, Message

APP = "pasokh-acme"
AT_ONCE = (8, 64)
LONGEST_P99_MS = 5.0
FEWEST_EVENTS = 15_000


async def one(rig: AsteriskRig, channel: str, number: int) -> float:
    """A request's milliseconds."""
    began = time.perf_counter()
    await rig.switch.set_variable(channel, "PASOKH_NOTE", str(number))
    return (time.perf_counter() - began) * 1_000


async def singly(rig: AsteriskRig, channel: str, requests: int) -> dict[str, object]:
    """One after the other."""
    for number in range(50):
        await one(rig, channel, number)
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    times = [await one(rig, channel, number) for number in range(requests)]
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    return {
        "ms": spread(times),
        "per_second": round(requests / (time.perf_counter() - began)),
        "own_cpu_ms_each": round(used * 1_000 / requests, 3),
    }


async def at_once(rig: AsteriskRig, channel: str, requests: int, tasks: int) -> dict[str, object]:
    """So many under way all the time."""
    times: list[float] = []

    async def work() -> None:
        times.extend([await one(rig, channel, number) for number in range(requests // tasks)])

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(tasks)))
    return {"ms": spread(times), "per_second": round(len(times) / (time.perf_counter() - began))}


def channel(id_: str, state: str, stamp: str) -> dict[str, object]:
    """A channel as ARI tells it."""
    return {
        "id": id_,
        "name": f"PJSIP/{id_}",
        "state": state,
        "protocol_id": f"{id_}@127.0.0.1",
        "caller": {"name": "", "number": "+982155501"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {"context": "c", "exten": "s", "priority": 1, "app_name": "Stasis", "app_data": APP},
        "creationtime": stamp,
        "language": "en",
        "channelvars": {"PASOKH_ORG": "acme", "PASOKH_CALL": id_, "PASOKH_SINCE": "1700000000000"},
    }


def call(number: int) -> Iterator[bytes]:
    """The frames of one call: a caller, an agent's leg, keys, a talk."""
    caller, leg, stamp = f"node1-{number}.1", f"a-{number}", f"2026-11-22T08:{number // 60 % 60:02d}:00.000+0000"

    def say(kind: str, **fields: object) -> bytes:
        told = {"type": kind, "timestamp": stamp, **fields, "asterisk_id": "02:00:00:00:00:01", "application": APP}
        return json.dumps(told).encode()

    calling, up = channel(caller, "Ring", stamp), channel(caller, "Up", stamp)
    ringing, taken = channel(leg, "Ringing", stamp), channel(leg, "Up", stamp)
    bridge = {"id": f"b-{number}", "technology": "simple_bridge", "name": APP, "channels": [caller, leg]}
    yield say("StasisStart", args=["5001", caller], channel=calling)
    yield say("ChannelStateChange", channel=up)
    yield say("ChannelDtmfReceived", digit="1", duration_ms=100, channel=up)
    yield say("PlaybackFinished", playback={"id": f"p-{number}", "state": "done"})
    yield say("ChannelStateChange", channel=ringing)
    yield say("Dial", dialstatus="ANSWER", peer=taken)
    yield say("StasisStart", args=[LEG, "agent"], channel=taken)
    yield say("ChannelEnteredBridge", bridge=bridge, channel=up)
    yield say("ChannelEnteredBridge", bridge=bridge, channel=taken)
    yield say("ChannelHangupRequest", cause=16, channel=up)
    yield say("ChannelLeftBridge", bridge=bridge, channel=up)
    yield say("StasisEnd", channel=up)
    yield say("ChannelDestroyed", cause=16, cause_txt="Normal Clearing", channel=taken)


def calls(events: int) -> list[bytes]:
    """The frames of whole calls, at least so many."""
    frames: list[bytes] = []
    for number in itertools.count(1):
        if len(frames) >= events:
            break
        frames += call(number)
    return frames


def understand(events: int) -> dict[str, object]:
    """Read and translate so many."""
    frames, counts = calls(events), FrameCounts()
    reader, translator = FrameReader(counts), Translator(APP, counts)
    told = 0
    began = time.perf_counter()
    for frame in frames:
        message = reader.read(frame)
        if isinstance(message, Message):
            told += sum(1 for _ in translator.events(message))
    seconds = time.perf_counter() - began
    if counts.malformed or counts.unknown or counts.duplicated:
        raise SystemExit(f"frames of the benchmark are not understood: {counts}")
    return {
        "frames": len(frames),
        "mean_bytes": round(sum(map(len, frames)) / len(frames)),
        "told": told,
        "per_second": round(len(frames) / seconds),
        "us_each": round(seconds * 1e6 / len(frames), 1),
    }


async def measure(requests: int, events: int) -> dict[str, Any]:
    """All figures."""
    installed = installation()
    if isinstance(installed, str):
        raise SystemExit(installed)
    with private_asterisk(installed) as asterisk:
        async with asterisk_rig(asterisk) as rig:
            caller = await rig.caller()
            single = await singly(rig, caller.channel, requests)
            together = {f"{tasks}_at_once": await at_once(rig, caller.channel, requests, tasks) for tasks in AT_ONCE}
    return {"one_by_one": single, **together, "events": understand(events)}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3_000, help="for each figure")
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args()
    figures = asyncio.run(measure(options.requests, options.events))
    p99 = figures["one_by_one"]["ms"]["p99"]
    understood = figures["events"]["per_second"]
    reached = p99 <= LONGEST_P99_MS and understood >= FEWEST_EVENTS
    report("ari_roundtrip", **figures, reached=reached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
