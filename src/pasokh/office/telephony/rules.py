"""What may be said of telephony: drafts of what administrators enter, and what must hold. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote

import msgspec
import phonenumbers
from msgspec.structs import replace

from pasokh.flows import nodes as n
from pasokh.flows.check import Finding, check
from pasokh.flows.reading import LARGEST, parse_flow
from pasokh.flows.surroundings import Prompt, Surroundings
from pasokh.i18n.digits import to_ascii
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import normalise, strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.rules import region_of
from pasokh.office.telephony.compiled import DialConfig, StationConfig, StationKind, TrunkConfig, program_of
from pasokh.office.telephony.money import currency_of
from pasokh.telephony.dial import OutboundPolicy, Request, Usage, permit, read_number

ANONYMOUS: Final = "anonymous"
"""The entry among blocked callers that stands for every withheld number."""
ATTRIBUTES: Final = frozenset({"customer_name", "customer_class", "customer_language", "incident"})
"""What flows know without asking: of the customer, and what customers are told of an incident."""
LONGEST_TEXT: Final = 1_000
LONGEST_WHY: Final = 200
MOST_ALSO: Final = 20
_FLOW = re.compile(r"[a-z][a-z0-9_\-]{0,39}")
_PROMPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,79}")
_TAG = re.compile(r"[a-z][a-z0-9_\-]{0,39}")
_ALSO = re.compile(r"\+?[0-9]{1,20}")
_BLOCKED = re.compile(r"\+[1-9][0-9]{0,14}\*?")
_OF_SUBFLOWS: Final = frozenset({"flow.return_outside", "flow.no_person"})
"""What is wrong with a flow that comes back, as long as nothing is there to come back to."""
_ELSEWHERE: Final = "GB"
"""Where numbers without a country code belong until the dial policy says so, if neither zone nor language tells."""


@dataclass(frozen=True, slots=True)
class TrunkDraft:
    """What is said of a carrier."""

    names: Mapping[str, str]
    config: TrunkConfig
    password: str | None = None
    """None = as it is; empty = none."""


@dataclass(frozen=True, slots=True)
class NumberDraft:
    """What is said of a number besides the number itself."""

    client: str
    flow: str
    last_resort: str
    names: Mapping[str, str] | None = None
    languages: tuple[str, ...] = ()
    recorded: bool = False
    also: tuple[str, ...] = ()
    trunks: tuple[str, ...] = ()
    """Keys of the organisation's own."""


@dataclass(frozen=True, slots=True)
class StationDraft:
    """What is said of a telephone."""

    user: str
    kind: StationKind
    name: str = ""
    number: str = ""
    config: StationConfig = field(default_factory=StationConfig)


@dataclass(frozen=True, slots=True)
class PromptDraft:
    """What is said of a prompt besides its recordings."""

    texts: Mapping[str, str]
    tags: tuple[str, ...] = ()


def as_trunk(data: object) -> TrunkConfig:
    """A carrier's settings from plain data; raises `telephony.bad_field` naming the field."""
    return _as(data, TrunkConfig)


def as_station(data: object) -> StationConfig:
    """A telephone's settings from plain data; raises `telephony.bad_field` naming the field."""
    return _as(data, StationConfig)


def as_dial(data: object) -> DialConfig:
    """A dial policy from plain data; raises `telephony.bad_field` naming the field."""
    return _as(data, DialConfig)


def _as[T](data: object, kind: type[T]) -> T:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        place = re.search(r" - at `(?:key in )?\$?\.?(.*)`$", str(error))
        unknown = re.search(r"field `(.*?)`", str(error))
        named = (place[1] if place else "") or (unknown[1] if unknown else "")
        problem = str(error).split(" - at ")[0]
        raise PasokhError("telephony.bad_field", field=named[:200], problem=problem[:200]) from error


# -- numbers -----------------------------------------------------------------------------------------------------------
def emergency_numbers(region: str) -> tuple[str, ...]:
    """The three-digit emergency numbers of a country (libphonenumber's metadata)."""
    return tuple(f"{n:03}" for n in range(1_000) if phonenumbers.is_emergency_number(f"{n:03}", region))


