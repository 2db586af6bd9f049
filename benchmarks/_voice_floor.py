"""What no engine goes below: a program that answers a caller over ARI and calls a telephone at once, deciding nothing.

`python -m benchmarks._voice_floor …` serves two numbers of `benchmarks.voice_rig`: one keeps nothing, for the other a
row is durable before the telephone is called. Agents are taken in turn; nothing is kept over a crash.
"""

import argparse
import asyncio
import itertools
import signal
from collections.abc import Coroutine

import psycopg
import uvloop

from pasokh.telephony.ari import wire
from pasokh.telephony.ari.client import AriAddress, AriLink, AriTimings, path

APP = "floor"
KEPT = "kept"
"""First argument of a call for which a row is written."""
LEG = "leg"
WANTED = ("StasisStart", "StasisEnd", "RESTResponse")


class BareQueue:
    """A caller, a telephone, a bridge."""

    def __init__(self, address: AriAddress, database: psycopg.AsyncConnection, agents: int) -> None:
        self._link = AriLink(
            address, AriTimings(), wire.FrameCounts(), self._happened, lambda _: self.over.set(), WANTED
        )
        self._database = database
        self._agents = itertools.cycle(range(agents))
        self._others: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.over = asyncio.Event()

    async def serve(self) -> None:
        """Until the link ends."""
        await self._link.open()
        await self.over.wait()
        await self._link.close()

    def _do(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _happened(self, message: wire.Message) -> None:
        if isinstance(message, wire.StasisStart):
            if message.args[:1] == (LEG,):
                self._do(self._join(message.args[1], message.channel.id))
            elif message.args[:1] != ("report",):
                self._do(self._enter(message.channel, kept=message.args[:1] == (KEPT,)))
        elif isinstance(message, wire.StasisEnd):
            other = self._others.pop(message.channel.id, None)
            if other is not None:
                self._others.pop(other, None)
                self._do(self._end(other))

    async def _enter(self, caller: wire.ChannelJson, *, kept: bool) -> None:
        answering = asyncio.ensure_future(self._link.request("POST", path("channels", caller.id, "answer")))
        if kept:
            await self._database.execute("INSERT INTO floor (call) VALUES (%s)", (caller.id,))
        leg = f"floor-{caller.id}"
        self._others |= {caller.id: leg, leg: caller.id}
        await self._link.request(
            "POST", path("channels", leg), None, endpoint=f"PJSIP/a{next(self._agents)}", app=APP,
            appArgs=f"{LEG},{caller.id}", callerId=caller.caller.number, timeout=15, originator=caller.id,
        )  # fmt: skip
        await answering

    async def _join(self, caller: str, leg: str) -> None:
        await self._link.request("POST", path("bridges", f"b-{leg}"), type="mixing")
        await self._link.request("POST", path("bridges", f"b-{leg}", "addChannel"), channel=f"{caller},{leg}")

    async def _end(self, channel: str) -> None:
        await self._link.request("DELETE", path("channels", channel))
        for leg in {channel, *(() if channel.startswith("floor-") else (f"floor-{channel}",))}:
            await self._link.request("DELETE", path("bridges", f"b-{leg}"))


async def work(chosen: argparse.Namespace) -> None:
    """Serve until told to stop."""
    address = AriAddress(chosen.ari, "pasokh", chosen.password, APP)
    async with await psycopg.AsyncConnection.connect(chosen.dsn, autocommit=True, prepare_threshold=1) as database:
        await database.execute("CREATE TABLE IF NOT EXISTS floor (call text NOT NULL)")
        bare = BareQueue(address, database, chosen.agents)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, bare.over.set)
        await bare.serve()


def main() -> None:
    """Read the flags and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("dsn", "ari", "password"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--agents", type=int, required=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(parser.parse_args()))


if __name__ == "__main__":
    main()
