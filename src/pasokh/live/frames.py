"""The words of the socket: what clients may say, and how the server's frames are written. See docs/live-protocol.md."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

LARGEST_FRAME = 16 * 1024

type FrameId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,64}$")]
type Cursor = Annotated[str, Meta(max_length=80)]


class Hello(msgspec.Struct, frozen=True, tag="hello", forbid_unknown_fields=True):
    """First frame: who, and what to follow from where."""

    token: Annotated[str, Meta(max_length=4_096)]
    topics: Annotated[
        dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=80)] | None], Meta(max_length=8)
    ]
    language: Annotated[str, Meta(max_length=16)] = ""


class Do(msgspec.Struct, frozen=True, tag="do", forbid_unknown_fields=True):
    """A command of the core."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,64}$")]
    command: dict[str, object]


class Renew(msgspec.Struct, frozen=True, tag="renew", forbid_unknown_fields=True):
    """A fresh token of the same person."""

    token: Annotated[str, Meta(max_length=4_096)]


class Typing(msgspec.Struct, frozen=True, tag="typing", forbid_unknown_fields=True):
    """Writing in an interaction, or (`on` false) no longer; say it again every few seconds while it lasts."""

    interaction: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,80}$")]
    on: bool = True


class Ping(msgspec.Struct, frozen=True, tag="ping", forbid_unknown_fields=True):
    """Still here."""


type ClientFrame = Hello | Do | Renew | Typing | Ping

_decoder: msgspec.json.Decoder[Hello | Do | Renew | Typing | Ping] = msgspec.json.Decoder(
    Hello | Do | Renew | Typing | Ping
)


def read_frame(text: str) -> ClientFrame:
    """A client's frame; raises `frame.too_large` or `frame.malformed` with what is wrong."""
    if len(text) > LARGEST_FRAME:
        raise PasokhError("frame.too_large", most=LARGEST_FRAME)
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise PasokhError("frame.malformed", why="not Unicode text") from error
    if len(data) > LARGEST_FRAME:
        raise PasokhError("frame.too_large", most=LARGEST_FRAME)
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise PasokhError("frame.malformed", why=str(error)[:200]) from error


def snapshot_frame(topic: str, cursor: str, keys: Mapping[str, msgspec.Raw]) -> str:
    """Replace what you hold."""
    return _text({"type": "snapshot", "topic": topic, "cursor": cursor, "keys": keys})


def patch_frame(topic: str, cursor: str, changed: Mapping[str, msgspec.Raw], gone: Sequence[str]) -> str:
    """Merge into what you hold."""
    return _text({"type": "patch", "topic": topic, "cursor": cursor, "set": changed, "del": gone})


def welcome_frame(now: Instant, expires_at: Instant) -> str:
    """The hello was good."""
    return _text({"type": "welcome", "now": now, "expires_at": expires_at})


def renewed_frame(expires_at: Instant) -> str:
    """The socket lives on until then."""
    return _text({"type": "renewed", "expires_at": expires_at})


def pong_frame(now: Instant) -> str:
    """Still here, too."""
    return _text({"type": "pong", "now": now})


def typing_frame(interaction: str, who: str, name: str, until: Instant) -> str:
    """Somebody else writes there until `until`, unless said again; 0 = stopped."""
    return _text({"type": "typing", "interaction": interaction, "who": who, "name": name, "until": until})


def hint_frame(what: str) -> str:
    """There is something new to fetch."""
    return _text({"type": "hint", "what": what})


def answer_frame(frame: str, error: Mapping[str, object] | None) -> str:
    """What became of a `do`."""
    if error is None:
        return _text({"type": "answer", "id": frame, "ok": True})
    return _text({"type": "answer", "id": frame, "ok": False, "error": error})


def error_frame(error: Mapping[str, object]) -> str:
    """Why the socket closes."""
    return _text({"type": "error", **error})


def _text(frame: object) -> str:
    return msgspec.json.encode(frame).decode()
