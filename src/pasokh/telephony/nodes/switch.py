"""The port on several nodes: every operation goes to the node that has the call.

What belongs together is never spread: a leg is called on the node of the channel it is for, else of its interaction,
else where there are fewest calls. A bridge comes to be where its first channel is.
"""

import asyncio
from collections.abc import Mapping, Sequence

from pasokh.kernel.time import Instant
from pasokh.telephony.events import BridgeSnapshot, ChannelSnapshot
from pasokh.telephony.nodes.places import Place
from pasokh.telephony.nodes.session import NodesSession, NodeState
from pasokh.telephony.port import (
    BridgeKind,
    MessageLimits,
    Originate,
    RtpStatistics,
    Sides,
    Switch,
    SwitchRefusedError,
    SwitchReplacedError,
    SwitchUnavailableError,
)
from pasokh.telephony.variables import CONTACT, INTERACTION


class NodesSwitch(NodesSession):
    """`pasokh.telephony.port.Switch` on several of them."""

    # -- where to ------------------------------------------------------------------------------------------------------
    def _may_act(self) -> None:
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self.node)
        if self._session.over or not self._session.begun:
            raise SwitchUnavailableError("switch.not_connected", reason="closed")

    def _on(self, name: str) -> Switch:
        """A node that is up; one in doubt may be asked later, one that was given up never."""
        node = self._nodes[name]
        if node.state is NodeState.DOUBTFUL:
            raise SwitchUnavailableError("switch.node_in_doubt", node=name)
        if node.state is NodeState.AWAY:
            raise SwitchRefusedError("switch.node_away", node=name)
        return node.switch

    def _all(self) -> list[Switch]:
        """Those that are up, once nobody is in doubt: what only they can tell would be half the truth."""
        self._may_act()
        for name, node in self._nodes.items():
            if node.state is NodeState.DOUBTFUL:
                raise SwitchUnavailableError("switch.node_in_doubt", node=name)
        return [node.switch for node in self._up()]

    def _at(self, channel: str) -> Switch:
        """Where a channel is; of one that nobody knows, any node says that there is none."""
        self._may_act()
        place = self._places.channels.get(channel)
        if place is not None:
            return self._on(place.node)
        if channel in self._places.lost:
            raise SwitchRefusedError("switch.node_away", node=self._places.lost[channel])
        return self._all()[0]

    def _roomiest(self) -> str:
        open_ = [node.name for node in self._up() if node.name not in self._closed]
        found = open_ or [node.name for node in self._up()]
        return min(found, key=self._places.load)

    # -- what is there -------------------------------------------------------------------------------------------------
    async def running_since(self) -> Instant:
        """When the latest of them was started; now, while one is away: who is missing may have been on that one."""
        lives = list(await asyncio.gather(*(switch.running_since() for switch in self._all())))
        away = any(node.state is NodeState.AWAY for node in self._nodes.values())
        return max(*lives, self._clock()) if away else max(lives)

    async def channels(self) -> list[ChannelSnapshot]:
        """Ours, of every node; not while one of them is in doubt."""
        switches = self._all()
        listed = await asyncio.gather(*(switch.channels() for switch in switches))
        for switch, channels in zip(switches, listed, strict=True):
            for channel in channels:
                if channel.id not in self._places.lost:
                    self._places.put(switch.node, channel)
        return [channel for channels in listed for channel in channels if channel.id not in self._places.lost]

    async def bridges(self) -> list[BridgeSnapshot]:
        """Ours, and those nobody has joined yet."""
        listed = await asyncio.gather(*(switch.bridges() for switch in self._all()))
        found = [bridge for bridges in listed for bridge in bridges]
        return found + [BridgeSnapshot(id=bridge, channels=()) for bridge in self._places.intended]

    # -- a channel -----------------------------------------------------------------------------------------------------
    async def originate(self, leg: Originate) -> bool:
        """Call a phone from the node of the call it is for; if that is lost, so is the leg: then False."""
        self._may_act()
        places = self._places
        if leg.channel in places.gone or leg.channel in places.lost:
            return False
        place = places.channels.get(leg.channel)
        if place is None:
            place = Place(self._node_for(leg), sure=False)
            if self._nodes[place.node].state is NodeState.AWAY:
                places.gone.note(leg.channel, place.node)
                self._tell_lost(self._session, leg.channel)
                return False
            self._on(place.node)
            places.channels[leg.channel] = place
            for name in (INTERACTION, CONTACT):
                if said := leg.variables.get(name):
                    places.interactions.note(said, place.node)
        try:
            there = await self._on(place.node).originate(leg)
        except SwitchRefusedError:
            places.channels.pop(leg.channel, None)
            raise
        place.sure = True
        return there

    def _node_for(self, leg: Originate) -> str:
        places = self._places
        if (there := places.channels.get(leg.originator)) is not None:
            return there.node
        if leg.originator in places.lost:
            return places.lost[leg.originator]
        for name in (INTERACTION, CONTACT):
            node = places.interactions.get(leg.variables.get(name, ""))
            if node is not None and self._nodes[node].state is not NodeState.AWAY:
                return node
        return self._roomiest()

    async def ring(self, channel: str) -> None:
        """Let an unanswered caller hear ringing."""
        await self._at(channel).ring(channel)

    async def answer(self, channel: str) -> None:
        """Take the call."""
        await self._at(channel).answer(channel)

    async def hang_up(self, channel: str, cause: int) -> None:
        """End it."""
        self._may_act()
        place = self._places.channels.get(channel)
        if place is not None:
            if self._nodes[place.node].state is not NodeState.AWAY:
                await self._on(place.node).hang_up(channel, cause)
        elif channel not in self._places.lost:
            await asyncio.gather(*(switch.hang_up(channel, cause) for switch in self._all()))

    async def continue_in_dialplan(self, channel: str, context: str, extension: str) -> None:
        """Let the dialplan go on with it."""
        await self._at(channel).continue_in_dialplan(channel, context, extension)

    async def redirect(self, channel: str, endpoint: str) -> None:
        """Let the phone's own side call elsewhere."""
        await self._at(channel).redirect(channel, endpoint)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """A fact that rides on the channel."""
        await self.set_variables(channel, {name: value})

    async def set_variables(self, channel: str, variables: Mapping[str, str]) -> None:
        """Several facts at once."""
        switch = self._at(channel)
        await switch.set_variables(channel, variables)
        for name in (INTERACTION, CONTACT):
            if value := variables.get(name):
                self._places.interactions.note(value, switch.node)

    async def send_dtmf(self, channel: str, digits: str, key: str) -> None:
        """Press keys, at most once for a key."""
        await self._at(channel).send_dtmf(channel, digits, key)

    async def mute(self, channel: str, sides: Sides) -> None:
        """Stop what the phone says, or hears."""
        await self._at(channel).mute(channel, sides)

    async def unmute(self, channel: str, sides: Sides) -> None:
        """Let it pass again."""
        await self._at(channel).unmute(channel, sides)

    async def detect_talking(self, channel: str, *, on: bool) -> None:
        """Tell when somebody talks, or do not any more."""
        await self._at(channel).detect_talking(channel, on=on)

    async def statistics(self, channel: str) -> RtpStatistics | None:
        """How its sound travels; nothing travels where the node is lost."""
        self._may_act()
        return None if channel in self._places.lost else await self._at(channel).statistics(channel)

    # -- sound ---------------------------------------------------------------------------------------------------------
    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play sounds one after the other."""
        switch = self._at(channel)
        self._places.sounds.note(playback, switch.node)
        await switch.play(channel, playback, media)

    async def play_to_bridge(self, bridge: str, playback: str, media: Sequence[str]) -> None:
        """The same to everybody in a bridge."""
        self._may_act()
        if bridge in self._places.intended:
            await self._make(bridge, self._roomiest())
        switch = self._on(self._places.bridges[bridge]) if bridge in self._places.bridges else self._all()[0]
        self._places.sounds.note(playback, switch.node)
        await switch.play_to_bridge(bridge, playback, media)

    async def stop_playback(self, playback: str) -> None:
        """Stop it, queued or under way."""
        for switch in self._with_sound(playback):
            await switch.stop_playback(playback)

    async def start_music(self, channel: str, music: str) -> None:
        """Play music of a class until stopped."""
        await self._at(channel).start_music(channel, music)

    async def stop_music(self, channel: str) -> None:
        """Silence."""
        self._may_act()
        if channel not in self._places.lost:
            await self._at(channel).stop_music(channel)

    def _with_sound(self, id_: str) -> list[Switch]:
        """Who has a playback or a recording: its node, none where that is lost, all where nobody knows."""
        self._may_act()
        name = self._places.of_sound(id_)
        if name is None:
            return self._all()
        return [] if self._nodes[name].state is NodeState.AWAY else [self._on(name)]

    # -- bridges -------------------------------------------------------------------------------------------------------
    async def create_bridge(self, bridge: str, kind: BridgeKind = BridgeKind.MIXING) -> None:
        """An empty one: it comes to be where its first channel is."""
        self._may_act()
        if bridge not in self._places.bridges:
            self._places.intended.setdefault(bridge, kind)

    async def _make(self, bridge: str, node: str) -> None:
        await self._on(node).create_bridge(bridge, self._places.intended[bridge])
        self._places.bridges[bridge] = node
        self._places.intended.pop(bridge, None)

    async def add(self, bridge: str, channels: Sequence[str]) -> None:
        """Join them; refused where they are on several nodes."""
        self._may_act()
        if not channels:
            return
        switch, *others = {self._at(channel).node: self._at(channel) for channel in channels}.values()
        if others:
            raise SwitchRefusedError("switch.other_node", bridge=bridge, node=switch.node)
        there = all(channel in self._places.channels for channel in channels)
        if bridge in self._places.intended and there:
            await self._make(bridge, switch.node)
        elif there and self._places.bridges.get(bridge, switch.node) != switch.node:
            await self._move(bridge, switch)
        await switch.add(bridge, channels)

    async def _move(self, bridge: str, to: Switch) -> None:
        """A bridge that was made elsewhere and stands empty is made again where it is needed."""
        before = self._on(self._places.bridges[bridge])
        if any(found.channels for found in await before.bridges() if found.id == bridge):
            raise SwitchRefusedError("switch.other_node", bridge=bridge, node=before.node)
        await before.destroy_bridge(bridge)
        self._places.intended[bridge] = BridgeKind.MIXING
        await self._make(bridge, to.node)

    async def remove(self, bridge: str, channels: Sequence[str]) -> None:
        """Let them out."""
        self._may_act()
        node = self._places.bridges.get(bridge)
        if node is not None and self._nodes[node].state is not NodeState.AWAY:
            await self._on(node).remove(bridge, channels)

    async def destroy_bridge(self, bridge: str) -> None:
        """End it; its channels stay."""
        self._may_act()
        node = self._places.bridges.get(bridge)
        if self._places.intended.pop(bridge, None) is not None:
            return
        switches = self._all() if node is None else []
        if node is not None and self._nodes[node].state is not NodeState.AWAY:
            switches = [self._on(node)]
        for switch in switches:
            await switch.destroy_bridge(bridge)
        self._places.bridges.pop(bridge, None)

    async def hold(self, bridge: str, channel: str, music: str) -> None:
        """Out of the bridge, with music."""
        await self.remove(bridge, [channel])
        await self.start_music(channel, music)

    async def unhold(self, bridge: str, channel: str) -> None:
        """Back into the talk."""
        await self.stop_music(channel)
        await self.add(bridge, [channel])

    async def snoop(self, channel: str, snoop: str, spy: Sides, whisper: Sides, args: Sequence[str] = ()) -> None:
        """A channel that hears another and speaks into it, on that one's node."""
        switch = self._at(channel)
        await switch.snoop(channel, snoop, spy, whisper, args)
        self._places.channels.setdefault(snoop, Place(switch.node))

    # -- recordings ----------------------------------------------------------------------------------------------------
    async def record_call(self, channel: str, recording: str) -> None:
        """Record both sides of a channel."""
        switch = self._at(channel)
        self._places.sounds.note(recording, switch.node)
        await switch.record_call(channel, recording)

    async def record_message(self, channel: str, recording: str, limits: MessageLimits) -> None:
        """Record what a phone says."""
        switch = self._at(channel)
        self._places.sounds.note(recording, switch.node)
        await switch.record_message(channel, recording, limits)

    async def pause_recording(self, recording: str) -> None:
        """Write silence instead."""
        for switch in self._with_sound(recording):
            await switch.pause_recording(recording)

    async def resume_recording(self, recording: str) -> None:
        """Write sound again."""
        for switch in self._with_sound(recording):
            await switch.resume_recording(recording)

    async def stop_recording(self, recording: str) -> None:
        """Complete its files."""
        for switch in self._with_sound(recording):
            await switch.stop_recording(recording)


_CONFORMS: type[Switch] = NodesSwitch
"""Checked by mypy here, and by the conformance suite."""
