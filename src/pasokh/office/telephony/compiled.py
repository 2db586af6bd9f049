"""An organisation's telephony as one checked document: what the office compiles, the engine and the switch read.

Plain data without Django. Passwords stand in it sealed (`telephony.sealing`); recordings by their digest.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from pasokh.flows.nodes import Flow, Id, LanguageCode, Name, Program, Subflow
from pasokh.flows.surroundings import Prompt
from pasokh.telephony.config import models as site
from pasokh.telephony.config.outbound import dial_policy
from pasokh.telephony.config.rules import OWN_BEGINNINGS, check_site
from pasokh.telephony.dial import OutboundPolicy

type StationKind = Literal["webrtc", "desk", "mobile"]
SealedText = Annotated[str, Meta(max_length=2_000)]
OptionalUsername = Annotated[str, Meta(pattern=r"\A([A-Za-z0-9_.+@-]{1,80})?\Z")]
OptionalE164 = Annotated[str, Meta(pattern=r"\A([0-9]{3,15})?\Z")]
Codecs = Annotated[tuple[site.Codec, ...], Meta(min_length=1, max_length=7)]


class _Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Strict, as everything that is stored and read again."""


class TrunkConfig(_Model, frozen=True, kw_only=True):
    """What is said of a carrier; each field as in `telephony.config.models.Trunk`."""

    host: site.Host
    port: site.PortOrOff = 0
    transport: site.Transport = "tls"
    srtp: bool = True
    networks: tuple[site.Network, ...] = ()
    username: OptionalUsername = ""
    """What we show when the carrier asks, with a password that is kept apart; empty = nothing."""
    registers: bool = False
    codecs: Codecs = ("alaw", "ulaw")
    qualify_seconds: Annotated[int, Meta(ge=0, le=3_600)] = 30
    order: Annotated[int, Meta(ge=1, le=99)] = 1
    max_calls: Annotated[int, Meta(ge=1, le=100_000)] = 1_000
    dials: Literal["plus", "plain", "zeros", "national"] = "plus"
    country: Annotated[str, Meta(pattern=r"\A([1-9][0-9]{0,2})?\Z")] = ""
    identity: Literal["from", "asserted"] = "from"
    dtmf: Literal["rfc4733", "info", "inband", "auto"] = "rfc4733"
    nodes: tuple[str, ...] = ()


class StationConfig(_Model, frozen=True, kw_only=True):
    """What is said of a telephone besides whose it is; `codecs` empty = the usual ones of its kind."""

    transport: site.Transport = "tls"
    srtp: bool = True
    networks: tuple[site.Network, ...] = ()
    codecs: Annotated[tuple[site.Codec, ...], Meta(max_length=7)] = ()
    auto_answer: bool = False
    """It answers by itself."""
    whisper: bool = False
    """Before it is joined with a caller it says whose call it is: client, queue, how long they waited."""


class Held(_Model, frozen=True, kw_only=True):
    """What callers get while no engine takes them; `prompt` is a key of the prompt catalogue."""

    minutes: Annotated[int, Meta(ge=0, le=120)] = 5
    overflow: OptionalE164 = ""
    message_seconds: Annotated[int, Meta(ge=5, le=900)] = 180


class DialConfig(_Model, frozen=True, kw_only=True):
    """Where an organisation's calls may go, what it shows there, and what holds without an engine."""

    policy: OutboundPolicy
    emergency: tuple[site.Emergency, ...] = ()
    caller_id: OptionalE164 = ""
    """The number shown; empty = the first one."""
    held: Held = msgspec.field(default_factory=Held)


class CompiledTrunk(_Model, frozen=True, kw_only=True):
    """A carrier that is in use."""

    key: site.Key
    """Its name on the switch, no other organisation's."""
    config: TrunkConfig
    sealed: SealedText = ""


class CompiledStation(_Model, frozen=True, kw_only=True):
    """A telephone of somebody who works here."""

    key: site.Key
    """Its name on the switch and its SIP user name."""
    user: str
    kind: StationKind
    name: str = ""
    sealed: SealedText = ""
    number: OptionalE164 = ""
    """Of a mobile."""
    chosen: bool = False
    """Rings for this person."""
    language: LanguageCode | Literal[""] = ""
    """The person's own."""
    config: StationConfig = msgspec.field(default_factory=StationConfig)


class CompiledNumber(_Model, frozen=True, kw_only=True):
    """A number customers call."""

    did: site.E164
    client: str
    flow: Name
    last_resort: Id
    languages: tuple[LanguageCode, ...] = ()
    """The first one unless another is chosen; empty = the flow's own."""
    recorded: bool = False
    also: tuple[site.Dialled, ...] = ()
    trunks: tuple[site.Key, ...] = ()
    """By which it may come in; empty = each of the organisation's."""


