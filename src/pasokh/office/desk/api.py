"""The history of contacts as JSON."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from pasokh.office import clock
from pasokh.office.answers import REFUSALS, requires
from pasokh.office.desk import selectors
from pasokh.office.desk.asked import read_address
from pasokh.office.errors import language
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right

router = Router(tags=["contacts"])


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
    topic: str
    rating: int
    state: str
    waited_ms: int
    messages: int


class ContactsOut(Schema):
    """A page; `next_before` asks for the next one."""

    contacts: list[ContactOut]
    next_before: str | None
    count: int
    """How many there are in all; 10,001 = more than 10,000."""


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
    away_ms: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    outcome: str
    topic: str
    note: str
    rung: str
    transfers: int
    attempts: int
    read_by_customer: int
    read_by_agent: int
    help_asked: int
    monitored: int
    taken_over: int
    segments: list[SegmentOut]


class AttachmentOut(Schema):
    """A file sent with a message; `size` in bytes."""

    id: str
    name: str
    media_type: str
    size: int


class MessageOut(Schema):
    """What was written."""

    interaction: str
    number: int
    message: str
    author: str
    author_id: str
    text: str
    at: int
    attachments: list[AttachmentOut]
    mentions: list[str]


class LineOut(Schema):
    """A sentence of the explanation."""

    at: int
    text: str


Key = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_.:\-]*$")]


class Ask(Schema):
    """What the list can be narrowed by: the parameters of the page `/contacts/`."""

    before: Annotated[str, Field(pattern=r"^\d{1,18}(\.\d{1,18})?$")] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    q: Annotated[str, Field(max_length=100)] = ""
    queue: Key = ""
    client: Key = ""
    agent: Key = ""
    team: Key = ""
    state: Annotated[str, Field(max_length=20)] = ""
    channel: Annotated[str, Field(max_length=20)] = ""
    outcome: Key = ""
    reason: Key = ""
    rating: Annotated[str, Field(max_length=5)] = ""
    wait_over: Annotated[str, Field(max_length=20)] = ""
    wait_under: Annotated[str, Field(max_length=20)] = ""
    day: Annotated[str, Field(max_length=40)] = ""
    since: Annotated[str, Field(max_length=40, alias="from")] = ""
    to: Annotated[str, Field(max_length=40)] = ""
    customer: Key = ""
    closed: bool | None = None
    """Older way to ask for `state=closed`."""


@router.get("/contacts", response={200: ContactsOut, **REFUSALS})
@requires(Right.CONTACTS)
def contacts(request: HttpRequest, ask: Query[Ask]) -> ContactsOut:
    """Contacts, or their stays in queues, newest first; `before` = `next_before` of the page before."""
    given = {name: str(value) for name, value in ask.dict(by_alias=True).items() if value is not None}
    if ask.closed is not None and not ask.state:
        given["state"] = "closed" if ask.closed else "open"
    reading = read_address(given, timezone.get_current_timezone_name(), language(), clock.now())
    for error in reading.errors.values():
        raise error
    page = selectors.find_contacts(reading.asked, before=ask.before, limit=ask.limit)
    return ContactsOut(
        contacts=[ContactOut.from_orm(row) for row in page.rows],
        next_before=page.older,
        count=selectors.count_contacts(reading.asked),
    )


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
    """What was written, internal notes included, at most 1,000; whispers for supervisors and the agents concerned."""
    found = selectors.contact_by_id(contact)
    whispers = selectors.sees_whispers(signed_in(request), found.id)
    return [MessageOut.from_orm(row) for row in selectors.messages_of(found.id, whispers=whispers)]


@router.get("/contacts/{contact}/explanation", response={200: list[LineOut], **REFUSALS})
@requires(Right.CONTACTS)
def explanation(request: HttpRequest, contact: str) -> list[LineOut]:
    """Why this agent, why this wait, in the language of the request."""
    found = selectors.contact_by_id(contact)
    return [LineOut(at=line.at, text=line.text) for line in selectors.explanation_of(found.id, language())]
