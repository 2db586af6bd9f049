"""Amazon Connect's contact records (formerly CTR), as its stream and its exports write them: JSON, one or many a file.

Field names: "Data model for Amazon Connect contact records". Records are delivered at least once; the last update
counts.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.metrics.imports.legs import Leg, Record, Refused, Span, between
from pasokh.metrics.imports.pieces import decoded
from pasokh.metrics.imports.values import instant

_CHANNELS = {"VOICE": "voice", "CHAT": "chat", "EMAIL": "email", "TASK": "task"}
_ENDED = {
    "CUSTOMER_DISCONNECT": "customer",
    "AGENT_DISCONNECT": "agent",
    "THIRD_PARTY_DISCONNECT": "other",
    "TELECOM_PROBLEM": "lost",
    "TELECOM_ORIGINATOR_CANCEL": "customer",
}
_OUT = {"OUTBOUND", "EXTERNAL_OUTBOUND", "CAMPAIGN_PREVIEW"}


class _Queue(Struct, rename="pascal"):
    name: str | None = None
    enqueue_timestamp: str | None = None
    dequeue_timestamp: str | None = None
    duration: int | None = None
    arn: str | None = msgspec.field(default=None, name="ARN")


class _Agent(Struct, rename="pascal"):
    username: str | None = None
    connected_to_agent_timestamp: str | None = None
    agent_interaction_duration: int | None = None
    customer_hold_duration: int | None = None
    number_of_holds: int | None = None
    after_contact_work_duration: int | None = None
    arn: str | None = msgspec.field(default=None, name="ARN")


class _Endpoint(Struct, rename="pascal"):
    address: str | None = None


class _Contact(Struct, rename="pascal"):
    """The fields that are read; new ones come with every release and do no harm."""

    contact_id: str
    initiation_timestamp: str
    initial_contact_id: str | None = None
    next_contact_id: str | None = None
    previous_contact_id: str | None = None
    channel: str | None = None
    initiation_method: str | None = None
    disconnect_timestamp: str | None = None
    disconnect_reason: str | None = None
    last_update_timestamp: str | None = None
    transfer_completed_timestamp: str | None = None
    agent_connection_attempts: int | None = None
    queue: _Queue | None = None
    agent: _Agent | None = None
    customer_endpoint: _Endpoint | None = None


class AmazonConnect:
    """Contact records."""

    name = "amazon-connect"

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """See `Source`."""
        names = ("ContactTraceRecords", "Records", "Contacts")
        for found in decoded(path, names, _Contact, lambda contact: instant(contact.initiation_timestamp, zone)):
            if isinstance(found, Refused):
                yield found
                continue
            line, at, contact = found
            version = instant(contact.last_update_timestamp or "", zone) or 0
            call = contact.initial_contact_id or contact.contact_id
            yield Record(line, call, contact.contact_id, at, msgspec.json.encode(contact), version)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`. Each record is a leg: Connect writes another for each transfer."""
        zone = ZoneInfo("UTC")
        contacts = [msgspec.json.decode(each, type=_Contact) for each in records]
        call = contacts[0].initial_contact_id or contacts[0].contact_id
        customer = next((c.customer_endpoint.address or "" for c in contacts if c.customer_endpoint), "")
        for contact in contacts:
            begun = instant(contact.initiation_timestamp, zone) or 0
            queue, agent = contact.queue or _Queue(), contact.agent or _Agent()
            entered = instant(queue.enqueue_timestamp or "", zone) or begun
            connected = instant(agent.connected_to_agent_timestamp or "", zone)
            left = connected or instant(queue.dequeue_timestamp or "", zone)
            left = left or (
                entered + 1000 * queue.duration if queue.duration else instant(contact.disconnect_timestamp or "", zone)
            )
            method = contact.initiation_method or ""
            yield Leg(
                call=call,
                leg=contact.contact_id,
                at_ms=entered,
                queue=queue.name or _short(queue.arn),
                channel=_CHANNELS.get(contact.channel or "VOICE", (contact.channel or "").lower()),
                direction="out" if method in _OUT else "callback" if method == "CALLBACK" else "in",
                customer=customer,
                how=_how(contact, connected),
                agent=agent.username or _short(agent.arn),
                offers=contact.agent_connection_attempts or 0,
                wait_ms=between(entered, left),
                talk_ms=1000 * (agent.agent_interaction_duration or 0),
                hold_ms=1000 * (agent.customer_hold_duration or 0),
                holds=agent.number_of_holds or 0,
                wrap_ms=1000 * (agent.after_contact_work_duration or 0),
                ended_by="transfer"
                if contact.transfer_completed_timestamp
                else _ENDED.get(contact.disconnect_reason or "", "other"),
                over=contact.disconnect_timestamp is not None,
            )


def _how(contact: _Contact, connected: int | None) -> str:
    if connected is not None:
        return "answered"
    if contact.disconnect_timestamp is None:
        return "waiting"
    if contact.next_contact_id:
        return "moved"
    if contact.queue is None or contact.initiation_method in _OUT:
        return "other"
    return "lost" if contact.disconnect_reason == "TELECOM_PROBLEM" else "abandoned"


def _short(arn: str | None) -> str:
    return (arn or "").rpartition("/")[2]