def first_dial_config(zone: str, language: str) -> DialConfig:
    """What an organisation begins with: nowhere but its country's emergency numbers."""
    region = region_of(zone, language) or _ELSEWHERE
    calendar: Literal["jalali", "gregorian"] = "jalali" if language == "fa" else "gregorian"
    policy = OutboundPolicy(region=region, currency=currency_of(zone, language), calendar=calendar)
    return DialConfig(policy=policy, emergency=emergency_numbers(region))


def cleaned_did(text: str, region: str) -> str:
    """A number of our own as E.164 digits, however it was typed; raises ``dial.*`` with ``field="number"``."""
    found = read_number(text, region)
    if found.emergency:
        raise PasokhError("dial.emergency", field="number", number=found.number)
    return found.number.removeprefix("+")


def cleaned_also(forms: Iterable[str]) -> list[str]:
    """Other forms of a number, once each; raises `telephony.bad_form`, `telephony.many_forms`."""
    kept: dict[str, None] = {}
    for given in forms:
        text = re.sub(r"[ ()./\-]", "", to_ascii(strip_invisible(given)))
        if not text:
            continue
        if not _ALSO.fullmatch(text):
            raise PasokhError("telephony.bad_form", field="also", value=given[:40])
        kept[text] = None
    if len(kept) > MOST_ALSO:
        raise PasokhError("telephony.many_forms", field="also", most=MOST_ALSO)
    return list(kept)


def cleaned_languages(languages: Iterable[str], spoken: Collection[str]) -> list[str]:
    """Languages of a number, once each, all `spoken` by its flow; raises `telephony.flow_lacks_language`."""
    kept = list(dict.fromkeys(languages))
    for language in kept:
        if language not in spoken:
            raise PasokhError("telephony.flow_lacks_language", field="languages", value=language[:8])
    return kept


def cleaned_pattern(text: str, region: str) -> str:
    """A blocked caller in one spelling; raises `telephony.bad_pattern` or ``dial.*``."""
    plain = re.sub(r"[ ()./\-]", "", to_ascii(strip_invisible(text)).strip())
    if plain == ANONYMOUS:
        return plain
    if plain.endswith("*"):
        plain = f"+{plain[2:]}" if plain.startswith("00") else plain
        if not _BLOCKED.fullmatch(plain):
            raise PasokhError("telephony.bad_pattern", field="pattern", value=text[:40])
        return plain
    try:
        return read_number(plain, region).number
    except PasokhError as error:
        raise PasokhError(error.code, **{**error.params, "field": "pattern"}) from error


def cleaned_why(text: str) -> str:
    """A reason in one line; raises `telephony.long_why`."""
    kept = normalise(text)
    if len(kept) > LONGEST_WHY:
        raise PasokhError("telephony.long_why", field="why", longest=LONGEST_WHY)
    return kept


# -- flows -------------------------------------------------------------------------------------------------------------
def check_flow_key(key: str) -> str:
    """The key of a flow; raises `telephony.bad_flow_key`."""
    if not _FLOW.fullmatch(key):
        raise PasokhError("telephony.bad_flow_key", field="key", value=key[:60])
    return key


def check_draft(text: str) -> str:
    """A draft as it may be kept; raises ``flow.too_large``."""
    if len(text) > LARGEST:
        raise PasokhError("flow.too_large", field="flow", most=LARGEST)
    return text


def flow_of(key: str, text: str, version: int = 1) -> n.Flow:
    """The flow of a draft; its id and version are those it is kept under. Raises ``flow.*``."""
    flow = parse_flow(text)
    if flow.id != key:
        raise PasokhError("telephony.other_flow_id", field="id", value=flow.id, key=key)
    return replace(flow, version=version)


def is_subflow(flow: n.Flow) -> bool:
    """Whether it comes back to the flow that runs it."""
    return any(isinstance(node, n.Return) for node in flow.nodes.values())


