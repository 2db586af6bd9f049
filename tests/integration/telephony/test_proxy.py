"""Kamailio before two Asterisks: who gets in, where calls go, what strangers get, and a configuration that is wrong."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.nodes_stage import (
    CARRIER,
    NUMBER,
    STRANGER,
    Cluster,
    Phone,
    cluster,
    needs_proxy,
    node_switch,
    proxied_site,
)
from tests.polling import until_async
from tests.sip_peer import SDP, SipPeer
from tests.switch_stage import needs_asterisk

from pasokh.telephony import events as ev
from pasokh.telephony.port import Originate

pytestmark = [needs_proxy, needs_asterisk]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Cluster]:
    async with cluster(proxied_site()) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_a_carriers_calls_go_to_both_nodes(running):
    def calls():
        found = set()
        with SipPeer(CARRIER) as carrier:
            for _ in range(4):
                answer = carrier.invite(running.port, NUMBER)
                assert answer.status == 200, answer
                found.add(answer.header("Contact"))
                carrier.bye(answer, running.port)
                assert carrier.final().status == 200
        return found

    contacts = await asyncio.to_thread(calls)
    ports = {f":{node.udp_port}>" for node in running.site.nodes}
    assert {next(port for port in ports if port in contact) for contact in contacts} == ports


def sent(peer, port, method, to, sender, **more):
    """The final answer to a request."""
    peer.request(method, port, to, sender, **more)
    return peer.final()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_registered_telephone_is_reached_from_every_node(running):
    with Phone("desk7", "desk-secret") as phone:
        assert (await asyncio.to_thread(phone.register, running.port)).status == 200
        for name, home in running.nodes.items():
            switch = node_switch(home, name)
            await switch.connect()
            leg = f"a-{name}"
            await switch.originate(Originate(channel=leg, endpoint="PJSIP/desk7", variables={}, timeout_s=10))
            asked = await asyncio.to_thread(phone.take)
            assert asked.first.startswith("INVITE sip:desk7@")
            await asyncio.to_thread(phone.requested, "ACK")
            await switch.hang_up(leg, 16)
            phone.reply(await asyncio.to_thread(phone.requested, "BYE"), 200, "OK")
            await switch.close()
        assert (await asyncio.to_thread(phone.register, running.port, 0)).status == 200


@pytest.mark.asyncio(loop_scope="module")
async def test_a_telephone_nobody_signed_on_with_is_told_as_unreachable_at_once(running):
    switch = node_switch(running.nodes["node1"], "node1")
    await switch.connect()
    await switch.originate(Originate(channel="a-away", endpoint="PJSIP/neda", variables={}, timeout_s=10))
    async for event in switch.events():
        if isinstance(event, ev.ChannelGone):
            assert event.channel == "a-away"
            break
    await switch.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_telephone_calls_a_node_and_hears_why_it_cannot_without_an_engine(running):
    def called():
        with Phone("desk7", "desk-secret") as phone:
            answer = phone.invite_as(running.port, "8", "desk7", "desk-secret")
            wrong = phone.invite_as(running.port, "8", "desk7", "wrong-secret")
            stolen = phone.invite_as(running.port, "8", "desk8", "desk-secret")
            return answer.status, wrong.status, stolen.status

    assert await asyncio.to_thread(called) == (500, 401, 401)


@pytest.mark.asyncio(loop_scope="module")
async def test_known_and_unknown_names_get_the_same_answers(running):
    """Register, call, ask, from a stranger's address; with the wrong password too."""

    def answers(user):
        found = []
        with Phone(user, "wrong-secret", STRANGER) as phone:
            for method, body in (
                ("INVITE", SDP.format(host=STRANGER)),
                ("OPTIONS", ""),
                ("MESSAGE", ""),
                ("REGISTER", ""),
            ):
                answer = sent(phone, running.port, method, "neda", user, body=body)
                found.append((answer.first, sorted(name for name, _ in answer.headers)))
                if method == "INVITE":
                    phone.acknowledge(answer, running.port)
            found.append((phone.register(running.port).first, ()))
        return found

    known = await asyncio.to_thread(answers, "desk7")
    assert known == await asyncio.to_thread(answers, "nobody")
    assert {first.split()[1] for first, _ in known} == {"401"}


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_is_relayed_for_strangers(running):
    """Neither with a route of their own, nor inside a dialog they make up, nor as a carrier by a header."""

    def tried():
        found = []
        with SipPeer(STRANGER) as stranger, SipPeer("127.0.0.8") as victim:
            away = f"<sip:{victim.host}:{victim.port};lr>"
            own = f"<sip:127.0.0.1:{running.port};lr>"
            for method in ("INVITE", "MESSAGE", "OPTIONS"):
                found.append(sent(stranger, running.port, method, "x", "y", extra=f"Route: {away}\r\n").status)
                text = "To: <sip:x@127.0.0.1>;tag=made-up\r\n"
                found.append(
                    in_dialog(stranger, running.port, method, f"sip:x@{victim.host}:{victim.port}", own, text).status
                )
            header = "X-Pasokh-Trunk: main\r\nx-pasokh-trunk: main\r\n"
            found.append(sent(stranger, running.port, "INVITE", NUMBER, "982100", extra=header).status)
            victim.socket.settimeout(0.5)
            with pytest.raises(TimeoutError):
                victim.socket.recvfrom(1_000)
        return found

    assert await asyncio.to_thread(tried) == [401, 403, 401, 403, 401, 403, 401]


