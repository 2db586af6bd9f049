"""Changes reach the proxy tried, by reloading where that does, and a wrong one not at all; nodes and it may die."""

import asyncio
import contextlib
import hashlib
import re
import sqlite3
import ssl
import time
import warnings
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.nodes_stage import CARRIER, NUMBER, Cluster, Phone, cluster, needs_proxy, node_switch, proxied_site
from tests.polling import until_async
from tests.sip_peer import SipPeer
from tests.switch_stage import certificate, needs_asterisk, replace, short_folder
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.models import Certificate, Desk
from pasokh.telephony.config.pjsip import ha1
from pasokh.telephony.config.rules import check_site
from pasokh.telephony.port import Originate
from pasokh.telephony.proxy import apply as applying
from pasokh.telephony.proxy.apply import apply, differences, try_out, verify

pytestmark = [needs_proxy, needs_asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Cluster]:
    with short_folder() as folder:
        async with cluster(proxied_site(certificate(folder))) as made:
            yield made


def ports_of_calls(running: Cluster, count: int) -> list[str]:
    """To which nodes a carrier's calls went."""
    found = []
    with SipPeer(CARRIER) as carrier:
        for _ in range(count):
            answer = carrier.invite(running.port, NUMBER)
            assert answer.status == 200, answer
            found.append(answer.header("Contact").rpartition(":")[2].rstrip(">"))
            carrier.bye(answer, running.port)
            assert carrier.final().status == 200
    return found


async def test_a_new_telephone_needs_no_new_start(running):
    site, kamailio = running.site, running.kamailio
    assert await verify(site, kamailio) == ()
    before = kamailio.pid
    more = replace(
        site,
        stations=(*site.stations, Desk(key="desk9", org="acme", password="desk-secret9", transport="udp", srtp=False)),
    )
    with pytest.raises(PasokhError) as refused:
        await verify(more, kamailio)
    assert refused.value.code == "proxy.not_applied"
    done = await apply(more, kamailio)
    assert done.running
    assert done.plan.changes == (("users", ("+ desk9",)),), "no secret is shown"
    assert kamailio.pid == before
    with Phone("desk9", "desk-secret9") as phone:
        assert (await asyncio.to_thread(phone.register, running.port)).status == 200
    assert (await apply(more, kamailio)).plan.empty
    await apply(site, kamailio)
    with Phone("desk9", "desk-secret9") as phone:
        assert (await asyncio.to_thread(phone.register, running.port)).status == 401


async def test_a_node_that_is_to_take_no_calls_gets_none(running):
    site, kamailio = running.site, running.kamailio
    first, second = site.nodes
    drained = replace(site, nodes=(replace(first, takes_calls=False), second))
    await apply(drained, kamailio)
    assert set(await asyncio.to_thread(ports_of_calls, running, 4)) == {str(second.udp_port)}
    await apply(site, kamailio)
    await running.seen("node1", "A")
    assert set(await asyncio.to_thread(ports_of_calls, running, 4)) == {str(first.udp_port), str(second.udp_port)}


async def test_what_needs_a_new_start_is_said_first(running):
    site, kamailio = running.site, running.kamailio
    wider = replace(site, proxy=replace(site.proxy, most_requests=50))
    before = kamailio.pid
    with pytest.raises(PasokhError) as refused:
        await apply(wider, kamailio)
    assert refused.value.code == "proxy.restart_needed"
    assert kamailio.pid == before
    assert await verify(site, kamailio) == ()
    await apply(wider, kamailio, restart=True)
    assert kamailio.pid != before
    await until_async(kamailio.nodes, lambda found: all(flags == "AP" for flags in found.values()))
    await apply(site, kamailio, restart=True)
    await until_async(kamailio.nodes, lambda found: all(flags == "AP" for flags in found.values()))


async def test_a_wrong_configuration_never_reaches_it(running, tmp_path):
    site, kamailio = running.site, running.kamailio
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    path = str(nonsense)
    wrong = replace(site.proxy, certificate=Certificate(chain=path, key=path, combined=path))
    before = kamailio.pid
    with pytest.raises(PasokhError) as refused:
        await apply(replace(site, proxy=wrong), kamailio, restart=True)
    assert refused.value.code == "asterisk.bad_certificate"
    assert kamailio.pid == before
    assert await verify(site, kamailio) == ()


async def test_the_trial_finds_what_the_check_of_the_language_does_not(running, monkeypatch):
    """A table that cannot be read is found only by starting."""
    honest = applying.render

    def dishonest(site, place):
        return honest(site, place) | {"users": "key_name(nothing)\n"}

    monkeypatch.setattr(applying, "render", dishonest)
    with pytest.raises(PasokhError) as refused:
        await try_out(running.site, running.kamailio.program)
    assert refused.value.code == "proxy.trial_failed"


async def test_a_site_whose_parts_do_not_fit_is_refused():
    site = proxied_site()
    first, second = site.nodes
    for code, wrong in {
        "site.transport_off": replace(site, nodes=(replace(first, udp_port=0, tls_port=0, tcp_port=5_999), second)),
        "site.node_anywhere": replace(site, nodes=(replace(first, address="0.0.0.0"), second)),
        "site.no_node_takes_calls": replace(
            site, nodes=(replace(first, takes_calls=False), replace(second, takes_calls=False))
        ),
        "site.proxy_exposed": replace(
            site, proxy=replace(site.proxy, inside=replace(site.proxy.inside, address="8.8.8.8"))
        ),
        "site.no_browsers": replace(site, proxy=replace(site.proxy, http=None)),
        "site.reserved_name": replace(site, stations=(replace(site.stations[0], key="proxy"),)),
    }.items():
        with pytest.raises(PasokhError) as refused:
            check_site(wrong)
        assert refused.value.code == code


