"""pjsip.conf: transports, carriers, stations. Pure."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from pasokh.telephony.config.dialplan import station_context, trunk_context
from pasokh.telephony.config.ini import Section, host_port, section, text, uri_host
from pasokh.telephony.config.models import Desk, Mobile, Node, Site, Station, Transport, Trunk, Webrtc
from pasokh.telephony.config.reporting import HANDLED
from pasokh.telephony.config.rules import host_address, trunks_of

DEFAULT_PORTS: Final[dict[Transport, int]] = {"udp": 5_060, "tcp": 5_060, "tls": 5_061}
DTMF: Final = {"rfc4733": "rfc4733", "info": "info", "inband": "inband", "auto": "auto"}
QUALIFY_STATION_SECONDS = 30
LOST_MEDIA_SECONDS = 120
"""A station silent for so long has gone: its call ends instead of lasting for ever."""
LOST_MEDIA_ON_HOLD_SECONDS = 7_200
REGISTRATION_SECONDS = 3_600
TRUNK_HEADER: Final = "X-Pasokh-Trunk"
"""By which a proxy says whose call it passes on; it takes it from everybody else."""
_QUOTING: Final = str.maketrans({'"': "'", "\\": "/", "<": "(", ">": ")"})
_WILDCARDS: Final = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def pjsip_conf(site: Site, node: Node) -> str:
    """pjsip.conf of one node."""
    sections = [*_global(site), *_transports(node), *_blocked(site), *_proxied(site)]
    for trunk in trunks_of(site, node):
        sections += _trunk(site, node, trunk)
    for station in site.stations:
        sections += _station(site, node, station)
    return text(sections)


def endpoint_of(trunk: Trunk) -> str:
    """The name of a carrier's endpoint; no station has such a name."""
    return f"trunk-{trunk.key}"


def _global(site: Site) -> list[Section]:
    return [
        section(
            "global",
            [
                ("type", "global"),
                ("user_agent", "Pasokh"),
                # A stranger's challenge names this realm too: known and unknown users get the same answer.
                ("default_realm", site.realm),
                # A carrier's calls are its own, whatever name their From header bears.
                ("endpoint_identifier_order", "header,username" if site.proxy else "ip,username"),
                ("unidentified_request_count", 5),
                ("unidentified_request_period", 5),
                ("keep_alive_interval", 90),
                ("max_initial_qualify_time", 4),
                ("ignore_uri_user_options", True),
                ("mwi_disable_initial_unsolicited", True),
            ],
        ),
        section(
            "system",
            [
                ("type", "system"),
                # A carrier that died costs a caller six seconds instead of 32; retransmissions come a little earlier.
                ("timer_t1", 100),
                ("timer_b", 6_400),
                ("threadpool_initial_size", 4),
                ("threadpool_auto_increment", 4),
                ("threadpool_max_size", 50),
            ],
        ),
    ]


def _transports(node: Node) -> Iterator[Section]:
    nat: list[tuple[str, object]] = []
    if node.public_address:
        nat = [
            ("external_signaling_address", node.public_address),
            ("external_media_address", node.public_address),
            *(("local_net", network) for network in node.local_networks),
        ]
    ports: list[tuple[Transport, int]] = [("udp", node.udp_port), ("tcp", node.tcp_port), ("tls", node.tls_port)]
    for protocol, port in ports:
        if not port:
            continue
        lines: list[tuple[str, object]] = [
            ("type", "transport"),
            ("protocol", protocol),
            ("bind", host_port(node.address, port)),
            *nat,
        ]
        if protocol == "tls" and node.certificate is not None:
            lines += [
                ("cert_file", node.certificate.chain),
                ("priv_key_file", node.certificate.key),
                ("method", "tlsv1_2"),
                ("verify_server", True),
                ("ca_list_file", node.certificate.authorities)
                if node.certificate.authorities
                else ("ca_list_path", "/etc/ssl/certs"),
            ]
        yield section(f"transport-{protocol}", lines)
    # Address, port and certificate of these are those of http.conf; `bind` must stand there and is not looked at.
    for protocol_of_browsers in ("ws", "wss") if node.https is not None else ("ws",):
        yield section(
            f"transport-{protocol_of_browsers}",
            [("type", "transport"), ("protocol", protocol_of_browsers), ("bind", "0.0.0.0:5060"), *nat],
        )


