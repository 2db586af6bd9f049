"""What all operations of the switch on ARI share: the link, the events it brings, and what an answer means."""

import asyncio
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from http import HTTPStatus
from zlib import crc32

import msgspec

from pasokh.kernel.time import SECOND, Instant
from pasokh.telephony import events as ev
from pasokh.telephony.ari import wire
from pasokh.telephony.ari.client import REPLACED, AriAddress, AriLink, AriTimings, Response, path
from pasokh.telephony.ari.translate import FAR_HALF, STASIS, TAP, Translator, instant, snapshot
from pasokh.telephony.port import SwitchRefusedError, SwitchReplacedError, SwitchUnavailableError
from pasokh.telephony.variables import BEAT

CLOSED = "closed"
BROKEN = "a link for orders ended"
FLOODED = "flooded"
LONGEST_BACKLOG = 100_000
"""Events kept for a consumer; beyond it listing anew is cheaper."""
ORG_VARIABLE = "PASOKH_ORG"
ORDER_LINKS = 3
"""Asterisk carries out the requests of one websocket one after the other, each waiting for the channel's own thread."""
BEAT_S = 1.0
"""How often the switch is told that somebody acts; see `pasokh.telephony.watchdog`."""


class _Application(msgspec.Struct, frozen=True):
    channel_ids: frozenset[str] = frozenset()


class _Status(msgspec.Struct, frozen=True):
    startup_time: str = ""


class _Information(msgspec.Struct, frozen=True):
    status: _Status = _Status()


