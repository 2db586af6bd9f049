"""Writes the history tables from the log. The cursor moves in the transaction that writes, so nothing counts twice.

Rows of a batch are loaded, folded by `rules`, and written back: one statement a table, whatever the batch's size.
Tables are named without schema, because a rebuild puts temporary ones of the same name in front of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import msgspec
from django.db import connections, transaction

from pasokh.acd.events import AnyEvent, ContactOpened, FollowUpClosed, FollowUpSet, decode_event
from pasokh.kernel.time import Instant
from pasokh.office.crm.projection import meet_customers
from pasokh.office.crm.rules import region_of
from pasokh.office.desk.rows import (
    ContactRow,
    FollowUpRow,
    History,
    IncidentRow,
    InteractionRow,
    Json,
    MessageRow,
    SegmentRow,
    VisitRow,
    WordRow,
)
from pasokh.office.desk.rules import fold
from pasokh.store import projection as store_projection
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor

BATCH = 500
_KEYS: dict[type, tuple[str, ...]] = {
    ContactRow: ("id",),
    InteractionRow: ("id",),
    SegmentRow: ("interaction", "number"),
    MessageRow: ("interaction", "number"),
    VisitRow: ("position",),
    FollowUpRow: ("id",),
    IncidentRow: ("id",),
    WordRow: ("token", "number"),
}
_TABLES: dict[type, str] = {
    ContactRow: "desk_contact",
    InteractionRow: "desk_interaction",
    SegmentRow: "desk_segment",
    MessageRow: "desk_message",
    VisitRow: "desk_visit",
    FollowUpRow: "desk_followup",
    IncidentRow: "desk_incident",
    WordRow: "desk_word",
}


class HistoryProjection:
    """The history's tables. Raise the version in its name when `rules` mean something new, and empty them then."""

    name = "desk.history.2"
    tables: Mapping[str, str] = dict.fromkeys(_TABLES.values(), "organisation_id")

    def __init__(self, *, live: bool) -> None:
        self._live = live

    def apply(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Fold a batch of one organisation's log into the tables."""
        org = rows[0].org
        batch = [(decode_event(row.data), row.occurred_at) for row in rows]
        history = _loaded(cursor, org, batch)
        fold(history, batch)
        for kind, touched in (
            (ContactRow, history.contacts.values()),
            (InteractionRow, history.interactions.values()),
            (SegmentRow, history.segments.values()),
            (MessageRow, history.messages),
            (VisitRow, history.visits.values()),
            (FollowUpRow, history.follow_ups.values()),
            (IncidentRow, history.incidents.values()),
            (WordRow, dict.fromkeys(history.words)),
        ):
            _write(cursor, org, kind, touched)
        if not self._live:
            return
        opened = {event.contact for event, _ in batch if isinstance(event, ContactOpened)}
        meet_customers(cursor, org, [history.contacts[contact] for contact in opened], history.region)
        for queue, is_open in history.queues_open.items():
            cursor.execute(
                "UPDATE supervise_queue SET is_open = %s WHERE organisation_id = %s AND key = %s AND is_open <> %s",
                (is_open, org, queue, is_open),
            )


LIVE = HistoryProjection(live=True)
AGAIN = HistoryProjection(live=False)
"""For rebuilding: old openings and closings of queues must not flicker by, and customers are known already."""


def advance(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Apply the next events of an organisation, in one transaction; returns how many there were."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        return store_projection.advance(cursor, LIVE, org, org, limit)


def rebuild(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Fold an organisation's history anew beside the live one, then swap; returns the events applied."""
    with connections[using].cursor() as cursor:
        return store_projection.rebuild(cursor, lambda: transaction.atomic(using=using), AGAIN, org, org, limit)


def _loaded(cursor: Cursor, org: str, batch: Sequence[tuple[AnyEvent, Instant]]) -> History:
    """What is known of the contacts the batch names; of their segments only those that go on."""
    named = sorted({contact for event, _ in batch if (contact := getattr(event, "contact", None)) is not None})
    incidents = sorted({name for event, _ in batch if (name := getattr(event, "incident", None)) is not None})
    history = History(region=_region(cursor, org))
    if incidents:
        rows = _read(cursor, IncidentRow, "organisation_id = %s AND id = ANY(%s)", (org, incidents))
        history.incidents = {row.id: row for row in rows}
    if not named:
        return history
    contacts = _read(cursor, ContactRow, "organisation_id = %s AND id = ANY(%s)", (org, named))
    interactions = _read(cursor, InteractionRow, "organisation_id = %s AND contact = ANY(%s)", (org, named))
    segments = _read(cursor, SegmentRow, "organisation_id = %s AND contact = ANY(%s) AND ended_at = 0", (org, named))
    history.contacts = {row.id: row for row in contacts}
    history.interactions = {row.id: row for row in interactions}
    history.segments = {(row.interaction, row.number): row for row in segments}
    waiting = [i.visit for i in interactions if i.visit]
    if waiting:
        visits = _read(cursor, VisitRow, "organisation_id = %s AND position = ANY(%s)", (org, waiting))
        history.visits = {row.position: row for row in visits}
    if any(isinstance(event, FollowUpSet | FollowUpClosed) for event, _ in batch):
        follow_ups = _read(cursor, FollowUpRow, "organisation_id = %s AND contact = ANY(%s)", (org, named))
        history.follow_ups = {row.id: row for row in follow_ups}
    return history


def _region(cursor: Cursor, org: str) -> str | None:
    cursor.execute("SELECT zone, language FROM tenancy_organisation WHERE id = %s", (org,))
    row = cursor.fetchone()
    return region_of(str(row[0]), str(row[1])) if row else None


def _read[R](cursor: Cursor, kind: type[R], where: str, params: Sequence[object]) -> list[R]:
    columns = ", ".join(_columns(kind))
    cursor.execute(f"SELECT {columns} FROM {_TABLES[kind]} WHERE {where}", params)  # noqa: S608 - names of our own
    # Django's cursor hands JSON columns out as text; written back so they would become JSON strings.
    texts = [column_type is Json for _, column_type in _typed(kind)]
    return [kind(*map(_plain, row, texts)) for row in cursor.fetchall()]


def _plain(value: object, is_json: bool) -> object:
    return msgspec.json.decode(value) if is_json and isinstance(value, str) else value


def _write(cursor: Cursor, org: str, kind: type, rows: Iterable[object]) -> None:
    data = msgspec.json.encode(list(rows))
    if data == b"[]":
        return
    columns, keys = _columns(kind), _KEYS[kind]
    listed = ", ".join(columns)
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    types = ", ".join(f"{name} {_SQL_TYPES[column_type]}" for name, column_type in _typed(kind))
    cursor.execute(
        f"INSERT INTO {_TABLES[kind]} (organisation_id, {listed})"  # noqa: S608 - names of our own
        f" SELECT %s, {listed} FROM json_to_recordset(%s::json) AS r ({types})"
        f" ON CONFLICT (organisation_id, {', '.join(keys)}) DO {f'UPDATE SET {updates}' if updates else 'NOTHING'}",
        (org, data.decode()),
    )


def _columns(kind: type) -> list[str]:
    return [column.name for column in fields(kind)]


def _typed(kind: type) -> list[tuple[str, Any]]:
    return [(column.name, column.type) for column in fields(kind)]


_SQL_TYPES: dict[Any, str] = {str: "text", int: "bigint", bool: "boolean", Instant: "bigint", Json: "jsonb"}