class Sound(_Model, frozen=True, kw_only=True):
    """An uploaded recording."""

    key: Id
    language: LanguageCode
    digest: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Document(_Model, frozen=True, kw_only=True):
    """Everything of one organisation."""

    org: site.OrgId
    zone: str = "UTC"
    """When its days begin."""
    dial: DialConfig
    trunks: tuple[CompiledTrunk, ...] = ()
    numbers: tuple[CompiledNumber, ...] = ()
    stations: tuple[CompiledStation, ...] = ()
    clients: dict[str, dict[str, str]] = {}
    """What they are called, by language."""
    flows: dict[Name, Flow] = {}
    """As published."""
    prompts: dict[Id, Prompt] = {}
    sounds: tuple[Sound, ...] = ()
    blocked: tuple[str, ...] = ()
    """E.164 with ``+``, or a beginning with ``*``."""
    refuses_anonymous: bool = False


class SitePart(msgspec.Struct, frozen=True):
    """What a document contributes to a site."""

    organisation: site.Organisation
    trunks: tuple[site.Trunk, ...]
    numbers: tuple[site.Number, ...]
    stations: tuple[site.Station, ...]


def site_key(org: str, key: str) -> str:
    """A name for the switch that no other organisation's trunk or station has: readable, and of plain characters."""
    plain = re.sub(r"[^a-z0-9_-]", "-", key.lower()).strip("-_")[:29] or "x"
    if plain.startswith(OWN_BEGINNINGS):
        plain = f"s-{plain}"[:29]
    return f"{plain}-{hashlib.sha256(f'{org}/{key}'.encode()).hexdigest()[:8]}"


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """A model as the database keeps and gives it back."""
    return msgspec.json.decode(msgspec.json.encode(value))


def decoded(data: bytes | str) -> Document:
    """A document as it was stored; raises `msgspec.ValidationError`."""
    return msgspec.json.decode(data, type=Document)


def program_of(flows: dict[str, Flow], main: str, languages: tuple[str, ...] = ()) -> Program:
    """A flow with those it runs, as far as they are there; `languages` of a number go before the flow's."""
    found: dict[str, Flow] = {}
    wanted = [main]
    while wanted:
        name = wanted.pop()
        flow = flows.get(name)
        if flow is None or name in found:
            continue
        found[name] = flow
        wanted += [node.flow for node in flow.nodes.values() if isinstance(node, Subflow)]
    if languages and main in found:
        found[main] = replace(found[main], languages=languages)
    return Program(main, found)


def site_part(document: Document, opened: Callable[[str], str]) -> SitePart:
    """The document as a part of a site; `opened` unseals passwords, and what it raises is raised."""
    policy = dial_policy(document.dial.policy, emergency=document.dial.emergency, caller_id=document.dial.caller_id)
    held = document.dial.held
    own_trunks = tuple(trunk.key for trunk in document.trunks)
    return SitePart(
        site.Organisation(
            id=document.org,
            policy=policy,
            held=site.Held(minutes=held.minutes, overflow=held.overflow, message_seconds=held.message_seconds),
        ),
        tuple(_trunk(document.org, trunk, opened) for trunk in document.trunks),
        tuple(
            site.Number(
                did=number.did,
                org=document.org,
                also=number.also,
                trunks=number.trunks or own_trunks,
            )
            for number in document.numbers
            if own_trunks  # without a carrier of its own nobody else's may bring its calls
        ),
        tuple(_station(document.org, station, opened) for station in document.stations),
    )


def check_document(document: Document) -> None:
    """Raises `PasokhError` ``site.*`` where a switch could not have it, whatever node it runs on."""
    part = site_part(document, lambda _: "not-shown-here")
    node = site.Node(
        name="any", entity_id="02:00:00:00:00:01", address="127.0.0.1", udp_port=5_060, tcp_port=5_062,
        certificate=site.Certificate(chain="/any", key="/any", combined="/any"),
    )  # fmt: skip
    names = sorted({name for trunk in document.trunks for name in trunk.config.nodes} - {node.name})
    nodes = [node, *(replace(node, name=name, entity_id=_entity(place)) for place, name in enumerate(names))]
    check_site(
        site.Site(
            nodes=tuple(nodes),
            organisations=(part.organisation,),
            trunks=part.trunks,
            numbers=part.numbers,
            stations=part.stations,
        )
    )


def _entity(place: int) -> str:
    return f"02:00:00:00:01:{place % 256:02x}"


def _trunk(org: str, trunk: CompiledTrunk, opened: Callable[[str], str]) -> site.Trunk:
    said = {name: getattr(trunk.config, name) for name in trunk.config.__struct_fields__ if name != "username"}
    credentials = None
    if trunk.config.username and trunk.sealed:
        credentials = site.Credentials(username=trunk.config.username, password=opened(trunk.sealed))
    return site.Trunk(key=trunk.key, org=org, credentials=credentials, **said)


def _station(org: str, station: CompiledStation, opened: Callable[[str], str]) -> site.Station:
    config = station.config
    codecs = {"codecs": config.codecs} if config.codecs else {}
    match station.kind:
        case "mobile":
            return site.Mobile(key=station.key, org=org, number=station.number, name=station.name)
        case "webrtc":
            password = opened(station.sealed)
            return site.Webrtc(key=station.key, org=org, password=password, name=station.name, **codecs)
        case "desk":
            return site.Desk(
                key=station.key, org=org, password=opened(station.sealed), name=station.name,
                transport=config.transport, srtp=config.srtp, networks=config.networks, **codecs,
            )  # fmt: skip
