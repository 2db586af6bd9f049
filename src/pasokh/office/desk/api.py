"""The history of contacts as JSON."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from pasokh.office.answers import REFUSALS, requires
from pasokh.office.desk import selectors
from pasokh.office.errors import language
from pasokh.office.people.rules import Right

router = Router(tags=["contacts"])

Ordinal = Annotated[int, Field(ge=0, le=2**62)]


class ContactOut(Schema):
    """A contact. `closed_at` is 0 while it is open."""

    id: str
    number: int
    client: str
    channel: str
    queue: str
    customer: str
    customer_name: str
    address: str
    language: str
    subject: str
    opened_at: int
    closed_at: int
    reason: str
    agent: str
    outcome: str
    waited_ms: int
    messages: int


class ContactsOut(Schema):
    """A page; `next_before` asks for the next one."""

    contacts: list[ContactOut]
    next_before: int | None


class SegmentOut(Schema):
    """A stretch of an interaction. `ended_at` is 0 while it goes on."""

    number: int
    kind: str
    queue: str
    agent: str
    started_at: int
    ended_at: int


class InteractionOut(Schema):
    """One channel session of a contact."""

    id: str
    contact: str
    kind: str
    channel: str
    parent: str
    number: int
    queue: str
    agent: str
    started_at: int
    answered_at: int
    closed_at: int
    reason: str
    waited_ms: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    outcome: str
    note: str
    rung: str
    transfers: int
    attempts: int
    segments: list[SegmentOut]


class MessageOut(Schema):
    """What was written."""

    interaction: str
    number: int
    message: str
    author: str
    author_id: str
    text: str
    at: int


class LineOut(Schema):
    """A sentence of the explanation."""

    at: int
    text: str


class Ask(Schema):
    """What the list of contacts can be narrowed by."""

    before: Ordinal | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    q: Annotated[str, Field(max_length=100)] = ""
    queue: Annotated[str, Field(max_length=80)] = ""
    agent: Annotated[str, Field(max_length=80)] = ""
    customer: Annotated[str, Field(max_length=80)] = ""
    closed: bool | None = None


@router.get("/contacts", response={200: ContactsOut, **REFUSALS})
@requires(Right.CONTACTS)
def contacts(request: HttpRequest, ask: Query[Ask]) -> ContactsOut:
    """Contacts, newest first; `before` = `next_before` of the page before."""
    page = selectors.contact_page(
        before=ask.before,
        limit=ask.limit,
        query=ask.q,
        queue=ask.queue.replace("\x00", ""),
        agent=ask.agent.replace("\x00", ""),
        customer=ask.customer.replace("\x00", ""),
        closed=ask.closed,
    )
    return ContactsOut(contacts=[ContactOut.from_orm(row) for row in page.contacts], next_before=page.next_before)


@router.get("/contacts/{contact}", response={200: ContactOut, **REFUSALS})
@requires(Right.CONTACTS)
def contact(request: HttpRequest, contact: str) -> ContactOut:
    """One contact."""
    return ContactOut.from_orm(selectors.contact_by_id(contact))


@router.get("/contacts/{contact}/interactions", response={200: list[InteractionOut], **REFUSALS})
@requires(Right.CONTACTS)
def interactions(request: HttpRequest, contact: str) -> list[InteractionOut]:
    """Its interactions with their segments."""
    found = selectors.contact_by_id(contact)
    segments = selectors.segments_of(found.id)
    answered = []
    for row in selectors.interactions_of(found.id):
        row.segments = [s for s in segments if s.interaction == row.id]  # type: ignore[assignment]
        answered.append(InteractionOut.from_orm(row))
    return answered


@router.get("/contacts/{contact}/messages", response={200: list[MessageOut], **REFUSALS})
@requires(Right.CONTACTS)
def messages(request: HttpRequest, contact: str) -> list[MessageOut]:
    """What was written, internal notes included, at most 1,000."""
    found = selectors.contact_by_id(contact)
    return [MessageOut.from_orm(row) for row in selectors.messages_of(found.id)]


@router.get("/contacts/{contact}/explanation", response={200: list[LineOut], **REFUSALS})
@requires(Right.CONTACTS)
def explanation(request: HttpRequest, contact: str) -> list[LineOut]:
    """Why this agent, why this wait, in the language of the request."""
    found = selectors.contact_by_id(contact)
    return [LineOut(at=line.at, text=line.text) for line in selectors.explanation_of(found.id, language())]
