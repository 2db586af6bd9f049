"""From ARI's events to the port's: one end for every channel, nothing after it, recordings' own channels unseen.

Asterisk tells a hang-up inside the application by `StasisEnd`, of a leg that was never answered by `ChannelDestroyed`,
of others by both; and `StasisEnd` alone also of a channel that goes on in the dialplan. What tells them apart is the
`ChannelHangupRequest` before.
"""

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from functools import singledispatchmethod

from pasokh.kernel.time import Instant
from pasokh.telephony import events as ev
from pasokh.telephony.ari import wire
from pasokh.telephony.ari.reports import REPORT, read_report

LEG = "leg"
"""First argument of channels we made ourselves; dialled numbers never look like it."""
TAP = "tap:"
"""Begins the ids of channels that only exist to record."""
STASIS = "Stasis"
"""The dialplan's application that gives a channel to ours."""
FAR_HALF = ";2"
"""Ends the id of the half of a Local channel that runs the dialplan."""
REMEMBERED = 20_000
"""So many ended channels are known, for events that come late and effects that come twice."""

_STATES = {
    "Down": ev.ChannelState.DOWN,
    "Ring": ev.ChannelState.CALLING,
    "Ringing": ev.ChannelState.RINGING,
    "Up": ev.ChannelState.UP,
}
_OUTCOMES = {
    "ANSWER": ev.DialOutcome.ANSWERED,
    "BUSY": ev.DialOutcome.BUSY,
    "NOANSWER": ev.DialOutcome.NO_ANSWER,
    "CANCEL": ev.DialOutcome.CANCELLED,
    "CONGESTION": ev.DialOutcome.CONGESTED,
    "CHANUNAVAIL": ev.DialOutcome.UNREACHABLE,
}
_CAUSES = {ev.DialOutcome.BUSY: ev.Cause.BUSY, ev.DialOutcome.CONGESTED: ev.Cause.CONGESTION}
"""What a dial's outcome says where the channel's own end says nothing."""
_ASKED_BY_US = 32
"""Asterisk's internal reason of a hang-up over ARI. A phone that hangs up a talk gives none at all."""


def instant(timestamp: str) -> Instant:
    """Milliseconds of an ARI timestamp; 0 for none."""
    try:
        return round(datetime.fromisoformat(timestamp).timestamp() * 1_000)
    except ValueError:
        return 0


def snapshot(channel: wire.ChannelJson, application: str, args: tuple[str, ...] | None = None) -> ev.ChannelSnapshot:
    """The port's picture of a channel; `args` when known better than from the dialplan."""
    name, *given = channel.dialplan.app_data.split(",")
    listed = channel.dialplan.app_name == STASIS and name == application and given[:1] != [REPORT]
    inside = args is not None or listed
    found = args if args is not None else tuple(given) if inside else ()
    return ev.ChannelSnapshot(
        id=channel.id,
        technology=channel.name,
        state=_STATES.get(channel.state, ev.ChannelState.OTHER),
        caller_number=channel.caller.number,
        caller_name=channel.caller.name,
        created=instant(channel.creationtime),
        variables={name: value for name, value in channel.channelvars.items() if value},
        in_application=inside,
        args=found[1:] if found[:1] == (LEG,) else found,
    )


class Recent(OrderedDict[str, Instant]):
    """Ids and when, the oldest forgotten."""

    def note(self, key: str, at: Instant = 0) -> None:
        """Keep it."""
        self[key] = at
        self.move_to_end(key)
        if len(self) > REMEMBERED:
            self.popitem(last=False)


