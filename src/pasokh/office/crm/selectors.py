"""Reads of customers and of what they came with."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from pasokh.i18n.text import search_key
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.models import Address, Customer
from pasokh.office.crm.rules import as_address, region_of
from pasokh.office.desk.asked import Asked
from pasokh.office.desk.listing import page_of
from pasokh.office.desk.models import Contact, FollowUp, Interaction
from pasokh.office.desk.search import LAST
from pasokh.office.tenancy.selectors import own_organisation

HISTORY = 20
MOST_FOUND = 200
MOST_MERGED = 50
"""Customers that one stands for, at most."""


@dataclass(frozen=True, slots=True)
class Past:
    """One line of a customer's history."""

    contact: Contact
    summary: str
    """What the agent noted when it ended, else its subject."""


def customer_by_id(number: int) -> Customer:
    """One customer; raises `customer.unknown`."""
    row = Customer.objects.select_related("merged_into").filter(id=number).first()
    if row is None:
        raise PasokhError("customer.unknown", field="customer", customer=number)
    return row


def customer_by_key(key: str) -> Customer | None:
    """Who stands for the customer of a key today (mergers followed); None when nobody is known."""
    row = Customer.objects.filter(key=key).first() if key else None
    return None if row is None else standing_for(row)


def customer_name_by_key(key: str) -> str:
    """The name of the customer of a key; empty when none is known."""
    row = customer_by_key(key)
    return "" if row is None else row.name


def names_by_key(keys: Collection[str]) -> dict[str, str]:
    """The names of those who stand for the customers of these keys today, where one is known."""
    rows = Customer.objects.filter(key__in=keys) if keys else ()
    return {row.key: name for row in rows if (name := standing_for(row).name)}


def standing_for(row: Customer) -> Customer:
    """Whom a customer was merged into, at the end of the chain."""
    for _ in range(MOST_MERGED):
        if row.merged_into_id is None:
            break
        row = Customer.objects.get(id=row.merged_into_id)
    return row


def family_of(row: Customer) -> list[Customer]:
    """A customer with all that were merged into it, itself first."""
    found, level = [row], [row.id]
    while level and len(found) <= MOST_MERGED:
        below = list(Customer.objects.filter(merged_into_id__in=level).order_by("id"))
        found += below
        level = [each.id for each in below]
    return found


def keys_of(row: Customer) -> list[str]:
    """The keys under which a customer's contacts are kept."""
    return [each.key for each in family_of(row)]


def addresses_of(family: list[Customer]) -> list[Address]:
    """Where they are reached, each place once."""
    rows = Address.objects.filter(customer_id__in=[each.id for each in family]).order_by("kind", "value", "id")
    return list({(row.kind, row.value): row for row in rows}.values())


def history_of(keys: list[str], limit: int = HISTORY, before: int | None = None) -> list[Past]:
    """Contacts under these keys, newest first; `before` = the number of the last one seen."""
    rows = Contact.objects.filter(customer__in=keys).order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    contacts = list(rows[:limit])
    notes = {
        i.contact: i.note
        for i in Interaction.objects.filter(contact__in=[c.id for c in contacts])
        .exclude(note="")
        .exclude(kind="consult")
        .order_by("number")
    }
    return [Past(contact, notes.get(contact.id) or contact.subject) for contact in contacts]


def open_follow_ups_of(keys: list[str]) -> list[FollowUp]:
    """What is still owed to the customers of these keys, by due time."""
    return list(FollowUp.objects.filter(customer__in=keys, closed_at=0).order_by("due_at", "id"))


def alike(row: Customer, limit: int = 5) -> list[Customer]:
    """Customers that share an address with this one: perhaps the same person."""
    family = family_of(row)
    values = [address.value for address in addresses_of(family)]
    numbers = Address.objects.filter(value__in=values).exclude(customer_id__in=[each.id for each in family])
    known = Customer.objects.filter(id__in=numbers.values("customer_id")).order_by("-last_contact_at")
    found: dict[int, Customer] = {}
    for each in known[: limit * 2]:
        stands = standing_for(each)
        if stands.id != row.id:
            found[stands.id] = stands
    return list(found.values())[:limit]


def customer_page(query: str, before: tuple[int, int] | None, limit: int) -> list[Customer]:
    """Customers by their last contact, newest first.

    `query` is an address, the beginning of a name, or words of something they came with lately.
    """
    rows = Customer.objects.filter(merged_into=None).order_by("-last_contact_at", "-id")
    query = query.replace("\x00", "").strip()[:100]
    if query:
        rows = rows.filter(id__in=_found(query))
    if before is not None:
        at, number = before
        rows = rows.filter(Q(last_contact_at__lt=at) | Q(last_contact_at=at, id__lt=number))
    return list(rows[:limit])


def named_customers(query: str, limit: int = 8) -> list[Customer]:
    """Customers with a name that fit, those who came last first; none for an empty query."""
    return [row for row in customer_page(query, None, 5 * limit) if row.name][:limit] if query.strip() else []


def _found(query: str) -> set[int]:
    own = own_organisation()
    address = as_address(query, region_of(own.zone, own.language))
    values = {query} if address is None else {query, address.value}
    found = set(Address.objects.filter(value__in=values).values_list("customer_id", flat=True)[:MOST_FOUND])
    folded = search_key(query)
    if folded:
        named = Customer.objects.filter(folded__gte=folded, folded__lt=folded + LAST)
        found.update(named.values_list("id", flat=True)[:MOST_FOUND])
    page = page_of(Asked(q=query), members=lambda _: [], reasons=lambda _: [], limit=MOST_FOUND)
    keys = {row.customer for row in page.rows if row.customer}
    found.update(Customer.objects.filter(key__in=keys).values_list("id", flat=True))
    standing = {standing_for(row).id for row in Customer.objects.filter(id__in=found, merged_into__isnull=False)}
    return found | standing
