"""The port on the switch in memory."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence

from pasokh.kernel.time import Instant
from pasokh.telephony import events as ev
from pasokh.telephony.input import check_digits, check_header, check_variable, joined
from pasokh.telephony.memory.lines import SNOOP, Bridge, Line, Playback, Recording
from pasokh.telephony.memory.pbx import MemoryPbx
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


class MemorySwitch:
    """`pasokh.telephony.port.Switch` without a switch."""

    def __init__(self, pbx: MemoryPbx, node: str = "memory") -> None:
        self._pbx, self._node = pbx, node
        self._queue: asyncio.Queue[ev.AnySwitchEvent | None] = asyncio.Queue()
        self._connected = self._replaced = False
        self._played: set[str] = set()

    @property
    def node(self) -> str:
        """Names the switch."""
        return self._node

    def node_of(self, channel: str) -> str:  # noqa: ARG002 - there is one
        """Where a channel lives."""
        return self._node

    # -- the connection ------------------------------------------------------------------------------------------------
    async def connect(self) -> None:
        """Begin to act."""
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self._pbx.org)
        if not self._pbx.reachable:
            raise SwitchUnavailableError("switch.unreachable", reason="memory")
        await self.close()
        self._queue, self._connected = asyncio.Queue(), True
        self._pbx.attach(self)

    async def events(self) -> AsyncGenerator[ev.AnySwitchEvent]:
        """What happened since `connect`, then what happens."""
        queue = self._queue
        while (event := await queue.get()) is not None:
            yield event
            if isinstance(event, ev.Lost | ev.Replaced):
                return

    async def close(self) -> None:
        """Stop acting; calls go on."""
        self._pbx.detach(self)
        self._end(None)

    def tell(self, event: ev.AnySwitchEvent) -> None:
        """Something happened."""
        self._queue.put_nowait(event)

    def replaced(self) -> None:
        """Another acts now."""
        self._replaced = True
        self._end(ev.Replaced(at=self._pbx.clock.now))

    def lost(self, reason: str) -> None:
        """The connection broke."""
        self._end(ev.Lost(at=self._pbx.clock.now, reason=reason))

    def _end(self, event: ev.AnySwitchEvent | None) -> None:
        if self._connected:
            self._connected = False
            self._queue.put_nowait(event)

    # -- what may be asked ---------------------------------------------------------------------------------------------
    async def _act(self) -> MemoryPbx:
        """The switch, if this side may act; gives others their turn, as a round trip does."""
        await asyncio.sleep(0)
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self._pbx.org)
        if not self._connected:
            raise SwitchUnavailableError("switch.not_connected", reason="closed")
        return self._pbx

    def _done(self) -> None:
        """Answer, unless the answer gets lost."""
        if self._pbx.unanswered:
            self._pbx.unanswered -= 1
            raise SwitchUnavailableError("switch.unanswered", request="memory")

    async def _line(self, channel: str, *, inside: bool = False) -> Line:
        line = (await self._act()).lines.get(channel)
        if line is None:
            raise SwitchRefusedError("switch.refused", request=channel, reason="Channel not found")
        if inside and not line.in_application:
            raise SwitchRefusedError("switch.refused", request=channel, reason="Channel not in the application")
        return line

    async def _bridge(self, bridge: str) -> Bridge:
        found = (await self._act()).bridges.get(bridge)
        if found is None:
            raise SwitchRefusedError("switch.refused", request=bridge, reason="Bridge not found")
        return found

    async def running_since(self) -> Instant:
        """When it was started, or crashed."""
        return (await self._act()).running_since

    async def channels(self) -> list[ev.ChannelSnapshot]:
        """All there are."""
        return [line.snapshot() for line in (await self._act()).lines.values()]

    async def bridges(self) -> list[ev.BridgeSnapshot]:
        """All there are."""
        found = (await self._act()).bridges.values()
        return [ev.BridgeSnapshot(id=bridge.id, channels=tuple(bridge.lines)) for bridge in found]

    # -- a channel -----------------------------------------------------------------------------------------------------
    async def originate(self, leg: Originate) -> bool:
        """Call a phone, once for an id; whether it is being called, or was and is there."""
        pbx = await self._act()
        for name in leg.variables:
            check_variable(name)
        for name, value in leg.headers:
            check_header(name, value)
        joined(leg.args)
        if leg.channel not in pbx.lines and leg.channel not in pbx.ended:
            pbx.dial(leg)
        self._done()
        return leg.channel not in pbx.ended

    async def ring(self, channel: str) -> None:
        """Let an unanswered caller hear ringing."""
        (await self._line(channel, inside=True)).ringing = True
        self._done()

    async def answer(self, channel: str) -> None:
        """Take the call."""
        self._pbx.answer(await self._line(channel, inside=True))
        self._done()

    async def hang_up(self, channel: str, cause: int) -> None:
        """End it."""
        line = (await self._act()).lines.get(channel)
        if line is not None:
            self._pbx.end(line, cause)
        self._done()

    async def continue_in_dialplan(self, channel: str, context: str, extension: str) -> None:  # noqa: ARG002 - the port's
        """Let the dialplan go on with it."""
        line = await self._line(channel)
        if line.in_application:
            self._pbx.leave(line, context)
        self._done()

    async def redirect(self, channel: str, endpoint: str) -> None:
        """Let the phone's own side call elsewhere."""
        line = await self._line(channel, inside=True)
        if endpoint not in self._pbx.phones:
            raise SwitchRefusedError("switch.refused", request=channel, reason="Endpoint unknown")
        self._pbx.end(line, ev.Cause.NORMAL)
        self._done()

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """A fact that rides on the channel."""
        check_variable(name)
        (await self._line(channel, inside=True)).variables[name] = value
        self._done()

    async def set_variables(self, channel: str, variables: Mapping[str, str]) -> None:
        """Several facts at once."""
        for name in variables:
            check_variable(name)
        (await self._line(channel, inside=True)).variables.update(variables)
        self._done()

    async def send_dtmf(self, channel: str, digits: str, key: str) -> None:
        """Press keys, at most once for a key."""
        check_digits(digits)
        line = await self._line(channel, inside=True)
        if line.key != key:
            line.key = key
            line.pressed += digits
        self._done()

    async def mute(self, channel: str, sides: Sides) -> None:
        """Stop what the phone says, or hears."""
        (await self._line(channel, inside=True)).muted |= _sides(sides)
        self._done()

    async def unmute(self, channel: str, sides: Sides) -> None:
        """Let it pass again."""
        (await self._line(channel, inside=True)).muted -= _sides(sides)
        self._done()

    async def detect_talking(self, channel: str, *, on: bool) -> None:
        """Tell when somebody talks, or do not any more."""
        (await self._line(channel, inside=True)).detects_talking = on
        self._done()

    async def statistics(self, channel: str) -> RtpStatistics | None:  # noqa: ARG002 - no sound travels here
        """Nothing travels, nothing is measured."""
        await self._act()
        return None

    # -- sound ---------------------------------------------------------------------------------------------------------
    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play sounds one after the other."""
        self._play((await self._line(channel, inside=True)).playbacks, channel, playback, media)

    async def play_to_bridge(self, bridge: str, playback: str, media: Sequence[str]) -> None:
        """The same to everybody in a bridge."""
        self._play((await self._bridge(bridge)).playbacks, bridge, playback, media)

    def _play(self, queue: list[Playback], target: str, playback: str, media: Sequence[str]) -> None:
        joined(media)
        if playback not in self._played and self._pbx.playback(playback) is None:
            self._played.add(playback)
            known = self._pbx.sounds
            length = sum(known.get(sound, 0) for sound in media)
            failed = any(sound not in known for sound in media)
            self._pbx.start_playback(queue, Playback(playback, target, 0 if failed else length, failed))
        self._done()

    async def stop_playback(self, playback: str) -> None:
        """Stop it."""
        found = (await self._act()).playback(playback)
        if found is not None:
            self._pbx.stop_playback(found)
        self._done()

    async def start_music(self, channel: str, music: str) -> None:
        """Play music of a class until stopped."""
        (await self._line(channel, inside=True)).music = music
        self._done()

    async def stop_music(self, channel: str) -> None:
        """Silence."""
        line = (await self._act()).lines.get(channel)
        if line is not None and line.in_application:
            line.music = ""
        self._done()

    # -- bridges -------------------------------------------------------------------------------------------------------
    async def create_bridge(self, bridge: str, kind: BridgeKind = BridgeKind.MIXING) -> None:
        """An empty one."""
        (await self._act()).bridges.setdefault(bridge, Bridge(bridge, kind))
        self._done()

    async def add(self, bridge: str, channels: Sequence[str]) -> None:
        """Join those who are not in yet."""
        found = await self._bridge(bridge)
        lines = [await self._line(channel, inside=True) for channel in channels]
        for line in lines:
            if line.id not in found.lines:
                self._pbx.unbridge(line)
                found.lines.append(line.id)
                self._pbx.tell(ev.ChannelEnteredBridge(at=self._pbx.clock.now, bridge=bridge, channel=line.id))
        self._done()

    async def remove(self, bridge: str, channels: Sequence[str]) -> None:
        """Let them out."""
        pbx = await self._act()
        found = pbx.bridges.get(bridge)
        for channel in channels:
            if found is not None and channel in found.lines:
                pbx.unbridge(pbx.lines[channel])
        self._done()

    async def destroy_bridge(self, bridge: str) -> None:
        """End it; its channels stay."""
        pbx = await self._act()
        found = pbx.bridges.get(bridge)
        if found is not None:
            for channel in list(found.lines):
                pbx.unbridge(pbx.lines[channel])
            for playback in list(found.playbacks):
                pbx.stop_playback(playback)
            del pbx.bridges[bridge]
        self._done()

    async def hold(self, bridge: str, channel: str, music: str) -> None:
        """Out of the bridge, with music."""
        await self.remove(bridge, [channel])
        await self.start_music(channel, music)

    async def unhold(self, bridge: str, channel: str) -> None:
        """Back into the talk."""
        await self.stop_music(channel)
        await self.add(bridge, [channel])

    async def snoop(self, channel: str, snoop: str, spy: Sides, whisper: Sides, args: Sequence[str] = ()) -> None:
        """A channel that hears another and speaks into it."""
        await self._line(channel)
        if snoop not in self._pbx.lines:
            line = Line(
                id=snoop,
                technology=SNOOP + channel,
                created=self._pbx.clock.now,
                state=ev.ChannelState.UP,
                args=tuple(args),
                spies_on=channel,
                spy=spy,
                whisper=whisper,
            )
            self._pbx.lines[snoop] = line
            self._pbx.enter(line)
        self._done()

    # -- recordings ----------------------------------------------------------------------------------------------------
    async def record_call(self, channel: str, recording: str) -> None:
        """Record both sides of a channel."""
        line = await self._line(channel)
        for track in (ev.Track.FROM, ev.Track.TO):
            self._pbx.record(Recording(recording, track, line.id, self._pbx.clock.now))
        self._done()

    async def record_message(self, channel: str, recording: str, limits: MessageLimits) -> None:
        """Record what a phone says."""
        line = await self._line(channel, inside=True)
        message = Recording(recording, ev.Track.MESSAGE, line.id, self._pbx.clock.now, limits)
        message.failed = any(line.id in bridge.lines for bridge in self._pbx.bridges.values())
        self._pbx.record(message)
        self._done()

    async def pause_recording(self, recording: str) -> None:
        """Write silence instead."""
        for each in await self._tracks(recording):
            self._pbx.pause(each, on=True)
        self._done()

    async def resume_recording(self, recording: str) -> None:
        """Write sound again."""
        for each in await self._tracks(recording):
            self._pbx.pause(each, on=False)
        self._done()

    async def stop_recording(self, recording: str) -> None:
        """Complete its files."""
        for each in await self._tracks(recording):
            self._pbx.complete(each)
        self._done()

    async def _tracks(self, recording: str) -> list[Recording]:
        return [each for each in (await self._act()).recordings.values() if each.id == recording]


def _sides(sides: Sides) -> set[Sides]:
    return {Sides.IN, Sides.OUT} if sides is Sides.BOTH else {sides}


_CONFORMS: type[Switch] = MemorySwitch
"""Checked by mypy here, and by the conformance suite."""
