"""Two private Asterisks behind one Kamailio, all on loopback, configured from one site; gone when the test is.

`needs_proxy` skips where Kamailio is missing.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import subprocess
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from tests.polling import until, until_async
from tests.sip_peer import SDP, Message, SipPeer
from tests.switch_stage import Switch, free_ports, short_folder

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.ari.client import AriAddress, AriTimings
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.config.etc import Etc
from pasokh.telephony.config.models import (
    Certificate,
    Desk,
    DialPolicy,
    DialRule,
    Held,
    Listen,
    Node,
    Number,
    Organisation,
    PortRange,
    Proxy,
    Site,
    Trunk,
    Webrtc,
)
from pasokh.telephony.config.render import render as render_node
from pasokh.telephony.config.rules import check_site
from pasokh.telephony.proxy.kamailio import ACCOUNT, Kamailio, Program
from pasokh.telephony.proxy.render import render

CARRIER, STRANGER, OTHER_CARRIER = "127.0.0.2", "127.0.0.9", "127.0.0.4"
NUMBER = "982191001000"


def _installed() -> bool:
    with contextlib.suppress(PasokhError):
        Program.find()
        return True
    return False


needs_proxy = pytest.mark.skipif(not _installed(), reason="Kamailio is not installed: ./dev setup voice")


def proxied_site(
    certificate: Certificate | None = None, *, carriers: tuple[int, int] = (5_070, 5_070), qualify: int = 0
) -> Site:
    """Two nodes, a proxy, two carriers, a telephone and a browser."""
    first, second, inside, udp, tls, http, https, ari1, ari2 = free_ports(9)
    rtp = _rtp()
    made = Site(
        nodes=tuple(
            Node(
                name=name, entity_id=f"02:00:00:00:00:0{place}", address="127.0.0.1", udp_port=port, tls_port=0,
                http=Listen(address="127.0.0.1", port=ari),
                rtp=PortRange(first=rtp + place * 100, last=rtp + place * 100 + 99),
            )
            for place, (name, port, ari) in enumerate((("node1", first, ari1), ("node2", second, ari2)))
        ),
        proxy=Proxy(
            address="127.0.0.1",
            udp_port=udp,
            tls_port=tls if certificate else 0,
            inside=Listen(address="127.0.0.1", port=inside),
            http=Listen(address="127.0.0.1", port=http),
            https=Listen(address="127.0.0.1", port=https) if certificate else None,
            origins=("https://centre.example",) if certificate else (),
            certificate=certificate,
            most_requests=40,
            ban_seconds=2,
        ),
        organisations=(
            Organisation(
                id="acme",
                policy=DialPolicy(allowed=(DialRule(prefix="98"),), emergency=("112",)),
                held=Held(retry_seconds=1),
            ),
        ),
        trunks=tuple(
            Trunk(
                key=key, host=host, port=port, transport="udp", srtp=False, qualify_seconds=qualify, order=order,
            )
            for order, (key, host, port) in enumerate(
                (("main", CARRIER, carriers[0]), ("spare", OTHER_CARRIER, carriers[1])), 1
            )
        ),
        numbers=(Number(did=NUMBER, org="acme"),),
        stations=(
            Desk(key="desk7", org="acme", password="desk-secret", transport="udp", srtp=False, name="Desk 7"),
            Desk(
                key="desk8", org="acme", password="desk-secret8", transport="udp", srtp=False, networks=("127.0.0.5",)
            ),
            Webrtc(key="neda", org="acme", password="browser-secret"),
        ),
    )  # fmt: skip
    check_site(made)
    return made


def _rtp() -> int:
    """A block of ports that is ours while the test lasts, as far as anybody can know."""
    return 20_000 + (os.getpid() * 7 + time.monotonic_ns() // 1_000_000) % 150 * 200


@dataclass
class Cluster:
    """A site that runs."""

    site: Site
    nodes: dict[str, Switch]
    kamailio: Kamailio

    @property
    def port(self) -> int:
        """Where phones and carriers reach the proxy."""
        assert self.site.proxy is not None
        return self.site.proxy.udp_port

    def write(self, site: Site) -> None:
        """Put the proxy's files in place without any trial."""
        etc = Etc(self.kamailio.home, ACCOUNT)
        etc.swap(etc.stage(render(site, self.kamailio.program.place(self.kamailio.home))))

    async def seen(self, name: str, state: str, seconds: float = 10.0) -> float:
        """How long until the proxy holds a node for A (active) or I (inactive)."""
        begun = time.monotonic()
        await until_async(self.kamailio.nodes, lambda found: found.get(name, "").startswith(state), seconds)
        return time.monotonic() - begun


