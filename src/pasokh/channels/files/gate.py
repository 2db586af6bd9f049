"""Stands before the office's `/files/`: answers preflights, and refuses uploads before their body is read."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

from pasokh.channels.files.ports import LARGEST
from pasokh.channels.webchat.ports import VisitorTokens, WidgetProvider
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Message, Receive, Send], Awaitable[None]]
type Words = Callable[[str, Mapping[str, object], str], str]

PREFIX = "/files/v1/"
UPLOAD = "/files/v1/upload"
ENVELOPE = 64 * 1024
"""What a form may weigh around its file."""
_STATUS = {"file.too_large": 413, "chat.origin": 403, "sign_in.required": 401, "store.unavailable": 503}


class FileGate:
    """An ASGI application around the office's. Everything but `/files/v1/` passes untouched."""

    def __init__(
        self,
        office: App,
        widgets: WidgetProvider,
        tokens: VisitorTokens,
        *,
        clock: Callable[[], Instant],
        words: Words = lambda code, _params, _language: code,
    ) -> None:
        self._office, self._widgets, self._tokens = office, widgets, tokens
        self._clock, self._words = clock, words

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, or hand it on with a bounded body."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._office(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin, allowed = headers.get("origin", ""), ""
        try:
            if scope["method"] == "OPTIONS":
                await self._check_any_widget(origin)
                await _answer(send, 204, b"", origin, preflight=True)
                return
            allowed = self._allowed(headers, origin)
            if scope["path"] == UPLOAD:
                self._check_upload(headers)
        except PasokhError as error:
            status = 401 if error.code.startswith("token.") else _STATUS[error.code]
            params = {name: str(value) for name, value in error.params.items() if name != "field"}
            message = self._words(error.code, error.params, headers.get("accept-language", "")[:2])
            said = {"code": error.code, "field": "file", "params": params, "message": message}
            await _answer(send, status, msgspec.json.encode({"error": said}), allowed)
            return
        await self._office(scope, _bounded(receive), send)

    async def _check_any_widget(self, origin: str) -> None:
        if not await self._widgets.allows(origin):
            raise PasokhError("chat.origin", origin=origin[:200])

    def _allowed(self, headers: Mapping[str, str], origin: str) -> str:
        """The origin that may read the answer; a bad token is refused here, before anything is read."""
        authorization = headers.get("authorization", "")
        if not authorization.lower().startswith("bearer "):
            return ""
        claims = self._tokens.verify(authorization[7:].strip(), self._clock())
        return origin if origin == claims.origin else ""

    def _check_upload(self, headers: Mapping[str, str]) -> None:
        if "authorization" not in headers and "pasokh_session=" not in headers.get("cookie", ""):
            raise PasokhError("sign_in.required")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > LARGEST + ENVELOPE:
            raise PasokhError("file.too_large", field="file", most=LARGEST >> 20)


def _bounded(receive: Receive) -> Receive:
    """A body without a length ends for the office where a file must: it sees a client that went away."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > LARGEST + ENVELOPE else message

    return bounded


async def _answer(send: Send, status: int, payload: bytes, origin: str, *, preflight: bool = False) -> None:
    headers = [(b"vary", b"Origin"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
    if preflight:
        headers += [
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", b"authorization, content-type"),
            (b"access-control-max-age", b"600"),
        ]
    else:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(payload)).encode())]
        headers.append((b"connection", b"close"))  # the rest of the body is not read
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})
