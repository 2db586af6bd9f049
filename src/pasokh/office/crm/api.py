"""Customers as JSON: the card beside a conversation, and what staff write of a customer."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from pasokh.office.answers import REFUSALS, requires
from pasokh.office.crm.actions import do_change_customer
from pasokh.office.crm.link_actions import do_link_contact, do_name_visitor, do_unlink_contact, do_unname_visitor
from pasokh.office.crm.models import Customer
from pasokh.office.crm.selectors import (
    HISTORY,
    addresses_of,
    customer_by_id,
    customer_by_key,
    family_of,
    history_of,
    named_customers,
    open_follow_ups_of,
)
from pasokh.office.desk.models import Contact
from pasokh.office.follow_ups.api import FollowUpOut
from pasokh.office.people.access import actor_of
from pasokh.office.people.rules import Right

router = Router(tags=["customers"])


class AddressOut(Schema):
    """Where a customer is reached: `kind` is `phone`, `email` or `other`."""

    kind: str
    value: str


class CustomerOut(Schema):
    """A customer. `needs` is what everyone who serves them must know at once."""

    id: int
    key: str
    name: str
    language: str
    needs: str
    notes: str
    more_notes: str
    """What was noted of those merged into this customer."""
    vip: str
    version: int
    addresses: list[AddressOut]


class PastOut(Schema):
    """A contact of the customer; `closed_at` is 0 while it is open, `rating` 0 without one."""

    contact: str
    at: int
    closed_at: int
    channel: str
    queue: str
    agent: str
    outcome: str
    reason: str
    summary: str
    rating: int


class CardOut(Schema):
    """Who this is, what they came with before (the latest 20), what is owed to them."""

    customer: CustomerOut | None
    linked: bool
    """Staff said who the visitor is; `DELETE …/customer` takes it back."""
    history: list[PastOut]
    open_follow_ups: list[FollowUpOut]


class CustomerChange(Schema):
    """What to write; fields left out stay. `version` = the one that was read, to notice a change in between."""

    name: Annotated[str, Field(max_length=1_000)] | None = None
    language: Annotated[str, Field(max_length=100)] | None = None
    needs: Annotated[str, Field(max_length=2_000)] | None = None
    notes: Annotated[str, Field(max_length=50_000)] | None = None
    vip: Annotated[str, Field(max_length=100)] | None = None
    version: Annotated[int, Field(ge=0, le=2**62)] | None = None


def customer_out(customer: Customer, family: list[Customer]) -> CustomerOut:
    """A customer as JSON; what is empty is taken from those merged into it."""

    def known(name: str) -> str:
        return next((text for each in family if (text := str(getattr(each, name)))), "")

    return CustomerOut(
        id=customer.id,
        key=customer.key,
        name=known("name"),
        language=known("language"),
        needs=known("needs"),
        notes=customer.notes,
        more_notes="\n\n".join(each.notes for each in family if each.notes and each.id != customer.id),
        vip=known("vip"),
        version=customer.changed_at,
        addresses=[AddressOut(kind=a.kind, value=a.value) for a in addresses_of(family)],
    )


@router.get("/contacts/{contact}/card", response={200: CardOut, **REFUSALS})
@requires(Right.CONTACTS)
def card(request: HttpRequest, contact: str) -> CardOut:
    """The customer of a contact with history and open promises; the contact itself is not part of the history.

    Empty for a contact that nothing is known of yet: the one that rings just now is kept a moment later.
    """
    found = Contact.objects.filter(id=contact[:80]).first()
    if found is None:
        return CardOut(customer=None, linked=False, history=[], open_follow_ups=[])
    customer = customer_by_key(found.customer)
    family = family_of(customer) if customer is not None else []
    keys = [each.key for each in family] or ([found.customer] if found.customer else [])
    past = [each for each in history_of(keys, HISTORY + 1) if each.contact.id != found.id][:HISTORY] if keys else []
    owed = open_follow_ups_of(keys) if keys else []
    return CardOut(
        customer=customer_out(customer, family) if customer is not None else None,
        linked=customer is not None and customer.key != found.customer,
        history=[
            PastOut(
                contact=each.contact.id, at=each.contact.opened_at, closed_at=each.contact.closed_at,
                channel=each.contact.channel, queue=each.contact.queue, agent=each.contact.agent,
                outcome=each.contact.outcome, reason=each.contact.topic, summary=each.summary[:300],
                rating=each.contact.rating,
            )
            for each in past
        ],
        open_follow_ups=[FollowUpOut.from_orm(row) for row in owed],
    )  # fmt: skip


class Who(Schema):
    """Who a visitor is: the number of a known `customer`, else the `name` and perhaps `address` of a new one."""

    customer: Annotated[int, Field(ge=0, le=2**62)] | None = None
    name: Annotated[str, Field(max_length=1_000)] = ""
    address: Annotated[str, Field(max_length=1_000)] = ""


class FoundOut(Schema):
    """A customer in a search."""

    id: int
    name: str
    vip: str
    needs: str
    addresses: list[str]
    last_contact_at: int


@router.get("/customers", response={200: list[FoundOut], **REFUSALS})
@requires(Right.CONTACTS)
def find_customers(request: HttpRequest, q: Annotated[str, Field(max_length=100)] = "") -> list[FoundOut]:
    """Customers with a name, by name, number or e-mail address; the eight who came last."""
    return [
        FoundOut(
            id=row.id, name=row.name, vip=row.vip, needs=row.needs, last_contact_at=row.last_contact_at,
            addresses=[each.value for each in addresses_of(family_of(row)) if each.kind != "other"][:3],
        )
        for row in named_customers(q)
    ]  # fmt: skip


@router.post("/contacts/{contact}/customer", response={200: CustomerOut, **REFUSALS})
@requires(Right.CONTACTS)
def link_customer(request: HttpRequest, contact: str, who: Who) -> CustomerOut:
    """Say who the visitor of a contact is."""
    actor = actor_of(request)
    if who.customer is not None:
        row = do_link_contact(actor, contact, who.customer)
    else:
        row = do_name_visitor(actor, contact, who.name, who.address)
    return customer_out(row, family_of(row))


@router.delete("/contacts/{contact}/customer", response={200: CustomerOut, **REFUSALS})
@requires(Right.CONTACTS)
def unlink_customer(
    request: HttpRequest, contact: str, version: Annotated[int, Field(ge=0, le=2**62)] | None = None
) -> CustomerOut:
    """Take back who the visitor is; `version` = the customer's, where it was a new one."""
    actor = actor_of(request)
    row = do_unlink_contact(actor, contact) if version is None else do_unname_visitor(actor, contact, version)
    return customer_out(row, family_of(row))


@router.get("/customers/{customer}", response={200: CustomerOut, **REFUSALS})
@requires(Right.CONTACTS)
def read_customer(request: HttpRequest, customer: Annotated[int, Field(ge=0, le=2**62)]) -> CustomerOut:
    """One customer."""
    row = customer_by_id(customer)
    return customer_out(row, family_of(row))


@router.patch("/customers/{customer}", response={200: CustomerOut, **REFUSALS})
@requires(Right.CONTACTS)
def change_customer(
    request: HttpRequest, customer: Annotated[int, Field(ge=0, le=2**62)], change: CustomerChange
) -> CustomerOut:
    """Write what is known of a customer."""
    given = {name: text for name, text in change.dict(exclude={"version"}).items() if text is not None}
    row = do_change_customer(actor_of(request), customer, given, change.version)
    return customer_out(row, family_of(row))
