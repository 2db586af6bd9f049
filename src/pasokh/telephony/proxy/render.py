"""A site as Kamailio's files: what changes daily lies in tables that it reads again while calls go on. Pure.

=================  ====================================================================================================
`kamailio.cfg`     listening, modules, and the way of every request (`pasokh.telephony.proxy.routes`)
`tls.cfg`          certificates
`dispatcher.list`  nodes, and which get new calls
`address.list`     who is a node, a carrier, a reverse proxy, or refused
`users`            names of telephones and what their passwords are checked with
`networks`         where a telephone may be
`uacreg`           where we register with carriers
=================  ====================================================================================================
"""

from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Final

from msgspec import Struct

from pasokh.telephony.config.ini import host_port, uri_host
from pasokh.telephony.config.models import Desk, Listen, Mobile, Proxy, Site, Trunk
from pasokh.telephony.config.pjsip import DEFAULT_PORTS, REGISTRATION_SECONDS, ha1
from pasokh.telephony.config.rules import host_address
from pasokh.telephony.proxy.routes import routes

type Files = dict[str, str]

HEAD: Final = "# Written by Pasokh from its own records. Changes made here are lost.\n"
NODES: Final = 1
"""The group of nodes, in addresses and in the dispatcher."""
REFUSED: Final = 2
FRONTS: Final = 3
"""Reverse proxies on this machine: many browsers behind one address."""
CARRIERS: Final = 10
INACTIVE: Final = 4
"""A dispatcher's flag: gets no new calls, and is not asked whether it lives."""
CONFIGURATION: Final = "kamailio.cfg"
TABLE: Final = "key_name(string) key_type(int) value_type(int) key_value(string) expires(int)\n"
MODULES: Final = (
    "db_text", "db_sqlite", "tm", "sl", "rr", "pv", "maxfwd", "textops", "siputils", "xlog", "sanity", "ctl",
    "jsonrpcs", "kex", "corex", "tmx", "ipops", "htable", "pike", "permissions", "dispatcher", "auth", "usrloc",
    "registrar", "nathelper",
)  # fmt: skip
WEB: Final = ("xhttp", "websocket")


class Place(Struct, frozen=True):
    """Where this machine has Kamailio's things."""

    home: str
    modules: str
    versions: str
    """Of its tables, as the installed release counts them."""
    uacreg: str
    """The columns of its table of registrations with carriers."""

    def folder(self, name: str) -> str:
        """One of: etc, run, lib, log."""
        return f"{self.home}/{name}"


def render(site: Site, place: Place) -> Files:
    """Every file; the same site gives the same bytes. The site has a proxy."""
    proxy = site.proxy
    assert proxy is not None
    files = {
        CONFIGURATION: HEAD + _settings(site, proxy, place) + routes(site, proxy),
        "dispatcher.list": HEAD + "".join(_nodes(site, proxy)),
        "address.list": HEAD + "".join(_addresses(site)),
        "users": TABLE + "".join(_users(site)),
        "networks": TABLE + "".join(_networks(site)),
        "version": place.versions,
    }
    if proxy.certificate is not None:
        files["tls.cfg"] = HEAD + _tls(proxy)
    if _registering(site):
        files["uacreg"] = (
            place.uacreg.replace("(string)", "(string,null)") + "\n" + "".join(_registrations(site, proxy, place))
        )
    return dict(sorted(files.items()))


# -- settings ----------------------------------------------------------------------------------------------------------
def _settings(site: Site, proxy: Proxy, place: Place) -> str:
    tls, web = proxy.certificate is not None, bool(proxy.http or proxy.https)
    modules = [*MODULES, *(("tls",) if tls else ()), *(WEB if web else ()), *(("uac",) if _registering(site) else ())]
    lines = [
        "debug=0",
        "log_stderror=yes",
        "fork=yes",
        "children=4",
        "tcp_children=4",
        "server_signature=no",
        'user_agent_header="User-Agent: Pasokh"',
        "auto_aliases=no",
        "disable_tcp=no",
        "tcp_accept_no_cl=yes",  # websockets
        f"tcp_connection_lifetime={REGISTRATION_SECONDS + 60}",
        "tcp_max_connections=16384",
        "tcp_connect_timeout=3",
        "tcp_send_timeout=3",
        "tcp_rd_buf_size=65536",
        *(("enable_tls=yes", "tls_max_connections=16384") if tls else ()),
        *(f"listen={each}" for each in listens(proxy)),
        f'mpath="{place.modules}/"',
        *(f'loadmodule "{name}.so"' for name in modules),
        *(
            f'modparam("{module}", "{name}", {_value(value)})'
            for module, name, value in _parameters(site, proxy, place)
        ),
    ]
    return "\n".join(lines) + "\n"


