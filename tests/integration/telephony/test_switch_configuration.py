"""A rendered configuration in a real Asterisk: it has everything, complains of nothing, and tells strangers nothing."""

import asyncio
import base64
import contextlib
import json
import random
import re
import ssl
import urllib.request
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.polling import until, until_async
from tests.sip_peer import SDP, SipPeer
from tests.switch_stage import certificate, free_ports, needs_asterisk, short_folder, site, switch
from websockets import Subprotocol
from websockets.asyncio.client import connect

from pasokh.telephony.asterisk import complaints
from pasokh.telephony.config.dialplan import application
from pasokh.telephony.config.models import Held, Node, Number, Webrtc
from pasokh.telephony.config.pjsip import shown_name
from pasokh.telephony.config.rules import check_site
from pasokh.telephony.config.verify import differences
from pasokh.telephony.config.web import METRICS_USER

pytestmark = needs_asterisk


@pytest.fixture
async def running():
    """A running switch with the sample site, its carrier's port, and the site."""
    carrier = free_ports(1)[0]
    wanted = site(carrier_port=carrier)
    async with switch() as made:
        await made.start(wanted)
        yield made, wanted


async def test_everything_of_the_site_is_there_and_asterisk_complains_of_nothing():
    """TLS, SRTP, browsers over WSS and names in three scripts; asked by CLI and ARI, not read from files."""
    with short_folder() as folder:
        wanted = site(certificate(folder))
        nasty = (
            Webrtc(key="a1", org="acme", password="browser-secret", name='х"); [trunk-x]; Set(X=${SHELL(id)})'),
            Webrtc(key="a2", org="acme", password="browser-secret", name="a;--b &@ 'c' $[1+1]"),
        )
        wanted = replace(wanted, stations=(*wanted.stations, *nasty))
        async with switch() as made:
            await made.start(wanted)
            assert await differences(made.asterisk, made.files(wanted)) == ()
            assert complaints(made.asterisk.log.read_text()) == ()
            endpoints = {each["resource"] for each in await made.asterisk.ask("endpoints/PJSIP")}
            assert endpoints == {"neda", "desk7", "a1", "a2", "trunk-main"}
            shown = await made.asterisk.command("pjsip show endpoint a1")
            assert '"х\'); [trunk-x]; Set(X=${SHELL(id)})" <a1>' in shown
            assert "a;--b &@ 'c' $[1+1]" in await made.asterisk.command("pjsip show endpoint a2")
            assert "secret;of@the&carrier" in await made.asterisk.command("pjsip show auth trunk-main")
            await speaks_tls(wanted.nodes[0])
            transports = await made.asterisk.command("pjsip show transports")
            assert all(
                name in transports for name in ("transport-udp", "transport-tls", "transport-ws", "transport-wss")
            )


async def test_asterisks_own_figures_want_a_password_of_their_own(running):
    made, _ = running
    ari = made.asterisk.ari()
    address = f"http://{ari.host}:{ari.port}/metrics"

    def read(user: str, password: str) -> tuple[int, str]:
        request = urllib.request.Request(address)
        signed = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {signed}")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""

    status, figures = await asyncio.to_thread(read, METRICS_USER, made.machine.passwords["metrics"])
    assert status == 200
    assert "asterisk_channels_count" in figures
    assert (await asyncio.to_thread(read, METRICS_USER, made.machine.passwords["ari"]))[0] == 401


SIGNS = "[];@&\"'<>|,\\#=${}()!^%-\u202e؛يіЇ aA1 "
STORIES = (
    "a;--b", "\\;", "ends with \\", "[general]", "#include x", "#exec rm", ";", "]", '"', '""', "=>", "${EXTEN}",
    "$[1+1]", "a\\\\;b;--;", "<sip:x@y>", ";;;---", "{}", "${SHELL(id)}", "!", "%s%n",
)  # fmt: skip


