"""Reads of the history."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from pasokh.acd.events import AnyEvent, decode_event
from pasokh.acd.explain import Line, explain
from pasokh.i18n.languages import pick
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.kernel.time import Instant
from pasokh.office.crm.models import Customer
from pasokh.office.crm.selectors import keys_of
from pasokh.office.desk import listing
from pasokh.office.desk.asked import Asked
from pasokh.office.desk.models import Contact, Incident, Interaction, Message, Segment
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names
from pasokh.office.supervise.models import Reason
from pasokh.office.supervise.selectors import outcome_names, queue_names
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Client

LONGEST_STORY = 5_000
"""Events of one contact that are read to explain it."""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts, newest first, and the key that asks for the next page (None at the end)."""

    contacts: list[listing.Row]
    next_before: int | None


def contact_page(*, before: int | None = None, limit: int = listing.PAGE, query: str = "") -> ContactPage:
    """Contacts in the order they came, newest first, paged by number: new ones never shift a page."""
    page = find_contacts(Asked(q=query), before=None if before is None else str(before), limit=limit)
    return ContactPage(page.rows, None if page.older is None else int(page.older))


def find_contacts(
    asked: Asked, *, before: str | None = None, after: str | None = None, limit: int = listing.PAGE
) -> listing.Page:
    """A page of contacts, or of their stays in queues."""
    return listing.page_of(
        asked, members=team_members, reasons=reason_and_below, before=before, after=after, limit=limit
    )


def count_contacts(asked: Asked) -> int:
    """How many there are, exactly up to `listing.EXACT`, else one more than that."""
    return listing.count_of(asked, members=team_members, reasons=reason_and_below)


def team_members(team: str) -> list[str]:
    """The usernames of a team's people."""
    return list(User.objects.filter(team__key=team).values_list("username", flat=True))


def reason_and_below(reason: str) -> list[str]:
    """A reason's key and those of all reasons below it in the tree."""
    children: dict[str | None, list[str]] = {}
    for key, parent in Reason.objects.values_list("key", "parent__key"):
        children.setdefault(parent, []).append(key)
    found, at = [reason], 0
    while at < len(found):
        found += children.get(found[at], [])
        at += 1
    return found


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


def sees_whispers(user: User, contact: str) -> bool:
    """Whether a person may read what supervisors whispered: supervisors, and the agents who served the contact."""
    return user.may(Right.WALL) or Segment.objects.filter(contact=contact, agent=user.username).exists()


def messages_of(
    contact: str, after: tuple[Instant, str, int] | None = None, limit: int = 1_000, *, whispers: bool = False
) -> list[Message]:
    """A contact's messages in the order they were written; `after` = (at, interaction, number) of the last one seen."""
    rows = Message.objects.filter(contact=contact).order_by("at", "interaction", "number")
    if not whispers:
        rows = rows.exclude(author="whisper")
    if after is not None:
        at, interaction, number = after
        later = Q(interaction__gt=interaction) | Q(interaction=interaction, number__gt=number)
        rows = rows.filter(Q(at__gt=at) | Q(at=at) & later)
    return list(rows[:limit])


class Namer:
    """Names people know, in a language: kinds are `agent`, `queue`, `outcome`, `reason`. Looks up each table once."""

    def __init__(self, language: str) -> None:
        self._language = pick([language])
        self._agents: dict[str, str] | None = None
        self._tables: dict[str, dict[str, dict[str, str]]] = {}

    def __call__(self, kind: str, name: str) -> str:
        """The name; the id itself where nothing better is known."""
        if kind == "agent":
            self._agents = people_names() if self._agents is None else self._agents
            return self._agents.get(name, name)
        if kind not in self._tables:
            read = {"queue": queue_names, "outcome": outcome_names, "reason": reason_names}[kind]
            self._tables[kind] = read()
        known = self._tables[kind].get(name, {})
        return known.get(self._language) or known.get("en") or next(iter(known.values()), name)


def explanation_of(contact: str, language: str) -> list[Line]:
    """Why this agent, why this wait: from the contact's own events in the log."""
    return explain(story_of(contact), pick([language]), Namer(language))


def reason_names() -> dict[str, dict[str, str]]:
    """Reason key → its names, archived ones too."""
    return dict(Reason.objects.values_list("key", "name"))


def reason_choices() -> list[tuple[str, dict[str, str], int]]:
    """Every reason as (key, names, depth in the tree), in the tree's order."""
    rows = Reason.objects.order_by("position", "key").values_list("id", "parent_id", "key", "name")
    children: dict[int | None, list[tuple[int, str, dict[str, str]]]] = {}
    for number, parent, key, name in rows:
        children.setdefault(parent, []).append((number, key, name))
    found: list[tuple[str, dict[str, str], int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for number, key, name in children.get(parent, []):
            found.append((key, name, depth))
            walk(number, depth + 1)

    walk(None, 0)
    return found


def client_names() -> dict[str, dict[str, str]]:
    """Client key → its names."""
    return dict(Client.objects.order_by("key").values_list("key", "name"))


def contact_exists(contact: str) -> bool:
    """Whether there is a contact of this id."""
    return Contact.objects.filter(id=contact).exists()


def incidents_during(contact: Contact) -> list[tuple[Instant, str]]:
    """(when, text) of the incidents that a contact's customer was told of while waiting, in the contact's language."""
    waits = [
        (s.queue, s.started_at, s.ended_at or 2**62)
        for s in Segment.objects.filter(contact=contact.id, kind__in=("queue", "ring"))
    ]
    if not waits:
        return []
    last = max(end for _, _, end in waits)
    found: list[tuple[Instant, str]] = []
    for row in Incident.objects.filter(announced_at__lt=last, announced_at__gte=contact.opened_at - 86_400_000):
        over = row.withdrawn_at or 2**62
        met = [
            max(begin, row.announced_at)
            for queue, begin, end in waits
            if (queue in row.queues or not row.queues) and begin < over and end > row.announced_at
        ]
        if met:
            text = row.texts.get(contact.language) or row.texts.get("en") or next(iter(row.texts.values()), "")
            found.append((min(met), text))
    return found


def earlier_of(contact: Contact, customer: Customer | None, limit: int = 10) -> list[Contact]:
    """The customer's contacts before this one, newest first."""
    if not contact.customer:
        return []
    keys = keys_of(customer) if customer is not None else [contact.customer]
    return list(Contact.objects.filter(customer__in=keys, number__lt=contact.number).order_by("-number")[:limit])


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
