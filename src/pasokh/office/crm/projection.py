"""Makes the acquaintance of customers as they come, in the transaction that folds their contacts."""

from collections.abc import Sequence

import msgspec

from pasokh.i18n.text import search_key
from pasokh.office.crm.rules import as_address
from pasokh.office.desk.rows import ContactRow
from pasokh.store.sync import Cursor

_NEW = """
INSERT INTO crm_customer
    (organisation_id, key, name, folded, language, needs, notes, vip, met_at, changed_at, last_contact_at, last_channel)
SELECT %s, key, name, folded, language, '', '', '', at, 0, at, channel FROM json_to_recordset(%s::json)
    AS r (key text, name text, folded text, language text, at bigint, channel text)
ON CONFLICT (organisation_id, key) DO UPDATE SET
    name = CASE WHEN crm_customer.name = '' THEN excluded.name ELSE crm_customer.name END,
    folded = CASE WHEN crm_customer.name = '' THEN excluded.folded ELSE crm_customer.folded END,
    language = CASE WHEN crm_customer.language = '' THEN excluded.language ELSE crm_customer.language END,
    met_at = least(crm_customer.met_at, excluded.met_at),
    last_contact_at = greatest(crm_customer.last_contact_at, excluded.last_contact_at),
    last_channel = CASE WHEN excluded.last_contact_at >= crm_customer.last_contact_at
        THEN excluded.last_channel ELSE crm_customer.last_channel END
"""
"""What staff wrote stays: only what is empty is filled in."""
_ADDRESSES = """
INSERT INTO crm_address (organisation_id, customer_id, kind, value)
SELECT c.organisation_id, c.id, r.kind, r.value FROM json_to_recordset(%s::json) AS r (key text, kind text, value text)
    JOIN crm_customer c ON c.organisation_id = %s AND c.key = r.key
ON CONFLICT (customer_id, kind, value) DO NOTHING
"""


def meet_customers(cursor: Cursor, org: str, contacts: Sequence[ContactRow], region: str | None) -> None:
    """Note who came, and where they are reached. Doing it twice changes nothing."""
    customers: dict[str, dict[str, object]] = {}
    addresses = []
    for contact in sorted(contacts, key=lambda c: c.number):
        if not contact.customer:
            continue
        known = customers.setdefault(contact.customer, {"key": contact.customer, "name": "", "language": ""})
        known["name"] = contact.customer_name or known["name"]
        known["folded"] = search_key(str(known["name"]))[:200]
        known["language"] = contact.language or known["language"]
        known["at"], known["channel"] = contact.opened_at, contact.channel
        address = as_address(contact.address, region)
        if address is not None:
            addresses.append({"key": contact.customer, "kind": address.kind, "value": address.value})
    if customers:
        cursor.execute(_NEW, (org, msgspec.json.encode(list(customers.values())).decode()))
    if addresses:
        cursor.execute(_ADDRESSES, (msgspec.json.encode(addresses).decode(), org))
