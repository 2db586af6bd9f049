"""One websocket to Asterisk: events come over it, requests and their answers too, many at a time.

It is opened once; whoever owns it decides when to open the next. The link ends exactly once, by `Ended`: closed here,
broken, flooded, or because another process took the application.
"""

import asyncio
import base64
import contextlib
import itertools
import logging
import re
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from pasokh.telephony.ari.wire import (
    LARGEST_FRAME,
    UNDERSTOOD,
    ApplicationReplaced,
    FrameCounts,
    FrameReader,
    Message,
    RESTResponse,
    request_frame,
)
from pasokh.telephony.port import SwitchReplacedError, SwitchUnavailableError

_log = logging.getLogger(__name__)

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
"""What needs no quotation: nearly every id."""
REPLACED = "replaced"
"""Why a link ended whose application another process took."""


@dataclass(frozen=True)
class AriAddress:
    """Where ARI is, and who asks."""

    url: str
    """``http://127.0.0.1:8088/ari``; https for TLS."""
    user: str
    password: str = field(repr=False)
    application: str
    authorities: str = ""
    """A file of certificates to trust instead of the system's."""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """How its certificate is checked; None without TLS."""
        secure = urlsplit(self.url).scheme == "https"
        return ssl.create_default_context(cafile=self.authorities or None) if secure else None

    @property
    def events_url(self) -> str:
        """Of the websocket."""
        parts = urlsplit(self.url)
        scheme = {"http": "ws", "https": "wss"}[parts.scheme]
        query = urlencode({"app": self.application, "subscribeAll": "false"})
        return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/events", query, ""))

    @property
    def authorization(self) -> str:
        """The header that says who asks."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class AriTimings:
    """How long to wait, in seconds. A dead switch is noticed after `ping_s` + `silence_s` at the latest."""

    open_s: float = 5.0
    answer_s: float = 5.0
    ping_s: float = 2.0
    silence_s: float = 5.0
    close_s: float = 1.0


class Response(msgspec.Struct, frozen=True):
    """What a request brought."""

    status: int
    body: str

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """Why not, in Asterisk's words."""
        try:
            return msgspec.json.decode(self.body, type=_Problem).message
        except msgspec.MsgspecError:
            return self.body[:200]


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""


def _unanswered(future: asyncio.Future[Response], request: str) -> None:
    """Nobody waits for an answer for ever."""
    if not future.done():
        future.set_exception(SwitchUnavailableError("switch.unanswered", request=request))


def path(*segments: str) -> str:
    """A resource's address below ``/ari/``, whatever the ids consist of."""
    return "/".join([each if _PLAIN.fullmatch(each) else quote(each, safe="") for each in segments])


class AriLink:
    """A websocket that was opened, and lasts until it ends."""

    def __init__(
        self,
        address: AriAddress,
        timings: AriTimings,
        counts: FrameCounts,
        on_event: Callable[[Message], None],
        on_end: Callable[[str], None],
        wanted: Iterable[str] = UNDERSTOOD,
    ) -> None:
        """Both callbacks come from the event loop and must not block; `on_end` comes once, with the reason.

        `wanted`: the types of messages Asterisk is to send.
        """
        self._wanted = sorted(wanted)
        self._address, self._timings, self._counts = address, timings, counts
        self._on_event, self._on_end = on_event, on_end
        self._reader = FrameReader(counts)
        self._waiting: dict[str, asyncio.Future[Response]] = {}
        self._numbers = itertools.count(1)
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended = ""

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return bool(self._ended)

    async def open(self) -> None:
        """Connect and narrow the events to those understood; raises `SwitchUnavailableError`."""
        timings = self._timings
        try:
            self._socket = await connect(
                self._address.events_url,
                additional_headers={"Authorization": self._address.authorization},
                ssl=self._address.tls,
                compression=None,
                proxy=None,
                max_size=LARGEST_FRAME,
                max_queue=None,
                open_timeout=timings.open_s,
                ping_interval=timings.ping_s,
                ping_timeout=timings.silence_s,
                close_timeout=timings.close_s,
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise SwitchUnavailableError("switch.unreachable", reason=str(error) or type(error).__name__) from error
        self._task = asyncio.create_task(self._read(self._socket), name=f"ari {self._address.application}")
        try:
            await self._narrow()
        except BaseException:
            await self.close()
            raise

    async def _narrow(self) -> None:
        allowed = {"allowed": [{"type": name} for name in self._wanted]}
        answer = await self.request("PUT", path("applications", self._address.application, "eventFilter"), allowed)
        if not answer.ok:
            raise SwitchUnavailableError("switch.unreachable", reason=answer.message)

    async def close(self) -> None:
        """End the link; whoever waits for an answer is told that none comes."""
        self.end("closed")
        if self._task is not None:
            await asyncio.wait({self._task})

    def end(self, reason: str) -> None:
        """End the link without waiting; the first reason counts."""
        if self._ended:
            return
        self._ended = reason
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(self._gone())
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
        self._on_end(reason)

    async def request(self, method: str, uri: str, body: object = None, **query: str | int | None) -> Response:
        """Ask; raises `SwitchUnavailableError` when no answer comes in time, or ever."""
        if self._ended or self._socket is None:
            raise self._gone()
        number = str(next(self._numbers))
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        asked = {name: str(value) for name, value in query.items() if value is not None}
        late = asyncio.get_running_loop().call_later(
            self._timings.answer_s, _unanswered, future, f"{method} {uri}"
        )  # cheaper than a timeout, a dozen times a call
        try:
            await self._socket.send(request_frame(number, method, uri, asked, body))
            return await future
        except ConnectionClosed:
            raise self._gone() from None
        finally:
            late.cancel()
            self._waiting.pop(number, None)
            if future.done() and not future.cancelled():
                future.exception()  # an answer that came beside another end is nobody's

    def _gone(self) -> SwitchUnavailableError | SwitchReplacedError:
        if self._ended == REPLACED:
            return SwitchReplacedError("switch.replaced", application=self._address.application)
        return SwitchUnavailableError("switch.not_connected", reason=self._ended)

    async def _read(self, socket: ClientConnection) -> None:
        try:
            while True:
                self._take(await socket.recv(decode=False))
        except ConnectionClosed as closed:
            self.end(str(closed))
        except Exception:  # a fault of ours must not leave a link that looks alive and reads nothing
            _log.exception("reading events of %s failed", self._address.application)
            self.end("fault")
        finally:
            with contextlib.suppress(WebSocketException, OSError):
                await socket.close()

    def _take(self, frame: bytes) -> None:
        message = self._reader.read(frame)
        if isinstance(message, RESTResponse):
            self._counts.responses += 1
            future = self._waiting.get(message.request_id)
            if future is None or future.done():
                self._counts.orphaned += 1
            else:
                future.set_result(Response(message.status_code, message.message_body))
        elif isinstance(message, ApplicationReplaced):
            self.end(REPLACED)
        elif message is not None:
            self._on_event(message)