def in_dialog(peer, port, method, uri, route, to):
    text = (
        f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {peer.host}:{peer.port};branch=z9hG4bK{method}made\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:y@127.0.0.1>;tag=y\r\n{to}Call-ID: made-up-{method}\r\nCSeq: 1 {method}\r\n"
        f"Route: {route}\r\nContact: <sip:y@{peer.host}:{peer.port}>\r\nContent-Length: 0\r\n\r\n"
    )
    peer.socket.sendto(text.encode(), ("127.0.0.1", port))
    return peer.final()


@pytest.mark.asyncio(loop_scope="module")
async def test_nodes_answer_nobody_but_the_proxy(running):
    def asked():
        with SipPeer(CARRIER) as carrier:
            found = []
            for node in running.site.nodes:
                carrier.request("INVITE", node.udp_port, NUMBER, "982133334444", body=SDP.format(host=CARRIER))
                found.append(carrier.final().status)
            return found

    assert set(await asyncio.to_thread(asked)) <= {401, 403}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_telephone_is_only_let_in_from_its_network(running):
    def tried():
        with Phone("desk8", "desk-secret8") as wrong, Phone("desk8", "desk-secret8", "127.0.0.5") as right:
            return wrong.register(running.port).status, right.register(running.port).status

    assert await asyncio.to_thread(tried) == (401, 200)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("manner", ["passwords", "flood", "scanner"])
async def test_who_misbehaves_is_not_heard_for_a_while_and_others_are(running, manner):
    host = {"passwords": "127.0.1.1", "flood": "127.0.1.2", "scanner": "127.0.1.3"}[manner]

    def misbehaves():
        with Phone("desk7", "wrong-secret", host) as phone:
            if manner == "passwords":
                for _ in range(7):
                    phone.request("OPTIONS", running.port, "", "x")
                    with_password(phone, running.port)
            elif manner == "flood":
                for _ in range(200):
                    phone.request("OPTIONS", running.port, "", "x")
            else:
                phone.request("OPTIONS", running.port, "", "x", extra="User-Agent: friendly-scanner\r\n")
            return quiet(phone, running.port)

    assert await asyncio.to_thread(misbehaves)
    with Phone("desk7", "desk-secret") as honest:
        assert (await asyncio.to_thread(honest.register, running.port)).status == 200

    def forgiven():
        with Phone("desk7", "desk-secret", host) as phone:
            phone.socket.settimeout(0.2)
            phone.request("OPTIONS", running.port, "", "x")
            try:
                return bool(phone.socket.recvfrom(2_000))
            except TimeoutError:
                return False

    async def asked():
        return await asyncio.to_thread(forgiven)

    await until_async(asked, seconds=15)


def with_password(phone, port):
    """One try; the answer may be silence by now."""
    try:
        phone.socket.settimeout(0.3)
        phone._register(port, "desk7", 300, "")
        challenge = phone.receive(0.3)
        while challenge.status != 401:
            challenge = phone.receive(0.3)
        phone._register(port, "desk7", 300, phone._signed(challenge, "REGISTER", f"sip:127.0.0.1:{port}"))
    except AssertionError:
        pass


def quiet(phone, port):
    """Whether nobody answers any more: the last answers under way are waited for."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            while True:
                phone.receive(0.2)
        except AssertionError:
            pass
        phone.request("OPTIONS", port, "", "x")
        try:
            phone.receive(0.3)
        except AssertionError:
            return True
    return False
