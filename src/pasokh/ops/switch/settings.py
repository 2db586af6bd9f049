"""What the environment says of this machine's Asterisk; ports that are not named are standard ones, else free ones."""

import contextlib
import hashlib
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import urlsplit

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.ops.switch.nodes import nodes_of
from pasokh.telephony.asterisk import Program, lets_read
from pasokh.telephony.config.models import Certificate, Listen, Node, PortRange

type Voice = Literal["off", "on", "auto"]

NAMES: Final = (
    "PASOKH_VOICE", "PASOKH_SWITCH_HOME", "PASOKH_SWITCH_NODE", "PASOKH_SWITCH_HTTP_PORT", "PASOKH_SIP_ADDRESS",
    "PASOKH_SIP_PUBLIC_ADDRESS", "PASOKH_SIP_LOCAL_NETWORKS", "PASOKH_SIP_UDP_PORT", "PASOKH_SIP_TCP_PORT",
    "PASOKH_SIP_TLS_PORT", "PASOKH_SIP_CERTIFICATE", "PASOKH_SIP_KEY", "PASOKH_RTP_PORTS", "PASOKH_SWITCH_NODES",
    "PASOKH_PROXY_HOME", "PASOKH_PHONES_URL",
)  # fmt: skip
UDP, HTTP, TLS = 5_060, 8_088, 5_061
_RANGE = re.compile(r"(\d{4,5})-(\d{4,5})")


@dataclass(frozen=True, slots=True)
class SwitchSettings:
    """One Asterisk on this machine."""

    voice: Voice
    home: Path
    """Its folder; the engine and the web read from it where it listens."""
    node: str
    address: str
    """Where SIP and media listen; loopback unless said otherwise."""
    public_address: str
    local_networks: tuple[str, ...]
    udp_port: int | None
    """0 = off; None = the standard one, or a free one where that is taken."""
    tcp_port: int
    tls_port: int
    http_port: int | None
    rtp: PortRange
    certificate: str
    """Chain, PEM; empty = no TLS."""
    key: str
    nodes: Path | None
    """The file that says of several nodes, and of the proxy before them; None = this one is the only one."""
    proxy_home: Path
    """Kamailio's folder."""
    phones_url: str
    """Where the office passes browsers' SIP on: the proxy before several switches; empty = the switch of `home`."""
    said: Mapping[str, str]
    """The variables as they were given, for children."""

    @property
    def prompts(self) -> Path:
        """Where what is played lies."""
        return self.home / "prompts"

    @property
    def state(self) -> Path:
        """What the keeper tells doctor."""
        return self.home / "keeper.json"


def load_switch(values: Mapping[str, str], home: Path) -> SwitchSettings:
    """From the environment; raises `PasokhError` ``settings.*`` that names the variable."""
    certificate, key = values.get("PASOKH_SIP_CERTIFICATE", ""), values.get("PASOKH_SIP_KEY", "")
    if bool(certificate) != bool(key):
        name = "PASOKH_SIP_KEY" if certificate else "PASOKH_SIP_CERTIFICATE"
        raise PasokhError("settings.bad_choice", name=name, value="", allowed="a PEM file")
    voice = values.get("PASOKH_VOICE") or "off"
    if voice not in {"off", "on", "auto"}:
        raise PasokhError("settings.bad_choice", name="PASOKH_VOICE", value=voice, allowed="on, off, auto")
    said = values.get("PASOKH_RTP_PORTS") or "10000-19999"
    ports = _RANGE.fullmatch(said)
    if ports is None:
        raise PasokhError("settings.bad_choice", name="PASOKH_RTP_PORTS", value=said, allowed="10000-19999")
    phones = values.get("PASOKH_PHONES_URL", "")
    if phones and (urlsplit(phones).scheme not in {"ws", "wss"} or not urlsplit(phones).hostname):
        raise PasokhError("settings.bad_choice", name="PASOKH_PHONES_URL", value=phones, allowed="ws://host:port/ws")
    return SwitchSettings(
        voice=cast("Voice", voice),
        home=Path(values.get("PASOKH_SWITCH_HOME") or home / "asterisk").expanduser().absolute(),
        node=values.get("PASOKH_SWITCH_NODE") or "node1",
        address=values.get("PASOKH_SIP_ADDRESS") or "127.0.0.1",
        public_address=values.get("PASOKH_SIP_PUBLIC_ADDRESS", ""),
        local_networks=tuple(filter(None, values.get("PASOKH_SIP_LOCAL_NETWORKS", "").replace(" ", "").split(","))),
        udp_port=_port(values, "PASOKH_SIP_UDP_PORT"),
        tcp_port=_port(values, "PASOKH_SIP_TCP_PORT") or 0,
        tls_port=(_port(values, "PASOKH_SIP_TLS_PORT") or TLS) if certificate else 0,
        http_port=_port(values, "PASOKH_SWITCH_HTTP_PORT"),
        rtp=PortRange(first=int(ports[1]), last=int(ports[2])),
        certificate=certificate,
        key=key,
        nodes=Path(several).expanduser().absolute() if (several := values.get("PASOKH_SWITCH_NODES")) else None,
        proxy_home=Path(values.get("PASOKH_PROXY_HOME") or home / "kamailio").expanduser().absolute(),
        phones_url=phones,
        said={name: values[name] for name in NAMES if values.get(name)},
    )


