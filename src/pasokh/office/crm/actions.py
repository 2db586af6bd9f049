"""Writes of customers; each records an audit event beside it."""

import re
from collections.abc import Mapping

from django.db import transaction

from pasokh.i18n.bidi import balanced
from pasokh.i18n.text import normalise, search_key
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.crm.models import Address, Customer
from pasokh.office.crm.rules import CLASSES, as_address, region_of
from pasokh.office.crm.selectors import customer_by_id, family_of
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation

FIELDS = ("name", "language", "needs", "notes", "vip")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,7})?")
MOST = {"name": 200, "language": 16, "needs": 200, "notes": 10_000, "vip": 16}


@transaction.atomic
def do_change_customer(
    actor: str, number: int, changes: Mapping[str, str], expected_change: int | None = None
) -> Customer:
    """Write what staff know of a customer; only the fields given change.

    Raises `customer.unknown`, `customer.too_long`, `customer.unknown_class`, `setup.unknown_language`, and
    `setup.changed_meanwhile` when `expected_change` is no longer the latest.
    """
    row = Customer.objects.select_for_update().filter(id=number).first()
    if row is None:
        raise PasokhError("customer.unknown", field="customer", customer=number)
    if expected_change is not None and row.changed_at != expected_change:
        raise PasokhError("setup.changed_meanwhile", field="version", target=row.name or row.key)
    before = {name: getattr(row, name) for name in FIELDS}
    for name, text in changes.items():
        setattr(row, name, _cleaned(name, text))
    after = {name: getattr(row, name) for name in FIELDS}
    if before != after:
        row.changed_at, row.folded = clock.now(), search_key(row.name)[:200]
        row.save(update_fields=[*FIELDS, "folded", "changed_at"])
        changed = [name for name in FIELDS if before[name] != after[name]]
        do_record_change(
            actor, "customer.change", f"customer:{row.id}",
            {name: before[name] for name in changed}, {name: after[name] for name in changed},
        )  # fmt: skip
    return row


@transaction.atomic
def do_introduce_customer(actor: str, key: str, known: Mapping[str, str], address: str = "") -> Customer:
    """Know somebody before they first come, under the id the core will have for them; raises as `do_change_customer`.

    Who has come already is only given what is said of them.
    """
    now = clock.now()
    row, _ = Customer.objects.get_or_create(
        organisation_id=scope.required(), key=key, defaults={"met_at": now, "last_contact_at": now}
    )
    organisation = own_organisation()
    found = as_address(address, region_of(organisation.zone, organisation.language))
    if found is not None:
        Address.objects.get_or_create(
            organisation_id=scope.required(), customer=row, kind=found.kind, value=found.value
        )
    return do_change_customer(actor, row.id, known)


@transaction.atomic
def do_merge_customers(actor: str, number: int, into: int) -> Customer:
    """Say that customer `number` is the same person as `into`, who stands for both from now on.

    Raises `customer.unknown`, `customer.same` for a customer and itself (mergers followed).
    """
    Customer.objects.select_for_update().filter(id__in=(number, into)).order_by("id").count()
    row, target = customer_by_id(number), customer_by_id(into)
    if row.merged_into_id is not None or target.merged_into_id is not None:
        raise PasokhError("customer.merged_already", field="into")
    if any(each.id == target.id for each in family_of(row)):
        raise PasokhError("customer.same", field="into")
    row.merged_into = target
    row.save(update_fields=["merged_into"])
    do_record_change(actor, "customer.merge", f"customer:{target.id}", None, {"merged": row.id, "name": row.name})
    return target


@transaction.atomic
def do_part_customers(actor: str, number: int) -> Customer:
    """Undo a merger: customer `number` stands for itself again. Raises `customer.unknown`, `customer.not_merged`."""
    row = Customer.objects.select_for_update().filter(id=number).first()
    if row is None:
        raise PasokhError("customer.unknown", field="customer", customer=number)
    if row.merged_into_id is None:
        raise PasokhError("customer.not_merged", field="customer")
    target = row.merged_into_id
    row.merged_into = None
    row.save(update_fields=["merged_into"])
    do_record_change(actor, "customer.part", f"customer:{target}", {"merged": row.id, "name": row.name}, None)
    return row


def _cleaned(name: str, text: str) -> str:
    text = text.replace("\x00", "")
    cleaned = normalise(text) if name != "notes" else balanced(text.replace("\r\n", "\n")).strip()
    if len(cleaned) > MOST[name]:
        raise PasokhError("customer.too_long", field=name, most=MOST[name], length=len(cleaned))
    if name == "vip" and cleaned not in CLASSES:
        raise PasokhError("customer.unknown_class", field="vip", value=cleaned)
    if name == "language" and cleaned:
        if not _LANGUAGE.fullmatch(cleaned):
            raise PasokhError("setup.unknown_language", field="language", value=cleaned)
        return cleaned.lower()
    return cleaned
