"""An engine that carries calls of one organisation on one Asterisk; everything else of it is the engine role's own.

`python -m benchmarks._voice_engine …` takes the place of the office's plant: two numbers (straight into the queue, and
through a menu), one queue, one desk telephone for each agent.
"""

import argparse
import asyncio
import cProfile
import logging
import signal
import sys
from collections.abc import Sequence

import uvloop

from pasokh.acd.model import Channel
from pasokh.engine.clock import wall_ms
from pasokh.engine.near import NearInbox
from pasokh.engine.run import EngineSettings, run
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.ari.client import AriAddress
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.exchange.front import NumberPlan
from pasokh.telephony.exchange.ports import Silence, Station
from pasokh.telephony.memory.book import MemoryBook
from pasokh.telephony.service import VoiceCarrier

QUEUE = "bench"
STRAIGHT, THROUGH_A_MENU = "982191001000", "982191002000"
SPOKEN = n.Saying(text={"en": "tone"})
FLOW = n.Flow(
    "bench",
    "queue",
    {
        "menu": n.Menu(say=SPOKEN, choices={"1": "queue"}, otherwise="queue", timeout_s=1, tries=1),
        "queue": n.Queue(queue=QUEUE, announce=None),
    },
    ("en",),
)
PROGRAMS = {
    STRAIGHT: n.Program("bench", {"bench": FLOW}),
    THROUGH_A_MENU: n.Program("bench", {"bench": n.Flow("bench", "menu", FLOW.nodes, ("en",))}),
}


class Plant:
    """`pasokh.telephony.service.Plant`, all of it: what an organisation's telephony consists of."""

    def __init__(self, address: AriAddress, sound: str, *, recorded: bool) -> None:
        self._address, self._sound, self._recorded = address, sound, recorded

    async def switch(self, org: str) -> AriSwitch:
        return AriSwitch(self._address, node="node1", org=org, clock=wall_ms)

    async def whispers(self, _org: str) -> Silence:
        return Silence()

    async def stations(self, org: str) -> "Plant":  # noqa: ARG002 - there is one
        return self

    async def numbers(self, org: str) -> "Plant":  # noqa: ARG002 - there is one
        return self

    # -- telephones ----------------------------------------------------------------------------------------------------
    async def of_user(self, user: str) -> Station | None:
        return Station(endpoint=f"PJSIP/{user}")

    async def outside(self, *_: object) -> Station:
        """Nobody is called outside."""
        raise PasokhError("dial.refused", field="address")

    # -- numbers -------------------------------------------------------------------------------------------------------
    async def plan(self, number: str) -> NumberPlan | None:
        program = PROGRAMS.get(number)
        return program and NumberPlan(program=program, client="own", last_resort=QUEUE, recorded=self._recorded)

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:  # noqa: ARG002 - who waits is nobody known
        return p.Facts(wall_ms(), caller=caller, number=number)

    async def remember_language(self, caller: str, language: str) -> None:
        """There is one."""

    async def check(self, number: str) -> p.NumberChecked:  # noqa: ARG002 - no number is called back
        return p.NumberChecked(good=False)

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        return [f"sound:{self._sound}"] if pieces else []


class Shelf:
    """`pasokh.telephony.recording.book.Books`: every talk of a recorded number is kept."""

    def of(self, org: str) -> MemoryBook:  # noqa: ARG002 - there is one
        return MemoryBook()


async def work(chosen: argparse.Namespace) -> None:
    """Lead until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = AriAddress(chosen.ari, "pasokh", chosen.password, f"pasokh-{chosen.org}")
    near = NearInbox()
    carrier = VoiceCarrier(near, Plant(address, chosen.sound, recorded=chosen.recorded), wall_ms, books=Shelf())
    near.repeats = carrier.repeats
    carriers = {Channel.VOICE: carrier, Channel.CALLBACK: carrier}
    settings = EngineSettings(dsn=chosen.dsn, owner=chosen.owner, carriers=carriers, near=near)
    await run(settings, stop)
    sys.stdout.write(settings.metrics.prometheus())


def main() -> None:
    """Read the flags and lead."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("dsn", "owner", "org", "ari", "password", "sound"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--recorded", action="store_true")
    parser.add_argument("--profile", default="", help="write a profile of the whole lead here")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    profile = None
    if chosen.profile:
        profile = cProfile.Profile()
        profile.enable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(chosen))
    if profile is not None:
        profile.disable()
        profile.dump_stats(chosen.profile)


if __name__ == "__main__":
    main()
