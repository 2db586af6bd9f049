"""Reads of telephony."""

from dataclasses import dataclass, field

from pasokh.flows.check import Finding
from pasokh.flows.surroundings import Surroundings
from pasokh.kernel.errors import PasokhError
from pasokh.office.hours.models import Calendar
from pasokh.office.people.models import User
from pasokh.office.supervise.models import Queue, Skill
from pasokh.office.telephony import rules
from pasokh.office.telephony.compiled import DialConfig
from pasokh.office.telephony.compiling import dial_config, prompt_configs, published_flows
from pasokh.office.telephony.models import BlockedNumber, DialPolicy, Flow, Number, Prompt, PromptSound, Station, Trunk
from pasokh.office.telephony.sealed import unseal
from pasokh.telephony.config.models import Site

REALM: str = Site.__struct_defaults__[Site.__struct_fields__.index("realm") - len(Site.__struct_fields__)]
"""What stations' passwords are checked with."""


@dataclass(frozen=True, slots=True)
class SipCredentials:
    """What a telephone is told to register with."""

    username: str
    password: str = field(repr=False)
    realm: str = REALM


@dataclass(frozen=True, slots=True)
class DialSettings:
    """Where calls may go, and the version a form was made from; 0 = nothing was said yet."""

    config: DialConfig
    version: int


def all_trunks() -> list[Trunk]:
    """Every carrier, by key, those put away too."""
    return list(Trunk.objects.order_by("key"))


def trunk_by_key(key: str) -> Trunk | None:
    """One carrier; None when there is none of that key."""
    return Trunk.objects.filter(key=key[:60]).first()


def all_numbers() -> list[Number]:
    """Every number, by digits, with what it leads to at hand."""
    rows = Number.objects.select_related("client", "flow", "last_resort").prefetch_related("trunks")
    return list(rows.order_by("did"))


def number_by_did(did: str) -> Number | None:
    """One number by its digits, with or without ``+``; None when it is not ours."""
    rows = Number.objects.select_related("client", "flow", "last_resort")
    return rows.filter(did=did.removeprefix("+")[:15]).first()


def all_stations() -> list[Station]:
    """Every telephone, by person and key."""
    return list(Station.objects.select_related("user").order_by("user__sorting", "key"))


def stations_of(user: User) -> list[Station]:
    """A person's telephones, the chosen one first."""
    return list(Station.objects.filter(user=user).order_by("-is_chosen", "key"))


def chosen_station(user: User) -> Station | None:
    """The telephone that rings for a person; None while there is none."""
    return Station.objects.select_related("user").filter(user=user, is_chosen=True).first()


def station_by_key(key: str) -> Station | None:
    """One telephone; None when there is none of that key."""
    return Station.objects.select_related("user").filter(key=key[:60]).first()


def credentials_of(station: Station) -> SipCredentials:
    """What the telephone registers with; raises `telephony.no_password_needed` for a mobile."""
    if not station.sealed:
        raise PasokhError("telephony.no_password_needed", field="key", value=station.key)
    return SipCredentials(station.site_key, unseal(station.sealed))


def all_flows() -> list[Flow]:
    """Every flow, by key, those put away too."""
    return list(Flow.objects.order_by("key"))


def flow_by_key(key: str) -> Flow | None:
    """One flow; None when there is none of that key."""
    return Flow.objects.filter(key=key[:40]).first()


def startable_flows() -> list[Flow]:
    """Published flows a number can begin with: not those that come back to another."""
    subflows = {key for key, flow in published_flows().items() if rules.is_subflow(flow)}
    rows = Flow.objects.filter(archived_at=0, published__gt=0).order_by("key")
    return [row for row in rows if row.key not in subflows]


def findings_of(key: str, draft: str) -> list[Finding]:
    """Everything wrong with a draft as if it were published now; raises ``flow.*`` when it cannot even be read."""
    flow = rules.flow_of(key, draft)
    flows = {**published_flows(), key: flow}
    return rules.findings(flows, key, surroundings(), dial_config().policy)


def surroundings() -> Surroundings:
    """What the organisation has for flows to refer to."""
    return Surroundings(
        queues=frozenset(Queue.objects.values_list("key", flat=True)),
        skills=frozenset(Skill.objects.filter(archived_at=0).values_list("key", flat=True)),
        hours=frozenset(Calendar.objects.values_list("key", flat=True)),
        prompts=prompt_configs(),
        attributes=rules.ATTRIBUTES,
    )


def all_prompts() -> list[Prompt]:
    """Every prompt, by key."""
    return list(Prompt.objects.order_by("key"))


def prompt_by_key(key: str) -> Prompt | None:
    """One prompt; None when there is none of that key."""
    return Prompt.objects.filter(key=key[:80]).first()


def sounds_of(prompt: Prompt) -> list[PromptSound]:
    """A prompt's recordings by language, without the sound itself until it is asked for."""
    return list(PromptSound.objects.filter(prompt=prompt).defer("sound").order_by("language"))


def dial_settings() -> DialSettings:
    """Where calls may go as it stands."""
    row = DialPolicy.objects.first()
    return DialSettings(dial_config(), row.version if row else 0)


def blocked_numbers() -> list[BlockedNumber]:
    """Everybody who is kept out, the latest first."""
    return list(BlockedNumber.objects.order_by("-blocked_at", "pattern"))
