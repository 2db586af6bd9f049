"""A throw-away Asterisk that starts with a new configuration, so that a bad one never reaches a running switch.

It has the site's own files but for what would disturb others: it listens on free loopback ports, lies in a folder of
its own, registers nowhere and asks no carrier for its health.
"""

import contextlib
import secrets
import shutil
import socket
import ssl
import tempfile
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import Asterisk, Program, complaints
from pasokh.telephony.config.etc import Etc
from pasokh.telephony.config.machine import SECRETS, Machine
from pasokh.telephony.config.models import Certificate, Listen, Node, Site
from pasokh.telephony.config.render import Files, render
from pasokh.telephony.config.verify import differences

_BUSY: Final = "WARNING taskprocessor.c:"
"""Thousands of stations at once fill a queue while Asterisk starts: load, not a mistake."""


def against(log: str) -> tuple[str, ...]:
    """The complaints of a log that speak against its configuration."""
    return tuple(each for each in complaints(log) if not each.startswith(_BUSY))


async def try_out(site: Site, node: Node, machine: Machine, program: Program) -> float:
    """Start the node's configuration beside everything; returns how many seconds it took to answer.

    Raises ``asterisk.too_old``, ``asterisk.bad_certificate``, ``asterisk.trial_failed`` with what is wrong.
    """
    await program.version()
    if node.certificate is not None:
        check_certificate(node.certificate)
    folder = own_folder()
    asterisk = Asterisk(program, folder)
    try:
        files = trial_files(site, node, machine, folder)
        etc = Etc(folder)
        etc.swap(etc.stage(files))
        try:
            seconds = await asterisk.start(dies_with_parent=True)
        except PasokhError as error:
            raise PasokhError("asterisk.trial_failed", reason=_reason(asterisk, str(error))) from error
        found = await differences(asterisk, files)
        complained = against(_log(asterisk))
        if found or complained:
            raise PasokhError("asterisk.trial_failed", reason="; ".join([*complained, *found][:5]))
        return seconds
    finally:
        await asterisk.stop(seconds=3)
        shutil.rmtree(folder, ignore_errors=True)


def trial_files(site: Site, node: Node, machine: Machine, folder: Path) -> Files:
    """The node's files with other addresses, other secrets and carriers left in peace."""
    udp, tcp, tls, http, https = free_ports(5)
    tried = replace(
        node,
        address="127.0.0.1",
        udp_port=udp if node.udp_port else 0,
        tcp_port=tcp if node.tcp_port else 0,
        tls_port=tls if node.tls_port else 0,
        http=Listen(address="127.0.0.1", port=http),
        https=Listen(address="127.0.0.1", port=https) if node.https else None,
    )
    trunks = tuple(replace(trunk, qualify_seconds=0, registers=False) for trunk in site.trunks)
    nodes = tuple(tried if each == node else each for each in site.nodes)
    passwords = {name: secrets.token_urlsafe(16) for name in SECRETS}
    return render(
        replace(site, nodes=nodes, trunks=trunks), tried, replace(machine, home=str(folder), passwords=passwords)
    )


def check_certificate(certificate: Certificate) -> None:
    """Asterisk reads a transport's certificate with the first connection only: too late to refuse it."""
    for chain, key in ((certificate.chain, certificate.key), (certificate.combined, None)):
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key)
        except OSError as error:
            raise PasokhError("asterisk.bad_certificate", file=chain, reason=_why(error)) from error


def _why(error: OSError) -> str:
    return (isinstance(error, ssl.SSLError) and error.reason) or error.strerror or type(error).__name__


def own_folder() -> Path:
    """A folder for a trial, which the switch's own account gets to."""
    folder = Path(tempfile.mkdtemp(prefix="pasokh-try-"))
    folder.chmod(0o755)  # Asterisk's own user goes through it; the files inside are private
    return folder


def _reason(asterisk: Asterisk, otherwise: str) -> str:
    found = against(_log(asterisk))
    return "; ".join(found[-3:]) or otherwise


def _log(asterisk: Asterisk) -> str:
    with contextlib.suppress(OSError):
        return asterisk.log.read_text("utf-8", "replace")
    return ""


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
                found.append(int(tcp.getsockname()[1]))
        return found
