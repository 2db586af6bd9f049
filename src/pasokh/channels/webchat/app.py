"""The web chat's HTTP calls: a bare ASGI application for `/chat/v1/…`. See docs/live-protocol.md."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

import msgspec

from pasokh.channels.pace import Paces
from pasokh.channels.ports import Arrival, Opened
from pasokh.channels.reception import Reception
from pasokh.channels.text import clean_message
from pasokh.channels.webchat import afterwards, http
from pasokh.channels.webchat.bodies import About, Earlier, History, Leave, Resume, Start, Transcript
from pasokh.channels.webchat.details import Details, read_details, reference
from pasokh.channels.webchat.http import Message, Receive, Send
from pasokh.channels.webchat.ports import (
    AlwaysOpen,
    Contacts,
    HoursProvider,
    NoVisits,
    Post,
    VisitorClaims,
    VisitorTokens,
    Visits,
    Widget,
    WidgetProvider,
)
from pasokh.channels.webchat.visitors import VisitorPasses
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, Instant

type Words = Callable[[str, Mapping[str, object], str], str]

SOCKET = "/live/socket"
LARGEST_FILE = 20 * 2**20
"""The largest attachment (docs/files.md), told to the widget so that it refuses before sending."""

FILES_LIFE = 10 * MINUTE
"""Of a token for the files of an earlier conversation."""


@dataclass(slots=True)
class Call:
    """One request: what came, and what is known of it so far."""

    data: bytes
    query: Mapping[str, list[str]]
    origin: str
    address: str
    language: str
    allowed: str = ""
    """The origin, as soon as it is known to be good."""


class WebChat:
    """Opens and resumes visitors' contacts. Everything else a visitor does goes through the live socket.

    `reception` lets chats in, `letters` messages left outside business hours. Answers carry CORS headers for exactly
    the origin that was allowed; `starts`, `resumes` and `writes` limit each address.
    """

    def __init__(
        self,
        reception: Reception,
        widgets: WidgetProvider,
        tokens: VisitorTokens,
        contacts: Contacts,
        passes: VisitorPasses,
        *,
        clock: Callable[[], Instant],
        words: Words = lambda code, _params, _language: code,
        letters: Reception | None = None,
        hours: HoursProvider | None = None,
        visits: Visits | None = None,
        post: Post | None = None,
        starts: Paces | None = None,
        resumes: Paces | None = None,
        writes: Paces | None = None,
    ) -> None:
        self._reception, self._widgets, self._tokens, self._contacts = reception, widgets, tokens, contacts
        self._passes, self._clock, self._words = passes, clock, words
        self._letters, self._hours, self._visits, self._post = (
            letters,
            hours or AlwaysOpen(),
            visits or NoVisits(),
            post,
        )
        self._starts = starts or Paces(rate=1, burst=60)
        self._resumes = resumes or Paces(rate=2, burst=120)
        self._writes = writes or Paces(rate=1 / 20, burst=12)
        self._handlers: Mapping[tuple[str, str], Callable[[Call], Awaitable[Mapping[str, object]]]] = {
            ("GET", "/chat/v1/config"): self._config,
            ("POST", "/chat/v1/start"): self._start,
            ("POST", "/chat/v1/resume"): self._resume,
            ("POST", "/chat/v1/history"): self._history,
            ("POST", "/chat/v1/earlier"): self._earlier,
            ("POST", "/chat/v1/message"): self._message,
            ("POST", "/chat/v1/transcript"): self._transcript,
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        origin = http.header(scope, b"origin")
        language = http.header(scope, b"accept-language")[:2]
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
        call = Call(b"", query, origin, http.address_of(scope), language)
        retry = 0.0
        try:
            if scope["method"] == "OPTIONS":
                await self._check_any_widget(origin)
                await http.answer(send, 204, b"", origin, preflight=True)
                return
            body = await self._route(scope, receive, call)
            status, payload = 200, msgspec.json.encode(body)
        except PasokhError as error:
            status = http.status_of(error.code)
            retry = float(str(error.params.get("seconds", 0)))
            payload = http.refusal(error, self._words, call.language)
        await http.answer(send, status, payload, call.allowed, retry=retry)

    async def _check_any_widget(self, origin: str) -> None:
        if not await self._widgets.allows(origin):
            raise PasokhError("chat.origin", origin=origin[:200])

    async def _route(self, scope: Message, receive: Receive, call: Call) -> Mapping[str, object]:
        path, method = scope["path"], scope["method"]
        handler = self._handlers.get((method, path))
        if handler is None:
            known = any(path == each for _, each in self._handlers)
            raise PasokhError("chat.method", method=method) if known else PasokhError("chat.no_such_page")
        if method == "POST":
            call.data = await http.body_of(receive)
        return await handler(call)

    # -- before ----------------------------------------------------------------------------------------------------
    async def _config(self, call: Call) -> Mapping[str, object]:
        """How the widget looks and what it offers; nothing of it is secret, yet only the widget's pages read it."""
        (key, *_), (asked, *_) = call.query.get("key", [""]), call.query.get("language", [""])
        widget = await self._known(key)
        if call.origin:  # browsers send none with a same-origin GET
            self._allow(call, widget)
        language, options = _language(asked, widget), widget.options
        stands = await self._hours.standing(widget.org, widget.queue)
        return {
            "title": widget.title.get(language, ""),
            "greeting": options.greeting.get(language, ""),  # type: ignore[call-overload]
            "colour": options.colour,
            "position": options.position,
            "prechat": options.prechat,
            "rating": options.rating,
            "transcript": options.transcript and self._post is not None,
            "attachments": options.attachments,
            "offline_form": options.offline_form and self._letters is not None,
            "languages": options.languages,
            "language": language,
            "open": stands.open,
            "opens_at": stands.opens_at,
            "most_bytes": LARGEST_FILE,
        }

    async def _start(self, call: Call) -> Mapping[str, object]:
        start = http.decode(call.data, Start)
        widget, spoken = await self._begun(call, start)
        _slow_down(self._starts, call.address)
        text = clean_message(start.text) if start.text else ""
        if text and start.message is None:
            raise PasokhError("chat.malformed", why="`message` is needed with `text`")
        details = read_details(start.details, widget.options.prechat)
        visitor = self._visitor(call, widget, start)
        opened = await self._reception.open(_arrival(widget, start, details, visitor, spoken))
        await self._tell(opened, details, spoken)
        posted = await self._post_first(opened, start.message, text)
        return {
            **self._pass(opened.org, opened.contact, call.origin),
            "interaction": opened.interaction,
            "posted": posted,
            "visitor": self._passes.issue(widget.org, call.origin, visitor),
        }

    async def _tell(self, opened: Opened, details: Details, language: str) -> None:
        """Put what the visitor gave besides name and subject where the agent reads it, as the visitor does."""
        labels = {name: self._words(f"chat.label.{name}", {}, language) for name in ("email", "phone", "order")}
        said = reference(details, labels)
        if not said:
            return
        try:
            await self._reception.note(opened, f"{opened.interaction}.given", said)
        except PasokhError as error:
            if error.code != "interaction.closed":
                raise

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

    async def _message(self, call: Call) -> Mapping[str, object]:
        """A message left outside business hours: it waits in the same queue and is answered by e-mail."""
        left = http.decode(call.data, Leave)
        widget, spoken = await self._begun(call, left)
        if self._letters is None or not widget.options.offline_form:
            raise PasokhError("chat.no_messages")
        details = read_details(left.details, widget.options.prechat)
        if not details.email:
            raise PasokhError("chat.field_required", field="email")
        if not left.text.strip():
            raise PasokhError("chat.field_required", field="text")
        text = clean_message(left.text)
        _slow_down(self._writes, call.address)
        visitor = self._visitor(call, widget, left)
        labels = {name: self._words(f"chat.label.{name}", {}, spoken) for name in ("email", "phone", "order")}
        said = reference(msgspec.structs.replace(details, email=""), labels)
        opened = await self._letters.open(_arrival(widget, left, details, visitor, spoken))
        if said:
            await self._letters.note(opened, f"{opened.interaction}.given", said)
        await self._letters.say(opened, f"{opened.interaction}.text", text)
        stands = await self._hours.standing(widget.org, widget.queue)
        return {"kept": True, "address": details.email, "opens_at": stands.opens_at}

    # -- later -----------------------------------------------------------------------------------------------------
    async def _resume(self, call: Call) -> Mapping[str, object]:
        claims = self._claims(call, http.decode(call.data, Resume).token)
        _slow_down(self._resumes, call.address)
        contact = await self._contacts.visitor_contact(claims.org, claims.contact or "")
        if contact is None:
            raise PasokhError("chat.contact_unknown")
        stands = {name: contact[name] for name in ("interaction", "closed", "reason")}
        return {**self._pass(claims.org, claims.contact or "", call.origin), **stands}

    async def _history(self, call: Call) -> Mapping[str, object]:
        asked = http.decode(call.data, History)
        widget = await self._known(asked.key)
        self._allow(call, widget)
        _slow_down(self._resumes, call.address)
        visitor = self._passes.read(widget.org, call.origin, asked.visitor)
        before = int(asked.before) if asked.before is not None else None
        return await afterwards.history(
            self._contacts, self._visits, widget.org, visitor, before=before, without=asked.without
        )

    async def _earlier(self, call: Call) -> Mapping[str, object]:
        """A short-lived token for the files of an earlier conversation of the visitor's own."""
        asked = http.decode(call.data, Earlier)
        widget = await self._known(asked.key)
        self._allow(call, widget)
        _slow_down(self._resumes, call.address)
        visitor = self._passes.read(widget.org, call.origin, asked.visitor)
        if not await self._visits.own(widget.org, visitor, asked.contact):
            raise PasokhError("chat.contact_unknown")
        token, expires_at = self._tokens.visitor(
            org=widget.org, contact=asked.contact, origin=call.origin, now=self._clock(), life=FILES_LIFE
        )
        return {"token": token, "expires_at": expires_at}

    async def _transcript(self, call: Call) -> Mapping[str, object]:
        asked = http.decode(call.data, Transcript)
        claims = self._claims(call, asked.token)
        if self._post is None:
            raise PasokhError("chat.no_messages")
        language = asked.language[:2].lower() or call.language
        call.language = language
        org, contact = claims.org, claims.contact or ""
        address = afterwards.address_of(asked.address)
        _slow_down(self._writes, call.address)
        await afterwards.send_transcript(self._contacts, self._post, org, contact, address, language)
        return {"sent": True}

    # -- who ------------------------------------------------------------------------------------------------------
    async def _begun(self, call: Call, about: About) -> tuple[Widget, str]:
        widget = await self._known(about.key)
        self._allow(call, widget)
        call.language = spoken = _language(about.language, widget)
        return widget, spoken

    async def _known(self, key: str) -> Widget:
        widget = await self._widgets.widget(key)
        if widget is None:
            raise PasokhError("chat.widget_unknown", field="key")
        return widget

    def _allow(self, call: Call, widget: Widget) -> None:
        if call.origin not in widget.origins:
            raise PasokhError("chat.origin", origin=call.origin[:200])
        call.allowed = call.origin

    def _claims(self, call: Call, token: str) -> VisitorClaims:
        claims = self._tokens.verify(token, self._clock())
        if claims.contact is None:
            raise PasokhError("token.wrong_kind")
        if call.origin != claims.origin:
            raise PasokhError("chat.origin", origin=call.origin[:200])
        call.allowed = call.origin
        return claims

    def _visitor(self, call: Call, widget: Widget, about: About) -> str:
        """Who it is: by a good pass, else somebody new; a pass from elsewhere is worth nothing and harms nothing."""
        if about.visitor:
            try:
                return self._passes.read(widget.org, call.origin, about.visitor)
            except PasokhError:
                pass
        return self._passes.newcomer(widget.org, f"{widget.key}\0{about.start}")

    def _pass(self, org: str, contact: str, origin: str) -> dict[str, object]:
        token, expires_at = self._tokens.visitor(org=org, contact=contact, origin=origin, now=self._clock())
        return {"token": token, "expires_at": expires_at, "contact": contact, "socket": SOCKET}


def _arrival(widget: Widget, about: About, details: Details, visitor: str, language: str) -> Arrival:
    return Arrival(
        org=widget.org,
        queue=widget.queue,
        start=f"{widget.key}\0{about.start}",
        customer=visitor,
        customer_name=details.name,
        address=details.address,
        language=language,
        subject=details.subject,
    )


def _slow_down(paces: Paces, name: str) -> None:
    wait = paces.take(name, asyncio.get_running_loop().time())
    if wait:
        raise PasokhError("chat.too_many", seconds=round(wait, 3))


def _language(asked: str, widget: Widget) -> str:
    short = asked[:2].lower()
    return short if short in widget.languages else widget.languages[0]
