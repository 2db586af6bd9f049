"""`pasokh.telephony.service.Plant` of the office, and the carrier the engine takes for voice and callbacks."""

import contextlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Self

from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect, Disconnect, RingAgent
from pasokh.acd.model import Channel
from pasokh.acd.state import Call, Interaction
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.ops.plant.callers import OfficeCallers
from pasokh.ops.plant.documents import OfficeDocuments
from pasokh.ops.plant.home_switch import HomeSwitch
from pasokh.ops.plant.numbers import OfficeNumbers, Sounds
from pasokh.ops.plant.places import Places
from pasokh.ops.plant.stations import OfficeStations
from pasokh.ops.plant.whispers import OfficeWhispers
from pasokh.ops.switch.nodes import NodesFile
from pasokh.store.postgres.database import Database
from pasokh.telephony.ari.client import AriAddress, AriTimings
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.asterisk import Asterisk, Program
from pasokh.telephony.config.dialplan import application
from pasokh.telephony.config.web import ENGINE_USER
from pasokh.telephony.nodes.switch import NodesSwitch
from pasokh.telephony.port import Switch
from pasokh.telephony.service import VoiceCarrier

CONNECTIONS = 3
PATIENCE_SECONDS = 2.0
NODE = "node1"
AMONG_SEVERAL = AriTimings(ping_s=1.0)
"""A node that hangs is noticed after six seconds, so that its calls are told as lost within ten."""
REGISTERS = "PJSIP/"
_UNNAMED = Program("", "", "")
"""Asked over ARI only, whichever program it is."""


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
            return HomeSwitch(Path(reached.home), org, self._now, name, AMONG_SEVERAL)
        address = AriAddress(reached.url, ENGINE_USER, reached.password, application(org), reached.authorities)
        return AriSwitch(address, node=name, org=org, clock=self._now, timings=AMONG_SEVERAL)

    async def stations(self, org: str) -> OfficeStations:
        """Its telephones."""
        return OfficeStations(org, self.documents, self._now)

    async def has_telephone(self, org: str, user: str) -> bool:
        """Whether somebody can be called now: a telephone that is signed in, or a number outside.

        Whoever cannot be asked after counts as there: calling them says more.
        """
        station = await (await self.stations(org)).of_user(user)
        if station is None or not station.endpoint.startswith(REGISTERS) or self._nodes is not None:
            return station is not None
        try:
            found = await Asterisk(_UNNAMED, self._home).ask(f"endpoints/{station.endpoint}")
        except PasokhError:
            return True
        return str(found.get("state")) == "online"

    async def numbers(self, org: str) -> OfficeNumbers:
        """Its numbers."""
        return OfficeNumbers(org, self.documents, self._callers, self.places, Sounds(self._prompts, org), self._now)

    async def whispers(self, org: str) -> OfficeWhispers:
        """What its agents hear before a call."""
        return OfficeWhispers(org, self.documents, self.places, Sounds(self._prompts, org), self._now)


class PlantCarrier:
    """Voice by the exchange. A callback of somebody without a telephone is dialled by hand, as without a switch.

    Which of the two is decided when it is offered, and holds for as long as this process leads.
    """

    name = "voice"
    in_log = False

    def __init__(self, voice: VoiceCarrier, plant: OfficePlant) -> None:
        self._voice, self._plant = voice, plant
        self._by_hand: dict[str, set[str]] = {}

    async def reconcile(
        self, org: str, held: Sequence[Interaction], calls: Sequence[Call], undone: Collection[str]
    ) -> list[AnyCommand]:
        """See `pasokh.telephony.service.VoiceCarrier`; callbacks dialled by hand are none of the switch's."""
        by_hand = self._by_hand[org] = set()
        for each in held:
            if each.channel is Channel.CALLBACK and each.agent and not await self._plant.has_telephone(org, each.agent):
                by_hand.add(each.id)
        led = [each for each in held if each.id not in by_hand]
        return await self._voice.reconcile(org, led, calls, undone)

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Bring it about; by hand means that the desk shows it, and nothing is left to do."""
        by_hand = self._by_hand.setdefault(org, set())
        if isinstance(effect, RingAgent) and effect.channel is Channel.CALLBACK:
            by_hand.discard(effect.interaction)
            if not await self._plant.has_telephone(org, effect.agent):
                by_hand.add(effect.interaction)
        if effect.interaction not in by_hand:
            await self._voice.perform(org, effect)
        elif isinstance(effect, Disconnect):
            by_hand.discard(effect.interaction)

    async def leave(self, org: str) -> None:
        """Act no more; calls go on."""
        self._by_hand.pop(org, None)
        await self._voice.leave(org)