async def test_telephones_are_known_again_after_the_proxy_died(running):
    """Registrations lie in its own database; a call to a telephone works as soon as it is there again."""
    kamailio = running.kamailio
    with Phone("desk7", "desk-secret") as phone:
        assert (await asyncio.to_thread(phone.register, running.port)).status == 200
        await until_async(lambda: asyncio.to_thread(_kept, running))
        await kamailio.kill()
        seconds = await kamailio.start(dies_with_parent=True)
        assert seconds < 5
        switch = node_switch(running.nodes["node2"], "node2")
        await switch.connect()
        await switch.originate(Originate(channel="a-again", endpoint="PJSIP/desk7", variables={}, timeout_s=10))
        assert (await asyncio.to_thread(phone.rings)).first.startswith("INVITE sip:desk7@")
        await switch.hang_up("a-again", 16)
        await switch.close()


def _kept(running: Cluster) -> bool:
    file = f"file:{running.kamailio.home}/lib/location.sqlite?mode=ro"
    with contextlib.closing(sqlite3.connect(file, uri=True)) as database:
        return bool(database.execute("SELECT 1 FROM location WHERE username = 'desk7'").fetchall())


async def test_new_calls_go_to_the_node_that_lives(running):
    """The first ones find out; after a second nobody is sent to the dead one any more."""
    dead, alive = running.nodes["node1"], running.site.nodes[1]
    await dead.asterisk.kill()
    assert set(await asyncio.to_thread(ports_of_calls, running, 3)) == {str(alive.udp_port)}
    await running.seen("node1", "I")
    assert "node node1: no answer" in await differences(running.site, running.kamailio)
    await dead.asterisk.start(dies_with_parent=True)
    await running.seen("node1", "A")
    assert len(set(await asyncio.to_thread(ports_of_calls, running, 4))) == 2


class Browser:
    """A telephone in a page, as far as its socket goes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def request(self, method: str, headers: str) -> str:
        uri = "sip:127.0.0.1"
        await self.socket.send(
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS page.invalid;branch=z9hG4bK{time.monotonic_ns()}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:neda@127.0.0.1>;tag=page\r\nTo: <sip:neda@127.0.0.1>\r\n"
            f"Call-ID: page-{id(self)}\r\nCSeq: 1 {method}\r\n{headers}Content-Length: 0\r\n\r\n"
        )
        return str(await asyncio.wait_for(self.socket.recv(), 5))

    async def sign_on(self) -> str:
        contact = "Contact: <sip:neda@page.invalid;transport=ws>;expires=300\r\n"
        asked = dict(re.findall(r'(\w+)="([^"]*)"', await self.request("REGISTER", contact)))
        secret = ha1("neda", "pasokh", "browser-secret")
        asks = hashlib.md5(b"REGISTER:sip:127.0.0.1", usedforsecurity=False).hexdigest()
        text = f"{secret}:{asked['nonce']}:00000001:c:auth:{asks}"
        proof = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        signed = (
            f'Authorization: Digest username="neda", realm="pasokh", nonce="{asked["nonce"]}", uri="sip:127.0.0.1", '
            f'algorithm=MD5, qop=auth, nc=00000001, cnonce="c", response="{proof}"\r\n'
        )
        return await self.request("REGISTER", contact + signed)


def ringing(asked: str) -> str:
    """The answer of a telephone that rings."""
    kept = [
        line for line in asked.split("\r\n") if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq", "Record-Route")
    ]
    to = next(line for line in asked.split("\r\n") if line.startswith("To:"))
    return "\r\n".join(["SIP/2.0 180 Ringing", *kept, f"{to};tag=page", "Content-Length: 0", "", ""])


@pytest.mark.parametrize("way", ["ws", "wss"])
async def test_a_browser_signs_on_once_and_is_called_from_every_node(running, way):
    proxy = running.site.proxy
    port = proxy.http.port if way == "ws" else proxy.https.port
    trusting = ssl.create_default_context(cafile=proxy.certificate.chain) if way == "wss" else None
    origin = Origin("https://centre.example")
    async with connect(
        f"{way}://127.0.0.1:{port}/ws", subprotocols=[Subprotocol("sip")], ssl=trusting, origin=origin, proxy=None
    ) as socket:
        browser = Browser(socket)
        assert (await browser.sign_on()).startswith("SIP/2.0 200")
        for name, home in running.nodes.items():
            switch = node_switch(home, name)
            await switch.connect()
            leg = f"a-{way}-{name}"
            await switch.originate(Originate(channel=leg, endpoint="PJSIP/neda", variables={}, timeout_s=10))
            asked = str(await asyncio.wait_for(socket.recv(), 5))
            assert asked.startswith("INVITE sip:neda@page.invalid")
            assert "UDP/TLS/RTP/SAVPF" in asked
            await socket.send(ringing(asked))
            await switch.hang_up(leg, 16)
            assert str(await asyncio.wait_for(socket.recv(), 5)).startswith("CANCEL ")
            await switch.close()


async def test_pages_of_others_get_no_socket(running):
    proxy = running.site.proxy
    trusting = ssl.create_default_context(cafile=proxy.certificate.chain)
    url = f"wss://127.0.0.1:{proxy.https.port}"
    for path, origin in (("/ws", "https://elsewhere.example"), ("/ws", None), ("/other", "https://centre.example")):
        with pytest.raises(InvalidStatus) as refused:
            await connect(
                url + path, subprotocols=[Subprotocol("sip")], ssl=trusting, proxy=None,
                origin=Origin(origin) if origin else None,
            )  # fmt: skip
        assert refused.value.response.status_code in {403, 404}


async def test_old_tls_is_refused(running):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", running.site.proxy.tls_port, ssl=old)
