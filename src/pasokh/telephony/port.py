"""What the core may ask of a telephone switch; Asterisk over ARI and the one in memory pass one conformance suite.

Who connects last with an application's name acts for it; everybody else gets `Replaced` and is refused from then on.

Every operation may be repeated: ids of channels, bridges, playbacks and recordings are the caller's own, what is
already so stays so, and ending what has ended is fine. An operation raises

* `SwitchRefusedError` when it can never succeed: the channel is gone, the endpoint unknown;
* `SwitchUnavailableError` when it may succeed later. It may have been done: repeat it;
* `SwitchReplacedError` when this side must stop acting.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from pasokh.acd.effects import EffectRefusedError
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.telephony.events import AnySwitchEvent, BridgeSnapshot, ChannelSnapshot


class SwitchRefusedError(EffectRefusedError):
    """It can never succeed."""


class SwitchUnavailableError(PasokhError):
    """It was not done, or nobody knows: repeat it."""


class SwitchReplacedError(PasokhError):
    """Another process acts for this application."""


class BridgeKind(StrEnum):
    """What a bridge does with its channels."""

    MIXING = "mixing"
    """Everybody hears everybody."""
    HOLDING = "holding"
    """Nobody hears anybody: all hear the bridge's music."""


class Sides(StrEnum):
    """What the phone says (in), what it hears (out), or both."""

    NONE = "none"
    IN = "in"
    OUT = "out"
    BOTH = "both"


class Originate(msgspec.Struct, frozen=True, kw_only=True):
    """A phone to be called."""

    channel: str
    """The leg's id. An id that was ever called is not called again, as far as this side's life goes back; after a
    takeover the owner lists first."""
    endpoint: str
    """Made from validated models, never from input: ``PJSIP/agent7``, ``PJSIP/98…@trunk``."""
    variables: Mapping[str, str]
    """Set before it rings: who it belongs to survives any crash."""
    headers: tuple[tuple[str, str], ...] = ()
    """Said to a SIP phone with the call."""
    caller_number: str = ""
    caller_name: str = ""
    timeout_s: int
    args: tuple[str, ...] = ()
    """What it enters the application with."""
    originator: str = ""
    """The channel this leg is for: its codecs are preferred, and the call records link the two."""


class MessageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """When a message that somebody leaves is over."""

    longest_s: int
    silence_s: int
    ends_on: str = "#"
    """A key that ends it; empty for none."""
    beep: bool = True


class RtpStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """How a channel's sound travels, by RTCP."""

    received: int
    sent: int
    received_lost: int
    sent_lost: int
    jitter_ms: float
    """Of what was received."""
    round_trip_ms: float


