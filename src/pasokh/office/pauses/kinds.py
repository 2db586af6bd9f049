"""Reasons for not being ready as a kind of named things."""

from typing import Any

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language
from pasokh.office.pauses import actions
from pasokh.office.pauses.forms import PauseForm
from pasokh.office.pauses.models import Pause
from pasokh.office.pauses.selectors import all_pauses
from pasokh.office.setup.named import Cell, Kind, Row


def _rows() -> list[Row]:
    return [Row(row.key, row.name, [_paid(row)], archived=bool(row.archived_at)) for row in all_pauses()]


def _paid(row: Pause) -> Cell:
    return Cell(message("pauses.is_paid" if row.is_paid else "pauses.is_unpaid", language()),
                kind="ok" if row.is_paid else "warn")  # fmt: skip


def _form(data: Any, key: str | None) -> PauseForm:  # noqa: ANN401 - a request's data
    row = Pause.objects.filter(key=key[:80]).first() if key is not None else None
    if key is not None and row is None:
        raise PasokhError("setup.unknown_pause", field="pause", value=key[:60])
    return PauseForm(data, row)


PAUSES = Kind(
    name="pause",
    plural="pauses",
    columns=("pauses.time",),
    rows=_rows,
    form=_form,
    save=lambda actor, key, form: actions.do_save_pause(actor, key, form.draft()),
    archive=actions.do_archive_pause,
    restore=actions.do_restore_pause,
    move=actions.do_move_pause,
)
