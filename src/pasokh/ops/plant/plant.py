"""`pasokh.telephony.service.Plant` of the office, and the carrier the engine takes for voice and callbacks."""

import contextlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Self

from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect
from pasokh.acd.model import Channel
from pasokh.acd.state import Call, Interaction
from pasokh.kernel.time import Instant
from pasokh.ops.plant.callers import OfficeCallers
from pasokh.ops.plant.documents import OfficeDocuments
from pasokh.ops.plant.home_switch import HomeSwitch
from pasokh.ops.plant.numbers import OfficeNumbers, Sounds
from pasokh.ops.plant.places import Places
from pasokh.ops.plant.stations import OfficeStations
from pasokh.ops.switch.nodes import NodesFile
from pasokh.store.postgres.database import Database
from pasokh.telephony.ari.client import AriAddress
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.config.dialplan import application
from pasokh.telephony.config.web import ENGINE_USER
from pasokh.telephony.nodes.switch import NodesSwitch
from pasokh.telephony.port import Switch
from pasokh.telephony.service import VoiceCarrier

CONNECTIONS = 3
PATIENCE_SECONDS = 2.0
NODE = "node1"


class OfficePlant:
    """Use as an asynchronous context. `home` is the Asterisk's, `prompts` where what is played lies."""

    def __init__(
        self,
        engine_dsn: str,
        app_dsn: str,
        home: Path,
        prompts: Path,
        now: Callable[[], Instant],
        nodes: NodesFile | None = None,
    ) -> None:
        """`nodes` where there are several."""
        self._engine = Database(engine_dsn, connections=1, patience=PATIENCE_SECONDS)
        self._app = Database(app_dsn, connections=CONNECTIONS, patience=PATIENCE_SECONDS)
        self._home, self._prompts, self._now, self._nodes = home, prompts, now, nodes
        self._stack = contextlib.AsyncExitStack()
        self.documents = OfficeDocuments(self._engine)
        self.places = Places()
        self._callers = OfficeCallers(self._app)

    async def __aenter__(self) -> Self:
        for database in (self._engine, self._app):
            await database.open()
            self._stack.push_async_callback(database.close)
        await self._stack.enter_async_context(self.documents)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def switch(self, org: str) -> Switch:
        """A connection of its own to the organisation's switch, not yet connected."""
        nodes = self._nodes
        if nodes is None:
            return HomeSwitch(self._home, org, self._now, NODE)
        closed = [node.name for node in nodes.nodes if not node.takes_calls]
        return NodesSwitch([self._node(nodes, org, node.name) for node in nodes.nodes], clock=self._now, closed=closed)

    def _node(self, nodes: NodesFile, org: str, name: str) -> Switch:
        """One of several: here, by its files, or elsewhere, by TLS."""
        reached = nodes.ari[name]
        if reached.home:
            return HomeSwitch(Path(reached.home), org, self._now, name)
        address = AriAddress(reached.url, ENGINE_USER, reached.password, application(org), reached.authorities)
        return AriSwitch(address, node=name, org=org, clock=self._now)

    async def stations(self, org: str) -> OfficeStations:
        """Its telephones."""
        return OfficeStations(org, self.documents)

    async def numbers(self, org: str) -> OfficeNumbers:
        """Its numbers."""
        return OfficeNumbers(org, self.documents, self._callers, self.places, Sounds(self._prompts, org), self._now)


class PlantCarrier:
    """Voice by the exchange. A callback of somebody without a telephone is dialled by hand, as without a switch."""

    name = "voice"
    in_log = False

    def __init__(self, voice: VoiceCarrier, plant: OfficePlant) -> None:
        self._voice, self._plant = voice, plant

    async def reconcile(
        self, org: str, held: Sequence[Interaction], calls: Sequence[Call], undone: Collection[str]
    ) -> list[AnyCommand]:
        """See `pasokh.telephony.service.VoiceCarrier`; callbacks dialled by hand are none of the switch's."""
        stations = await self._plant.stations(org)
        led = [
            each
            for each in held
            if each.channel is not Channel.CALLBACK
            or each.agent is None
            or await stations.of_user(each.agent) is not None
        ]
        return await self._voice.reconcile(org, led, calls, undone)

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Bring it about; by hand means that the desk shows it, and nothing is left to do."""
        agent = getattr(effect, "agent", "")
        if effect.channel is Channel.CALLBACK and agent:
            stations = await self._plant.stations(org)
            if await stations.of_user(agent) is None:
                return
        await self._voice.perform(org, effect)

    async def leave(self, org: str) -> None:
        """Act no more; calls go on."""
        await self._voice.leave(org)
