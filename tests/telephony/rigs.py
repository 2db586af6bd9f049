"""A switch with people around it, for the conformance suite: the same calls on Asterisk and in memory."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.polling import give_way
from tests.telephony.asterisk import MUSIC, SOUNDS

from pasokh.telephony import events as ev
from pasokh.telephony.memory.lines import Clock, Line, Manner, Phone
from pasokh.telephony.memory.pbx import MemoryPbx
from pasokh.telephony.memory.switch import MemorySwitch
from pasokh.telephony.nodes.session import NodeTimings
from pasokh.telephony.nodes.switch import NodesSwitch
from pasokh.telephony.port import Originate, Switch

ORG = "acme"
NUMBER = "5001"
CALLER = "+982100"
PATIENCE_S = 12.0
STEP_MS = 20
NUMBERS = itertools.count(1)
"""Ids are never used twice, so that one test's leftovers are not another's."""


class Person(Protocol):
    """Who holds the phone at the other end of a channel."""

    @property
    def channel(self) -> str:
        """The channel as the switch calls it."""

    async def pick_up(self) -> None:
        """Take a ringing phone."""

    async def press(self, keys: str) -> None:
        """Press keys."""

    async def hang_up(self) -> None:
        """Put it down."""

    async def speak(self, sound: str) -> None:
        """Let a sound be heard."""


class Watcher:
    """Gathers a connection's events."""

    def __init__(self, switch: Switch) -> None:
        self.seen: list[ev.AnySwitchEvent] = []
        self._taken: set[int] = set()
        self._task = asyncio.create_task(self._watch(switch), name="watch events")

    async def _watch(self, switch: Switch) -> None:
        async with contextlib.aclosing(switch.events()) as events:  # type: ignore[type-var]
            async for event in events:
                self.seen.append(event)

    @property
    def over(self) -> bool:
        """Whether no more will come."""
        return self._task.done()

    def of[E: ev.SwitchEvent](self, kind: type[E], **fields: object) -> list[E]:
        """All of a kind with these fields; `channel` also finds the snapshot's."""
        return [event for event in self.seen if isinstance(event, kind) and _matches(event, fields)]

    def take[E: ev.SwitchEvent](self, kind: type[E], fields: dict[str, object]) -> E | None:
        """The first of them not taken before."""
        for place, event in enumerate(self.seen):
            if place not in self._taken and isinstance(event, kind) and _matches(event, fields):
                self._taken.add(place)
                return event
        return None

    async def stop(self) -> None:
        """No more."""
        self._task.cancel()
        await asyncio.wait({self._task})


def _matches(event: ev.SwitchEvent, fields: dict[str, object]) -> bool:
    for name, value in fields.items():
        found = getattr(event, name)
        if (found.id if isinstance(found, ev.ChannelSnapshot) else found) != value:
            return False
    return True