class Translator:
    """Remembers of each channel what its next events mean."""

    def __init__(self, application: str, counts: wire.FrameCounts) -> None:
        self._application, self._counts = application, counts
        self.gone = Recent()
        self.legs = Recent()
        """What was originated here; the far half of a leg through the dialplan (``ID;2``) is nobody's business."""
        self.played = Recent()
        self.recorded = Recent()
        """What was begun from here, so that finished ones do not begin again."""
        self.started = Recent()
        """Recordings that took orders once, and recording channels."""
        self.reported = Recent()
        """Channels that came only to tell how they were."""
        self._causes: dict[str, int] = {}
        self._dialled: dict[str, ev.DialOutcome] = {}

    def events(self, message: wire.Message) -> Iterator[ev.AnySwitchEvent]:
        """What a message means, in order."""
        yield from self._translate(message)

    def ended(self, channel: str, at: Instant, cause: int | None = None) -> Iterator[ev.ChannelGone]:
        """A channel's end, if it was not told before."""
        known = self._causes.pop(channel, ev.Cause.UNKNOWN)
        dialled = _CAUSES.get(self._dialled.pop(channel, ev.DialOutcome.ANSWERED), ev.Cause.UNKNOWN)
        if channel not in self.gone:
            self.gone.note(channel, at)
            if not self._unseen(channel):
                yield ev.ChannelGone(at=at, channel=channel, cause=cause or known or dialled)

    def _late(self, channel: str) -> bool:
        late = channel in self.gone
        self._counts.late += late
        return late or self._unseen(channel)

    def _unseen(self, channel: str) -> bool:
        return channel.startswith(TAP) or (channel.endswith(FAR_HALF) and channel.removesuffix(FAR_HALF) in self.legs)

    @singledispatchmethod
    def _translate(self, message: wire.Message) -> Iterator[ev.AnySwitchEvent]:  # noqa: ARG002 - the shape of the others
        yield from ()

    @_translate.register
    def _(self, message: wire.StasisStart) -> Iterator[ev.AnySwitchEvent]:
        at, channel = instant(message.timestamp), message.channel.id
        if message.args[:1] == (REPORT,):
            yield from self._reported(message, at)
            return
        if at <= self.gone.get(channel, -1):
            self._counts.late += 1
            return
        self.gone.pop(channel, None)
        if channel.startswith(TAP):
            self.started.note(channel)
            return
        entered = ev.LegEntered if message.args[:1] == (LEG,) else ev.CallerEntered
        yield entered(at=at, channel=snapshot(message.channel, self._application, message.args))

    @_translate.register
    def _(self, message: wire.StasisEnd) -> Iterator[ev.AnySwitchEvent]:
        at, channel = instant(message.timestamp), message.channel.id
        if (
            self.reported.pop(channel, None) is not None
            or channel in self._causes
            or channel.startswith(TAP)
            or channel in self.gone
        ):
            yield from self.ended(channel, at)
        elif message.channel.name.startswith("Snoop/"):  # ends with what it hears, without being asked to
            yield from self.ended(channel, at, ev.Cause.NORMAL)
        else:
            yield ev.ChannelContinued(at=at, channel=channel)

    def _reported(self, message: wire.StasisStart, at: Instant) -> Iterator[ev.LegReported]:
        channel = message.channel
        serves, report = read_report(message.args[1:], channel.name)
        self.reported.note(channel.id, at)
        if serves:
            self.gone.note(channel.id, at)  # nobody knows it: its end is nobody's either
        variables = {name: value for name, value in channel.channelvars.items() if value}
        yield ev.LegReported(
            at=at,
            channel=channel.id,
            serves=serves,
            technology=channel.name,
            created=instant(channel.creationtime),
            variables=variables,
            report=report,
        )

    @_translate.register
    def _(self, message: wire.ChannelDestroyed) -> Iterator[ev.AnySwitchEvent]:
        yield from self.ended(message.channel.id, instant(message.timestamp), message.cause)

    @_translate.register
    def _(self, message: wire.ChannelHangupRequest) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            plain = message.cause == _ASKED_BY_US or (not message.cause and message.channel.state == "Up")
            cause = ev.Cause.NORMAL if plain else message.cause
            self._causes.setdefault(message.channel.id, cause)
        yield from ()

    @_translate.register
    def _(self, message: wire.ChannelStateChange) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            state = _STATES.get(message.channel.state, ev.ChannelState.OTHER)
            yield ev.ChannelStateChanged(at=instant(message.timestamp), channel=message.channel.id, state=state)

    @_translate.register
    def _(self, message: wire.Dial) -> Iterator[ev.AnySwitchEvent]:
        outcome = _OUTCOMES.get(message.dialstatus)
        if outcome is not None and not self._late(message.peer.id):
            self._dialled[message.peer.id] = outcome
            yield ev.DialEnded(at=instant(message.timestamp), channel=message.peer.id, outcome=outcome)

    @_translate.register
    def _(self, message: wire.ChannelDtmfReceived) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            at = instant(message.timestamp)
            yield ev.DigitReceived(
                at=at, channel=message.channel.id, digit=message.digit, duration_ms=message.duration_ms
            )

    @_translate.register
    def _(self, message: wire.ChannelHold) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            yield ev.HoldPressed(at=instant(message.timestamp), channel=message.channel.id)

    @_translate.register
    def _(self, message: wire.ChannelUnhold) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            yield ev.HoldReleased(at=instant(message.timestamp), channel=message.channel.id)

    @_translate.register
    def _(self, message: wire.ChannelTalkingStarted) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            yield ev.TalkingStarted(at=instant(message.timestamp), channel=message.channel.id)

    @_translate.register
    def _(self, message: wire.ChannelTalkingFinished) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            at = instant(message.timestamp)
            yield ev.TalkingFinished(at=at, channel=message.channel.id, duration_ms=message.duration)

    @_translate.register
    def _(self, message: wire.ChannelEnteredBridge) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            at = instant(message.timestamp)
            yield ev.ChannelEnteredBridge(at=at, bridge=message.bridge.id, channel=message.channel.id)

    @_translate.register
    def _(self, message: wire.ChannelLeftBridge) -> Iterator[ev.AnySwitchEvent]:
        if not self._late(message.channel.id):
            at = instant(message.timestamp)
            yield ev.ChannelLeftBridge(at=at, bridge=message.bridge.id, channel=message.channel.id)

    @_translate.register
    def _(self, message: wire.PlaybackFinished) -> Iterator[ev.AnySwitchEvent]:
        playback = message.playback
        at = instant(message.timestamp)
        yield ev.PlaybackFinished(at=at, playback=playback.id, failed=playback.state == "failed")

    @_translate.register
    def _(self, message: wire.RecordingStarted) -> Iterator[ev.AnySwitchEvent]:
        self.started.note(message.recording.name)
        yield from ()

    @_translate.register
    def _(self, message: wire.RecordingFinished) -> Iterator[ev.AnySwitchEvent]:
        yield self._recorded(message.recording, instant(message.timestamp), failed=False)

    @_translate.register
    def _(self, message: wire.RecordingFailed) -> Iterator[ev.AnySwitchEvent]:
        yield self._recorded(message.recording, instant(message.timestamp), failed=True)

    def _recorded(self, recording: wire.RecordingJson, at: Instant, *, failed: bool) -> ev.RecordingFinished:
        self.started.note(recording.name)
        name, _, ending = recording.name.rpartition(".")
        known = bool(name) and ending in ev.Track
        return ev.RecordingFinished(
            at=at,
            recording=name if known else recording.name,
            track=ev.Track(ending) if known else ev.Track.MESSAGE,
            file=recording.name,
            duration_s=recording.duration,
            failed=failed,
        )
