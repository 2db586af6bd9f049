"""An engine that hangs with its connection open: callers who wait are held by the dialplan, who talks goes on."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from tests.polling import until_async, until_so
from tests.sip_peer import SipPeer
from tests.switch_stage import Switch, needs_asterisk, replace, site, switch

from pasokh.telephony.asterisk import AriServer
from pasokh.telephony.config.models import Held
from pasokh.telephony.config.web import WATCHDOG_USER
from pasokh.telephony.watchdog import HUNG_S, Watchdog

pytestmark = needs_asterisk
NUMBER = "982191001000"
ENGINE = """
import asyncio, sys, time
from pasokh.telephony import events as ev
from pasokh.telephony.ari.client import AriAddress
from pasokh.telephony.ari.switch import AriSwitch

async def main(url, password):
    address = AriAddress(url, "pasokh", password, "pasokh-acme")
    switch = AriSwitch(address, node="node1", org="acme", clock=lambda: time.time_ns() // 1_000_000)
    await switch.connect()
    print("ready", flush=True)
    pair = []
    async for event in switch.events():
        if isinstance(event, ev.CallerEntered):
            await switch.answer(event.channel.id)
            if event.channel.id not in pair and len(pair) < 2:
                pair.append(event.channel.id)
            if len(pair) == 2 and event.channel.id in pair:
                await switch.create_bridge("b-1")
                await switch.add("b-1", pair)
            print("entered", event.channel.id, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


class Engine:
    """A process that acts for the organisation, until it hangs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []
        self.reading = asyncio.create_task(self._read(), name="engine's output")

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.said.append(line.decode().strip())

    @property
    def entered(self) -> list[str]:
        return [line.split()[1] for line in self.said if line.startswith("entered")]


@pytest_asyncio.fixture
async def house() -> AsyncIterator[Switch]:
    async with switch() as made:
        wanted = site()
        held = tuple(replace(each, held=Held(retry_seconds=1)) for each in wanted.organisations)
        await made.start(replace(wanted, organisations=held))
        yield made


@pytest_asyncio.fixture
async def engine(house: Switch, tmp_path: Path) -> AsyncIterator[Engine]:
    ari = house.asterisk.ari()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ENGINE, f"http://{ari.host}:{ari.port}/ari", ari.password, stdout=asyncio.subprocess.PIPE
    )
    made = Engine(process)
    await until_so(lambda: "ready" in made.said)
    yield made
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    await made.reading


@pytest_asyncio.fixture
async def watchdog(house: Switch) -> AsyncIterator[Watchdog]:
    made = Watchdog(lambda: AriServer.of(house.home / "etc", WATCHDOG_USER))
    task = asyncio.create_task(made.run(), name="watchdog")
    yield made
    task.cancel()
    await asyncio.wait({task})


async def places(house: Switch) -> dict[str, str]:
    """Channel → which application of the dialplan has it, and where."""
    said = await house.asterisk.command("core show channels concise")
    rows = [line.split("!") for line in said.splitlines() if "!" in line]
    return {row[-1]: f"{row[1]} {row[5]}" for row in rows}


async def test_callers_of_an_engine_that_hangs_are_held_and_given_back(house, engine, watchdog):
    port = int((await house.asterisk.command("pjsip show transports")).split("127.0.0.1:")[1].split()[0])
    with contextlib.ExitStack() as stack:
        one, two, waits, new = (stack.enter_context(SipPeer("127.0.0.2")) for _ in range(4))
        for caller in (one, two, waits):
            assert (await asyncio.to_thread(caller.invite, port, NUMBER)).status == 200
        await until_so(lambda: len(engine.entered) == 3)
        talking, waiting = set(engine.entered[:2]), engine.entered[2]
        engine.process.send_signal(signal.SIGSTOP)
        hung = time.monotonic()
        found = await until_async(lambda: places(house), lambda seen: seen[waiting].startswith("held"), 20)
        noticed = time.monotonic() - hung
        assert HUNG_S - 1.5 < noticed < HUNG_S + 6
        assert all("Stasis" in found[channel] for channel in talking)
        assert (await asyncio.to_thread(new.invite, port, NUMBER)).status == 200, "held at once, not left ringing"
        found = await until_async(lambda: places(house), lambda seen: sum("held" in at for at in seen.values()) == 2)
        assert sorted(engine.entered) == sorted([*talking, waiting])
        engine.process.send_signal(signal.SIGCONT)
        await until_so(lambda: len(engine.entered) == 5)
        found = await until_async(lambda: places(house), lambda seen: all("Stasis" in at for at in seen.values()))
        assert set(found) == {*engine.entered}
        bridges = await house.asterisk.command("bridge show all")
        assert " 2 " in bridges, "who talked has talked all the time"


async def test_callers_of_an_engine_that_died_do_not_wait_in_silence(house, engine, watchdog):
    port = int((await house.asterisk.command("pjsip show transports")).split("127.0.0.1:")[1].split()[0])
    with SipPeer("127.0.0.2") as waits:
        assert (await asyncio.to_thread(waits.invite, port, NUMBER)).status == 200
        await until_so(lambda: len(engine.entered) == 1)
        engine.process.kill()
        await until_async(lambda: places(house), lambda seen: all(at.startswith("held") for at in seen.values()), 20)


async def test_nobody_is_held_while_somebody_acts(house, engine, watchdog):
    port = int((await house.asterisk.command("pjsip show transports")).split("127.0.0.1:")[1].split()[0])
    with SipPeer("127.0.0.2") as waits:
        assert (await asyncio.to_thread(waits.invite, port, NUMBER)).status == 200
        await until_so(lambda: len(engine.entered) == 1)
        beats = set()

        async def seen() -> int:
            beats.update(each.beat for each in watchdog.watched.values())
            return len(beats)

        await until_async(seen, lambda count: count > HUNG_S + 1)
        assert not any(each.aside for each in watchdog.watched.values())
        assert all("Stasis" in at for at in (await places(house)).values())
