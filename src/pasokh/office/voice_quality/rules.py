"""What a call's figures mean: which part of the way is bad, and how numbers are hidden. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pasokh.kernel.time import DAY, SECOND, Instant, Millis
from pasokh.telephony import mos

KEEP_STEPS_MS: Millis = 30 * DAY
KEEP_LEGS_MS: Millis = 400 * DAY
"""A year and a month, so that a month can be compared with the same one before."""
HEARD_AFTER_MS: Millis = 5 * SECOND
"""A leg that was up so long and brought no packet was not heard."""
BAD_SCORE = round(mos.BAD * 100)
FAIR_SCORE = round(mos.FAIR * 100)
_NUMBER = re.compile(r"(?<![\w.:-])\+?\d{6,}(?!\d|\.\d|[\w.:-]*@)")
SHOWN_DIGITS = 3


class Part(StrEnum):
    """A part of the way between a customer's and an agent's ear."""

    CARRIER_IN = "carrier_in"
    """From the customer's carrier to us."""
    CARRIER_OUT = "carrier_out"
    """From us to the carrier, by what the carrier says."""
    AGENT_IN = "agent_in"
    """From the agent's telephone to us."""
    AGENT_OUT = "agent_out"
    """From us to the agent's telephone."""
    AGENT_SILENT = "agent_silent"
    """Nothing at all came from the agent's telephone."""
    CARRIER_SILENT = "carrier_silent"
    """Nothing at all came from the carrier."""
    MICROPHONE = "microphone"
    """The agent's microphone gave nothing."""


class LegFigures(Protocol):
    """As much of a leg as is judged."""

    role: str
    trunk: str
    sip_call_id: str
    answered: bool
    began_at: Instant
    ended_at: Instant
    received: int
    received_score: int
    sent_score: int


class BrowserFigures(Protocol):
    """As much of a browser's own view as is judged."""

    sip_call_id: str
    received: int
    received_lost: int
    jitter_us: int
    round_trip_us: int
    silent_ms: Millis


@dataclass(frozen=True, slots=True)
class Verdict:
    """A part of the way that was bad; `score` in hundredths, 0 for silence."""

    part: Part
    score: int


def browser_score(told: BrowserFigures) -> int:
    """How the agent heard the other side, in hundredths; 0 = nothing came."""
    found = mos.estimate(
        packets=told.received, lost=told.received_lost, jitter_ms=told.jitter_us / 1_000,
        round_trip_ms=told.round_trip_us / 1_000, codec="opus",
    )  # fmt: skip
    return 0 if found is None else round(found * 100)


def is_silent(leg: LegFigures) -> bool:
    """Whether its phone was up long enough to be heard and was not."""
    return leg.answered and leg.received == 0 and leg.ended_at - leg.began_at >= HEARD_AFTER_MS


def is_bad(leg: LegFigures) -> bool:
    """Whether many would be dissatisfied with it, in either direction, or it was silent."""
    return is_silent(leg) or any(0 < score < FAIR_SCORE for score in (leg.received_score, leg.sent_score))


def verdicts(legs: Iterable[LegFigures], browsers: Sequence[BrowserFigures] = ()) -> list[Verdict]:
    """Which parts of the way were bad, the worst first: a bad last mile is told from a bad carrier."""
    own = {told.sip_call_id: told for told in browsers}
    found: list[Verdict] = []
    for leg in legs:
        carrier = bool(leg.trunk)
        told = own.get(leg.sip_call_id)
        if is_silent(leg):
            muted = told is not None and told.silent_ms >= HEARD_AFTER_MS
            silent = Part.CARRIER_SILENT if carrier else Part.MICROPHONE if muted else Part.AGENT_SILENT
            found.append(Verdict(silent, 0))
        if 0 < leg.received_score < FAIR_SCORE:
            found.append(Verdict(Part.CARRIER_IN if carrier else Part.AGENT_IN, leg.received_score))
        heard = browser_score(told) if told is not None and told.received else leg.sent_score
        if 0 < heard < FAIR_SCORE:
            found.append(Verdict(Part.CARRIER_OUT if carrier else Part.AGENT_OUT, heard))
    return sorted(found, key=lambda each: each.score)


def grade(score: int) -> str:
    """``ok``, ``fair`` or ``bad`` of a score in hundredths; empty where none is known."""
    return "" if not score else "ok" if score >= FAIR_SCORE else "fair" if score >= BAD_SCORE else "bad"


def masked(text: str) -> str:
    """The text with telephone numbers hidden but for their last digits; call ids and addresses stay."""

    def hidden(found: re.Match[str]) -> str:
        digits = found[0].lstrip("+")
        return "•" * (len(digits) - SHOWN_DIGITS) + digits[-SHOWN_DIGITS:]

    return _NUMBER.sub(hidden, text)