class Switch(Protocol):
    """One switch, for one application."""

    @property
    def node(self) -> str:
        """Names the switch: an interaction knows where its channels are."""

    def node_of(self, channel: str) -> str:
        """The node a channel lives on; empty where nobody knows."""

    # -- the connection ------------------------------------------------------------------------------------------------
    async def connect(self) -> None:
        """Begin to act; events are kept from now on. What carries our organisation's name tells its end from now on.

        Raises `SwitchUnavailableError`, and `SwitchReplacedError` for one that was replaced before.
        """

    def events(self) -> AsyncIterator[AnySwitchEvent]:
        """What happened since `connect`, then what happens; ends after `Lost` or `Replaced`, or with `close`.

        One consumer a connection. One that lets too much pile up gets `Lost`.
        """

    async def close(self) -> None:
        """Stop acting; calls go on."""

    # -- what is there -------------------------------------------------------------------------------------------------
    async def running_since(self) -> Instant:
        """When it was started: after another answer than before, nothing of what was there before is."""

    async def channels(self) -> list[ChannelSnapshot]:
        """Ours: in the application, or carrying the organisation's name. Recordings' own channels are not told."""

    async def bridges(self) -> list[BridgeSnapshot]:
        """Ours."""

    # -- a channel -----------------------------------------------------------------------------------------------------
    async def originate(self, leg: Originate) -> bool:
        """Call a phone: `LegEntered` when it answers, `ChannelGone` when not. False: it was called, and is gone."""

    async def ring(self, channel: str) -> None:
        """Let an unanswered caller hear ringing."""

    async def answer(self, channel: str) -> None:
        """Take the call."""

    async def hang_up(self, channel: str, cause: int) -> None:
        """End it, with a cause of Q.850 that the phone may be told."""

    async def continue_in_dialplan(self, channel: str, context: str, extension: str) -> None:
        """Let the dialplan go on with it: `ChannelContinued`. Nothing happens to one the dialplan already has."""

    async def redirect(self, channel: str, endpoint: str) -> None:
        """Let the phone's own side call elsewhere (SIP 302 or REFER); the channel is gone then."""

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """A fact that rides on the channel; refused where the application does not have it, as for a leg that rings."""

    async def set_variables(self, channel: str, variables: Mapping[str, str]) -> None:
        """Several facts at once: all of them or, where it is refused, none."""

    async def send_dtmf(self, channel: str, digits: str, key: str) -> None:
        """Press keys towards the phone, at most once for a `key`; the latest key is remembered on the channel."""

    async def mute(self, channel: str, sides: Sides) -> None:
        """Stop what the phone says, or hears; further sides add up."""

    async def unmute(self, channel: str, sides: Sides) -> None:
        """Let it pass again."""

    async def detect_talking(self, channel: str, *, on: bool) -> None:
        """Tell `TalkingStarted` and `TalkingFinished`, or do not any more."""

    async def statistics(self, channel: str) -> RtpStatistics | None:
        """How its sound travels; None where there is none to measure, or no channel."""

    # -- sound ---------------------------------------------------------------------------------------------------------
    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play sounds one after the other: `PlaybackFinished` ends it. Further playbacks of a channel queue up."""

    async def play_to_bridge(self, bridge: str, playback: str, media: Sequence[str]) -> None:
        """The same to everybody in a bridge."""

    async def stop_playback(self, playback: str) -> None:
        """Stop it, queued or under way."""

    async def start_music(self, channel: str, music: str) -> None:
        """Play music of a class until stopped. Stop it before bridging: it would go on beside the talk."""

    async def stop_music(self, channel: str) -> None:
        """Silence."""

    # -- bridges -------------------------------------------------------------------------------------------------------
    async def create_bridge(self, bridge: str, kind: BridgeKind = BridgeKind.MIXING) -> None:
        """An empty one."""

    async def add(self, bridge: str, channels: Sequence[str]) -> None:
        """Join them; who is in stays in undisturbed, who is in another leaves that."""

    async def remove(self, bridge: str, channels: Sequence[str]) -> None:
        """Let them out; they stay in the application."""

    async def destroy_bridge(self, bridge: str) -> None:
        """End it; its channels stay."""

    async def hold(self, bridge: str, channel: str, music: str) -> None:
        """Out of the bridge, with music: hears nobody and is heard by nobody, whatever dies meanwhile."""

    async def unhold(self, bridge: str, channel: str) -> None:
        """Back into the talk."""

    async def snoop(self, channel: str, snoop: str, spy: Sides, whisper: Sides, args: Sequence[str] = ()) -> None:
        """A channel `snoop` that hears `channel` and speaks into it: `LegEntered`.

        A supervisor's leg in a bridge with it listens (`whisper` none) or whispers (out: only that phone hears it);
        to barge in, the leg joins the talk's own bridge.
        """

    # -- recordings ----------------------------------------------------------------------------------------------------
    async def record_call(self, channel: str, recording: str) -> None:
        """Record both sides of a channel, each in a file (`Track.FROM`, `Track.TO`), whatever bridges it is in.

        Goes on until stopped or hung up: in the dialplan, and while nobody is connected.
        """

    async def record_message(self, channel: str, recording: str, limits: MessageLimits) -> None:
        """Record what a phone says, in one file (`Track.MESSAGE`); it fails in a bridge, told by its end."""

    async def pause_recording(self, recording: str) -> None:
        """Write silence instead, so that times stay true; lasts until resumed, whatever dies meanwhile.

        When it returns, nothing more of a recording that was begun is written; one that still waits behind a prompt is
        waited for.
        """

    async def resume_recording(self, recording: str) -> None:
        """Write sound again."""

    async def stop_recording(self, recording: str) -> None:
        """Complete its files: `RecordingFinished`."""
