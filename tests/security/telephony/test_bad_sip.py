"""Malformed, oversized and far too much SIP, over UDP, TCP and WebSockets: Asterisk lives, and a real call hears on."""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from msgspec.structs import replace
from tests.polling import give_way
from tests.security.telephony.living_call import LivingCall, living_call
from tests.sip_peer import SDP, SipPeer
from tests.switch_stage import Switch, free_ports, needs_asterisk, site, switch
from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from pasokh.telephony.config.models import Node

pytestmark = needs_asterisk
SEED = 20_261_122
STRANGER = "127.0.0.66"


@dataclass
class Besieged:
    """A switch with a call on it."""

    switch: Switch
    node: Node
    call: LivingCall

    async def goes_on(self, since: float) -> None:
        """Nobody crashed, ARI answers, the caller has heard everything, and the call can be ended."""
        assert await self.switch.asterisk.ready()
        assert self.switch.asterisk.pid == self.pid, "it is another Asterisk"
        await asyncio.to_thread(self.call.hears, since)

    def __post_init__(self) -> None:
        self.pid = self.switch.asterisk.pid


@pytest.fixture
async def besieged() -> AsyncIterator[Besieged]:
    wanted = site(carrier_port=5_070)
    node = replace(wanted.nodes[0], tcp_port=free_ports(1)[0])
    async with switch() as made:
        await made.start(replace(wanted, nodes=(node,)))
        with contextlib.ExitStack() as stack:
            call = await asyncio.to_thread(stack.enter_context, living_call(node.udp_port))
            yield Besieged(made, node, call)
            await asyncio.to_thread(call.ends_well)


def good(method: str = "INVITE", to: str = "982191001000", extra: str = "", body: str = "") -> str:
    """A message without fault, to be spoilt."""
    return (
        f"{method} sip:{to}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {STRANGER}:5060;branch=z9hG4bKx{random.random()}\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:x@{STRANGER}>;tag=1\r\nTo: <sip:{to}@127.0.0.1>\r\n"
        f"Call-ID: {random.random()}\r\nCSeq: 1 {method}\r\nContact: <sip:x@{STRANGER}>\r\n"
        f"{extra}Content-Length: {len(body)}\r\n\r\n{body}"
    )


def spoilt() -> Iterator[bytes]:
    """Every way of being wrong that parsers have died of."""
    invite, sdp = good(), SDP.format(host=STRANGER)
    yield from (b"", b"\r\n\r\n", b"\x00" * 1_500, b"\xff" * 1_500, b"INVITE", b"SIP/2.0 200 OK\r\n\r\n")
    for cut in range(1, len(invite), 17):
        yield invite[:cut].encode()
    for header in ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length"):
        lines = [line for line in invite.split("\r\n") if not line.startswith(f"{header}:")]
        yield "\r\n".join(lines).encode()
        for value in ("", "A" * 8_000, "%n%s%x" * 50, "\x00\x01", "<" * 2_000, '"' * 999, "-1", "99999999999999999999",
                      "sip:" * 500, "ا" * 500, "<sip:x@[::1", "1 INVITE\r\n folded"):  # fmt: skip
            yield "\r\n".join([*lines[:1], f"{header}: {value}", *lines[1:]]).encode()
    for length in ("-1", "999999", "4294967297", "x"):
        yield invite.replace("Content-Length: 0", f"Content-Length: {length}").encode()
    yield good(extra="X-Pad: " + "y" * 60_000 + "\r\n").encode()[:65_000]
    yield good(extra="".join(f"X-{n}: y\r\n" for n in range(3_000))).encode()[:65_000]
    yield good(extra="Via: SIP/2.0/UDP 1.2.3.4\r\n" * 900).encode()[:65_000]
    yield good(extra="Route: <sip:127.0.0.1;lr>\r\n" * 300).encode()
    for wrong in (sdp.replace("8 101", "8 " * 4_000), sdp.replace("m=audio", "m=audio -1\r\nm=audio"), sdp * 200,
                  sdp.replace("IN IP4", "IN IP9"), "v=" * 9_000, sdp.replace("39999", "99999999")):  # fmt: skip
        yield good(extra="Content-Type: application/sdp\r\n", body=wrong).encode()[:65_000]
    for method in ("BYE", "CANCEL", "ACK", "PRACK", "UPDATE", "REFER", "NOTIFY", "SUBSCRIBE", "PUBLISH", "MESSAGE",
                   "INFO", "OPTIONS", "GET", "\u0000", "X" * 500):  # fmt: skip
        yield good(method).encode()
    yield good("MESSAGE", extra="Replaces: x;from-tag=1;to-tag=2\r\n").encode()
    yield good("INVITE", extra="Replaces: x;from-tag=1;to-tag=2\r\nRequire: 100rel,timer,replaces,gruu\r\n").encode()
    chance = random.Random(SEED)
    for _ in range(300):
        data = bytearray(invite.encode())
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield bytes(data)


