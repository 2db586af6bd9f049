"""Ways out of the switch: what the dial policy lets pass, by which carrier, and what it never lets pass."""

import asyncio
import base64
import contextlib
import urllib.parse
import urllib.request

import pytest
from msgspec.structs import replace
from tests.polling import until_async
from tests.sip_peer import Message, SipPeer
from tests.switch_stage import Switch, needs_asterisk, site, switch

from pasokh.telephony.asterisk import AriServer
from pasokh.telephony.config.models import Site
from pasokh.telephony.config.render import dial_string, outside_dial_string

pytestmark = needs_asterisk
NUMBER = "989121234567"


def originate(address: AriServer, endpoint: str, caller_id: str = "") -> int:
    """Have the switch call, as the engine does; whoever answers hears music."""
    query = {"endpoint": endpoint, "context": "held", "extension": "s", "priority": "1", "callerId": caller_id}
    request = urllib.request.Request(
        f"http://{address.host}:{address.port}/ari/channels?{urllib.parse.urlencode(query)}", method="POST"
    )
    request.add_header("Authorization", "Basic " + base64.b64encode(f"pasokh:{address.password}".encode()).decode())
    with contextlib.closing(urllib.request.urlopen(request)) as answer:
        return answer.status


async def call(made: Switch, endpoint: str, caller_id: str = "") -> None:
    assert await asyncio.to_thread(originate, made.asterisk.ari(), endpoint, caller_id) == 200


async def quiet(made: Switch) -> None:
    await until_async(made.asterisk.calls, lambda calls: calls == 0)


def nothing(peer: SipPeer) -> bool:
    peer.socket.settimeout(0.05)
    with contextlib.suppress(TimeoutError):
        return not peer.socket.recv(65_535)
    return True


@pytest.fixture
def carrier():
    with SipPeer("127.0.0.2") as peer:
        yield peer


async def asked(peer: SipPeer, status: int, reason: str) -> Message:
    """The next call at a carrier, answered so."""

    def serve() -> Message:
        request = peer.requested("INVITE")
        peer.answer(request, status, reason)
        peer.requested("ACK")
        return request

    return await asyncio.to_thread(serve)


async def test_an_allowed_number_goes_out_in_the_carriers_form_showing_a_number_of_ours(carrier):
    wanted = site(carrier_port=carrier.port)
    async with switch() as made:
        await made.start(wanted)
        for shown, sent in (("", "982191001000"), ("982191002000", "982191002000"), ("911", "982191001000")):
            await call(made, outside_dial_string("acme", NUMBER), shown)
            request = await asked(carrier, 486, "Busy Here")
            assert request.first.startswith(f"INVITE sip:+{NUMBER}@127.0.0.2:{carrier.port} "), request.first
            assert f"sip:{sent}@127.0.0.2" in request.header("From"), "nobody shows a number that is not his"
            await quiet(made)
        mobile = next(station for station in wanted.stations if station.key == "ostap")
        await call(made, dial_string(mobile))
        assert "sip:+380441234567@" in (await asked(carrier, 603, "Decline")).first
        await quiet(made)


async def test_a_carrier_may_want_its_account_in_from_and_the_number_asserted(carrier):
    wanted = site(carrier_port=carrier.port)
    async with switch() as made:
        await made.start(replace(wanted, trunks=(replace(wanted.trunks[0], identity="asserted"),)))
        await call(made, outside_dial_string("acme", NUMBER))
        request = await asked(carrier, 486, "Busy Here")
        assert "sip:pasokh@127.0.0.2" in request.header("From")
        assert "sip:982191001000@" in request.header("P-Asserted-Identity")
        await quiet(made)


PREMIUM, OWN, SHORT, LONG = "989091234567", "982191001000", "98912", "9891212345678901"


@pytest.mark.parametrize("number", [PREMIUM, OWN, SHORT, LONG, "14155550100", "8816123456789", "112", f"+{NUMBER}"])
async def test_what_the_policy_does_not_allow_never_leaves(number, carrier):
    async with switch() as made:
        await made.start(site(carrier_port=carrier.port))
        with contextlib.suppress(urllib.error.HTTPError):
            await call(made, f"Local/{number}@outside-acme/n")
        await quiet(made)
        assert await asyncio.to_thread(nothing, carrier)


def two_carriers(first: int, second: int, qualify: int = 0) -> Site:
    good = site(carrier_port=first)
    other = replace(good.trunks[0], key="second", host="127.0.0.3", port=second, order=2)
    other = replace(other, dials="national", country="98")
    return replace(good, trunks=(replace(good.trunks[0], qualify_seconds=qualify), other))


async def test_the_second_carrier_takes_over_when_the_first_refuses_but_not_when_the_number_is_wrong(carrier):
    with SipPeer("127.0.0.3") as second:
        async with switch() as made:
            await made.start(two_carriers(carrier.port, second.port))
            await call(made, outside_dial_string("acme", NUMBER))
            await asked(carrier, 503, "Service Unavailable")
            assert "sip:09121234567@127.0.0.3" in (await asked(second, 486, "Busy Here")).first, "in its own form"
            await quiet(made)
            await call(made, outside_dial_string("acme", NUMBER))
            await asked(carrier, 404, "Not Found")
            await quiet(made)
            assert await asyncio.to_thread(nothing, second)


async def test_a_carrier_that_does_not_answer_is_known_to_be_dead_before_a_caller_waits_for_it(carrier):
    """Nobody answers its health checks: the call goes straight to the second."""
    with SipPeer("127.0.0.3") as second:
        async with switch() as made:
            await made.start(two_carriers(carrier.port, second.port, qualify=1))

            async def dead() -> bool:
                return "Unavail" in await made.asterisk.command("pjsip show contacts")

            await until_async(dead)
            await call(made, outside_dial_string("acme", NUMBER))
            assert "sip:09121234567@127.0.0.3" in (await asked(second, 486, "Busy Here")).first
            await quiet(made)


async def test_an_organisation_has_only_so_many_calls_at_once(carrier):
    wanted = site(carrier_port=carrier.port)
    organisation = wanted.organisations[0]
    one = replace(organisation, policy=replace(organisation.policy, max_calls=1))
    async with switch() as made:
        await made.start(replace(wanted, organisations=(one,)))
        await call(made, outside_dial_string("acme", NUMBER))
        first = await asyncio.to_thread(carrier.requested, "INVITE")
        carrier.answer(first, 180, "Ringing")
        await call(made, outside_dial_string("acme", "989121234568"))
        # The second's two channels vanish; the first's three stay.
        await until_async(made.asterisk.calls, lambda calls: calls == 3)
        carrier.answer(first, 486, "Busy Here")
        await quiet(made)


async def test_without_an_engine_a_station_reaches_emergency_numbers_and_nothing_else(carrier):
    async with switch() as made:
        wanted = site(carrier_port=carrier.port)
        await made.start(wanted)
        port = wanted.nodes[0].udp_port
        with SipPeer("127.0.0.9") as desk:
            calling = asyncio.create_task(asyncio.to_thread(desk.invite_as, port, "112", "desk7", "desk-secret"))
            assert "sip:112@127.0.0.2" in (await asked(carrier, 486, "Busy Here")).first
            await calling
            refused = await asyncio.to_thread(desk.invite_as, port, NUMBER, "desk7", "desk-secret")
            assert refused.status >= 400
            wrong = await asyncio.to_thread(desk.invite_as, port, "112", "desk7", "guessed-secret")
            assert wrong.status == 401
        await quiet(made)
        assert await asyncio.to_thread(nothing, carrier)
