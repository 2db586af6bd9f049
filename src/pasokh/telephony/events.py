"""What a switch tells: small facts about channels, bridges, playbacks and recordings, keyed by their ids.

Order holds within one channel, nowhere else. Every fact may come while nobody listens and is then never told: whoever
connects lists channels and bridges, and only then works through what came meanwhile.
"""

from enum import StrEnum

import msgspec

from pasokh.kernel.time import Instant, Millis


class ChannelState(StrEnum):
    """How far a channel is."""

    DOWN = "down"
    CALLING = "calling"
    """Its phone called us and waits for the answer (Asterisk's "Ring")."""
    RINGING = "ringing"
    """We call its phone, which rings."""
    UP = "up"
    OTHER = "other"


class DialOutcome(StrEnum):
    """How calling a phone ended (Asterisk's DIALSTATUS)."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    """Nobody took it in time, or it was declined: `ChannelGone.cause` tells which."""
    CANCELLED = "cancelled"
    CONGESTED = "congested"
    UNREACHABLE = "unreachable"


class Track(StrEnum):
    """Which side of a talk a recorded file holds."""

    FROM = "from"
    """What the channel's phone said."""
    TO = "to"
    """What it heard of the others."""
    MESSAGE = "message"
    """What somebody left for later."""


class Cause:
    """Causes of Q.850 the core tells apart."""

    UNKNOWN = 0
    UNASSIGNED = 1
    NORMAL = 16
    BUSY = 17
    NO_ANSWER = 19
    REJECTED = 21
    CONGESTION = 34
    NETWORK_OUT_OF_ORDER = 38


class ChannelSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A channel as the switch sees it now."""

    id: str
    technology: str
    """How its phone is reached: ``PJSIP/desk-00000001``."""
    state: ChannelState
    caller_number: str
    """As the other side gave it: never trusted, never dialled unchecked."""
    caller_name: str
    created: Instant
    variables: dict[str, str]
    """The ones the configuration lets ride along, set ones only."""
    in_application: bool
    """Whether it takes orders now; a leg that still rings, or a caller held by the dialplan, does not."""
    args: tuple[str, ...]
    """What it came into the application with."""


class BridgeSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A bridge of ours as the switch sees it now."""

    id: str
    channels: tuple[str, ...]


class SwitchEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact; `at` is the switch's clock."""

    at: Instant


class CallerEntered(SwitchEvent, frozen=True, kw_only=True, tag="caller.entered"):
    """A call came in through the dialplan; again after the dialplan held it while nobody was there."""

    channel: ChannelSnapshot


class LegEntered(SwitchEvent, frozen=True, kw_only=True, tag="leg.entered"):
    """A leg of ours was answered, or a listening channel is there, and takes orders."""

    channel: ChannelSnapshot


class ChannelStateChanged(SwitchEvent, frozen=True, kw_only=True, tag="channel.state"):
    """It rings, or was answered."""

    channel: str
    state: ChannelState


class DialEnded(SwitchEvent, frozen=True, kw_only=True, tag="dial.ended"):
    """Calling the leg's phone is over."""

    channel: str
    outcome: DialOutcome


class ChannelContinued(SwitchEvent, frozen=True, kw_only=True, tag="channel.continued"):
    """It left the application and goes on in the dialplan; it may enter again, and its end is still told."""

    channel: str


class ChannelGone(SwitchEvent, frozen=True, kw_only=True, tag="channel.gone"):
    """It is hung up. Told once for a channel; nothing about it follows but `LegReported`."""

    channel: str
    cause: int
    """Of Q.850, see `Cause`."""
    lost: bool = False
    """Nobody hung up: the switch that had it died, or is out of reach."""


class MediaReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg's sound travelled, complete at its end. The far side's view is there only where it sends RTCP."""

    codec: str = ""
    received: int = 0
    """Packets that came from the phone."""
    sent: int = 0
    received_lost: int = 0
    """Known up to the latest RTCP interval."""
    sent_lost: int = 0
    received_jitter_ms: float = 0.0
    sent_jitter_ms: float = 0.0
    round_trip_ms: float = 0.0
    heard: bool = False
    """Whether the far side told its view at all."""
    here: str = ""
    """Address and port of ours."""
    there: str = ""
    """Address and port where the sound went."""
    sip_call_id: str = ""
    """By which a carrier finds the call in its own records."""
    sip_answer: str = ""
    """The far side's last answer to our call, such as ``SIP 486 Busy Here``."""
    by_phone: bool = False
    """Whether the phone's own side hung up."""
    cause: int = 0


class LegReported(SwitchEvent, frozen=True, kw_only=True, tag="leg.reported"):
    """How a leg's sound travelled. Comes once, about when the leg ends: before `ChannelGone` or after it."""

    channel: str
    serves: str = ""
    """The leg of ours whose outside half it is; empty for a leg of ours itself."""
    technology: str
    created: Instant = 0
    variables: dict[str, str] = {}
    """As in `ChannelSnapshot`."""
    report: MediaReport


class DigitReceived(SwitchEvent, frozen=True, kw_only=True, tag="digit.received"):
    """A key of the channel's phone was pressed and let go."""

    channel: str
    digit: str
    duration_ms: Millis


class HoldPressed(SwitchEvent, frozen=True, kw_only=True, tag="hold.pressed"):
    """The phone itself put the talk on hold."""

    channel: str


class HoldReleased(SwitchEvent, frozen=True, kw_only=True, tag="hold.released"):
    """The phone itself took it up again."""

    channel: str


class TalkingStarted(SwitchEvent, frozen=True, kw_only=True, tag="talking.started"):
    """Somebody speaks into a phone that `detect_talking` watches."""

    channel: str


class TalkingFinished(SwitchEvent, frozen=True, kw_only=True, tag="talking.finished"):
    """And stopped, after so long."""

    channel: str
    duration_ms: Millis


class ChannelEnteredBridge(SwitchEvent, frozen=True, kw_only=True, tag="bridge.entered"):
    """It hears the others of a bridge."""

    bridge: str
    channel: str


class ChannelLeftBridge(SwitchEvent, frozen=True, kw_only=True, tag="bridge.left"):
    """And does not any more."""

    bridge: str
    channel: str


class PlaybackFinished(SwitchEvent, frozen=True, kw_only=True, tag="playback.finished"):
    """Heard to the end, stopped, or cut off by the channel's end."""

    playback: str
    failed: bool
    """No such sound."""


class RecordingFinished(SwitchEvent, frozen=True, kw_only=True, tag="recording.finished"):
    """One file of a recording is complete, or (`failed`) will never be."""

    recording: str
    track: Track
    file: str
    """Under the switch's folder of recordings, without its ending."""
    duration_s: int
    failed: bool


class Lost(SwitchEvent, frozen=True, kw_only=True, tag="switch.lost"):
    """The last event of a connection that broke: connect again, list, reconcile."""

    reason: str


class Replaced(SwitchEvent, frozen=True, kw_only=True, tag="switch.replaced"):
    """The last event ever: somebody else acts for this application now, and this one must not."""


type AnySwitchEvent = (
    CallerEntered
    | LegEntered
    | ChannelStateChanged
    | DialEnded
    | ChannelContinued
    | ChannelGone
    | LegReported
    | DigitReceived
    | HoldPressed
    | HoldReleased
    | TalkingStarted
    | TalkingFinished
    | ChannelEnteredBridge
    | ChannelLeftBridge
    | PlaybackFinished
    | RecordingFinished
    | Lost
    | Replaced
)