def wants_voice(settings: SwitchSettings, given: bool | None) -> bool:
    """Whether a switch is to run here: as the command line says, else the environment; `auto` = where Asterisk is."""
    if given is not None:
        return given
    if settings.voice != "auto":
        return settings.voice == "on"
    with contextlib.suppress(PasokhError):
        Program.find()
        return True
    return False


def node_of(settings: SwitchSettings) -> Node:
    """This machine's node, with the ports it had before where they are not named.

    Where there are several, the file of nodes says. Raises `PasokhError` ``settings.*`` where what is named cannot be.
    """
    if (several := nodes_of(settings)) is not None:
        found = next((node for node in several.nodes if node.name == settings.node), None)
        if found is None:
            names = ", ".join(node.name for node in several.nodes)
            raise PasokhError("settings.bad_choice", name="PASOKH_SWITCH_NODE", value=settings.node, allowed=names)
        return found
    kept = _kept(settings.home / "ports.json")
    udp = settings.udp_port if settings.udp_port is not None else kept.get("udp") or _free(settings.address, UDP)
    http = settings.http_port if settings.http_port is not None else kept.get("http") or _free("127.0.0.1", HTTP)
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "ports.json").write_bytes(msgspec.json.encode({"udp": udp, "http": http}))
    try:
        return msgspec.convert(
            {
                "name": settings.node,
                "entity_id": _entity(settings),
                "address": settings.address,
                "public_address": settings.public_address,
                "local_networks": settings.local_networks,
                "udp_port": udp,
                "tcp_port": settings.tcp_port,
                "tls_port": settings.tls_port,
                "http": Listen(address="127.0.0.1", port=http),
                "rtp": settings.rtp,
                "certificate": _certificate(settings),
            },
            Node,
        )
    except msgspec.ValidationError as error:
        raise PasokhError("settings.bad_switch", problem=str(error)[:200]) from error


def _certificate(settings: SwitchSettings) -> Certificate | None:
    """Asterisk's HTTP server wants key and chain in one file: it is made here, readable to Asterisk alone."""
    if not settings.certificate:
        return None
    try:
        whole = Path(settings.key).read_bytes() + b"\n" + Path(settings.certificate).read_bytes()
    except OSError as error:
        raise PasokhError(
            "settings.bad_choice", name="PASOKH_SIP_CERTIFICATE", value=str(error.filename), allowed="a PEM file"
        ) from error
    combined = settings.home / "secrets" / "combined.pem"
    combined.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = combined.with_name(f".combined-{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(whole)
    lets_read(made)
    made.replace(combined)
    return Certificate(chain=settings.certificate, key=settings.key, combined=str(combined))


def _entity(settings: SwitchSettings) -> str:
    """Like a MAC address (locally administered), the same at every start, another for each node and home."""
    made = hashlib.sha256(f"{os.uname().nodename} {settings.home} {settings.node}".encode()).hexdigest()
    return ":".join(("02", *(made[n : n + 2] for n in range(0, 10, 2))))


def _kept(path: Path) -> dict[str, int]:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    return {}


def _free(address: str, wanted: int) -> int:
    """The wanted port where nobody has it, by UDP and TCP; else one that is free."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port in (wanted, *[0] * 20):
        with socket.socket(family, socket.SOCK_STREAM) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                tcp.bind((address, port))
                udp.bind((address, tcp.getsockname()[1]))
                return int(tcp.getsockname()[1])
    raise PasokhError("settings.bad_switch", problem=f"no free port on {address}")


def _port(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or int(text) > 65_535:
        raise PasokhError("settings.bad_number", name=name, value=text)
    return int(text)
