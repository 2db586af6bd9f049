"""Folds the log into what calls to the outside cost; the cursor moves in the transaction that writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections, transaction
from django.db.models import F

from pasokh.acd import events as ev
from pasokh.acd.events import AnyEvent, decode_event
from pasokh.kernel.time import Instant
from pasokh.office.telephony.compiled import plain
from pasokh.office.telephony.models import OutsideCall, OutsideDay
from pasokh.office.tenancy import scope
from pasokh.store import projection as store_projection
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor

BATCH = 500


class SpendingProjection:
    """Calls under way, and sums of those that are over by day and purpose."""

    name = "telephony.spending.1"
    tables: Mapping[str, str] = {
        "telephony_outsideday": "organisation_id", "telephony_outsidecall": "organisation_id",
    }  # fmt: skip

    def apply(self, cursor: Cursor, rows: Sequence[Row]) -> None:  # noqa: ARG002 - the ORM is on the same connection
        """Take in a batch of one organisation's log."""
        with scope.organisation_scope(rows[0].org):
            for row in rows:
                _fold(decode_event(row.data), row.occurred_at)


PROJECTION = SpendingProjection()


def advance(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Apply the next events of an organisation, in one transaction; returns how many there were."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        return store_projection.advance(cursor, PROJECTION, org, org, limit)


def _fold(event: AnyEvent, at: Instant) -> None:
    match event:
        case ev.DialBegun():
            OutsideCall.objects.update_or_create(
                organisation_id=scope.required(), call=event.call,
                defaults={
                    "purpose": event.purpose, "terms": plain(event.terms), "began_at": at, "answered_at": 0,
                },
            )  # fmt: skip
        case ev.DialAnswered():
            OutsideCall.objects.filter(call=event.call).update(answered_at=at)
        case ev.DialEnded():
            OutsideCall.objects.filter(call=event.call).delete()
            key: dict[str, Any] = {
                "organisation_id": scope.required(), "day": event.day, "month": event.month,
                "currency": event.currency, "purpose": event.purpose,
            }  # fmt: skip
            OutsideDay.objects.get_or_create(**key)
            OutsideDay.objects.filter(**key).update(
                calls=F("calls") + 1, answered=F("answered") + int(event.answered),
                talk_ms=F("talk_ms") + event.talk_ms, cost=F("cost") + event.cost,
            )  # fmt: skip
        case _:
            pass