class AriSession:
    """A connection that may be made again and again, until it is replaced."""

    def __init__(
        self,
        address: AriAddress,
        *,
        node: str,
        org: str,
        clock: Callable[[], Instant],
        timings: AriTimings | None = None,
        backlog: int = LONGEST_BACKLOG,
    ) -> None:
        """`org` is what channels of ours carry as `ORG_VARIABLE`; `clock` dates what the switch does not."""
        self._address, self._node, self._org, self._clock = address, node, org, clock
        self._timings, self._backlog = timings or AriTimings(), backlog
        self.counts = wire.FrameCounts()
        self._translator = Translator(address.application, self.counts)
        self._link: AriLink | None = None
        self._orders: list[AriLink] = []
        self._queue: asyncio.Queue[ev.AnySwitchEvent | None] = asyncio.Queue()
        self._replaced = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._awaited: dict[str, asyncio.Event] = {}
        self._ours_to_fill: dict[str, set[str]] = {}
        """Bridges made over this connection, and whom it put in: only its owner moves channels of ours."""

    @property
    def node(self) -> str:
        """Names the switch."""
        return self._node

    def node_of(self, channel: str) -> str:  # noqa: ARG002 - there is one
        """Where a channel lives."""
        return self._node

    async def running_since(self) -> Instant:
        """When Asterisk was started, by its own clock: it says the second, of which this is the end."""
        answer = await self._do("GET", path("asterisk", "info"), only="status")
        return instant(self._read(answer, _Information).status.startup_time) + SECOND

    # -- the connection ------------------------------------------------------------------------------------------------
    async def connect(self) -> None:
        """Open the link and subscribe to what is ours; see `pasokh.telephony.port.Switch.connect`."""
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self._address.application)
        await self.close()
        self._ours_to_fill.clear()
        queue: asyncio.Queue[ev.AnySwitchEvent | None] = asyncio.Queue()
        link = AriLink(
            self._address,
            self._timings,
            self.counts,
            lambda message: self._happened(queue, message),
            lambda reason: self._over(queue, reason),
        )
        self._queue, self._link = queue, link
        await link.open()
        try:
            await self._open_orders(link)
            await self._subscribe([channel.id for channel in await self._ours()])
        except BaseException:
            await self._close_links(link)
            raise
        self._start(self._beat(link))

    async def _open_orders(self, link: AriLink) -> None:
        """Further websockets that only take orders; without one of them the connection is lost as a whole."""
        for number in range(ORDER_LINKS):
            address = dataclasses.replace(self._address, application=f"{self._address.application}-orders{number}")
            orders = AriLink(address, self._timings, self.counts, _nothing, lambda _: link.end(BROKEN), wire.ANSWERS)
            self._orders.append(orders)
            await orders.open()

    async def _close_links(self, link: AriLink) -> None:
        orders, self._orders = self._orders, []
        await link.close()
        for each in orders:
            await each.close()

    async def events(self) -> AsyncGenerator[ev.AnySwitchEvent]:
        """What happened since `connect`, then what happens."""
        queue = self._queue
        while (event := await queue.get()) is not None:
            yield event
            if isinstance(event, ev.Lost | ev.Replaced):
                return

    async def close(self) -> None:
        """Stop acting; calls go on."""
        link, self._link = self._link, None
        if link is not None:
            await self._close_links(link)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _happened(self, queue: asyncio.Queue[ev.AnySwitchEvent | None], message: wire.Message) -> None:
        for event in self._translator.events(message):
            queue.put_nowait(event)
            if isinstance(event, ev.ChannelContinued):
                self._start(self._follow(queue, event))
        if isinstance(
            message, wire.StasisStart | wire.RecordingStarted | wire.RecordingFinished | wire.RecordingFailed
        ):
            self._wake()
        if queue.qsize() > self._backlog and self._link is not None:
            self._link.end(FLOODED)

    def _over(self, queue: asyncio.Queue[ev.AnySwitchEvent | None], reason: str) -> None:
        for orders in self._orders:
            orders.end(reason)
        if reason == REPLACED:
            self._replaced = True
            queue.put_nowait(ev.Replaced(at=self._clock()))
        elif reason != CLOSED:
            queue.put_nowait(ev.Lost(at=self._clock(), reason=reason))
        queue.put_nowait(None)

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name=f"ari {self._address.application} follow")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beat(self, link: AriLink) -> None:
        """Change a variable of the switch again and again: whoever hangs does not."""
        for number in itertools.count():
            with contextlib.suppress(SwitchUnavailableError, SwitchReplacedError):
                value = f"{id(link)}.{number}"
                await link.request("POST", path("asterisk", "variable"), variable=f"{BEAT}{self._org}", value=value)
            if link.ended:
                return
            await asyncio.sleep(BEAT_S)

    async def _follow(self, queue: asyncio.Queue[ev.AnySwitchEvent | None], left: ev.ChannelContinued) -> None:
        """The end of a channel the dialplan has is told to those who subscribed to it."""
        try:
            known = await self._subscribe([left.channel])
        except (SwitchUnavailableError, SwitchReplacedError):
            return  # the next connect subscribes to whatever is left
        if not known:
            for event in self._translator.ended(left.channel, left.at):
                queue.put_nowait(event)

    def _wake(self) -> None:
        for name, event in self._awaited.items():
            if name in self._translator.started:
                event.set()

    async def _started(self, name: str) -> None:
        """Wait until a recording, or a recording's channel, takes orders."""
        if name not in self._translator.started:
            event = self._awaited.setdefault(name, asyncio.Event())
            try:
                async with asyncio.timeout(self._timings.answer_s):
                    await event.wait()
            except TimeoutError:
                raise SwitchUnavailableError("switch.unanswered", request=f"start of {name}") from None
            finally:
                self._awaited.pop(name, None)

    # -- asking --------------------------------------------------------------------------------------------------------
    async def _ask(self, method: str, uri: str, body: object = None, **query: str | int | None) -> Response:
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self._address.application)
        answer = await self._link_for(uri).request(method, uri, body, **query)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise SwitchUnavailableError("switch.failed", request=f"{method} {uri}", reason=answer.message)
        return answer

    def _link_for(self, uri: str) -> AriLink:
        """Orders about one thing go by one link, so that they are carried out in the order in which they were given."""
        if self._link is None:
            raise SwitchUnavailableError("switch.not_connected", reason=CLOSED)
        kind, _, rest = uri.partition("/")
        if kind not in {"channels", "bridges"} or not rest or not self._orders:
            return self._link
        return self._orders[crc32(rest.partition("/")[0].encode()) % len(self._orders)]

    async def _do(self, method: str, uri: str, body: object = None, **query: str | int | None) -> Response:
        """Ask for what has to be done."""
        answer = await self._ask(method, uri, body, **query)
        if not answer.ok:
            raise SwitchRefusedError("switch.refused", request=f"{method} {uri}", reason=answer.message)
        return answer

    async def _there(self, *segments: str) -> bool:
        """Whether a resource exists."""
        return (await self._ask("GET", path(*segments))).ok

    async def _subscribe(self, channels: Iterable[str]) -> bool:
        """Be told of these channels' ends; False when one of them is gone already."""
        complete = True
        resource = path("applications", self._address.application, "subscription")
        for channel in channels:
            complete &= (await self._ask("POST", resource, eventSource=f"channel:{channel}")).ok
        return complete

    def _read[T](self, answer: Response, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.MsgspecError as error:
            raise SwitchUnavailableError("switch.unreadable", reason=str(error)) from error

    async def _ours(self) -> list[ev.ChannelSnapshot]:
        application = self._address.application
        listed = self._read(await self._do("GET", "channels"), list[wire.ChannelJson])
        known = self._read(await self._do("GET", path("applications", application)), _Application)
        ours = {}
        for channel in listed:
            seen = snapshot(channel, application)
            others = channel.dialplan.app_name == STASIS and not seen.in_application
            marked = channel.id in known.channel_ids or seen.variables.get(ORG_VARIABLE) == self._org
            if not others and (seen.in_application or marked) and not channel.id.startswith(TAP):
                ours[channel.id] = seen
        for id_ in list(ours):
            if ours.pop(id_ + FAR_HALF, None) is not None:
                self._translator.legs.note(id_)
        return list(ours.values())


def _nothing(message: wire.Message) -> None:
    """No event comes over a link that only takes orders."""
