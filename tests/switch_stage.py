"""A private Asterisk for tests: loopback only, free ports, a folder of its own, gone when the test is.

`site` gives a small site on free ports; `Switch` renders it into a home and runs it. Tests that need one use the mark
`needs_asterisk`; those that place calls use `needs_sipp`.
"""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import Asterisk, Program
from pasokh.telephony.config.etc import Etc
from pasokh.telephony.config.machine import this_machine
from pasokh.telephony.config.models import (
    Certificate,
    Credentials,
    Desk,
    DialPolicy,
    DialRule,
    Listen,
    Mobile,
    Node,
    Number,
    Organisation,
    Site,
    Trunk,
    Webrtc,
)
from pasokh.telephony.config.render import Files, render
from pasokh.telephony.config.rules import check_site


def _installed() -> bool:
    with contextlib.suppress(PasokhError):
        Program.find()
        return True
    return False


needs_asterisk = pytest.mark.skipif(not _installed(), reason="Asterisk is not installed: ./dev setup voice")
needs_sipp = pytest.mark.skipif(shutil.which("sipp") is None, reason="SIPp is not installed: ./dev setup voice")


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on, for TCP or UDP."""
    with contextlib.ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            tcp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            udp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            tcp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                found.append(tcp.getsockname()[1])
        return found


def node(name: str = "node1", certificate: Certificate | None = None, rtp_first: int = 10_000) -> Node:
    """A node on loopback with UDP, and TLS where there is a certificate."""
    udp, tls, http, https = free_ports(4)
    return Node(
        name=name,
        entity_id="02:00:00:00:00:01",
        address="127.0.0.1",
        udp_port=udp,
        tls_port=tls if certificate else 0,
        http=Listen(address="127.0.0.1", port=http),
        https=Listen(address="127.0.0.1", port=https) if certificate else None,
        certificate=certificate,
    )


def site(certificate: Certificate | None = None, *, carrier_port: int = 0) -> Site:
    """One organisation, a carrier at 127.0.0.2, two numbers, a station of each kind."""
    made = Site(
        nodes=(node(certificate=certificate),),
        organisations=(
            Organisation(
                id="acme",
                policy=DialPolicy(
                    allowed=(DialRule(prefix="98"), DialRule(prefix="380", shortest=12, longest=12)),
                    denied=("98909",),
                    emergency=("112",),
                ),
            ),
        ),
        trunks=(
            Trunk(
                key="main",
                host="127.0.0.2",
                port=carrier_port or 5_070,
                transport="udp",
                srtp=False,
                qualify_seconds=0,
                credentials=Credentials(username="pasokh", password="secret;of@the&carrier"),
            ),
        ),
        numbers=(
            Number(did="982191001000", org="acme", also=("02191001000",)),
            Number(did="982191002000", org="acme"),
        ),
        stations=(
            Webrtc(key="neda", org="acme", password="browser-secret", name="ندا رضایی"),
            Desk(key="desk7", org="acme", password="desk-secret", transport="udp", srtp=False, name="Desk 7"),
            Mobile(key="ostap", org="acme", number="380441234567"),
        ),
    )
    check_site(made)
    return made


class Switch:
    """A home with its Asterisk."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.program = Program.find()
        self.machine = this_machine(home, self.program.modules, self.program.data)
        self.asterisk = Asterisk(self.program, home)
        self.etc = Etc(home)

    def files(self, wanted: Site) -> Files:
        """The files of the site's first node."""
        return render(wanted, wanted.nodes[0], self.machine)

    def write(self, wanted: Site) -> None:
        """Put the files in place without any trial."""
        self.etc.swap(self.etc.stage(self.files(wanted)))

    async def start(self, wanted: Site) -> None:
        """Run it; it dies with the test run, whatever happens."""
        self.write(wanted)
        await self.asterisk.start(dies_with_parent=True)


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that Asterisk's own user can reach, with a path short enough for its control socket."""
    folder = Path(tempfile.mkdtemp(prefix="pasokh-ast-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def switch() -> AsyncIterator[Switch]:
    """A switch that is not running yet; stopped at the end."""
    with short_folder() as folder:
        made = Switch(folder)
        try:
            yield made
        finally:
            await made.asterisk.stop()


def certificate(folder: Path) -> Certificate:
    """A self-signed certificate for 127.0.0.1."""
    key, chain, combined = folder / "key.pem", folder / "chain.pem", folder / "combined.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(chain)],
        check=True, capture_output=True,
    )  # fmt: skip
    combined.write_bytes(key.read_bytes() + chain.read_bytes())
    for file in (key, combined):
        file.chmod(0o644)  # Asterisk's own user reads them
    return Certificate(chain=str(chain), key=str(key), combined=str(combined), authorities=str(chain))


__all__ = ["Switch", "certificate", "free_ports", "needs_asterisk", "needs_sipp", "node", "replace", "site", "switch"]
