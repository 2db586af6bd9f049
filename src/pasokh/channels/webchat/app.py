"""The web chat's HTTP calls: a bare ASGI application for `/chat/v1/…`. See docs/live-protocol.md."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from pasokh.channels.pace import Paces
from pasokh.channels.ports import Arrival, Opened
from pasokh.channels.reception import Reception
from pasokh.channels.text import clean_line, clean_message
from pasokh.channels.webchat.ports import Contacts, VisitorTokens, Widget, WidgetProvider
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Words = Callable[[str, Mapping[str, object], str], str]

LARGEST_BODY = 32 * 1024
SOCKET = "/live/socket"
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


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `/chat/v1/start`."""

    key: Annotated[str, Meta(min_length=1, max_length=80)]
    start: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_\-]{20,64}$")]
    language: Annotated[str, Meta(max_length=16)] = ""
    name: Annotated[str, Meta(max_length=200)] = ""
    subject: Annotated[str, Meta(max_length=200)] = ""
    text: Annotated[str, Meta(max_length=16_000)] = ""
    message: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,80}$")] | None = None


class Resume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `/chat/v1/resume`."""

    token: Annotated[str, Meta(max_length=4_096)]


class WebChat:
    """Opens and resumes visitors' contacts. Everything else a visitor does goes through the live socket.

    Answers carry CORS headers for exactly the origin that was allowed; `starts` and `resumes` limit each address.
    """

    def __init__(
        self,
        reception: Reception,
        widgets: WidgetProvider,
        tokens: VisitorTokens,
        contacts: Contacts,
        *,
        clock: Callable[[], Instant],
        words: Words = lambda code, _params, _language: code,
        starts: Paces | None = None,
        resumes: Paces | None = None,
    ) -> None:
        self._reception, self._widgets, self._tokens, self._contacts = reception, widgets, tokens, contacts
        self._clock, self._words = clock, words
        self._starts = starts or Paces(rate=1, burst=60)
        self._resumes = resumes or Paces(rate=2, burst=120)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        origin = _header(scope, b"origin")
        allowed = [""]  # set by the handlers as soon as the origin is known to be good
        language = [_header(scope, b"accept-language")[:2]]
        retry = 0.0
        try:
            if scope["method"] == "OPTIONS":
                await self._check_any_widget(origin)
                await _answer(send, 204, b"", origin, preflight=True)
                return
            body = await self._route(scope, receive, origin, allowed, language)
            status, payload = 200, msgspec.json.encode(body)
        except PasokhError as error:
            status = _status(error.code)
            retry = float(str(error.params.get("seconds", 0)))
            params = {name: str(value) for name, value in error.params.items()}
            message = self._words(error.code, error.params, language[0])
            payload = msgspec.json.encode({"error": {"code": error.code, "params": params, "message": message}})
        await _answer(send, status, payload, allowed[0], retry=retry)

    async def _check_any_widget(self, origin: str) -> None:
        if not await self._widgets.allows(origin):
            raise PasokhError("chat.origin", origin=origin[:200])

    async def _route(
        self, scope: Message, receive: Receive, origin: str, allowed: list[str], language: list[str]
    ) -> Mapping[str, object]:
        handlers = {"/chat/v1/start": self._start, "/chat/v1/resume": self._resume}
        handler = handlers.get(scope["path"])
        if handler is None:
            raise PasokhError("chat.no_such_page")
        if scope["method"] != "POST":
            raise PasokhError("chat.method", method=scope["method"])
        data = await _body(receive)
        return await handler(data, origin, _address(scope), allowed, language)

    async def _start(
        self, data: bytes, origin: str, address: str, allowed: list[str], language: list[str]
    ) -> Mapping[str, object]:
        start = _decode(data, Start)
        widget = await self._widgets.widget(start.key)
        if widget is None:
            raise PasokhError("chat.widget_unknown", field="key")
        if origin not in widget.origins:
            raise PasokhError("chat.origin", origin=origin[:200])
        allowed[0] = origin
        _slow_down(self._starts, address)
        language[0] = spoken = _language(start.language, widget)
        text = clean_message(start.text) if start.text else ""
        if text and start.message is None:
            raise PasokhError("chat.malformed", why="`message` is needed with `text`")
        opened = await self._reception.open(
            Arrival(
                org=widget.org,
                queue=widget.queue,
                start=f"{widget.key}\0{start.start}",
                customer_name=clean_line(start.name, 200),
                language=spoken,
                subject=clean_line(start.subject, 200),
            )
        )
        posted = await self._post_first(opened, start.message, text)
        return {**self._pass(opened.org, opened.contact, origin), "interaction": opened.interaction, "posted": posted}

    async def _post_first(self, opened: Opened, message: str | None, text: str) -> bool:
        """Post the first message; False when there is none, or the contact was closed at the door."""
        if not text or message is None:
            return False
        try:
            await self._reception.say(opened, message, text)
        except PasokhError as error:
            if error.code == "interaction.closed":
                return False
            raise
        return True

    async def _resume(
        self, data: bytes, origin: str, address: str, allowed: list[str], _language_of: list[str]
    ) -> Mapping[str, object]:
        claims = self._tokens.verify(_decode(data, Resume).token, self._clock())
        if claims.contact is None:
            raise PasokhError("token.wrong_kind")
        if origin != claims.origin:
            raise PasokhError("chat.origin", origin=origin[:200])
        allowed[0] = origin
        _slow_down(self._resumes, address)
        contact = await self._contacts.visitor_contact(claims.org, claims.contact)
        if contact is None:
            raise PasokhError("chat.contact_unknown")
        stands = {name: contact[name] for name in ("interaction", "closed", "reason")}
        return {**self._pass(claims.org, claims.contact, origin), **stands}

    def _pass(self, org: str, contact: str, origin: str) -> dict[str, object]:
        token, expires_at = self._tokens.visitor(org=org, contact=contact, origin=origin, now=self._clock())
        return {"token": token, "expires_at": expires_at, "contact": contact, "socket": SOCKET}


def _decode[T](data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise PasokhError("chat.malformed", why=str(error)[:200]) from error


def _slow_down(paces: Paces, address: str) -> None:
    wait = paces.take(address, asyncio.get_running_loop().time())
    if wait:
        raise PasokhError("chat.too_many", seconds=round(wait, 3))


def _language(asked: str, widget: Widget) -> str:
    short = asked[:2].lower()
    return short if short in widget.languages else widget.languages[0]


def _status(code: str) -> int:
    if code in _STATUS:
        return _STATUS[code]
    return {"token": 401, "chat": 400, "message": 400}.get(code.partition(".")[0], 409)


def _address(scope: Message) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _header(scope: Message, name: bytes) -> str:
    values: list[str] = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return values[-1] if values else ""


async def _body(receive: Receive) -> bytes:
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


async def _answer(
    send: Send, status: int, payload: bytes, origin: str, *, preflight: bool = False, retry: float = 0.0
) -> None:
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
