"""Several carriers: which answers lead to the next, and how long a caller waits when one dies without a word."""

import asyncio
import time

import pytest
from msgspec.structs import replace
from tests.integration.telephony.test_switch_outside import asked, call, nothing, quiet
from tests.nodes_stage import NUMBER as OWN
from tests.nodes_stage import Cluster, cluster, needs_proxy, node_switch, proxied_site
from tests.polling import until_async
from tests.sip_peer import SipPeer
from tests.switch_stage import Switch, needs_asterisk, site, switch

from pasokh.telephony.config.models import Site
from pasokh.telephony.config.render import outside_dial_string
from pasokh.telephony.port import Originate

pytestmark = needs_asterisk
NUMBER = "989121234567"
NEXT = {
    403: "Forbidden",
    408: "Request Timeout",
    500: "Server Error",
    502: "Bad Gateway",
    503: "Unavailable",
    504: "Slow",
}
ENOUGH = {404: "Not Found", 410: "Gone", 480: "Away", 484: "Incomplete", 486: "Busy", 600: "Busy", 603: "Decline"}


def three(first: int, second: int, third: int, qualify: int = 0) -> Site:
    good = site(carrier_port=first)
    trunk = replace(good.trunks[0], credentials=None, qualify_seconds=qualify)
    others = [
        replace(trunk, key=key, host=host, port=port, order=order)
        for order, (key, host, port) in enumerate((("second", "127.0.0.3", second), ("third", "127.0.0.4", third)), 2)
    ]
    return replace(good, trunks=(trunk, *others))


async def test_which_answers_lead_to_the_next_carrier() -> None:
    with SipPeer("127.0.0.2") as first, SipPeer("127.0.0.3") as second, SipPeer("127.0.0.4") as third:
        async with switch() as made:
            await made.start(three(first.port, second.port, third.port))
            for status, reason in NEXT.items():
                await call(made, outside_dial_string("acme", NUMBER))
                await asked(first, status, reason)
                await asked(second, 486, "Busy Here")
                await quiet(made)
            for status, reason in ENOUGH.items():
                await call(made, outside_dial_string("acme", NUMBER))
                await asked(first, status, reason)
                await quiet(made)
                assert await asyncio.to_thread(nothing, second), f"after {status} nobody is rung again"
            await call(made, outside_dial_string("acme", NUMBER))
            for peer in (first, second):
                await asked(peer, 503, "Unavailable")
            await asked(third, 486, "Busy Here")
            await quiet(made)


async def test_a_carrier_that_died_since_the_last_look_costs_seconds() -> None:
    """Nobody looked: the call itself finds out."""
    with SipPeer("127.0.0.2") as first, SipPeer("127.0.0.3") as second:
        async with switch() as made:
            await made.start(three(first.port, second.port, 9))
            begun = time.monotonic()
            await call(made, outside_dial_string("acme", NUMBER))
            await asyncio.to_thread(second.receive, 15)
            assert 5 < time.monotonic() - begun < 12


async def test_a_carrier_that_comes_back_is_used_again() -> None:
    with SipPeer("127.0.0.2") as first, SipPeer("127.0.0.3") as second:
        async with switch() as made:
            await made.start(three(first.port, second.port, 9, qualify=1))
            serving = asyncio.create_task(_healthy(first))

            async def state() -> str:
                return await made.asterisk.command("pjsip show contacts")

            try:
                await until_async(state, lambda said: f"127.0.0.2:{first.port}" in said and _alive(said, "127.0.0.2"))
            finally:
                serving.cancel()
                await asyncio.wait({serving})
            await until_async(state, lambda said: not _alive(said, "127.0.0.2"))
            serving = asyncio.create_task(_healthy(first))
            await until_async(state, lambda said: _alive(said, "127.0.0.2"))
            serving.cancel()
            await asyncio.wait({serving})


def _alive(said: str, host: str) -> bool:
    return any(host in line and " Avail " in line for line in said.splitlines())


async def _healthy(peer: SipPeer) -> None:
    """Answer every question for health."""
    while True:
        try:
            request = await asyncio.to_thread(peer.receive, 0.2)
        except AssertionError:
            continue
        if request.first.startswith("OPTIONS"):
            peer.answer(request, 200, "OK")


@needs_proxy
async def test_behind_the_proxy_too_and_a_silent_carrier_costs_four_seconds() -> None:
    with SipPeer("127.0.0.2") as first, SipPeer("127.0.0.4") as second:
        async with cluster(proxied_site(carriers=(first.port, second.port))) as made:
            for status, reason in ((503, "Unavailable"), (486, "Busy Here")):
                await dial(made, status)
                await asked(first, status, reason)
                if status == 503:
                    request = await asked(second, 486, "Busy Here")
                    assert request.first.startswith(f"INVITE sip:+{NUMBER}@127.0.0.4:{second.port} ")
                    assert OWN in request.header("From")
                await quiet(made.nodes["node1"])
            assert await asyncio.to_thread(nothing, second)
            begun = time.monotonic()
            await dial(made, 0)
            await asyncio.to_thread(second.receive, 15)
            assert time.monotonic() - begun < 6


async def dial(made: Cluster, number: int) -> None:
    home: Switch = made.nodes["node1"]
    engine = node_switch(home, "node1")
    await engine.connect()
    await engine.originate(
        Originate(channel=f"a-{number}", endpoint=outside_dial_string("acme", NUMBER), variables={}, timeout_s=30)
    )
    await engine.close()


@pytest.mark.parametrize("trunk", ["main", "second"])
async def test_calls_come_in_by_any_carrier(trunk: str) -> None:
    with SipPeer("127.0.0.2") as first, SipPeer("127.0.0.3") as second:
        wanted = three(first.port, second.port, 9)
        async with switch() as made:
            await made.start(wanted)
            peer = first if trunk == "main" else second
            answer = await asyncio.to_thread(peer.invite, wanted.nodes[0].udp_port, wanted.numbers[0].did)
            assert answer.status == 200
            assert f"trunk-{trunk}" in await made.asterisk.command("core show channels")