@dataclass
class Rig:
    """What every test gets; the two kinds fill in the rest."""

    switch: Switch
    watcher: Watcher = field(init=False)
    music: str = MUSIC
    others: list[Switch] = field(default_factory=list)

    # -- to be given ---------------------------------------------------------------------------------------------------
    async def tick(self) -> None:
        """Let a moment pass."""
        raise NotImplementedError

    async def call(self) -> Person:
        """Somebody dials `NUMBER`."""
        raise NotImplementedError

    def person(self, leg: str) -> Person:
        """Who holds the phone of a leg that rings at ``answers``."""
        raise NotImplementedError

    def endpoint(self, manner: str) -> str:
        """A phone that answers (when `person` picks up), rings, is busy, declines, is broken or unknown."""
        raise NotImplementedError

    def sound(self, name: str) -> str:
        """One of `SOUNDS`, or one that is missing."""
        raise NotImplementedError

    def another(self) -> Switch:
        """A second side for the same application."""
        raise NotImplementedError

    async def cut(self) -> None:
        """Break the connection."""
        raise NotImplementedError

    def silent_share(self, file: str) -> float:
        """How much of a complete recording is silence."""
        raise NotImplementedError

    # -- for all -------------------------------------------------------------------------------------------------------
    async def until[T](self, look: Callable[[], T], told: Callable[[], object] = lambda: "") -> T:
        """The first true answer."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := look()):
            assert time.monotonic() < deadline, ("it never came true", told())
            await self.tick()
        return found

    async def event[E: ev.SwitchEvent](self, kind: type[E], **fields: object) -> E:
        """The next one of a kind with these fields."""
        found = await self.until(lambda: self.watcher.take(kind, fields), lambda: (kind, fields, self.watcher.seen))
        assert found is not None
        return found

    async def begin(self) -> None:
        """Connect and watch."""
        await self.switch.connect()
        self.watcher = Watcher(self.switch)

    async def again(self) -> None:
        """Connect anew after a loss."""
        await self.watcher.stop()
        await self.begin()

    async def end(self) -> None:
        """Leave nothing behind."""
        await self.watcher.stop()
        for switch in (self.switch, *self.others):
            await switch.close()

    def id(self, kind: str) -> str:
        """A fresh id."""
        return f"{kind}-{next(NUMBERS)}"

    def leg(self, manner: str = "answers", **fields: object) -> Originate:
        """A leg to be called."""
        known: dict[str, object] = {
            "channel": self.id("a"),
            "endpoint": self.endpoint(manner),
            "variables": {"PASOKH_ORG": ORG, "PASOKH_ROLE": "agent", "PASOKH_CALL": "c-1"},
            "timeout_s": 20,
            "args": ("agent", "c-1"),
        }
        return Originate(**(known | fields))  # type: ignore[arg-type]

    async def caller(self) -> Person:
        """Somebody who called and was answered."""
        person = await self.call()
        await self.event(ev.CallerEntered, channel=person.channel)
        await self.switch.answer(person.channel)
        await self.event(ev.ChannelStateChanged, channel=person.channel, state=ev.ChannelState.UP)
        return person

    async def agent(self) -> Person:
        """Somebody who was called and answered."""
        leg = self.leg()
        await self.switch.originate(leg)
        await self.event(ev.ChannelStateChanged, channel=leg.channel, state=ev.ChannelState.RINGING)
        person = self.person(leg.channel)
        await person.pick_up()
        await self.event(ev.LegEntered, channel=leg.channel)
        return person

    async def talk(self) -> tuple[Person, Person, str]:
        """A caller and an agent in a bridge."""
        caller, agent, bridge = await self.caller(), await self.agent(), self.id("b")
        await self.switch.create_bridge(bridge)
        await self.switch.add(bridge, [caller.channel, agent.channel])
        await self.event(ev.ChannelEnteredBridge, bridge=bridge, channel=agent.channel)
        await self.event(ev.ChannelEnteredBridge, bridge=bridge, channel=caller.channel)
        return caller, agent, bridge

    async def everything_told(self) -> None:
        """Whatever was under way has been told: a whole further leg came and went."""
        leg = self.leg("busy")
        await self.switch.originate(leg)
        await self.event(ev.ChannelGone, channel=leg.channel)


# -- in memory ---------------------------------------------------------------------------------------------------------
@dataclass
class MemoryPerson:
    pbx: MemoryPbx
    line: Line

    @property
    def channel(self) -> str:
        return self.line.id

    async def pick_up(self) -> None:
        self.pbx.pick_up(self.line)

    async def press(self, keys: str) -> None:
        self.pbx.press(self.line, keys)

    async def hang_up(self) -> None:
        self.pbx.hang_up(self.line)

    async def speak(self, sound: str) -> None:
        self.pbx.speak(self.line, self.pbx.sounds[sound])


@dataclass
class MemoryRig(Rig):
    pbx: MemoryPbx = field(default_factory=lambda: MemoryPbx(ORG))

    async def tick(self) -> None:
        await give_way(3)
        self.pbx.forward(STEP_MS)

    async def call(self) -> Person:
        return MemoryPerson(self.pbx, self.pbx.call(NUMBER, CALLER))

    def person(self, leg: str) -> Person:
        return MemoryPerson(self.pbx, self.pbx.lines[leg])

    def endpoint(self, manner: str) -> str:
        return f"Memory/{manner}"

    def sound(self, name: str) -> str:
        return f"sound:{name}"

    def another(self) -> Switch:
        self.others.append(MemorySwitch(self.pbx))
        return self.others[-1]

    async def cut(self) -> None:
        self.pbx.cut()

    def silent_share(self, file: str) -> float:
        recording = self.pbx.recordings[file]
        assert recording.until is not None
        return recording.silent_ms / (recording.until - recording.since)


def equip(pbx: MemoryPbx) -> None:
    """Phones and sounds as on the real one."""
    manners = ("rings", "busy", "declines", "broken")
    pbx.phones = {f"Memory/{manner}": Phone(Manner(manner)) for manner in manners}
    pbx.phones["Memory/answers"] = Phone(Manner.RINGS)
    pbx.sounds = {f"sound:{name}": round(seconds * 1_000) for name, seconds in SOUNDS.items()}


@contextlib.asynccontextmanager
async def memory_rig() -> AsyncIterator[Rig]:
    """On the virtual clock."""
    pbx = MemoryPbx(ORG)
    equip(pbx)
    rig = MemoryRig(MemorySwitch(pbx), pbx=pbx)
    await rig.begin()
    try:
        yield rig
    finally:
        await rig.end()


# -- two in memory, as one ---------------------------------------------------------------------------------------------
SPARE, USED = "node1", "node2"
"""Of two nodes the first gets no calls: what is right on one could be so by chance."""


@dataclass
class MemoryNodesRig(MemoryRig):
    spare: MemoryPbx = field(default_factory=lambda: MemoryPbx(ORG))

    def switch_on_both(self) -> NodesSwitch:
        switches = [MemorySwitch(self.spare, SPARE), MemorySwitch(self.pbx, USED)]
        timings = NodeTimings(patience_s=0.2, pause_s=0.02)
        return NodesSwitch(switches, clock=lambda: self.pbx.clock.now, closed=(SPARE,), timings=timings)

    def another(self) -> Switch:
        self.others.append(self.switch_on_both())
        return self.others[-1]

    async def cut(self) -> None:
        self.spare.cut()
        self.pbx.cut()


@contextlib.asynccontextmanager
async def memory_nodes_rig() -> AsyncIterator[MemoryNodesRig]:
    """Two nodes on one virtual clock."""
    clock = Clock(1_700_000_000_000)
    spare, used = MemoryPbx(ORG, name=SPARE, clock=clock), MemoryPbx(ORG, name=USED, clock=clock)
    for pbx in (spare, used):
        equip(pbx)
    rig = MemoryNodesRig(MemorySwitch(used), pbx=used, spare=spare)
    rig.switch = rig.switch_on_both()
    await rig.begin()
    try:
        yield rig
    finally:
        await rig.end()
