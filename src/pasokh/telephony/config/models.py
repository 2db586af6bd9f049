"""What there is to telephone with: nodes, trunks, numbers, stations, and how far each organisation may dial."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Key = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9_-]{0,39}\Z")]
OrgId = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,39}\Z")]
E164 = Annotated[str, Meta(pattern=r"\A[0-9]{3,15}\Z")]
"""A number with its country code, digits only."""
Dialled = Annotated[str, Meta(pattern=r"\A\+?[0-9]{1,20}\Z")]
Prefix = Annotated[str, Meta(pattern=r"\A[0-9]{1,15}\Z")]
Emergency = Annotated[str, Meta(pattern=r"\A[0-9]{2,6}\Z")]
Text = Annotated[str, Meta(max_length=80, pattern=r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z")]
Host = Annotated[str, Meta(pattern=r"\A(?!-)[A-Za-z0-9.:-]{1,253}\Z")]
"""A host name or an IP address."""
Address = Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f.:]{2,45}\Z")]
Network = Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?\Z")]
FilePath = Annotated[str, Meta(pattern=r"\A(/[A-Za-z0-9_.+-]+)+\Z", max_length=200)]
"""An absolute path of plain characters."""
Origin = Annotated[str, Meta(pattern=r"\Ahttps?://[A-Za-z0-9.:\[\]-]{1,253}\Z")]
Username = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.+@-]{1,80}\Z")]
Password = Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{8,128}\Z")]
Port = Annotated[int, Meta(ge=1, le=65_535)]
PortOrOff = Annotated[int, Meta(ge=0, le=65_535)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Codec = Literal["alaw", "ulaw", "g722", "opus", "gsm", "speex", "g729"]
Transport = Literal["udp", "tcp", "tls"]


class _Model(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Strict on what it knows not, so that a typing mistake is never a silent default."""


class Credentials(_Model, frozen=True, kw_only=True):
    """A SIP user name and its password; the password is in no text made of this."""

    username: Username
    password: Password

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, password=…)"


class Listen(_Model, frozen=True, kw_only=True):
    """Where a server listens."""

    address: Address
    port: Port


class PortRange(_Model, frozen=True, kw_only=True):
    """UDP ports of media; a bridged call takes four."""

    first: Annotated[int, Meta(ge=1_024, le=65_530)] = 10_000
    last: Annotated[int, Meta(ge=1_029, le=65_535)] = 19_999


class Certificate(_Model, frozen=True, kw_only=True):
    """PEM files that Asterisk's user can read."""

    chain: FilePath
    key: FilePath
    combined: FilePath
    """Key and chain in one file: Asterisk's HTTP server wants them so."""
    authorities: Annotated[str, Meta(pattern=r"\A((/[A-Za-z0-9_.+-]+)+)?\Z")] = ""
    """Who may sign carriers' certificates; empty = whoever the system trusts."""


class Node(_Model, frozen=True, kw_only=True):
    """One Asterisk."""

    name: Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,19}\Z")]
    """Prefixes the ids of its channels."""
    entity_id: Annotated[str, Meta(pattern=r"\A[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")]
    """Like a MAC address, and no other node's."""
    address: Address
    """Where SIP and media listen; 0.0.0.0 = everywhere."""
    public_address: Annotated[str, Meta(pattern=r"\A([0-9A-Fa-f.:]{2,45})?\Z")] = ""
    """How the outside reaches it when it stands behind a NAT."""
    local_networks: tuple[Network, ...] = ()
    """Who reaches it without the NAT."""
    udp_port: PortOrOff = 0
    tcp_port: PortOrOff = 0
    tls_port: PortOrOff = 5_061
    """0 = this transport is off; UDP and TCP are off unless a carrier needs them."""
    http: Listen = field(default_factory=lambda: Listen(address="127.0.0.1", port=8_088))
    """ARI, the browsers' sockets behind a reverse proxy, metrics: loopback only."""
    https: Listen | None = None
    """The browsers' sockets without a reverse proxy."""
    ari_networks: tuple[Network, ...] = ()
    """Who besides this machine may use ARI over TLS."""
    rtp: PortRange = field(default_factory=PortRange)
    certificate: Certificate | None = None
    takes_calls: bool = True
    """Whether new calls come to it; without, it keeps those it has until they end, and can then be taken away."""