def _blocked(site: Site) -> list[Section]:
    if not site.blocked:
        return []
    return [section("blocked", [("type", "acl"), *(("deny", network) for network in site.blocked)])]


def _proxied(site: Site) -> list[Section]:
    """Behind a proxy nobody else is answered: who calls is what its headers say."""
    if site.proxy is None:
        return []
    inside = site.proxy.inside.address
    # It asks every second whether the node lives: a name of its own, or each time would be a complaint in the log.
    asks = [
        ("type", "endpoint"),
        ("context", "proxy"),
        ("identify_by", "username"),
        ("disallow", "all"),
        ("allow", "alaw"),
    ]
    return [
        section("proxy-only", [("type", "acl"), ("deny", "0.0.0.0/0"), ("deny", "::/0"), ("permit", inside)]),
        section("proxy", asks),
    ]


def _proxy_uri(site: Site, user: str = "") -> str:
    """The proxy as nodes reach it."""
    if site.proxy is None:
        return ""
    inside = site.proxy.inside
    return f"sip:{user and user + '@'}{host_port(inside.address, inside.port)}"


# -- carriers ----------------------------------------------------------------------------------------------------------
def _trunk(site: Site, node: Node, trunk: Trunk) -> Iterator[Section]:
    name = endpoint_of(trunk)
    uri = f"sip:{uri_host(trunk.host)}:{trunk.port or DEFAULT_PORTS[trunk.transport]}"
    if trunk.transport != "udp":
        uri += f";transport={trunk.transport}"
    outbound: list[tuple[str, object]] = [("outbound_proxy", f"{_proxy_uri(site)};lr")] if site.proxy else []
    endpoint: list[tuple[str, object]] = [
        ("type", "endpoint"),
        ("context", trunk_context(site, trunk)),
        ("transport", f"transport-{'udp' if site.proxy else trunk.transport}"),
        ("aors", name),
        ("identify_by", "header" if site.proxy else "ip"),
        *outbound,
        ("disallow", "all"),
        ("allow", ",".join(trunk.codecs)),
        ("dtmf_mode", DTMF[trunk.dtmf]),
        ("media_encryption", "sdes" if trunk.srtp else "no"),
        ("trust_id_inbound", True),
        # In the INVITE only: connected-line updates, which would re-negotiate calls, are off.
        ("send_pai", trunk.identity == "asserted"),
        ("set_var", f"PASOKH_TRUNK={trunk.key}"),
        HANDLED,
        *_no_surprises(node),
    ]
    if trunk.credentials is not None:
        endpoint += [("outbound_auth", name), ("from_domain", uri_host(trunk.host))]
        if trunk.identity == "asserted":
            endpoint.append(("from_user", trunk.credentials.username))
        yield section(
            name,
            [
                ("type", "auth"),
                ("auth_type", "digest"),
                ("username", trunk.credentials.username),
                ("password", trunk.credentials.password),
            ],
        )
    yield section(name, endpoint)
    yield section(
        name,
        [
            ("type", "aor"),
            ("contact", uri),
            ("qualify_frequency", trunk.qualify_seconds),
            ("qualify_timeout", 3),
            *outbound,
        ],
    )
    if site.proxy is not None:  # it registers, too: one address for the carrier to call
        yield section(
            name, [("type", "identify"), ("endpoint", name), ("match_header", f"{TRUNK_HEADER}: {trunk.key}")]
        )
        return
    networks = trunk.networks or (host_address(trunk.host) or "",)
    yield section(name, [("type", "identify"), ("endpoint", name), *(("match", each) for each in networks)])
    if trunk.registers and trunk.credentials is not None:
        yield section(
            name,
            [
                ("type", "registration"),
                ("transport", f"transport-{trunk.transport}"),
                ("outbound_auth", name),
                ("server_uri", uri),
                ("client_uri", uri.replace("sip:", f"sip:{trunk.credentials.username.replace('@', '%40')}@", 1)),
                ("contact_user", re.sub(r"[^A-Za-z0-9_.+-]", "", trunk.credentials.username) or "pasokh"),
                ("expiration", REGISTRATION_SECONDS),
                ("retry_interval", 30),
                ("forbidden_retry_interval", 300),
                ("fatal_retry_interval", 300),
                ("max_retries", 1_000_000),
                ("auth_rejection_permanent", False),
            ],
        )


