"""Contacts as CSV, sent while they are read."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from pasokh.i18n.catalogue import message
from pasokh.i18n.cells import harmless
from pasokh.i18n.dates import local
from pasokh.office.desk import selectors
from pasokh.office.desk.asked import Asked
from pasokh.office.desk.listing import Row
from pasokh.office.tenancy.scope import organisation_scope

COLUMNS = (
    "id", "opened_at", "closed_at", "customer", "address", "subject", "channel", "client", "queue", "agent", "state",
    "result", "waited_s", "outcome", "reason", "rating", "messages",
)  # fmt: skip
_BOM = "\ufeff"
"""Without it spreadsheets read UTF-8 as something else."""


@dataclass(frozen=True, slots=True)
class Names:
    """Keys → names."""

    people: dict[str, str]
    queues: dict[str, dict[str, str]]
    outcomes: dict[str, dict[str, str]]
    reasons: dict[str, dict[str, str]]


def neutral(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return harmless(str(cell))


def response_of(
    request: HttpRequest, org: str, asked: Asked, names: Names, language: str, zone: str
) -> StreamingHttpResponse:
    """The answer; every part is read in a transaction of its own, so a slow reader holds nothing open."""
    parts = _parts(org, asked, names, language, zone)
    content = _unhurried(parts) if isinstance(request, ASGIRequest) else parts
    return StreamingHttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="contacts.csv"', "Cache-Control": "no-store"},
    )


def _parts(org: str, asked: Asked, names: Names, language: str, zone: str) -> Iterator[bytes]:
    yield (_BOM + _written([[message(f"contacts.csv.{name}", language) for name in COLUMNS]])).encode()
    before: str | None = None
    while True:
        with organisation_scope(org):
            page = selectors.find_contacts(asked, before=before, limit=1_000)
        yield _written([_cells(row, names, language, zone) for row in page.rows]).encode()
        if page.older is None:
            return
        before = page.older


async def _unhurried(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The parts from a thread, so that the event loop serves others meanwhile."""
    while (part := await sync_to_async(lambda: next(parts, None))()) is not None:
        yield part


def _cells(row: Row, names: Names, language: str, zone: str) -> list[object]:
    def named(table: dict[str, dict[str, str]], key: str) -> str:
        known = table.get(key, {})
        return known.get(language) or known.get("en") or next(iter(known.values()), key)

    def at(instant: int) -> str:
        return local(instant, zone).strftime("%Y-%m-%d %H:%M:%S") if instant else ""

    return [
        row.id, at(row.opened_at), at(row.closed_at), row.customer_name, row.address, row.subject,
        message(f"page.channel.{row.channel}", language), row.client, named(names.queues, row.queue),
        names.people.get(row.agent, row.agent), message(f"contacts.state.{row.state}", language),
        row.how or row.reason, f"{row.waited_ms / 1000:.1f}", named(names.outcomes, row.outcome),
        named(names.reasons, row.topic), row.rating or "", row.messages,
    ]  # fmt: skip


def _written(rows: list[list[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue()