@pytest.mark.parametrize("host", [STRANGER, "127.0.0.2"], ids=["from nobody", "from where a carrier is"])
async def test_malformed_and_oversized_messages_over_udp(besieged: Besieged, host: str) -> None:
    since = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((host, 0))
        for data in spoilt():
            sender.sendto(data, ("127.0.0.1", besieged.node.udp_port))
            await give_way(1)
    await besieged.goes_on(since)


async def test_malformed_and_endless_messages_over_tcp(besieged: Besieged) -> None:
    since = time.monotonic()
    for data in [*spoilt(), b"INVITE sip:x SIP/2.0\r\n" + b"X: y\r\n" * 200_000]:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", besieged.node.tcp_port)
            writer.write(data)
            await writer.drain()
            writer.transport.abort()
    await besieged.goes_on(since)


async def test_malformed_and_oversized_frames_over_a_browsers_socket(besieged: Besieged) -> None:
    since = time.monotonic()
    url = f"ws://127.0.0.1:{besieged.node.http.port}/ws"
    for data in [*spoilt(), b"x" * 2_000_000]:
        with contextlib.suppress(WebSocketException, OSError, TimeoutError):
            async with asyncio.timeout(5):
                async with connect(url, subprotocols=[Subprotocol("sip")], close_timeout=0.2, proxy=None) as browser:
                    await browser.send(data.decode("latin-1"))
    await besieged.goes_on(since)


async def test_a_browsers_socket_that_says_nothing_and_a_hundred_of_them(besieged: Besieged) -> None:
    since = time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        url = f"ws://127.0.0.1:{besieged.node.http.port}/ws"
        for _ in range(100):
            await stack.enter_async_context(
                connect(url, subprotocols=[Subprotocol("sip")], close_timeout=0.2, proxy=None)
            )
        await besieged.goes_on(since)


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "OPTIONS"])
async def test_a_flood_of_strangers(besieged: Besieged, method: str) -> None:
    """Thousands within seconds: the call goes on, and the next caller is served."""
    since = time.monotonic()
    with SipPeer(STRANGER) as stranger:
        for number in range(4_000):
            user = ("desk7", "neda", f"u{number}")[number % 3]
            stranger.request(method, besieged.node.udp_port, user, user, body=SDP.format(host=STRANGER))
            if number % 50 == 0:
                await give_way(1)
        await besieged.goes_on(since)

    def another() -> None:
        with living_call(besieged.node.udp_port) as call:
            call.ends_well()

    await asyncio.to_thread(another)


async def test_a_flood_of_calls_by_a_carrier_is_bounded_by_what_the_carrier_may_have(besieged: Besieged) -> None:
    """From the carrier's own address, without ever saying ACK: the living call goes on, and the rest ends by itself."""
    since = time.monotonic()
    with SipPeer("127.0.0.2") as carrier:
        for number in range(300):
            carrier.request("INVITE", besieged.node.udp_port, "982191002999", f"98{number:010d}")
            if number % 20 == 0:
                await give_way(1)
        await besieged.goes_on(since)
