"""Reads of recordings: whose may be heard, how they are found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from pasokh.i18n.dates import parse_date
from pasokh.i18n.digits import to_ascii
from pasokh.kernel.errors import PasokhError
from pasokh.office.desk.asked import day_range, parse_wait
from pasokh.office.desk.models import Contact
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.recordings.models import Access, Note, Recording, Rule, State

PAGE = 50
MOST_COUNTED = 1_000
NAMES = ("q", "agent", "client", "queue", "outcome", "state", "from", "to", "longer", "shorter", "noted", "held")
STATES = ("kept", "recording", "lost", "unrecorded", "deleted", "flawed")
_NAME = re.compile(r"r-[0-9a-f]{32}")
_NOT_OF_A_NUMBER = re.compile(r"[^0-9+]")
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What an address asks for, as typed, and what could not be read."""

    typed: dict[str, str]
    where: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, PasokhError] = field(default_factory=dict)


def heard_by(person: User) -> QuerySet[Recording]:
    """Recordings somebody may know of: all, or the own ones that a rule lets agents hear."""
    if person.may(Right.RECORDINGS):
        return Recording.objects.all()
    return Recording.objects.filter(own=True, agents__contains=[person.username])


def recording_by_id(person: User, name: str) -> Recording:
    """One that the person may hear; raises `recording.unknown`, and `right.missing` for who hears own ones only."""
    row = heard_by(person).select_related("key").filter(pk=name).first() if _NAME.fullmatch(name) else None
    if row is None and not person.may(Right.RECORDINGS):
        raise PasokhError("right.missing", right=Right.RECORDINGS.value)
    if row is None:
        raise PasokhError("recording.unknown")
    return row


def recordings_of(person: User, contact: str) -> list[Recording]:
    """A contact's recordings that the person may hear, in their order."""
    return list(heard_by(person).filter(contact=contact).order_by("started_at"))


def read_address(given: Mapping[str, str], zone: str, language: str) -> Reading:
    """Read the parameters of an address; what cannot be read is told, not guessed."""
    typed = {name: text for name in NAMES if (text := _cleaned(given.get(name, "")))}
    reading = Reading(typed)
    for name, text in typed.items():
        try:
            reading.where.update(_read(name, text, zone, language))
        except PasokhError as error:
            reading.errors[name] = PasokhError(error.code, **{**error.params, "field": name})
    return reading


def page_of(person: User, reading: Reading, before: str = "", limit: int = PAGE) -> tuple[list[Recording], str, int]:
    """A page, newest first; the key of the next page (empty at the end); how many there are up to `MOST_COUNTED`."""
    rows = heard_by(person).filter(**{k: v for k, v in reading.where.items() if k not in {"outcome", "flawed"}})
    if "outcome" in reading.where:
        rows = rows.filter(contact__in=Contact.objects.filter(outcome=reading.where["outcome"]).values("id"))
    if "flawed" in reading.where:
        rows = rows.filter(state=State.KEPT).exclude(findings=[])
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    at, _, name = before.partition(" ")
    if at.isascii() and at.isdigit() and len(at) < 18:
        rows = rows.filter(started_at__lte=int(at)).exclude(started_at=int(at), id__gte=name[:40])
    found = list(rows.defer("peaks", "wrapped_key").order_by("-started_at", "-id")[: limit + 1])
    shown = found[:limit]
    older = f"{shown[-1].started_at} {shown[-1].id}" if len(found) > limit else ""
    return shown, older, count


def notes_of(row: Recording) -> list[Note]:
    """What was said about it, in the order of its moments."""
    return list(Note.objects.filter(recording=row).order_by("at_ms", "pk"))


def accesses_of(row: Recording, most: int = 100) -> list[Access]:
    """Who heard or took it, latest first."""
    return list(Access.objects.filter(recording=row).order_by("-at", "-pk")[:most])


def all_rules() -> list[Rule]:
    """Every rule, the widest first."""
    return list(Rule.objects.order_by("client", "queue"))


def _read(name: str, text: str, zone: str, language: str) -> dict[str, Any]:
    match name:
        case "q":
            return _searched(text)
        case "agent":
            return {"agents__contains": [text]}
        case "state":
            if text not in STATES:
                raise PasokhError("contacts.unknown_choice", value=text[:40])
            return {"flawed": True} if text == "flawed" else {"state": text}
        case "from":
            return {"started_at__gte": day_range(parse_date(text, language), zone)[0]}
        case "to":
            return {"started_at__lt": day_range(parse_date(text, language), zone)[1]}
        case "longer":
            return {"length_ms__gte": parse_wait(text)}
        case "shorter":
            return {"length_ms__lte": parse_wait(text)}
        case "noted":
            return {"notes__gt": 0}
        case "held":
            return {"hold_at__gt": 0}
        case _:
            return {name: text}


def _searched(text: str) -> dict[str, Any]:
    if _NAME.fullmatch(text):
        return {"id": text}
    digits = _NOT_OF_A_NUMBER.sub("", to_ascii(text)).lstrip("+").removeprefix("00").lstrip("0")
    if len(digits) >= _FEWEST_DIGITS:
        return {"number__contains": digits}
    return {"contact": text}


def _cleaned(text: str) -> str:
    return "".join(c for c in text if c >= " ").strip()[:80]
