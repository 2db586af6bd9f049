"""HTTP for the web chat, bare: reading bodies and headers, answering with exact CORS."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

from pasokh.kernel.errors import PasokhError

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 32 * 1024
_STATUS = {
    "chat.origin": 403,
    "chat.widget_unknown": 404,
    "chat.no_such_page": 404,
    "chat.contact_unknown": 404,
    "chat.method": 405,
    "chat.too_large": 413,
    "chat.too_many": 429,
    "command.unanswered": 503,
    "live.not_ready": 503,
    "store.unavailable": 503,
}
_BY_AREA = {"token": 401, "visitor": 401, "chat": 400, "message": 400, "mail": 400}


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return _STATUS.get(code) or _BY_AREA.get(code.partition(".")[0], 409)


def decode[T](data: bytes, kind: type[T]) -> T:
    """A body as what it must be; `chat.malformed` says which field is not."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise PasokhError("chat.malformed", why=str(error)[:200]) from error


def address_of(scope: Message) -> str:
    """Where a request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def header(scope: Message, name: bytes) -> str:
    """A header's value, the last one given; empty when absent."""
    values: list[str] = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return values[-1] if values else ""


async def body_of(receive: Receive) -> bytes:
    """The whole body; `chat.too_large`, `chat.malformed` when the sender went."""
    data = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise PasokhError("chat.malformed", why="incomplete body")
        data += message.get("body", b"")
        if len(data) > LARGEST_BODY:
            raise PasokhError("chat.too_large", most=LARGEST_BODY)
        if not message.get("more_body", False):
            return bytes(data)


def refusal(error: PasokhError, words: Callable[[str, Mapping[str, object], str], str], language: str) -> bytes:
    """An error as the body of an answer."""
    params = {name: str(value) for name, value in error.params.items()}
    message = words(error.code, error.params, language)
    return msgspec.json.encode({"error": {"code": error.code, "params": params, "message": message}})


async def answer(
    send: Send, status: int, payload: bytes, origin: str, *, preflight: bool = False, retry: float = 0.0
) -> None:
    """Send a whole answer; readable for exactly `origin` (empty = for no other page)."""
    headers = [(b"vary", b"Origin"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
    if preflight:
        headers += [
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", b"content-type"),
            (b"access-control-max-age", b"600"),
        ]
    elif payload:
        headers.append((b"content-type", b"application/json"))
    if status != 204:
        headers.append((b"content-length", str(len(payload)).encode()))
    if retry:
        headers.append((b"retry-after", str(int(retry) + 1).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})
