"""What must hold between the parts of a `Site`; reading one from JSON. Pure."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from ipaddress import ip_address, ip_network
from typing import Final

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.models import Desk, DialPolicy, Mobile, Node, Organisation, Proxy, Site, Trunk, Webrtc

RESERVED: Final = frozenset({"general", "global", "system", "acl", "proxy"})
"""Sections of pjsip.conf with a meaning of their own."""
OWN_BEGINNINGS: Final = ("trunk-", "transport-", "blocked")


def read_site(data: bytes) -> Site:
    """The site of a JSON text; raises `PasokhError` ``site.unreadable`` or what `check_site` raises."""
    try:
        site = msgspec.json.decode(data, type=Site)
    except msgspec.DecodeError as error:  # names the place, never the value: it may be a password
        raise PasokhError("site.unreadable", reason=str(error)) from error
    check_site(site)
    return site


def check_site(site: Site) -> None:
    """Raises `PasokhError` ``site.*`` naming the field at the first thing that does not hold."""
    _each_once("nodes", (node.name for node in site.nodes))
    _each_once("nodes", (node.entity_id for node in site.nodes))
    _each_once("organisations", (each.id for each in site.organisations))
    _each_once("trunks", (trunk.key for trunk in site.trunks))
    _each_once("stations", (station.key for station in site.stations))
    _each_once("music", (music.key for music in site.music))
    _each_once("numbers", (form for number in site.numbers for form in (number.did, *number.also)))
    for network in site.blocked:
        _network("blocked", network)
    for node in site.nodes:
        _check_node(node)
    if site.proxy is not None:
        _check_proxy(site, site.proxy)
    for trunk in site.trunks:
        _check_trunk(site, trunk)
    _check_numbers(site)
    own = frozenset(number.did for number in site.numbers)
    for organisation in site.organisations:
        _check_organisation(site, organisation, own)
    _check_stations(site, own)


def node_of(site: Site, name: str | None) -> Node:
    """The node called `name`, or the only one; raises ``site.which_node``."""
    found = [node for node in site.nodes if name is None or node.name == name]
    if len(found) != 1:
        raise PasokhError("site.which_node", nodes=", ".join(node.name for node in site.nodes))
    return found[0]


def trunks_of(site: Site, node: Node) -> tuple[Trunk, ...]:
    """The trunks this node uses, in the order they are tried."""
    used = [trunk for trunk in site.trunks if not trunk.nodes or node.name in trunk.nodes]
    return tuple(sorted(used, key=lambda trunk: (trunk.order, trunk.key)))


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it."""
    return ip_address(address).is_loopback