class Proxy(_Model, frozen=True, kw_only=True):
    """The SIP proxy (Kamailio) before the nodes: phones register here once, and carriers know one address.

    With it, nodes answer nobody else: they believe what it says of who calls.
    """

    address: Address
    """Where phones and carriers reach it."""
    public_address: Annotated[str, Meta(pattern=r"\A([0-9A-Fa-f.:]{2,45})?\Z")] = ""
    """How the outside reaches it when it stands behind a NAT."""
    udp_port: PortOrOff = 0
    tcp_port: PortOrOff = 0
    tls_port: PortOrOff = 5_061
    inside: Listen
    """Where nodes reach it, by UDP, in the clear: this machine, or a network nobody else is in."""
    http: Listen | None = None
    """Browsers' sockets behind the office or a reverse proxy: loopback only."""
    https: Listen | None = None
    """Browsers' sockets without one."""
    origins: tuple[Origin, ...] = ()
    """Pages whose browsers may open a socket over `https`: the office's own address."""
    certificate: Certificate | None = None
    most_requests: Annotated[int, Meta(ge=5, le=10_000)] = 60
    """From one address within two seconds; more is a flood, and refused for `ban_seconds`. Carriers are exempt."""
    tries: Annotated[int, Meta(ge=1, le=100)] = 5
    """Wrong passwords from one address within a minute before it is refused for `ban_seconds`."""
    ban_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300


class Trunk(_Model, frozen=True, kw_only=True):
    """A carrier. Of several, calls go out by the one with the lowest `order` that answers."""

    key: Key
    host: Host
    port: PortOrOff = 0
    """0 = 5060, or 5061 with TLS."""
    transport: Transport = "tls"
    srtp: bool = True
    """Media encrypted or no call; its keys travel in the signalling, so it needs TLS."""
    networks: tuple[Network, ...] = ()
    """Where its calls come from; empty = `host`, if that is an address."""
    credentials: Credentials | None = None
    """What we show when the carrier asks."""
    registers: bool = False
    """Whether we register there, so that it knows where we are."""
    codecs: Annotated[tuple[Codec, ...], Meta(min_length=1, max_length=7)] = ("alaw", "ulaw")
    qualify_seconds: Annotated[int, Meta(ge=0, le=3_600)] = 30
    """How often its health is asked for; 0 = never, and then a dead carrier costs each caller 6 s."""
    order: Annotated[int, Meta(ge=1, le=99)] = 1
    max_calls: Annotated[int, Meta(ge=1, le=100_000)] = 1_000
    dials: Literal["plus", "plain", "zeros", "national"] = "plus"
    """How it wants a number: +98…, 98…, 0098… or, within `country`, 0…."""
    country: Annotated[str, Meta(pattern=r"\A([1-9][0-9]{0,2})?\Z")] = ""
    identity: Literal["from", "asserted"] = "from"
    """Where the number shown stands: in From, or (account in From) in P-Asserted-Identity."""
    dtmf: Literal["rfc4733", "info", "inband", "auto"] = "rfc4733"
    nodes: tuple[str, ...] = ()
    """The nodes that use it; empty = all."""
    org: Annotated[str, Meta(pattern=r"\A([a-z0-9][a-z0-9-]{0,39})?\Z")] = ""
    """Whose calls go out by it, and whose numbers come in; empty = everybody's."""


class Number(_Model, frozen=True, kw_only=True):
    """A number (DID) that customers call."""

    did: E164
    org: OrgId
    also: tuple[Dialled, ...] = ()
    """Other forms in which carriers deliver it."""
    trunks: tuple[Key, ...] = ()
    """The carriers it may come in by; empty = all."""


class DialRule(_Model, frozen=True, kw_only=True):
    """Numbers that begin so and are that long."""

    prefix: Prefix
    shortest: Annotated[int, Meta(ge=3, le=15)] = 8
    longest: Annotated[int, Meta(ge=3, le=15)] = 15


