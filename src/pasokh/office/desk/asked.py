"""What a list of contacts is narrowed by, as it stands in an address. Pure.

Every figure of the wallboard opens such a list: `state` with `queue` and `day` means the core's own counting of the
day (`pasokh.acd.state.QueueDay`), so the list is as long as the figure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pasokh.acd.model import Channel
from pasokh.i18n.dates import instant, local, parse_date
from pasokh.i18n.digits import parse_int, to_ascii
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant, Millis
from pasokh.office.desk.search import LONGEST_QUERY

OF_CONTACTS = ("waiting", "active", "open", "closed")
OF_VISITS = ("entered", "answered", "abandoned", "left", "refused")
"""States of a stay in a queue: a contact that was transferred has several, and each counts."""
STATES = (*OF_CONTACTS, *OF_VISITS)
DAYS = ("today", "yesterday")
NAMES = (
    "q", "queue", "client", "agent", "team", "state", "channel", "outcome", "reason", "rating", "wait_over",
    "wait_under", "day", "from", "to", "customer",
)  # fmt: skip
"""The parameters, in the order the chips stand in."""
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "": 1_000}
_SPAN = re.compile(r"(\d{1,6})\s*(s|m|h|)[a-z]*")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")
_RATING = re.compile(r"([1-5])(?:-([1-5]))?")
_LONGEST_KEY = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, read. Empty, zero or None = not narrowed by it."""

    q: str = ""
    queue: str = ""
    client: str = ""
    agent: str = ""
    team: str = ""
    state: str = ""
    channel: str = ""
    outcome: str = ""
    reason: str = ""
    rating: tuple[int, int] | None = None
    wait_over_ms: Millis | None = None
    """Waited longer than this."""
    wait_under_ms: Millis | None = None
    """Waited this long at most."""
    since: Instant | None = None
    until: Instant | None = None
    """Before this."""
    customer: str = ""

    @property
    def of_visits(self) -> bool:
        """Whether the list is one of stays in queues."""
        return self.state in OF_VISITS


@dataclass(frozen=True, slots=True)
class Reading:
    """An address read: what is asked, each parameter as it was typed, and what could not be read."""

    asked: Asked
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, PasokhError] = field(default_factory=dict)


def read_address(given: Mapping[str, str], zone: str, language: str, now: Instant) -> Reading:
    """Read the parameters of an address; what cannot be read is told, not guessed."""
    typed = {name: cleaned for name in NAMES if (cleaned := _cleaned(given.get(name, "")))}
    found: dict[str, Any] = {}
    errors: dict[str, PasokhError] = {}
    for name, text in typed.items():
        try:
            found |= _read(name, text, zone, language, now)
        except PasokhError as error:
            errors[name] = PasokhError(error.code, **{**error.params, "field": name})
    asked = Asked(**found)
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        errors["to"] = PasokhError("contacts.dates_crossed", field="to")
    return Reading(asked, typed, errors)


def day_range(day: date, zone: str) -> tuple[Instant, Instant]:
    """When a day of a zone begins and ends."""
    here = ZoneInfo(zone)
    following = day + timedelta(days=1)
    return (
        instant(datetime(day.year, day.month, day.day, tzinfo=here)),
        instant(datetime(following.year, following.month, following.day, tzinfo=here)),
    )


def parse_wait(text: str) -> Millis:
    """A length of time: ``20``, ``20s``, ``2m``, ``1:30``; raises `contacts.not_a_wait`."""
    plain = to_ascii(strip_invisible(text)).strip().lower()
    clock = _CLOCK.fullmatch(plain)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1_000
    span = _SPAN.fullmatch(plain)
    if span is None:
        raise PasokhError("contacts.not_a_wait", value=text[:40])
    return int(span[1]) * _UNITS[span[2]]


def _read(name: str, text: str, zone: str, language: str, now: Instant) -> dict[str, object]:
    match name:
        case "wait_over" | "wait_under":
            return {f"{name}_ms": parse_wait(text)}
        case "rating":
            return {"rating": _rating(text)}
        case "state":
            return {"state": _one_of(text, STATES)}
        case "channel":
            return {"channel": _one_of(text, tuple(channel.value for channel in Channel))}
        case "day":
            today = local(now, zone).date()
            day = today - timedelta(days=DAYS.index(text)) if text in DAYS else parse_date(text, language)
            since, until = day_range(day, zone)
            return {"since": since, "until": until}
        case "from":
            return {"since": day_range(parse_date(text, language), zone)[0]}
        case "to":
            return {"until": day_range(parse_date(text, language), zone)[1]}
        case _:
            return {name: text}


def _rating(text: str) -> tuple[int, int]:
    found = _RATING.fullmatch(to_ascii(text).replace("–", "-").replace(" ", ""))
    if found is None:
        parse_int(text)  # says that it is no number
        raise PasokhError("number.out_of_range", least=1, most=5)
    low, high = int(found[1]), int(found[2] or found[1])
    return min(low, high), max(low, high)


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise PasokhError("contacts.unknown_choice", value=text[:40])
    return text


def _cleaned(text: str) -> str:
    return "".join(c for c in text if c >= " ").strip()[:LONGEST_QUERY]


assert {f.name for f in fields(Asked)} >= set(NAMES) - {"wait_over", "wait_under", "day", "from", "to"}