def listens(proxy: Proxy) -> list[str]:
    """What it listens on, the inside first: calls to nodes go out by it."""
    shown = f" advertise {uri_host(proxy.public_address)}:" if proxy.public_address else ""
    found = [f"udp:{_at(proxy.inside)}"]
    for kind, port in (("udp", proxy.udp_port), ("tcp", proxy.tcp_port), ("tls", proxy.tls_port)):
        if port:
            found.append(f"{kind}:{host_port(proxy.address, port)}{shown}{port if shown else ''}")
    if proxy.http is not None:
        found.append(f"tcp:{_at(proxy.http)}")
    if proxy.https is not None:
        found.append(f"tls:{_at(proxy.https)}")
    return found


def _at(listen: Listen) -> str:
    return host_port(listen.address, listen.port)


type Parameter = tuple[str, str, str | int]

FIXED: Final[tuple[Parameter, ...]] = (
    ("db_text", "db_mode", 1),  # a table is read again when its file is newer
    ("tm", "failure_reply_mode", 3),
    ("tm", "fr_timer", 2_000),  # a node that does not answer at once does not live
    ("tm", "fr_inv_timer", 180_000),
    ("rr", "enable_full_lr", 1),
    ("rr", "append_fromtag", 1),
    ("jsonrpcs", "transport", 4),
    ("jsonrpcs", "dgram_mode", 0o600),
    ("sanity", "autodrop", 0),
    ("htable", "htable", "users=>size=12;dbtable=users;"),
    ("htable", "htable", "networks=>size=8;dbtable=networks;"),
    ("htable", "htable", "tries=>size=10;autoexpire=60;initval=0;"),
    ("pike", "sampling_time_unit", 2),
    ("pike", "remove_latency", 4),
    ("permissions", "peer_tag_avp", "$avp(peer)"),
    ("permissions", "reload_delta", 0),
    ("dispatcher", "reload_delta", 0),
    ("dispatcher", "flags", 2),  # the next one when one fails
    ("dispatcher", "xavp_dst", "_dsdst_"),
    ("dispatcher", "ds_ping_interval", 1),
    ("dispatcher", "ds_ping_reply_codes", "class=2;class=3;class=4"),
    ("dispatcher", "ds_probing_mode", 1),
    ("dispatcher", "ds_probing_threshold", 1),
    ("dispatcher", "ds_inactive_threshold", 1),
    ("auth", "nonce_expire", 300),
    ("usrloc", "db_mode", 2),  # known again after a crash, but for the last seconds
    ("usrloc", "timer_interval", 3),
    ("usrloc", "handle_lost_tcp", 1),
    ("usrloc", "use_domain", 0),
    ("registrar", "received_avp", "$avp(received)"),
    ("registrar", "min_expires", 30),
    ("registrar", "max_expires", REGISTRATION_SECONDS),
    ("registrar", "default_expires", 600),
    ("nathelper", "received_avp", "$avp(received)"),
    ("nathelper", "natping_interval", 30),
    ("nathelper", "ping_nated_only", 0),
)
"""The same everywhere."""


def _parameters(site: Site, proxy: Proxy, place: Place) -> Iterable[Parameter]:
    etc, run, inside = place.folder("etc"), place.folder("run"), _at(proxy.inside)
    yield from FIXED
    yield "ctl", "binrpc", f"unix:{run}/ctl"
    yield "jsonrpcs", "dgram_socket", f"{run}/rpc"
    yield "htable", "db_url", f"text://{etc}"
    yield "htable", "htable", f"banned=>size=10;autoexpire={proxy.ban_seconds};"
    yield "pike", "reqs_density_per_unit", proxy.most_requests
    yield "permissions", "address_file", f"{etc}/address.list"
    yield "dispatcher", "list_file", f"{etc}/dispatcher.list"
    yield "dispatcher", "ds_ping_from", f"sip:proxy@{inside}"
    yield "dispatcher", "ds_default_socket", f"udp:{inside}"
    yield "usrloc", "db_url", f"sqlite:///{place.folder('lib')}/location.sqlite"
    if proxy.certificate is not None:
        yield "tls", "config", f"{etc}/tls.cfg"
    if proxy.http or proxy.https:
        yield "websocket", "keepalive_mechanism", 1
        yield "websocket", "keepalive_timeout", 30
    if _registering(site):
        yield "uac", "reg_db_url", f"text://{etc}"
        yield "uac", "reg_contact_addr", contact_address(proxy)
        yield "uac", "reg_timer_interval", 5
        yield "uac", "reg_retry_interval", 30
        yield "uac", "restore_mode", "none"
        yield "uac", "reload_delta", 0