# -- stations ----------------------------------------------------------------------------------------------------------
def _station(site: Site, node: Node, station: Station) -> Iterator[Section]:
    """Nothing for a mobile: it is a number, and goes out by the carriers."""
    if isinstance(station, Mobile):
        return
    transport: list[tuple[str, object]]
    if isinstance(station, Webrtc):
        transport = [("webrtc", True), ("dtls_auto_generate_cert", True)]
        transport += [("transport", "transport-udp")] if site.proxy else []
    elif site.proxy:
        srtp = "sdes" if station.srtp else "no"
        transport = [("transport", "transport-udp"), ("media_encryption", srtp), ("rtp_symmetric", True)]
    else:
        transport = [*_desk(station)]
    auth: list[tuple[str, object]] = [] if site.proxy else [("auth", station.key)]
    yield section(
        station.key,
        [
            ("type", "endpoint"),
            ("context", station_context(station.org)),
            *auth,
            ("aors", station.key),
            ("identify_by", "username"),
            ("callerid", f'"{shown_name(station)}" <{station.key}>'),
            *transport,
            ("disallow", "all"),
            ("allow", ",".join(station.codecs)),
            ("rtp_timeout", LOST_MEDIA_SECONDS),
            ("rtp_timeout_hold", LOST_MEDIA_ON_HOLD_SECONDS),
            ("set_var", f"PASOKH_STATION={station.key}"),
            HANDLED,
            *_no_surprises(node),
        ],
    )
    if site.proxy is not None:
        contact = _proxy_uri(site, station.key)
        yield section(station.key, [("type", "aor"), ("contact", contact), ("qualify_frequency", 0)])
        return
    yield section(
        station.key,
        [
            ("type", "auth"),
            ("auth_type", "digest"),
            ("username", station.key),
            ("realm", site.realm),
            ("password_digest", f"MD5:{ha1(station.key, site.realm, station.password)}"),
        ],
    )
    yield section(
        station.key,
        [
            ("type", "aor"),
            ("max_contacts", 1),
            ("remove_existing", True),  # a page loaded anew takes over from its dead predecessor
            ("support_path", True),
            ("minimum_expiration", 60),
            ("maximum_expiration", REGISTRATION_SECONDS),
            ("qualify_frequency", QUALIFY_STATION_SECONDS),
        ],
    )


def shown_name(station: Webrtc | Desk) -> str:
    """The name others see; without the signs that end a quoted name."""
    return station.name.translate(_QUOTING).strip() or station.key


def _desk(station: Desk) -> Iterator[tuple[str, object]]:
    yield "transport", f"transport-{station.transport}"
    yield "media_encryption", "sdes" if station.srtp else "no"
    yield "force_rport", True
    yield "rewrite_contact", True
    yield "rtp_symmetric", True
    if station.networks:
        yield "deny", "0.0.0.0/0"
        yield "deny", "::/0"
        for network in station.networks:
            yield "permit", network


def _no_surprises(node: Node) -> Iterator[tuple[str, object]]:
    """Media by way of the switch, calls moved by the engine only, nothing re-negotiated when two are bridged."""
    yield "direct_media", False
    yield "allow_transfer", False
    yield "allow_subscribe", False
    yield "send_connected_line", False
    yield "trust_connected_line", False
    yield "max_audio_streams", 1
    yield "max_video_streams", 0
    if node.address not in _WILDCARDS:
        yield "media_address", node.address
        yield "bind_rtp_to_media_address", True


def ha1(username: str, realm: str, password: str) -> str:
    """What RFC 2617 calls HA1: the password itself stands in no file, and can hold any character."""
    return hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