async def test_asterisk_reads_hostile_names_as_they_were_typed():
    """Its own reader, not ours: no name makes a line, ends a quote or comments out what follows."""
    drawn = random.Random(4)
    names = [*STORIES, *("".join(drawn.choices(SIGNS, k=drawn.randint(1, 40))) for _ in range(40))]
    stations = tuple(
        Webrtc(key=f"n{place}", org="acme", password="browser-secret", name=name) for place, name in enumerate(names)
    )
    wanted = replace(site(), stations=stations)
    check_site(wanted)
    async with switch() as made:
        await made.start(wanted)
        assert await differences(made.asterisk, made.files(wanted)) == ()
        assert complaints(made.asterisk.log.read_text()) == ()
        for station in stations:
            shown = await made.asterisk.command(f"pjsip show endpoint {station.key}")
            read = re.search(r"^ callerid +: (.*)$", shown, re.MULTILINE)
            assert read is not None
            assert read[1].strip() == f'"{shown_name(station)}" <{station.key}>', station.name


async def speaks_tls(node: Node) -> None:
    """Desk phones' TLS and browsers' WSS are open, with the certificate that the site names."""
    assert node.certificate is not None
    assert node.https is not None
    trust = ssl.create_default_context(cafile=node.certificate.chain)
    _, writer = await asyncio.open_connection("127.0.0.1", node.tls_port, ssl=trust)
    assert writer.get_extra_info("ssl_object").version() in {"TLSv1.2", "TLSv1.3"}
    writer.transport.abort()  # Asterisk does not answer the closing of TLS
    async with connect(
        f"wss://127.0.0.1:{node.https.port}/ws", ssl=trust, subprotocols=[Subprotocol("sip")]
    ) as browser:
        assert browser.subprotocol == "sip"


async def test_strangers_cannot_tell_which_users_exist(running):
    """REGISTER and INVITE of a known and an unknown user get the same words back."""
    made, wanted = running
    port = wanted.nodes[0].udp_port

    def told(method: str, user: str) -> list[str]:
        with SipPeer() as peer:
            body = SDP.format(host=peer.host) if method == "INVITE" else ""
            peer.request(method, port, user if method == "INVITE" else "", user, body=body)
            answer = peer.final()
        challenge = answer.header("WWW-Authenticate").split("nonce")[0]
        return [answer.first, challenge, *sorted(name for name, _ in answer.headers)]

    for method in ("REGISTER", "INVITE"):
        known = await asyncio.to_thread(told, method, "neda")
        unknown = await asyncio.to_thread(told, method, "nobody")
        assert known[0].startswith("SIP/2.0 401"), method
        assert known == unknown, method
    assert (await asyncio.to_thread(told, "INVITE", "trunk-main"))[0].startswith("SIP/2.0 401"), "a name is no carrier"
    security = made.home / "log" / "security.log"
    until(lambda: "InvalidAccountID" in security.read_text())


async def test_who_is_blocked_or_in_the_wrong_place_gets_nowhere_even_with_the_right_password():
    wanted = site()
    desk = replace(wanted.stations[1], networks=("127.0.0.7/32",))
    wanted = replace(wanted, stations=(desk,), blocked=("127.0.0.66/32",))
    port = wanted.nodes[0].udp_port

    def call(host: str) -> int:
        with SipPeer(host) as peer:
            return peer.invite_as(port, "5", "desk7", "desk-secret").status

    async with switch() as made:
        await made.start(wanted)
        assert await differences(made.asterisk, made.files(wanted)) == ()
        assert await asyncio.to_thread(call, "127.0.0.7") not in {401, 403}, "let in; there is no carrier"
        assert await asyncio.to_thread(call, "127.0.0.8") == 401, "as a wrong password would be"

        def register() -> str:
            with SipPeer("127.0.0.66") as peer:
                peer.request("REGISTER", port, "", "desk7")
                return peer.final().first

        assert (await asyncio.to_thread(register)).startswith("SIP/2.0 403")


async def test_numbers_nobody_has_do_not_exist_and_dialled_tricks_lead_nowhere(running):
    _, wanted = running
    port = wanted.nodes[0].udp_port

    def call(number: str) -> int:
        with SipPeer("127.0.0.2") as carrier:
            return carrier.invite(port, number).status

    for number in (
        "982199999999",
        "h",
        "s",
        "i",
        "t",
        "neda",
        "from-trunk",
        "98219100100%26",
        "112",
    ):
        assert await asyncio.to_thread(call, number) in {404, 484}, number


