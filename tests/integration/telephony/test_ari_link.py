"""The link to a switch that misbehaves: junk, floods, silence, late and lost answers, and a process that takes over."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.polling import until_async, until_so
from tests.switch_stage import certificate
from tests.telephony.asterisk_rig import wall
from tests.telephony.rigs import ORG, Watcher
from websockets.asyncio.server import ServerConnection, serve

from pasokh.telephony import events as ev
from pasokh.telephony.ari.client import AriAddress, AriTimings
from pasokh.telephony.ari.session import ORDER_LINKS
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.ari.wire import LARGEST_FRAME
from pasokh.telephony.port import SwitchRefusedError, SwitchReplacedError, SwitchUnavailableError

APP = "pasokh-acme"
QUICK = AriTimings(open_s=2.0, answer_s=0.5, ping_s=0.2, silence_s=0.3, close_s=0.2)
PATIENT = AriTimings()

type Answerer = Callable[[dict[str, str]], Awaitable[tuple[int, object] | None]]


@dataclass
class Switchboard:
    """Speaks as much ARI as a test wants."""

    url: str = ""
    sockets: list[ServerConnection] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    answer: Answerer | None = None
    junk: list[bytes | str] = field(default_factory=list)
    """Sent before every answer."""

    async def talk(self, socket: ServerConnection) -> None:
        if socket.request is not None and "-orders" not in socket.request.path:
            self.sockets.append(socket)
        async with asyncio.TaskGroup() as group:
            async for frame in socket:
                group.create_task(self._reply(socket, json.loads(frame)))

    async def _reply(self, socket: ServerConnection, request: dict[str, str]) -> None:
        self.asked.append(request)
        status, body = 200, default(request)
        if self.answer is not None and (found := await self.answer(request)) is not None:
            status, body = found
        for junk in self.junk:
            await socket.send(junk)
        if status:
            await socket.send(response(request, status, body))

    async def say(self, *frames: bytes | str) -> None:
        for frame in frames:
            await self.sockets[-1].send(frame)


def default(request: dict[str, str]) -> object:
    """An empty switch."""
    return [] if request["uri"] in {"channels", "bridges"} else {}


def response(request: dict[str, str], status: int, body: object) -> str:
    text = "" if body is None else json.dumps(body)
    named = {"type": "RESTResponse", "request_id": request["request_id"]}
    return json.dumps({**named, "status_code": status, "message_body": text})


def digit(key: str, second: int) -> str:
    stamp = f"2026-11-22T08:55:{second:02d}.000+0000"
    channel = {"id": "c1", "name": "PJSIP/x", "state": "Up"}
    return json.dumps({"type": "ChannelDtmfReceived", "timestamp": stamp, "channel": channel, "digit": key})


@pytest.fixture
async def board() -> AsyncIterator[Switchboard]:
    made = Switchboard()
    async with serve(made.talk, "127.0.0.1", 0, compression=None, max_size=None) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ari"
        yield made


@contextlib.asynccontextmanager
async def connected(
    board: Switchboard, timings: AriTimings = PATIENT, backlog: int = 1_000
) -> AsyncIterator[tuple[AriSwitch, Watcher]]:
    address = AriAddress(board.url, "pasokh", "secret", APP)
    switch = AriSwitch(address, node="n1", org=ORG, clock=wall, timings=timings, backlog=backlog)
    await switch.connect()
    watcher = Watcher(switch)
    try:
        yield switch, watcher
    finally:
        await switch.close()
        await watcher.stop()


async def seen(watcher: Watcher, kind: type[ev.SwitchEvent]) -> ev.SwitchEvent:
    """The first of a kind."""

    async def look() -> list[ev.SwitchEvent]:
        return list(watcher.of(kind))

    return (await until_async(look))[0]


async def test_the_filter_lets_answers_and_replacement_pass(board: Switchboard) -> None:
    async with connected(board):
        first = board.asked[0]
        assert (first["method"], first["uri"]) == ("PUT", f"applications/{APP}/eventFilter")
        allowed = {each["type"] for each in json.loads(first["message_body"])["allowed"]}
        assert {"RESTResponse", "ApplicationReplaced", "StasisStart", "StasisEnd"} <= allowed
        request = board.sockets[0].request
        assert request is not None
        assert request.path == f"/ari/events?app={APP}&subscribeAll=false"
        assert request.headers["Authorization"].startswith("Basic ")


async def test_junk_between_answers_changes_nothing(board: Switchboard) -> None:
    board.junk = [
        b"",
        "{",
        '{"type":"StasisSta',
        b'{"type":"StasisStart","channel":"\xff"}',
        b"\x00" * 1_000,
        json.dumps({"type": "ChannelSomersault"}),
        json.dumps({"type": "RESTResponse", "request_id": "999999", "status_code": 200}),
        json.dumps({"type": "RESTResponse", "request_id": 7, "status_code": "x"}),
        json.dumps({"type": "StasisEnd", "padding": "x" * 10_000_000}),
    ]
    async with connected(board) as (switch, watcher):
        assert await switch.channels() == []
        await board.say(digit("1", 1), digit("1", 1), digit("2", 2))
        await switch.answer("c1")
        counts = switch.counts
        assert [event.digit for event in watcher.of(ev.DigitReceived)] == ["1", "2"]
        times = len(board.asked)
        assert times > 3
        assert counts.unknown == counts.orphaned == counts.oversized == times
        links = 1 + ORDER_LINKS  # each takes the odd one that looks like an event for new once
        assert counts.malformed == 5 * times + links
        assert counts.duplicated == 1 + times - links, "the key, and the odd one"


async def test_a_frame_beyond_all_bounds_ends_the_link(board: Switchboard) -> None:
    async with connected(board) as (switch, watcher):
        await board.sockets[0].send(b" " * (LARGEST_FRAME + 1))
        await seen(watcher, ev.Lost)
        with pytest.raises(SwitchUnavailableError):
            await switch.channels()
        await switch.connect()
        assert await switch.channels() == []


async def test_many_requests_are_under_way_and_answered_in_any_order(board: Switchboard) -> None:
    async with connected(board) as (switch, _):
        waiting: list[asyncio.Event] = []

        async def backwards(request: dict[str, str]) -> tuple[int, object] | None:
            if request["method"] != "GET":
                return None
            mine = asyncio.Event()
            waiting.append(mine)
            if len(waiting) == 20:
                waiting[-1].set()
            await mine.wait()
            waiting[waiting.index(mine) - 1].set()
            return 200, {"rxcount": int(request["uri"].split("/")[1])}

        board.answer = backwards
        found = await asyncio.gather(*(switch.statistics(str(number)) for number in range(20)))
        assert [each.received for each in found if each is not None] == list(range(20))


async def test_an_answer_that_never_comes_is_not_waited_for(board: Switchboard) -> None:
    async with connected(board, QUICK) as (switch, _):
        held: list[dict[str, str]] = []

        async def silent(request: dict[str, str]) -> tuple[int, object] | None:
            held.append(request)
            return 0, None

        board.answer = silent
        with pytest.raises(SwitchUnavailableError) as unanswered:
            await switch.answer("c1")
        assert unanswered.value.code == "switch.unanswered"
        board.answer = None
        await board.say(response(held[0], 204, None))
        await switch.answer("c1")
        assert switch.counts.orphaned == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, SwitchRefusedError),
        (409, SwitchRefusedError),
        (422, SwitchRefusedError),
        (500, SwitchUnavailableError),
        (503, SwitchUnavailableError),
    ],
)
async def test_refused_for_good_or_for_now(board: Switchboard, status: int, error: type[Exception]) -> None:
    async with connected(board) as (switch, _):

        async def refuse(_: dict[str, str]) -> tuple[int, object]:
            return status, {"message": "No."}

        board.answer = refuse
        with pytest.raises(error, match=r"No\."):
            await switch.answer("c1")


async def test_an_unreadable_listing_is_asked_for_again(board: Switchboard) -> None:
    async with connected(board) as (switch, _):

        async def odd(_: dict[str, str]) -> tuple[int, object]:
            return 200, {"no": "list"}

        board.answer = odd
        with pytest.raises(SwitchUnavailableError) as caught:
            await switch.channels()
        assert caught.value.code == "switch.unreadable"


async def test_a_consumer_that_falls_behind_begins_anew(board: Switchboard) -> None:
    async with connected(board, backlog=50) as (switch, watcher):
        await watcher.stop()
        for number in range(60):
            await board.say(digit(str(number % 10), number % 60))
        await until_so(lambda: switch.counts.events > 50)
        late = Watcher(switch)
        await seen(late, ev.Lost)
        await late.stop()
        with pytest.raises(SwitchUnavailableError):
            await switch.channels()
        await switch.connect()
        assert await switch.channels() == []


async def test_requests_under_way_fail_with_the_link(board: Switchboard) -> None:
    async with connected(board) as (switch, watcher):

        async def cut(_: dict[str, str]) -> tuple[int, object]:
            board.sockets[-1].transport.abort()
            return 0, None

        board.answer = cut
        results = await asyncio.gather(*(switch.answer(str(n)) for n in range(5)), return_exceptions=True)
        assert all(isinstance(result, SwitchUnavailableError) for result in results)
        await seen(watcher, ev.Lost)


async def test_requests_under_way_fail_when_another_takes_over(board: Switchboard) -> None:
    async with connected(board) as (switch, watcher):

        async def replace(_: dict[str, str]) -> tuple[int, object]:
            await board.say(json.dumps({"type": "ApplicationReplaced", "application": APP}))
            return 0, None

        board.answer = replace
        with pytest.raises(SwitchReplacedError):
            await switch.answer("c1")
        await seen(watcher, ev.Replaced)
        before = len(board.asked)
        for refused in (switch.answer("c1"), switch.stop_playback("p"), switch.channels(), switch.connect()):
            with pytest.raises(SwitchReplacedError):
                await refused
        assert len(board.asked) == before, "nothing may be asked any more"


async def test_a_switch_that_says_nothing_at_all_is_lost(board: Switchboard) -> None:
    async with connected(board, QUICK) as (_, watcher):
        socket = board.sockets[0]
        socket.protocol.recv_frame = lambda frame: None  # type: ignore[method-assign]  # a process that stands still
        await seen(watcher, ev.Lost)


async def test_nobody_there(board: Switchboard) -> None:
    refusing = AriAddress("http://127.0.0.1:1/ari", "pasokh", "secret", APP)
    switch = AriSwitch(refusing, node="n1", org=ORG, clock=wall, timings=QUICK)
    with pytest.raises(SwitchUnavailableError) as nobody:
        await switch.connect()
    assert nobody.value.code == "switch.unreachable"
    assert "secret" not in repr(refusing)


async def test_a_switch_over_tls_shows_who_it_is(tmp_path: Path) -> None:
    made, keys = Switchboard(), certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys.chain, keys.key)
    async with serve(made.talk, "127.0.0.1", 0, compression=None, ssl=context) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/ari"
        for authorities, trusted in (("", False), (keys.chain, True)):
            address = AriAddress(url, "pasokh", "secret", APP, authorities)
            switch = AriSwitch(address, node="n1", org=ORG, clock=wall, timings=QUICK)
            if trusted:
                await switch.connect()
                assert await switch.bridges() == []
                await switch.close()
            else:
                with pytest.raises(SwitchUnavailableError, match="certificate"):
                    await switch.connect()