def contact_address(proxy: Proxy) -> str:
    """Where carriers we register with are to call us."""
    port = proxy.udp_port or proxy.tcp_port or proxy.tls_port
    return host_port(proxy.public_address or proxy.address, port)


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


def _tls(proxy: Proxy) -> str:
    certificate = proxy.certificate
    assert certificate is not None
    own = [f"certificate = {certificate.chain}", f"private_key = {certificate.key}"]
    trusted = certificate.authorities or "/etc/ssl/certs/ca-certificates.crt"
    server = ["[server:default]", "method = TLSv1.2+", "verify_certificate = no", "require_certificate = no", *own]
    client = ["[client:default]", "method = TLSv1.2+", "verify_certificate = yes", "require_certificate = yes"]
    return "\n".join([*server, "", *client, f"ca_list = {trusted}", *own]) + "\n"


# -- tables ------------------------------------------------------------------------------------------------------------
def _nodes(site: Site, proxy: Proxy) -> Iterable[str]:
    for node in site.nodes:
        flags = 0 if node.takes_calls else INACTIVE
        uri = f"sip:{host_port(node.address, node.udp_port)}"
        yield f"{NODES} {uri} {flags} 0 socket=udp:{_at(proxy.inside)};duid={node.name}\n"


def _addresses(site: Site) -> Iterable[str]:
    for node in site.nodes:
        yield f"{NODES} {node.address} {_bits(node.address)} {node.udp_port} {node.name}\n"
    for network in site.blocked:
        yield f"{REFUSED} {_network(network)} 0 refused\n"
    for front in ("127.0.0.0/8", "::1/128"):
        yield f"{FRONTS} {_network(front)} 0 front\n"
    for place, trunk in enumerate(site.trunks):
        for network in trunk.networks or (host_address(trunk.host) or "",):
            yield f"{CARRIERS + place} {_network(network)} 0 {trunk.key}\n"


def _bits(address: str) -> int:
    return ip_network(address).prefixlen


def _network(network: str) -> str:
    found = ip_network(network, strict=False)
    return f"{found.network_address} {found.prefixlen}"


def _users(site: Site) -> Iterable[str]:
    for station in site.stations:
        if not isinstance(station, Mobile):
            yield f"{station.key}:0:0:{ha1(station.key, site.realm, station.password)}:0\n"


def _networks(site: Site) -> Iterable[str]:
    for station in site.stations:
        if isinstance(station, Desk) and station.networks:
            yield f"{station.key}:0:0:{_escaped(','.join(station.networks))}:0\n"


def _registering(site: Site) -> Sequence[Trunk]:
    return [trunk for trunk in site.trunks if trunk.registers and trunk.credentials is not None]


def _registrations(site: Site, proxy: Proxy, place: Place) -> Iterable[str]:
    columns = [column.partition("(") for column in place.uacreg.split()]
    for number, trunk in enumerate(_registering(site), 1):
        known = trunk.credentials
        assert known is not None
        port = trunk.port or DEFAULT_PORTS[trunk.transport]
        user, domain = known.username.partition("@")[0], uri_host(trunk.host)
        row = {
            "id": str(number),
            "l_uuid": trunk.key,
            "l_username": user,
            "l_domain": domain,
            "r_username": user,
            "r_domain": domain,
            "auth_username": known.username,
            "auth_password": known.password,
            "auth_proxy": f"sip:{uri_host(trunk.host)}:{port};transport={trunk.transport}",
            "expires": str(REGISTRATION_SECONDS),
            "contact_addr": contact_address(proxy),
        }
        fields = [row.get(name, "0" if kind.startswith("int") else "") for name, _, kind in columns]
        yield ":".join(_escaped(each) for each in fields) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")
