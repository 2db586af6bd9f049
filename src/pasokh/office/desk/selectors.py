"""Reads of the history."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from pasokh.acd.events import AnyEvent, decode_event
from pasokh.acd.explain import Line, explain
from pasokh.i18n.languages import pick
from pasokh.i18n.text import search_key
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.kernel.time import Instant
from pasokh.office.desk.models import Contact, Interaction, Message, Segment
from pasokh.office.people.selectors import people_names
from pasokh.office.supervise.selectors import queue_names
from pasokh.office.tenancy import scope

PAGE = 50
LONGEST_QUERY = 100
LONGEST_STORY = 5_000
"""Events of one contact that are read to explain it."""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts, newest first, and the key that asks for the next page (None at the end)."""

    contacts: list[Contact]
    next_before: int | None


def contact_page(
    *,
    before: int | None = None,
    limit: int = PAGE,
    query: str = "",
    queue: str = "",
    agent: str = "",
    customer: str = "",
    closed: bool | None = None,
) -> ContactPage:
    """Contacts in the order they came, newest first, paged by number: new ones never shift a page."""
    rows = Contact.objects.order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    for word in search_key(query[:LONGEST_QUERY].replace("\x00", "")).split():
        rows = rows.filter(search__contains=word)
    exact = {"queue": queue, "agent": agent, "customer": customer}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if closed is not None:
        rows = rows.exclude(closed_at=0) if closed else rows.filter(closed_at=0)
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return ContactPage(found[:limit], found[limit - 1].number if more else None)


def contact_by_id(contact: str) -> Contact:
    """One contact; raises `contact.unknown`."""
    row = Contact.objects.filter(id=contact).first() if ID_PATTERN.fullmatch(contact) else None
    if row is None:
        raise PasokhError("contact.unknown", field="contact", contact=contact[:80])
    return row


def interactions_of(contact: str) -> list[Interaction]:
    """A contact's interactions in the order they came."""
    return list(Interaction.objects.filter(contact=contact).order_by("number"))


def segments_of(contact: str) -> list[Segment]:
    """A contact's segments in the order they began."""
    return list(Segment.objects.filter(contact=contact).order_by("started_at", "interaction", "number"))


def messages_of(contact: str, after: tuple[Instant, str, int] | None = None, limit: int = 1_000) -> list[Message]:
    """A contact's messages in the order they were written; `after` = (at, interaction, number) of the last one seen."""
    rows = Message.objects.filter(contact=contact).order_by("at", "interaction", "number")
    if after is not None:
        at, interaction, number = after
        later = Q(interaction__gt=interaction) | Q(interaction=interaction, number__gt=number)
        rows = rows.filter(Q(at__gt=at) | Q(at=at) & later)
    return list(rows[:limit])


def explanation_of(contact: str, language: str) -> list[Line]:
    """Why this agent, why this wait: from the contact's own events in the log."""
    agents, queues = people_names(), queue_names()
    spoken = pick([language])

    def names(kind: str, name: str) -> str:
        if kind == "agent":
            return agents.get(name, name)
        known = queues.get(name, {})
        return known.get(spoken) or known.get("en") or next(iter(known.values()), name)

    return explain(story_of(contact), spoken, names)


def story_of(contact: str) -> list[tuple[Instant, AnyEvent]]:
    """A contact's recorded events in order, at most `LONGEST_STORY`."""
    org = scope.required()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT occurred_at, data::text FROM log WHERE shard = %s AND stream = %s ORDER BY version LIMIT %s",
            [org, contact, LONGEST_STORY],
        )
        return [(at, decode_event(data)) for at, data in cursor.fetchall()]


def owes_outcome(username: str) -> bool:
    """Whether an agent wraps up or still owes an outcome, as far as the history knows: nobody else can do that."""
    for interaction in Interaction.objects.filter(agent=username, closed_at=0, answered_at__gt=0):
        running = Segment.objects.filter(interaction=interaction.id, ended_at=0).order_by("-number").first()
        if running is None or running.kind == "wrap_up":
            return True
    return False
