"""What a recording must be like, for whom calls are recorded, how long recordings are kept. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from pasokh.kernel.time import DAY, SECOND, Instant, Millis

LOWEST_LEVEL: Final = 60
"""Root mean square of the loudest second, of 32,768; below it a side is silent (about −55 dB)."""
SLACK_MS: Millis = 2 * SECOND
SLACK_PERMILLE: Final = 20
LEAST_FREE_BYTES: Final = 512 * 1024 * 1024
"""With less on the disk nothing new is recorded: what is under way needs room to end."""
LONGEST_DAYS: Final = 3_650


class Consent(StrEnum):
    """What callers are told or asked before they are recorded."""

    NONE = "none"
    ANNOUNCE = "announce"
    ASK = "ask"


class Agreed(StrEnum):
    """What became of it."""

    NOT_ASKED = ""
    TOLD = "told"
    GIVEN = "given"
    REFUSED = "refused"


class Finding(StrEnum):
    """What is not as it should be with a recording."""

    SHORT = "short"
    LONG = "long"
    CUSTOMER_SILENT = "customer_silent"
    AGENT_SILENT = "agent_silent"
    CUT_OFF = "cut_off"
    """The switch died before it closed the files."""
    ONE_SIDE = "one_side"


class WhyNot(StrEnum):
    """Why a call is not recorded."""

    POLICY = "policy"
    REFUSED = "refused"
    UNASKED = "unasked"
    DISK_FULL = "disk_full"
    NO_SWITCH = "switch"


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How calls of a client or queue are recorded."""

    record: bool = False
    consent: Consent = Consent.NONE
    retention_days: int = 180
    own: bool = False
    """Agents hear their own calls."""


def why_not(policy: Policy, agreed: str, *, disk_full: bool) -> WhyNot | None:
    """Why a call must not be recorded; None when it is. Who was to be asked and was not has not agreed."""
    if not policy.record:
        return WhyNot.POLICY
    if agreed == Agreed.REFUSED:
        return WhyNot.REFUSED
    enough = {
        Consent.NONE: True,
        Consent.ANNOUNCE: agreed in {Agreed.TOLD, Agreed.GIVEN},
        Consent.ASK: agreed == Agreed.GIVEN,
    }
    if not enough[policy.consent]:
        return WhyNot.UNASKED
    return WhyNot.DISK_FULL if disk_full else None


def name_of(org: str, interaction: str, channel: str) -> str:
    """The recording of a talk: the same again for the same customer's channel, never another's."""
    return f"r-{hashlib.sha256(f'{org}\n{interaction}\n{channel}'.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file turned out to hold."""

    length_ms: Millis
    loudest: tuple[int, int]
    """Root mean square of each side's loudest second: customer, agent."""
    cut_off: bool
    sides: int


def findings(heard: Heard, expected_ms: Millis, silent_ms: Millis = 0) -> list[Finding]:
    """What is wrong; `expected_ms` = how long the talk took (0 = not known), `silent_ms` = paused of it."""
    found: list[Finding] = []
    slack = SLACK_MS + expected_ms * SLACK_PERMILLE // 1_000
    if expected_ms and heard.length_ms < expected_ms - slack:
        found.append(Finding.SHORT)
    if expected_ms and heard.length_ms > expected_ms + slack:
        found.append(Finding.LONG)
    if heard.sides < len(heard.loudest):
        found.append(Finding.ONE_SIDE)
    audible = heard.length_ms - silent_ms > SLACK_MS
    sides = zip(heard.loudest, (Finding.CUSTOMER_SILENT, Finding.AGENT_SILENT), strict=True)
    found += [finding for level, finding in sides if audible and level < LOWEST_LEVEL]
    if heard.cut_off:
        found.append(Finding.CUT_OFF)
    return found


def kept_until(started_at: Instant, days: int) -> Instant:
    """When a recording may be deleted."""
    return started_at + days * DAY


type Rules = Mapping[tuple[str, str], Policy]
"""By client and queue; an empty name means all of them."""


def rule_for(rules: Rules, client: str, queue: str) -> Policy | None:
    """What holds for a queue of a client: its own rule, else the client's, else everybody's; None = there is none."""
    for key in ((client, queue), (client, ""), ("", "")):
        if key in rules:
            return rules[key]
    return None