async def test_without_an_engine_a_caller_hears_music_and_can_leave_a_message():
    """`Stasis` fails, `held` answers and tries again; patience over, a message is recorded."""
    wanted = site()
    patient, short = wanted.organisations[0], Held(retry_seconds=1, minutes=0, message_seconds=5)
    wanted = replace(
        wanted,
        organisations=(patient, replace(patient, id="brief", held=short)),
        numbers=(*wanted.numbers, Number(did="982191003000", org="brief")),
    )
    port = wanted.nodes[0].udp_port
    async with switch() as made:
        await made.start(wanted)
        with SipPeer("127.0.0.2") as carrier:
            answer = await asyncio.to_thread(carrier.invite, port, "982191001000", "98%3b21%2633%40x")
            assert answer.status == 200
            channels = await made.asterisk.ask("channels")
            told = channels[0]["channelvars"]
            assert told["PASOKH_ORG"] == "acme"
            assert told["PASOKH_NUMBER"] == "982191001000"
            assert told["PASOKH_ROLE"] == "caller"
            assert told["PASOKH_TRUNK"] == "main"
            assert told["PASOKH_CALL"].startswith("node1-")
            assert len(told["PASOKH_SINCE"]) == 13, "milliseconds since 1970"
            assert set(channels[0]["caller"]["number"]) <= set("0123456789+")
            assert channels[0]["dialplan"]["context"] == "held"
            assert await made.asterisk.calls() == 1
            carrier.bye(answer, port)
            await until_async(made.asterisk.calls, lambda calls: calls == 0)
        voicemail = made.home / "spool" / "voicemail" / "brief"
        with SipPeer("127.0.0.2") as carrier:
            answer = await asyncio.to_thread(carrier.invite, port, "982191003000")
            assert answer.status == 200

            def recorded() -> list[Path]:
                with contextlib.suppress(OSError):
                    return list(voicemail.glob("node1-*_982191003000_982133334444.wav"))
                return []

            await asyncio.to_thread(until, recorded)
            carrier.bye(answer, port)


async def test_an_engine_that_comes_back_gets_the_caller_with_the_time_it_waited(running):
    """`held` tries again and again; the new engine sees who it is, and music is off when it does."""
    made, wanted = running
    port = wanted.nodes[0].udp_port
    with SipPeer("127.0.0.2") as carrier:
        answer = await asyncio.to_thread(carrier.invite, port, "982191001000")
        (waiting,) = await made.asterisk.ask("channels")
        ari = made.asterisk.ari()
        events = f"ws://{ari.host}:{ari.port}/ari/events?app={application('acme')}&api_key=pasokh:{ari.password}"
        async with connect(events) as engine, asyncio.timeout(10):
            event = {"type": ""}
            while event["type"] != "StasisStart":
                event = json.loads(await engine.recv())
            assert event["args"] == ["982191001000", waiting["channelvars"]["PASOKH_CALL"]]
            assert event["channel"]["id"] == waiting["id"]
            assert event["channel"]["channelvars"]["PASOKH_SINCE"] == waiting["channelvars"]["PASOKH_SINCE"]
        assert await made.asterisk.calls() == 1, "the engine has gone again, the caller has not"
        carrier.bye(answer, port)
        await until_async(made.asterisk.calls, lambda calls: calls == 0)


async def test_a_call_leaves_its_records(running):
    made, wanted = running
    port = wanted.nodes[0].udp_port
    with SipPeer("127.0.0.2") as carrier:
        answer = await asyncio.to_thread(carrier.invite, port, "982191002000")
        (channel,) = await made.asterisk.ask("channels")
        carrier.bye(answer, port)
        await until_async(made.asterisk.calls, lambda calls: calls == 0)
        call = channel["channelvars"]["PASOKH_CALL"]
        for kept in ("cdr-csv", "cel-custom"):
            file = made.home / "log" / kept / "Master.csv"
            await asyncio.to_thread(until, lambda file=file: file.exists() and call in file.read_text())
