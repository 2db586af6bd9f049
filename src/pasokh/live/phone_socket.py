"""`/phone/socket`: an agent's SIP goes from the browser to the switch by way of the office's own origin.

The browser opens it with two subprotocols, ``sip`` and ``pasokh.TOKEN`` (a staff token of the live protocol). What
begins with ``{`` is for us, all else is SIP and must be the own station's. A newer socket of the same person takes the
phone over. See docs/live-protocol.md.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from pasokh.channels.pace import Bucket
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.live.frames import renewed_frame
from pasokh.live.hints import EndedSignIns
from pasokh.live.refusals import Words, close_code, describe
from pasokh.live.seat import Message, Receive, Send
from pasokh.live.tokens import Claims, TokenSigner
from pasokh.store.hints import Ended, decode_hint
from pasokh.store.ports import Hints
from pasokh.telephony.sip_text import check_message

log = logging.getLogger(__name__)

PATH = "/phone/socket"
TOKEN_PROTOCOL = "pasokh."  # noqa: S105 - a prefix, not a secret
LARGEST = 16 * 1024
MESSAGES_A_SECOND, MESSAGES_BURST = 20.0, 80.0
OPEN_SECONDS = 5.0
SWEEP: Millis = SECOND


class Place(msgspec.Struct, frozen=True):
    """A person's browser station."""

    station: str
    """Its account at the switch."""
    url: str
    """Where the switch takes SIP over WebSocket."""


class Places(Protocol):
    """The browser stations of people."""

    async def of(self, org: str, user: str) -> Place | None:
        """None for one who has none."""


class _Renew(msgspec.Struct, frozen=True, tag="renew", forbid_unknown_fields=True):
    token: Annotated[str, Meta(max_length=4_096)]


class _Line:
    """One open socket: whose it is, until when, and the word that ends it."""

    def __init__(self, claims: Claims, place: Place) -> None:
        self.claims, self.place = claims, place
        self.over: asyncio.Future[PasokhError] = asyncio.get_running_loop().create_future()

    def end(self, error: PasokhError) -> None:
        """Close it with this reason."""
        if not self.over.done():
            self.over.set_result(error)