def host_address(host: str) -> str | None:
    """The host if it is an IP address, else None."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


# -- parts -------------------------------------------------------------------------------------------------------------
def _check_node(node: Node) -> None:
    for name, address in (("address", node.address), ("http", node.http.address)):
        _address(f"nodes.{node.name}.{name}", address)
    if node.public_address:
        _address(f"nodes.{node.name}.public_address", node.public_address)
    for network in (*node.local_networks, *node.ari_networks):
        _network(f"nodes.{node.name}", network)
    if not is_loopback(node.http.address):
        raise PasokhError("site.ari_exposed", field=f"nodes.{node.name}.http", value=node.http.address)
    if node.https is not None:
        _address(f"nodes.{node.name}.https", node.https.address)
    if (node.tls_port or node.https) and node.certificate is None:
        raise PasokhError("site.no_certificate", field=f"nodes.{node.name}.certificate", node=node.name)
    if not (node.udp_port or node.tcp_port or node.tls_port):
        raise PasokhError("site.no_transport", field=f"nodes.{node.name}", node=node.name)
    if node.rtp.last - node.rtp.first < 5:
        raise PasokhError("site.bad_ports", field=f"nodes.{node.name}.rtp")
    tcp = [port for port in (node.tcp_port, node.tls_port, node.http.port) if port]
    _each_once(f"nodes.{node.name}", (str(port) for port in (*tcp, *((node.https.port,) if node.https else ()))))


def _check_proxy(site: Site, proxy: Proxy) -> None:
    for name, address in (("address", proxy.address), ("inside", proxy.inside.address)):
        _address(f"proxy.{name}", address)
    if proxy.public_address:
        _address("proxy.public_address", proxy.public_address)
    inside = ip_address(proxy.inside.address)
    if not (inside.is_loopback or inside.is_private) or inside.is_unspecified:
        raise PasokhError("site.proxy_exposed", field="proxy.inside", value=proxy.inside.address)
    if (proxy.tls_port or proxy.https) and proxy.certificate is None:
        raise PasokhError("site.no_certificate", field="proxy.certificate", node="proxy")
    if not (proxy.udp_port or proxy.tcp_port or proxy.tls_port):
        raise PasokhError("site.no_transport", field="proxy", node="proxy")
    if proxy.udp_port == proxy.inside.port and proxy.address in (proxy.inside.address, "0.0.0.0", "::"):  # noqa: S104
        raise PasokhError("site.twice", field="proxy.inside", value=str(proxy.inside.port))
    _check_browsers(proxy)
    for node in site.nodes:
        field = f"nodes.{node.name}"
        if not node.udp_port:
            raise PasokhError("site.transport_off", field=field, transport="udp", node=node.name)
        if ip_address(node.address).is_unspecified:
            raise PasokhError("site.node_anywhere", field=f"{field}.address", node=node.name)
    if not any(node.takes_calls for node in site.nodes):
        raise PasokhError("site.no_node_takes_calls", field="nodes")


def _check_browsers(proxy: Proxy) -> None:
    if proxy.http is not None:
        _address("proxy.http", proxy.http.address)
        if not is_loopback(proxy.http.address):
            raise PasokhError("site.ari_exposed", field="proxy.http", value=proxy.http.address)
    if proxy.https is not None:
        _address("proxy.https", proxy.https.address)
        if not proxy.origins:
            raise PasokhError("site.no_origins", field="proxy.origins")
    listens = [each.port for each in (proxy.http, proxy.https) if each is not None]
    _each_once("proxy", (str(port) for port in (proxy.tcp_port, proxy.tls_port, *listens) if port))


def _transport_exists(site: Site, field: str, transport: str, nodes: tuple[str, ...], *, srtp: bool) -> None:
    if srtp and transport != "tls":
        raise PasokhError("site.srtp_without_tls", field=field)
    if site.proxy is not None:
        if not {"udp": site.proxy.udp_port, "tcp": site.proxy.tcp_port, "tls": site.proxy.tls_port}[transport]:
            raise PasokhError("site.transport_off", field=field, transport=transport, node="proxy")
        return
    for node in site.nodes:
        port = {"udp": node.udp_port, "tcp": node.tcp_port, "tls": node.tls_port}[transport]
        if not port and (not nodes or node.name in nodes):
            raise PasokhError("site.transport_off", field=field, transport=transport, node=node.name)


def _check_trunk(site: Site, trunk: Trunk) -> None:
    field = f"trunks.{trunk.key}"
    names = {node.name for node in site.nodes}
    if trunk.org:
        _known(f"{field}.org", trunk.org, {each.id for each in site.organisations})
    for name in trunk.nodes:
        _known(f"{field}.nodes", name, names)
    for network in trunk.networks:
        _network(f"{field}.networks", network)
    _transport_exists(site, field, trunk.transport, trunk.nodes, srtp=trunk.srtp)
    if ":" in trunk.host and host_address(trunk.host) is None:
        raise PasokhError("site.bad_address", field=f"{field}.host", value=trunk.host)
    if not trunk.networks and host_address(trunk.host) is None:
        raise PasokhError("site.trunk_unidentified", field=f"{field}.networks", trunk=trunk.key)
    if trunk.registers and trunk.credentials is None:
        raise PasokhError("site.no_credentials", field=f"{field}.credentials", trunk=trunk.key)
    if trunk.dials == "national" and not trunk.country:
        raise PasokhError("site.no_country", field=f"{field}.country", trunk=trunk.key)


def _check_numbers(site: Site) -> None:
    organisations = {each.id for each in site.organisations}
    for number in site.numbers:
        _known(f"numbers.{number.did}.org", number.org, organisations)
        theirs = {trunk.key for trunk in site.trunks if trunk.org in ("", number.org)}
        for key in number.trunks:
            _known(f"numbers.{number.did}.trunks", key, theirs)


def _check_organisation(site: Site, organisation: Organisation, own_anywhere: frozenset[str]) -> None:
    field = f"organisations.{organisation.id}"
    own = {number.did for number in site.numbers if number.org == organisation.id}
    _known(f"{field}.music", organisation.music, {"default", *(music.key for music in site.music)})
    policy = organisation.policy
    if policy.caller_id:
        _known(f"{field}.policy.caller_id", policy.caller_id, own)
    for rule in policy.allowed:
        if rule.longest < max(rule.shortest, len(rule.prefix)):
            raise PasokhError("site.bad_rule", field=f"{field}.policy.allowed", value=rule.prefix)
    both = {rule.prefix for rule in policy.allowed} & set(policy.denied)
    if both:
        raise PasokhError("site.allowed_and_denied", field=f"{field}.policy", value=min(both))
    _each_once(f"{field}.policy.allowed", (rule.prefix for rule in policy.allowed))
    overflow = organisation.held.overflow
    if overflow and not may_dial(organisation.policy, overflow, own_anywhere):
        raise PasokhError("site.not_allowed", field=f"{field}.held.overflow", number=overflow)


def _check_stations(site: Site, own: frozenset[str]) -> None:
    organisations = {each.id: each for each in site.organisations}
    for station in site.stations:
        field = f"stations.{station.key}"
        if station.key in RESERVED or station.key.startswith(OWN_BEGINNINGS):
            raise PasokhError("site.reserved_name", field=field, value=station.key)
        _known(f"{field}.org", station.org, set(organisations))
        match station:
            case Desk():
                _transport_exists(site, field, station.transport, (), srtp=station.srtp)
                for network in station.networks:
                    _network(f"{field}.networks", network)
            case Mobile():
                if not may_dial(organisations[station.org].policy, station.number, own):
                    raise PasokhError("site.not_allowed", field=field, number=station.number)
            case Webrtc():
                if site.proxy is not None and site.proxy.http is None and site.proxy.https is None:
                    raise PasokhError("site.no_browsers", field=field)


def may_dial(policy: DialPolicy, number: str, own: AbstractSet[str]) -> bool:
    """Whether the policy lets a number be called: the longest prefix decides; a site's `own` would be a loop."""
    if number in own:
        return False
    allowed = [
        len(rule.prefix)
        for rule in policy.allowed
        if number.startswith(rule.prefix) and rule.shortest <= len(number) <= rule.longest
    ]
    denied = [len(prefix) for prefix in policy.denied if number.startswith(prefix)]
    return bool(allowed) and max(allowed) > max(denied, default=-1)


# -- small -------------------------------------------------------------------------------------------------------------
def _each_once(field: str, values: Iterable[str]) -> None:
    twice = next(_repeated(values), None)
    if twice is not None:
        raise PasokhError("site.twice", field=field, value=twice)


def _repeated(values: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)


def _known(field: str, value: str, known: set[str]) -> None:
    if value not in known:
        raise PasokhError("site.unknown", field=field, value=value)


def _address(field: str, value: str) -> None:
    try:
        ip_address(value)
    except ValueError as error:
        raise PasokhError("site.bad_address", field=field, value=value) from error


def _network(field: str, value: str) -> None:
    try:
        ip_network(value)
    except ValueError as error:
        raise PasokhError("site.bad_address", field=field, value=value) from error