class DialPolicy(_Model, frozen=True, kw_only=True):
    """Where an organisation's calls may go; nowhere, unless allowed here."""

    allowed: tuple[DialRule, ...] = ()
    denied: tuple[Prefix, ...] = ()
    """Exceptions: premium numbers within an allowed country, for example."""
    emergency: tuple[Emergency, ...] = ()
    """Dialled from any station, at any time, whatever else is the matter."""
    max_calls: Annotated[int, Meta(ge=0, le=10_000)] = 10
    """How many at once."""
    max_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 7_200
    """After so long a call to the outside ends."""
    caller_id: Annotated[str, Meta(pattern=r"\A([0-9]{3,15})?\Z")] = ""
    """Which of its numbers it shows unless another of them is asked for; empty = its first."""


class Held(_Model, frozen=True, kw_only=True):
    """What callers get while no engine takes them."""

    retry_seconds: Annotated[int, Meta(ge=1, le=60)] = 3
    minutes: Annotated[int, Meta(ge=0, le=120)] = 5
    """After so long: `overflow`, then a message."""
    overflow: Annotated[str, Meta(pattern=r"\A([0-9]{3,15})?\Z")] = ""
    """An outside number that takes over; empty = none."""
    prompt: Annotated[str, Meta(pattern=r"\A((/[A-Za-z0-9_.+-]+)+)?\Z")] = ""
    """Played before the tone: a file without its ending; empty = only the tone."""
    message_seconds: Annotated[int, Meta(ge=5, le=900)] = 180


class Organisation(_Model, frozen=True, kw_only=True):
    """What belongs to one organisation on the switch; its calls go to the application ``pasokh-<id>``."""

    id: OrgId
    music: Key = "default"
    policy: DialPolicy = field(default_factory=DialPolicy)
    held: Held = field(default_factory=Held)


class Webrtc(_Model, frozen=True, kw_only=True, tag_field="kind", tag="webrtc"):
    """A browser: registers over a WebSocket, media by DTLS-SRTP."""

    key: Key
    org: OrgId
    password: Password
    name: Text = ""
    codecs: Annotated[tuple[Codec, ...], Meta(min_length=1, max_length=7)] = ("opus", "g722", "alaw", "ulaw")

    def __repr__(self) -> str:
        return f"Webrtc({self.key!r}, {self.org!r})"


class Desk(_Model, frozen=True, kw_only=True, tag_field="kind", tag="desk"):
    """A telephone that registers."""

    key: Key
    org: OrgId
    password: Password
    name: Text = ""
    transport: Transport = "tls"
    srtp: bool = True
    networks: tuple[Network, ...] = ()
    """Where it may be; empty = anywhere."""
    codecs: Annotated[tuple[Codec, ...], Meta(min_length=1, max_length=7)] = ("g722", "alaw", "ulaw")

    def __repr__(self) -> str:
        return f"Desk({self.key!r}, {self.org!r})"


class Mobile(_Model, frozen=True, kw_only=True, tag_field="kind", tag="mobile"):
    """An outside number at which an agent is reached; bound by the organisation's dial policy."""

    key: Key
    org: OrgId
    number: E164
    name: Text = ""


Station = Webrtc | Desk | Mobile


class Music(_Model, frozen=True, kw_only=True):
    """Music for waiting: all sound files of a folder."""

    key: Key
    folder: FilePath
    shuffled: bool = False


class Site(_Model, frozen=True, kw_only=True):
    """Everything. `rules.check_site` says what must hold between its parts."""

    nodes: Annotated[tuple[Node, ...], Meta(min_length=1, max_length=50)]
    proxy: Proxy | None = None
    """Needed where there are several nodes: a phone that knows one of them is not reached from the others."""
    organisations: Annotated[tuple[Organisation, ...], Meta(max_length=500)] = ()
    trunks: Annotated[tuple[Trunk, ...], Meta(max_length=200)] = ()
    numbers: Annotated[tuple[Number, ...], Meta(max_length=20_000)] = ()
    stations: Annotated[tuple[Station, ...], Meta(max_length=20_000)] = ()
    music: Annotated[tuple[Music, ...], Meta(max_length=500)] = ()
    realm: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9.-]{0,79}\Z")] = "pasokh"
    """Part of what stations' passwords are checked with: changing it asks nothing of anybody but a new registration."""
    blocked: Annotated[tuple[Network, ...], Meta(max_length=10_000)] = ()
    """Who is refused, whatever they ask for."""
    call_records: bool = True
    """Whether Asterisk keeps its own CDR and CEL files beside ours."""