class PhoneGate:
    """The application behind `/phone/socket`."""

    def __init__(
        self,
        signer: TokenSigner,
        hints: Hints,
        places: Places,
        *,
        clock: Callable[[], Instant],
        words: Words,
    ) -> None:
        self._signer, self._hints, self._places = signer, hints, places
        self._clock, self._words = clock, words
        self._lines: dict[tuple[str, str], _Line] = {}
        self._ended = EndedSignIns()
        self._hearing = ExitStack()
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look after sockets."""
        self._hearing.enter_context(self._hints.hear(self._heard))
        self._sweeping = asyncio.create_task(self._sweep(), name="phone-sweeper")

    async def stop(self) -> None:
        """Ask everybody to come back; calls go on meanwhile."""
        self._hearing.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        for line in self._lines.values():
            line.end(PasokhError("live.not_ready", why="restart"))

    @property
    def sockets(self) -> int:
        """How many are open."""
        return len(self._lines)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one socket."""
        if (await receive())["type"] != "websocket.connect":
            return
        asked = _protocols(scope)
        await send({"type": "websocket.accept", "subprotocol": "sip" if "sip" in asked else None})
        language = _header(scope, b"accept-language")[:2]
        try:
            claims = self._admit(asked, _header(scope, b"origin"))
            await self._serve(_Line(claims, await self._place(claims)), receive, send)
        except PasokhError as error:
            await self._close(send, error, language)

    # -- who ---------------------------------------------------------------------------------------------------------
    def _admit(self, asked: Sequence[str], origin: str) -> Claims:
        token = next((each.removeprefix(TOKEN_PROTOCOL) for each in asked if each.startswith(TOKEN_PROTOCOL)), "")
        if "sip" not in asked or not token:
            raise PasokhError("token.missing")
        claims = self._claims(token)
        if origin != claims.origin:
            raise PasokhError("origin.wrong", origin=origin[:200])
        return claims

    async def _place(self, claims: Claims) -> Place:
        place = await self._places.of(claims.org, claims.subject)
        if place is None:
            raise PasokhError("phone.no_station")
        return place

    def _claims(self, token: str) -> Claims:
        claims = self._signer.verify(token, self._clock())
        self._ended.check(claims)
        if claims.kind != "staff":
            raise PasokhError("token.other_person")
        return claims

    def _heard(self, org: str, data: bytes) -> None:
        """Somebody's sign-in is over."""
        hint = decode_hint(data)
        if isinstance(hint, Ended):
            self._ended.note(org, hint)
            line = self._lines.get((org, hint.user))
            if line is not None:
                try:
                    self._ended.check(line.claims)
                except PasokhError as error:
                    line.end(error)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP / 1_000)
            now = self._clock()
            for line in self._lines.values():
                if line.claims.exp <= now:
                    line.end(PasokhError("token.expired", expired_at=line.claims.exp))

    # -- passing through ---------------------------------------------------------------------------------------------
    async def _serve(self, line: _Line, receive: Receive, send: Send) -> None:
        person = (line.claims.org, line.claims.subject)
        try:
            switch = await connect(
                line.place.url, subprotocols=[Subprotocol("sip")], open_timeout=OPEN_SECONDS, close_timeout=1,
                max_size=4 * LARGEST, compression=None, ping_interval=None, proxy=None,
            )  # fmt: skip
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            log.warning("the switch at %s takes no telephones: %s", line.place.url, error)
            raise PasokhError("phone.switch_away") from error
        before = self._lines.get(person)
        self._lines[person] = line
        if before is not None:
            before.end(PasokhError("phone.elsewhere"))
        parts: list[asyncio.Future[None]] = [
            asyncio.create_task(self._up(line, receive, send, switch), name="phone-up"),
            asyncio.create_task(_down(switch, send), name="phone-down"),
        ]
        try:
            ends: list[asyncio.Future[Any]] = [*parts, line.over]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._lines.get(person) is line:
                del self._lines[person]
            for part in parts:
                part.cancel()
            results = await asyncio.gather(*parts, return_exceptions=True)
            await switch.close()
        if line.over.done():
            raise line.over.result()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _up(self, line: _Line, receive: Receive, send: Send, switch: ClientConnection) -> None:
        """What the browser says, until it goes."""
        loop = asyncio.get_running_loop()
        bucket = Bucket(MESSAGES_A_SECOND, MESSAGES_BURST, loop.time())
        while (message := await receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            if not isinstance(text, str):
                raise PasokhError("phone.malformed", why="binary")
            if not bucket.take(loop.time()):
                raise PasokhError("frame.too_fast", a_second=MESSAGES_A_SECOND, burst=MESSAGES_BURST)
            if len(text.encode()) > LARGEST:
                raise PasokhError("frame.too_large", most=LARGEST)
            if text.startswith("{"):
                self._renew(line, text)
                await send({"type": "websocket.send", "text": renewed_frame(line.claims.exp)})
                continue
            check_message(text, line.place.station)
            try:
                await switch.send(text)
            except ConnectionClosed as error:
                raise PasokhError("phone.switch_away") from error

    def _renew(self, line: _Line, text: str) -> None:
        try:
            frame = msgspec.json.decode(text, type=_Renew)
        except msgspec.MsgspecError as error:
            raise PasokhError("phone.malformed", why="frame") from error
        new = self._claims(frame.token)
        if msgspec.structs.replace(new, exp=line.claims.exp) != line.claims:
            raise PasokhError("token.other_person")
        line.claims = new

    async def _close(self, send: Send, error: PasokhError, language: str) -> None:
        reason = msgspec.json.encode({"type": "error", **describe(error, self._words, language)}).decode()
        try:
            async with asyncio.timeout(2):
                await send({"type": "websocket.send", "text": reason})
                await send({"type": "websocket.close", "code": close_code(error.code), "reason": error.code})
        except (OSError, TimeoutError, RuntimeError):
            pass  # the browser has gone


async def _down(switch: ClientConnection, send: Send) -> None:
    """What the switch says, until it goes."""
    try:
        async for text in switch:
            await send({"type": "websocket.send", "text": text if isinstance(text, str) else text.decode()})
    except (ConnectionClosed, UnicodeDecodeError) as error:
        raise PasokhError("phone.switch_away") from error
    raise PasokhError("phone.switch_away")


def _protocols(scope: Message) -> list[str]:
    asked = scope.get("subprotocols")
    return [str(each) for each in asked] if isinstance(asked, list) else []


def _header(scope: Message, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in reversed(scope["headers"]) if key == name), "")