def node_switch(switch: Switch, name: str, timings: AriTimings | None = None) -> AriSwitch:
    """A connection of the engine's to a node of its own."""
    ari = switch.asterisk.ari()
    address = AriAddress(f"http://{ari.host}:{ari.port}/ari", "pasokh", ari.password, "pasokh-acme")
    return AriSwitch(address, node=name, org="acme", clock=lambda: time.time_ns() // 1_000_000, timings=timings)


@contextlib.asynccontextmanager
async def cluster(site: Site) -> AsyncIterator[Cluster]:
    """Running, both nodes known to live."""
    with contextlib.ExitStack() as folders:
        homes = {node.name: Switch(folders.enter_context(short_folder())) for node in site.nodes}
        kamailio = Kamailio(Program.find(), folders.enter_context(short_folder()))
        made = Cluster(site, homes, kamailio)
        try:
            for node in site.nodes:
                switch = homes[node.name]
                switch.etc.swap(switch.etc.stage(_files(switch, site, node)))
            await asyncio.gather(*(switch.asterisk.start(dies_with_parent=True) for switch in homes.values()))
            made.write(site)
            await kamailio.start(dies_with_parent=True)
            for name in homes:
                await made.seen(name, "A")
                await until_async(kamailio.nodes, lambda found, name=name: found[name] == "AP")
            yield made
        finally:
            await kamailio.kill()
            await asyncio.gather(*(switch.asterisk.kill() for switch in homes.values()))


def _files(switch: Switch, site: Site, node: Node) -> dict[str, str]:
    return render_node(site, node, switch.machine)


class Phone(SipPeer):
    """A telephone that registers, is called and answers."""

    def __init__(self, user: str, password: str, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self.user, self.password = user, password

    def register(self, port: int, expires: int = 300, user: str = "") -> Message:
        """Sign on; the last answer."""
        name = user or self.user
        self._register(port, name, expires, "")
        answer = self.final()
        if answer.status != 401:
            return answer
        self._register(port, name, expires, self._signed(answer, "REGISTER", f"sip:127.0.0.1:{port}"))
        return self.final()

    def _signed(self, challenge: Message, method: str, uri: str) -> str:
        asked = dict(re.findall(r'(\w+)="([^"]*)"', challenge.header("WWW-Authenticate")))
        ha1, ha2 = _md5(f"{self.user}:{asked['realm']}:{self.password}"), _md5(f"{method}:{uri}")
        proof = _md5(f"{ha1}:{asked['nonce']}:00000001:c:auth:{ha2}")
        return (
            f'Authorization: Digest username="{self.user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
            f'uri="{uri}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", response="{proof}"\r\n'
        )

    def _register(self, port: int, user: str, expires: int, signed: str) -> None:
        call = uuid.uuid4().hex
        uri = f"sip:127.0.0.1:{port}"
        text = (
            f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self.host}:{self.port};rport;branch=z9hG4bK{call}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag={call[:8]}\r\nTo: <sip:{user}@127.0.0.1>\r\n"
            f"Call-ID: {call}\r\nCSeq: 1 REGISTER\r\n"
            f"Contact: <sip:{user}@{self.host}:{self.port}>;expires={expires}\r\n{signed}Content-Length: 0\r\n\r\n"
        )
        self.socket.sendto(text.encode(), ("127.0.0.1", port))

    def take(self, seconds: float = 8.0) -> Message:
        """Wait for a call and take it; its INVITE."""
        asked = self.rings(seconds)
        self.reply(asked, 200, "OK", SDP.format(host=self.host))
        return asked

    def rings(self, seconds: float = 8.0) -> Message:
        """Wait for a call."""
        deadline = time.monotonic() + seconds
        while True:
            asked = self.receive(max(0.01, deadline - time.monotonic()))
            if asked.first.startswith("INVITE "):
                self.reply(asked, 180, "Ringing")
                return asked

    def reply(self, request: Message, status: int, reason: str, body: str = "") -> None:
        """Answer with all that a dialog needs."""
        kept = [
            f"{name}: {value}"
            for name, value in request.headers
            if name.lower() in {"via", "from", "call-id", "cseq", "record-route"}
        ]
        content = "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"SIP/2.0 {status} {reason}\r\n" + "".join(f"{line}\r\n" for line in kept)
            + f"To: {request.header('To')};tag=phone{self.port}\r\n"
            + f"Contact: <sip:{self.user}@{self.host}:{self.port}>\r\n"
            + f"{content}Content-Length: {len(body)}\r\n\r\n{body}"
        )  # fmt: skip
        self.socket.sendto(text.encode(), request.source)

    def silent(self) -> bool:
        """Whether nobody calls for a moment."""
        self.socket.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            self.socket.recvfrom(65_535)
            return False
        return True


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def node_of_call(cluster: Cluster, seconds: float = 5.0) -> str:
    """The node that has the only call there is."""

    def found() -> str:
        for name, switch in cluster.nodes.items():
            if switch.asterisk.pid is not None and "1 active call" in _said(switch):
                return name
        return ""

    return until(found, seconds)


def _said(switch: Switch) -> str:
    words = [switch.program.binary, "-C", str(switch.asterisk.configuration), "-rx", "core show channels count"]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=10).stdout
