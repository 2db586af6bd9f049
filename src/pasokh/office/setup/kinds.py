"""Clients as a kind of named things."""

from typing import Any

from pasokh.kernel.errors import PasokhError
from pasokh.office.setup.forms import ClientForm
from pasokh.office.setup.named import Cell, Kind, Row
from pasokh.office.tenancy.actions import do_archive_client, do_restore_client, do_save_client
from pasokh.office.tenancy.models import Client


def _rows() -> list[Row]:
    rows = Client.objects.prefetch_related("queues").order_by("key")
    return [
        Row(
            row.key,
            row.name,
            [Cell(" · ".join(queue.key for queue in row.queues.all()) or "–")],
            archived=bool(row.archived_at),
        )
        for row in rows
    ]


def _form(data: Any, key: str | None) -> ClientForm:  # noqa: ANN401 - a request's data
    if key is None:
        return ClientForm(data, key=None)
    row = Client.objects.filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("setup.unknown_client", field="client", value=key[:60])
    shown = {f"greeting_{language}": text for language, text in row.greeting.items()}
    return ClientForm(data, key=key, names=row.name, initial=shown)


CLIENTS = Kind(
    name="client",
    plural="clients",
    columns=("setup.clients.queues",),
    rows=_rows,
    form=_form,
    save=lambda actor, key, form: do_save_client(actor, key, form.names(), form.greeting()),
    archive=do_archive_client,
    restore=do_restore_client,
)
