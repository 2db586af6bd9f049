"""Writes of the reasons for not being ready."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.pauses.models import Pause
from pasokh.office.pauses.rules import FIRST
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class PauseDraft:
    """What an administrator says of a reason."""

    names: Mapping[str, str]
    is_paid: bool = True
    position: int | None = None
    """None = where it stands, a new one last."""


def do_seed_pauses() -> None:
    """Give the organisation of the scope the reasons to begin with."""
    for position, first in enumerate(FIRST):
        Pause.objects.create(
            organisation_id=scope.required(),
            key=first.key,
            name=dict(first.names),
            position=position,
            is_paid=first.is_paid,
        )


@transaction.atomic
def do_save_pause(actor: str, key: str, draft: PauseDraft) -> Pause:
    """Create a reason or change it; raises `setup.bad_key`, `setup.no_name`, `setup.long_name`."""
    check_key(key)
    row = Pause.objects.select_for_update().filter(key=key).first()
    before = _described(row) if row is not None else None
    if row is None:
        last = Pause.objects.order_by("-position").first()
        row = Pause(organisation_id=scope.required(), key=key, position=last.position + 1 if last is not None else 0)
    row.name, row.is_paid = cleaned_names(draft.names), draft.is_paid
    if draft.position is not None:
        row.position = draft.position
    if _described(row) != before:
        row.save()
        do_record_change(actor, "pause.save", f"pause:{key}", before, _described(row))
    return row


@transaction.atomic
def do_move_pause(actor: str, key: str, by: int) -> None:
    """Move a reason up (`by` -1) or down (1) in the menu; at the end it stays."""
    row = _known(key)
    rows = list(Pause.objects.filter(archived_at=0).order_by("position", "key"))
    place = next((n for n, each in enumerate(rows) if each.pk == row.pk), None)
    if place is None or not 0 <= place + by < len(rows):
        return
    rows[place], rows[place + by] = rows[place + by], rows[place]
    for position, each in enumerate(rows):
        each.position = position
    Pause.objects.bulk_update(rows, ["position"])
    do_record_change(actor, "pause.move", f"pause:{key}", {"position": place}, {"position": place + by})


@transaction.atomic
def do_archive_pause(actor: str, key: str) -> None:
    """Let nobody choose the reason any more; who is away for it stays so. Raises `setup.last_pause`."""
    row = _known(key)
    if row.archived_at:
        return
    if not Pause.objects.filter(archived_at=0).exclude(pk=row.pk).exists():
        raise PasokhError("setup.last_pause", field="pause")
    Pause.objects.filter(pk=row.pk).update(archived_at=clock.now())
    do_record_change(actor, "pause.archive", f"pause:{key}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_pause(actor: str, key: str) -> None:
    """Let the reason be chosen again."""
    row = _known(key)
    if row.archived_at:
        Pause.objects.filter(pk=row.pk).update(archived_at=0)
        do_record_change(actor, "pause.restore", f"pause:{key}", {"archived": True}, {"archived": False})


def _known(key: str) -> Pause:
    """Locked with all of the organisation's, so that two people cannot archive the last two at once."""
    found = next((row for row in Pause.objects.select_for_update().order_by("id") if row.key == key), None)
    if found is None:
        raise PasokhError("setup.unknown_pause", field="pause", value=key[:60])
    return found


def _described(row: Pause) -> dict[str, object]:
    return {"name": row.name, "paid": row.is_paid, "position": row.position}