def mains_running(flows: Mapping[str, n.Flow], key: str) -> list[str]:
    """The flows a call can begin with that run this one, itself among them, by name; itself when there is none."""
    found = [
        name
        for name, flow in sorted(flows.items())
        if not is_subflow(flow) and key in program_of(dict(flows), name).flows
    ]
    return found or [key]


def findings(flows: Mapping[str, n.Flow], key: str, around: Surroundings, policy: OutboundPolicy) -> list[Finding]:
    """Everything wrong with a flow in each program it is part of; each finding once."""
    found: dict[tuple[object, ...], Finding] = {}
    for main in mains_running(flows, key):
        program = program_of(dict(flows), main)
        numbers = frozenset(number for number in transfer_targets(program) if _may_call(number, policy))
        for finding in check(program, replace(around, numbers=numbers)):
            if finding.code in _OF_SUBFLOWS and is_subflow(program.flows[main]):
                continue  # nothing runs it yet
            found.setdefault((finding.code, finding.flow, finding.node, finding.field), finding)
    return list(found.values())


def transfer_targets(program: n.Program) -> frozenset[str]:
    """The outside numbers a program passes calls on to."""
    return frozenset(
        node.to for flow in program.flows.values() for node in flow.nodes.values() if isinstance(node, n.Transfer)
    )


def flows_using(flows: Mapping[str, n.Flow], key: str) -> list[str]:
    """The flows that run another one directly, by name."""
    return sorted(
        name
        for name, flow in flows.items()
        if any(isinstance(node, n.Subflow) and node.flow == key for node in flow.nodes.values())
    )


def prompts_used(flows: Iterable[n.Flow]) -> frozenset[str]:
    """Keys of the prompts that flows say."""
    found: set[str] = set()
    for flow in flows:
        _collect(msgspec.to_builtins(flow), found)
    return frozenset(found)


def _collect(value: object, found: set[str]) -> None:
    if isinstance(value, dict):
        key = value.get("prompt")
        if isinstance(key, str) and key:
            found.add(key)
        for inner in value.values():
            _collect(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, found)


def _may_call(number: str, policy: OutboundPolicy) -> bool:
    try:
        permit(Request(number, "transfer"), policy, Usage())
    except PasokhError:
        return False
    return True


def sip_account(username: str, password: str, host: str, port: int, transport: str) -> str:
    """A telephone's account as one SIP URI (RFC 3261, 19.1.1): what a code can hold and a program can read."""
    named = f"[{host}]" if ":" in host else host
    return f"sip:{quote(username)}:{quote(password, safe='')}@{named}:{port};transport={transport}"


# -- prompts -----------------------------------------------------------------------------------------------------------
def check_prompt_key(key: str) -> str:
    """The key of a prompt; raises `prompts.bad_key`."""
    if not _PROMPT.fullmatch(key):
        raise PasokhError("prompts.bad_key", field="key", key=key[:80])
    return key


def cleaned_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts by language in one spelling; raises `telephony.long_text`, `setup.unknown_language`."""
    if unknown := set(texts) - set(LANGUAGES):
        raise PasokhError("setup.unknown_language", field="texts", value=min(unknown))
    kept = {language: normalise(texts.get(language, "")) for language in LANGUAGES}
    for language, text in kept.items():
        if len(text) > LONGEST_TEXT:
            raise PasokhError("telephony.long_text", field=f"text_{language}", longest=LONGEST_TEXT)
    return {language: text for language, text in kept.items() if text}


def cleaned_tags(tags: Iterable[str]) -> list[str]:
    """Tags, once each; raises `telephony.bad_tag`."""
    kept = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    for tag in kept:
        if not _TAG.fullmatch(tag):
            raise PasokhError("telephony.bad_tag", field="tags", value=tag[:40])
    return kept


def as_prompt(texts: Mapping[str, str], tags: Iterable[str], recorded: Iterable[str]) -> Prompt:
    """A prompt as the checker knows it."""
    return Prompt(dict(texts), tuple(tags), tuple(sorted(recorded)))
