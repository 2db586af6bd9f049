"""Says who a visitor without a name is: somebody known already, or somebody new."""

from collections.abc import Mapping

from django.db import transaction

from pasokh.i18n.text import normalise, search_key
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.crm.actions import MOST
from pasokh.office.crm.models import Address, Customer
from pasokh.office.crm.rules import as_address, region_of
from pasokh.office.crm.selectors import customer_by_id, standing_for
from pasokh.office.desk.models import Contact
from pasokh.office.desk.selectors import contact_by_id
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation


@transaction.atomic
def do_link_contact(actor: str, contact: str, customer: int) -> Customer:
    """The visitor of a contact is this customer, who stands for all that the visitor came with; returns whom.

    Raises `contact.unknown`, `customer.unknown`, `customer.no_identity` (nothing tells the visitor from others),
    `customer.named_already` (the contact has a customer with a name: merging two of those is a supervisor's matter).
    """
    found = contact_by_id(contact)
    target = standing_for(customer_by_id(customer))
    row = _visitor(found)
    if row.id == target.id:
        return target
    if standing_for(row).id == target.id:
        return target
    if row.name or row.merged_into_id is not None:
        raise PasokhError("customer.named_already", field="customer")
    row.merged_into = target
    row.save(update_fields=["merged_into"])
    if found.opened_at > target.last_contact_at:
        Customer.objects.filter(id=target.id).update(last_contact_at=found.opened_at, last_channel=found.channel)
    _record(actor, "customer.link", target, None, {"contact": contact, "visitor": row.id})
    return target


@transaction.atomic
def do_unlink_contact(actor: str, contact: str) -> Customer:
    """Undo `do_link_contact`: the visitor is nobody known again; returns the visitor.

    Raises `contact.unknown`, `customer.no_identity`, `customer.not_merged`.
    """
    row = _visitor(contact_by_id(contact))
    if row.merged_into_id is None:
        raise PasokhError("customer.not_merged", field="customer")
    if row.name:
        raise PasokhError("customer.named_already", field="customer")
    target = standing_for(row)
    row.merged_into = None
    row.save(update_fields=["merged_into"])
    _record(actor, "customer.unlink", target, {"contact": contact, "visitor": row.id}, None)
    return row


@transaction.atomic
def do_name_visitor(actor: str, contact: str, name: str, address: str = "") -> Customer:
    """The visitor of a contact is a new customer of this name, reached at `address` if one is given.

    Raises `contact.unknown`, `customer.no_identity`, `customer.named_already`, `customer.no_name`, `customer.too_long`,
    `customer.bad_address`.
    """
    row = _visitor(contact_by_id(contact))
    if row.name or row.merged_into_id is not None:
        raise PasokhError("customer.named_already", field="customer")
    cleaned = normalise(name.replace("\x00", ""))
    if not cleaned:
        raise PasokhError("customer.no_name", field="name")
    if len(cleaned) > MOST["name"]:
        raise PasokhError("customer.too_long", field="name", most=MOST["name"], length=len(cleaned))
    own = own_organisation()
    place = as_address(address, region_of(own.zone, own.language))
    if place is not None and place.kind == "other":
        raise PasokhError("customer.bad_address", field="address", value=address[:60])
    row.name, row.folded, row.changed_at = cleaned, search_key(cleaned)[:200], clock.now()
    row.save(update_fields=["name", "folded", "changed_at"])
    if place is not None:
        Address.objects.get_or_create(
            organisation_id=scope.required(), customer=row, kind=place.kind, value=place.value
        )
    after = {"contact": contact, "name": cleaned} | ({"address": place.value} if place is not None else {})
    _record(actor, "customer.named", row, None, after)
    return row


@transaction.atomic
def do_unname_visitor(actor: str, contact: str, version: int) -> Customer:
    """Undo `do_name_visitor` while nobody has written of the customer since (`version` = its `changed_at`).

    Raises `contact.unknown`, `customer.no_identity`, `setup.changed_meanwhile`.
    """
    row = _visitor(contact_by_id(contact))
    if row.changed_at != version or not row.name:
        raise PasokhError("setup.changed_meanwhile", field="version", target=row.name or row.key)
    before = {"contact": contact, "name": row.name}
    row.name = row.folded = ""
    row.changed_at = clock.now()
    row.save(update_fields=["name", "folded", "changed_at"])
    _record(actor, "customer.unnamed", row, before, None)
    return row


def _visitor(contact: Contact) -> Customer:
    """The customer as whom the visitor of a contact is kept, locked."""
    row = Customer.objects.select_for_update().filter(key=contact.customer).first() if contact.customer else None
    if row is None:
        raise PasokhError("customer.no_identity", field="contact")
    return row


def _record(
    actor: str, action: str, target: Customer, before: Mapping[str, object] | None, after: Mapping[str, object] | None
) -> None:
    do_record_change(actor, action, f"customer:{target.id}", before, after)
