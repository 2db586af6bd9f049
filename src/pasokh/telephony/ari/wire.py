"""Frames of ARI's websocket: what is understood becomes a message, everything else is counted and passed over.

Asterisk adds kinds of events and fields with every release, so that unknown ones mean nothing. A frame that is cut
short, no JSON, oddly shaped, far too large for an event, or the very same as one just seen is dropped: what it would
have said comes out by listing.
"""

from collections import OrderedDict
from dataclasses import dataclass

import msgspec

LARGEST_EVENT = 1 << 20
"""Bytes. Real events have some thousand; only answers to listings are long."""
LARGEST_FRAME = 64 << 20
"""Bytes; beyond it the connection is given up."""
REMEMBERED = 512
"""So many latest frames are compared with a new one."""


class CallerJson(msgspec.Struct, frozen=True):
    """Number and name of a side."""

    number: str = ""
    name: str = ""


class DialplanJson(msgspec.Struct, frozen=True):
    """Which application of the dialplan has the channel."""

    app_name: str = ""
    app_data: str = ""


class ChannelJson(msgspec.Struct, frozen=True):
    """A channel's snapshot."""

    id: str
    name: str
    state: str
    creationtime: str = ""
    caller: CallerJson = CallerJson()
    dialplan: DialplanJson = DialplanJson()
    channelvars: dict[str, str] = {}


class BridgeJson(msgspec.Struct, frozen=True):
    """A bridge's snapshot."""

    id: str
    name: str = ""
    channels: tuple[str, ...] = ()


class PlaybackJson(msgspec.Struct, frozen=True):
    """A playback's."""

    id: str
    state: str


class RecordingJson(msgspec.Struct, frozen=True):
    """A recording's."""

    name: str
    duration: int = 0


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    timestamp: str = ""


class StasisStart(Message, frozen=True, kw_only=True):
    """A channel came into the application."""

    channel: ChannelJson
    args: tuple[str, ...] = ()


class StasisEnd(Message, frozen=True, kw_only=True):
    """It left: hung up, or on in the dialplan."""

    channel: ChannelJson


class ChannelDestroyed(Message, frozen=True, kw_only=True):
    """It is no more."""

    channel: ChannelJson
    cause: int = 0


class ChannelHangupRequest(Message, frozen=True, kw_only=True):
    """One of the sides wants it to end."""

    channel: ChannelJson
    cause: int = 0


class ChannelStateChange(Message, frozen=True, kw_only=True):
    """It rings, or was answered."""

    channel: ChannelJson


class ChannelDtmfReceived(Message, frozen=True, kw_only=True):
    """A key."""

    channel: ChannelJson
    digit: str
    duration_ms: int = 0


class ChannelHold(Message, frozen=True, kw_only=True):
    """The phone's hold."""

    channel: ChannelJson


class ChannelUnhold(Message, frozen=True, kw_only=True):
    """And its end."""

    channel: ChannelJson


class ChannelTalkingStarted(Message, frozen=True, kw_only=True):
    """Somebody speaks."""

    channel: ChannelJson


class ChannelTalkingFinished(Message, frozen=True, kw_only=True):
    """And stopped."""

    channel: ChannelJson
    duration: int = 0


class ChannelEnteredBridge(Message, frozen=True, kw_only=True):
    """In."""

    bridge: BridgeJson
    channel: ChannelJson


class ChannelLeftBridge(Message, frozen=True, kw_only=True):
    """Out."""

    bridge: BridgeJson
    channel: ChannelJson


class Dial(Message, frozen=True, kw_only=True):
    """How calling goes."""

    peer: ChannelJson
    dialstatus: str = ""


class PlaybackFinished(Message, frozen=True, kw_only=True):
    """Or stopped, or failed."""

    playback: PlaybackJson


class RecordingStarted(Message, frozen=True, kw_only=True):
    """It takes orders from now on: what was queued before it is over."""

    recording: RecordingJson


class RecordingFinished(Message, frozen=True, kw_only=True):
    """Its file is complete."""

    recording: RecordingJson


class RecordingFailed(Message, frozen=True, kw_only=True):
    """It has none."""

    recording: RecordingJson


class ApplicationReplaced(Message, frozen=True, kw_only=True):
    """Another websocket has this application now."""


class RESTResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request over the websocket."""

    request_id: str
    status_code: int
    message_body: str = ""


EVENTS: tuple[type[Message], ...] = (
    StasisStart,
    StasisEnd,
    ChannelDestroyed,
    ChannelHangupRequest,
    ChannelStateChange,
    ChannelDtmfReceived,
    ChannelHold,
    ChannelUnhold,
    ChannelTalkingStarted,
    ChannelTalkingFinished,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    Dial,
    PlaybackFinished,
    RecordingStarted,
    RecordingFinished,
    RecordingFailed,
    ApplicationReplaced,
)
UNDERSTOOD = frozenset({*(kind.__name__ for kind in EVENTS), RESTResponse.__name__})
"""The names of types in the filter: without `RESTResponse` no request is ever answered, without
`ApplicationReplaced` nobody learns that another acts."""


ANSWERS = frozenset({RESTResponse.__name__})
"""The filter of a link that only takes orders."""


class _Kind(msgspec.Struct, frozen=True):
    type: str


@dataclass(slots=True)
class FrameCounts:
    """What came over the websocket, for metrics."""

    events: int = 0
    responses: int = 0
    orphaned: int = 0
    """Answers nobody waits for any more."""
    unknown: int = 0
    malformed: int = 0
    oversized: int = 0
    duplicated: int = 0
    late: int = 0
    """Events of a channel that is gone."""


class FrameReader:
    """Reads frames one by one."""

    def __init__(self, counts: FrameCounts) -> None:
        self.counts = counts
        self._kind = msgspec.json.Decoder(_Kind)
        self._events = {kind.__name__: msgspec.json.Decoder(kind) for kind in EVENTS}
        self._response = msgspec.json.Decoder(RESTResponse)
        self._seen: OrderedDict[int, None] = OrderedDict()

    def read(self, frame: bytes) -> Message | RESTResponse | None:
        """What it says, or None when it says nothing."""
        try:
            kind = self._kind.decode(frame).type
            if kind == RESTResponse.__name__:
                return self._response.decode(frame)
            return self._event(kind, frame)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.counts.malformed += 1
            return None

    def _event(self, kind: str, frame: bytes) -> Message | None:
        decoder = self._events.get(kind)
        if decoder is None:
            self.counts.unknown += 1
        elif len(frame) > LARGEST_EVENT:
            self.counts.oversized += 1
        elif self._again(frame):
            self.counts.duplicated += 1
        else:
            event = decoder.decode(frame)
            self.counts.events += 1
            return event
        return None

    def _again(self, frame: bytes) -> bool:
        mark = hash(frame)
        if mark in self._seen:
            return True
        self._seen[mark] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False


class _Pair(msgspec.Struct, frozen=True):
    name: str
    value: str


class RESTRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """A request over the websocket."""

    request_id: str
    method: str
    uri: str
    query_strings: list[_Pair] = []
    content_type: str = ""
    message_body: str = ""


_encoder = msgspec.json.Encoder()


def request_frame(request_id: str, method: str, uri: str, query: dict[str, str], body: object = None) -> str:
    """The frame that asks; `uri` is below ``/ari/`` and already quoted."""
    request = RESTRequest(
        request_id=request_id,
        method=method,
        uri=uri,
        query_strings=[_Pair(name, value) for name, value in query.items()],
        content_type="" if body is None else "application/json",
        message_body="" if body is None else _encoder.encode(body).decode(),
    )
    return _encoder.encode(request).decode()
