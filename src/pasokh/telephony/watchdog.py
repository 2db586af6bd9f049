"""Looks whether somebody acts for the calls of one Asterisk, and keeps callers while nobody does.

An engine that is dead loses its applications, and the dialplan keeps new callers by itself. One that hangs keeps its
connection: Asterisk goes on giving it callers whom nobody answers. So every engine changes a variable of the switch
every second, and this process, which has nothing else to do, watches it from outside. Missing for `HUNG_S`: new callers
are held by the dialplan, and those who wait for an answer go there too: music, then the overflow, then a message. Who
talks is left in peace. When the variable changes again, callers are given back at their next try.
"""

import asyncio
import base64
import contextlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.ari.wire import BridgeJson, ChannelJson
from pasokh.telephony.asterisk import AriServer
from pasokh.telephony.config.dialplan import application
from pasokh.telephony.config.web import WATCHDOG_USER
from pasokh.telephony.variables import ASIDE, BEAT, ROLE

log = logging.getLogger(__name__)

LOOK_S: Final = 0.5
HUNG_S: Final = 3.0
ANSWER_S: Final = 2.0
HELD: Final = "held"
"""The dialplan's context for callers whom nobody has."""
CALLER: Final = "caller"
PREFIX: Final = application("")
_ORDERS: Final = re.compile(r"-orders[0-9]$")
"""Ends the names of an engine's further links: they beat with the first."""


class _Application(msgspec.Struct, frozen=True):
    name: str


class _Variable(msgspec.Struct, frozen=True):
    value: str = ""


@dataclass
class _Watched:
    """One organisation."""

    beat: str = ""
    since: float = 0.0
    """When the beat changed last, or was looked at first."""
    aside: bool = False


@dataclass
class Watchdog:
    """Of one Asterisk; `server` says where its ARI is, anew at every look. `run` until cancelled."""

    server: Callable[[], AriServer]
    clock: Callable[[], float] = time.monotonic
    watched: dict[str, _Watched] = field(default_factory=dict)

    async def run(self) -> None:
        """Look, and look again; a switch that is away is nobody's fault here."""
        while True:
            with contextlib.suppress(OSError, TimeoutError, msgspec.MsgspecError, PasokhError):
                await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once; raises `OSError` or `TimeoutError` where the switch does not answer."""
        found = msgspec.json.decode(await self._ask("GET", "applications"), type=list[_Application])
        named = {each.name.removeprefix(PREFIX) for each in found if each.name.startswith(PREFIX)}
        there = {org for org in named if _ORDERS.sub("", org) not in named - {org}}
        for org in there | {org for org, watched in self.watched.items() if watched.aside}:
            await self._look_at(org)
        for org in [org for org, watched in self.watched.items() if org not in there and not watched.aside]:
            del self.watched[org]

    async def _look_at(self, org: str) -> None:
        beat = await self._variable(BEAT + org)
        watched = self.watched.get(org)
        if watched is None:
            # Another watchdog before this one may have put callers aside.
            aside = bool(await self._variable(ASIDE + org))
            self.watched[org] = _Watched(beat, self.clock(), aside)
            return
        if beat != watched.beat:
            watched.beat, watched.since = beat, self.clock()
            if watched.aside:
                await self._set(ASIDE + org, "")
                watched.aside = False
                log.warning("somebody acts for the calls of %s again", org)
            return
        if self.clock() - watched.since >= HUNG_S:
            if not watched.aside:
                log.error("nobody acts for the calls of %s: callers who wait are held", org)
                await self._set(ASIDE + org, "1")
                watched.aside = True
            await self._hold(org)

    async def _hold(self, org: str) -> None:
        """Let the dialplan go on with callers whom nobody answers, or who wait alone."""
        name = application(org)
        bridges = msgspec.json.decode(await self._ask("GET", "bridges"), type=list[BridgeJson])
        talking = {channel for bridge in bridges if len(bridge.channels) > 1 for channel in bridge.channels}
        for channel in msgspec.json.decode(await self._ask("GET", "channels"), type=list[ChannelJson]):
            inside = channel.dialplan.app_name == "Stasis" and channel.dialplan.app_data.split(",")[0] == name
            if inside and channel.id not in talking and channel.channelvars.get(ROLE) == CALLER:
                asked = {"context": HELD, "extension": "s", "priority": "1"}
                with contextlib.suppress(OSError):  # it hung up meanwhile
                    await self._ask("POST", f"channels/{quote(channel.id, safe='')}/continue", asked)

    # -- asking --------------------------------------------------------------------------------------------------------
    async def _variable(self, name: str) -> str:
        body = await self._ask("GET", "asterisk/variable", {"variable": name})
        return msgspec.json.decode(body, type=_Variable).value

    async def _set(self, name: str, value: str) -> None:
        await self._ask("POST", "asterisk/variable", {"variable": name, "value": value})

    async def _ask(self, method: str, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """The body of an answer; raises `OSError` for anything but success."""
        server = self.server()
        signed = base64.b64encode(f"{WATCHDOG_USER}:{server.password}".encode()).decode()
        text = (
            f"{method} /ari/{path}{'?' + urlencode(query) if query else ''} HTTP/1.1\r\nHost: {server.host}\r\n"
            f"Authorization: Basic {signed}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(server.host, server.port)
            try:
                writer.write(text.encode())
                await writer.drain()
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        status = int(head.split(b" ")[1]) if head.startswith(b"HTTP/") else 0
        if not 200 <= status < 300:
            raise OSError(f"{method} {path}: {status}")
        return body
