"""The conformance suite's rig on a real Asterisk: phones are Local channels of a second application."""

import asyncio
import contextlib
import struct
import time
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import msgspec
from tests.polling import until_async, until_so
from tests.telephony.asterisk import APP, PASSWORD, PHONES, USER, Asterisk
from tests.telephony.rigs import CALLER, NUMBER, NUMBERS, ORG, SPARE, STEP_MS, USED, Person, Rig

from pasokh.telephony.ari.client import AriAddress, AriLink, AriTimings, Response, path
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.ari.wire import FrameCounts, Message, StasisStart
from pasokh.telephony.nodes.session import NodeTimings
from pasokh.telephony.nodes.switch import NodesSwitch
from pasokh.telephony.port import Switch

SILENT = 300
"""Of 32 768."""


def wall() -> int:
    """Milliseconds since 1970."""
    return round(time.time() * 1_000)


def ari_switch(
    asterisk: Asterisk, timings: AriTimings | None = None, backlog: int = 100_000, node: str = "test"
) -> AriSwitch:
    """The switch on it."""
    address = AriAddress(asterisk.url, USER, PASSWORD, APP)
    return AriSwitch(address, node=node, org=ORG, clock=wall, timings=timings, backlog=backlog)


@dataclass
class Phones:
    """A link of the application that plays the people."""

    link: AriLink = field(init=False)
    inside: set[str] = field(default_factory=set)

    async def open(self, asterisk: Asterisk) -> None:
        address = AriAddress(asterisk.url, USER, PASSWORD, PHONES)
        self.link = AriLink(address, AriTimings(), FrameCounts(), self._happened, lambda _: None)
        await self.link.open()

    def _happened(self, message: Message) -> None:
        if isinstance(message, StasisStart):
            self.inside.add(message.channel.id)

    async def ask(self, method: str, *segments: str, body: object = None, **query: str | int) -> Response:
        return await self.link.request(method, path(*segments), body, **query)

    async def clear(self) -> None:
        """No channel, no bridge."""
        for kind in ("channels", "bridges"):
            for found in msgspec.json.decode((await self.ask("GET", kind)).body):
                await self.ask("DELETE", kind, found["id"])


@dataclass
class AsteriskPerson:
    """Holds the far half of a Local channel."""

    phones: Phones
    far: str
    channel: str
    quiet: str
    """Phones send silence, too; without it nobody notices that they stopped talking."""

    async def _inside(self) -> None:
        await until_so(lambda: self.far in self.phones.inside)

    async def _ask(self, method: str, *segments: str, **query: str | int) -> None:
        answer = await self.phones.ask(method, "channels", self.far, *segments, **query)
        assert answer.ok, (segments, answer)

    async def pick_up(self) -> None:
        await self._inside()
        await self._ask("POST", "answer")

    async def press(self, keys: str) -> None:
        await self._inside()
        await self._ask("POST", "dtmf", dtmf=keys)

    async def hang_up(self) -> None:
        """Returns when the near half is gone too: it goes a moment after the far one."""
        await self._ask("DELETE")
        await until_async(self._is_gone)

    async def _is_gone(self) -> bool:
        return (await self.phones.ask("GET", "channels", self.channel)).status == HTTPStatus.NOT_FOUND

    async def speak(self, sound: str) -> None:
        await self._inside()
        await self._ask("POST", "play", f"speech-{next(NUMBERS)}", media=f"{sound},{self.quiet}")


@dataclass
class AsteriskRig(Rig):
    asterisk: Asterisk = None  # type: ignore[assignment]
    phones: Phones = field(default_factory=Phones)

    async def tick(self) -> None:
        """The rig's clock: a real switch's goes by itself, the one in memory is moved on."""
        await asyncio.sleep(STEP_MS / 1_000)

    async def call(self) -> Person:
        far = self.id("phone")
        answer = await self.phones.ask(
            "POST", "channels", far, endpoint=f"Local/{NUMBER}@from-trunk/n", app=PHONES, callerId=CALLER
        )
        assert answer.ok, answer
        return AsteriskPerson(self.phones, far, f"{far};2", self.sound("quiet"))

    def person(self, leg: str) -> Person:
        return AsteriskPerson(self.phones, f"{leg};2", leg, self.sound("quiet"))

    def endpoint(self, manner: str) -> str:
        return "Nothing/there" if manner == "unknown" else f"Local/{manner}@phones/n"

    def sound(self, name: str) -> str:
        return self.asterisk.sound(name)

    def another(self) -> Switch:
        self.others.append(ari_switch(self.asterisk))
        return self.others[-1]

    async def cut(self) -> None:
        self.switch._link._socket.transport.abort()

    def silent_share(self, file: str) -> float:
        return silence(self.asterisk.recordings / f"{file}.wav")

    async def end(self) -> None:
        await self.phones.clear()
        await super().end()
        await self.phones.link.close()


def silence(file: Path) -> float:
    """The share of a WAV file's 20 ms that are silent."""
    with wave.open(str(file)) as sound:
        block = sound.getframerate() // 50
        blocks = []
        while len(data := sound.readframes(block)) == block * 2:
            blocks.append(max(abs(sample) for (sample,) in struct.iter_unpack("<h", data)))
    assert blocks, "the recording is empty"
    return sum(loudest < SILENT for loudest in blocks) / len(blocks)


@contextlib.asynccontextmanager
async def asterisk_rig(asterisk: Asterisk, timings: AriTimings | None = None) -> AsyncIterator[AsteriskRig]:
    """On a running one."""
    rig = AsteriskRig(ari_switch(asterisk, timings), asterisk=asterisk)
    await rig.phones.open(asterisk)
    await rig.begin()
    try:
        yield rig
    finally:
        await rig.end()


# -- two of them, as one -----------------------------------------------------------------------------------------------
@dataclass
class AsteriskNodesRig(AsteriskRig):
    spare: Asterisk = None  # type: ignore[assignment]
    parts: list[AriSwitch] = field(default_factory=list)
    """Of the latest switch."""

    def switch_on_both(self) -> NodesSwitch:
        self.parts = [ari_switch(self.spare, node=SPARE), ari_switch(self.asterisk, node=USED)]
        timings = NodeTimings(patience_s=1.0, pause_s=0.2)
        return NodesSwitch(self.parts, clock=wall, closed=(SPARE,), timings=timings)

    def another(self) -> Switch:
        self.others.append(self.switch_on_both())
        return self.others[-1]

    async def cut(self) -> None:
        for part in self.parts:
            part._link._socket.transport.abort()


@contextlib.asynccontextmanager
async def asterisk_nodes_rig(used: Asterisk, spare: Asterisk) -> AsyncIterator[AsteriskNodesRig]:
    """On two running ones."""
    rig = AsteriskNodesRig(ari_switch(used), asterisk=used, spare=spare)
    rig.switch = rig.switch_on_both()
    await rig.phones.open(used)
    await rig.begin()
    try:
        yield rig
    finally:
        await rig.end()
