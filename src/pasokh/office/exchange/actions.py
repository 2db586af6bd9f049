"""Taking the configuration out, and putting one in: all of it, or nothing."""

import time
from typing import Literal

from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.audit.models import Submission
from pasokh.office.exchange.found import packed_error
from pasokh.office.exchange.located import Located, Problem, decoded, read
from pasokh.office.exchange.models import Import
from pasokh.office.exchange.own_sections import person_item
from pasokh.office.exchange.people_table import read_table
from pasokh.office.exchange.plan import Plan, Progress, carry_out, planned, silent
from pasokh.office.exchange.writing import exported
from pasokh.office.people.models import User
from pasokh.office.tenancy import scope

type Kind = Literal["configuration", "people"]
KEPT = 50
"""Imports remembered; older ones are forgotten."""
LONG_FILE = 256 * 1024
"""Bytes; a longer file is the worker's from the start."""
PATIENCE_SECONDS = 1.5
"""How long a page works on a file itself; what takes longer is the worker's."""
_TRIED = 10
"""Items after which it shows how long all of them take."""


class TooLongError(Exception):
    """A page should not wait for this."""


def do_export(actor: str) -> str:
    """The whole configuration as a file; that somebody took it is recorded."""
    text = exported()
    do_record_change(actor, "configuration.export", "configuration:all", None, {"characters": len(text)})
    return text


def do_check(
    actor: str, kind: Kind, name: str, data: bytes, *, with_removal: bool = False, progress: Progress = silent
) -> tuple[Import | None, Plan]:
    """The plan of a file, rehearsed; the file is remembered until it is applied if nothing is wrong with it.

    Raises `import.too_large`, `import.encoding`, `import.empty`, `import.bad_form`, `import.no_heading`.
    """
    text = decoded(data)
    root, problems = _read(kind, text)
    plan = planned(actor, root, problems, with_removal=with_removal, progress=progress)
    if plan.problems:
        return None, plan
    return _remembered(actor, kind, name, text, with_removal=with_removal, counts=plan.counts()), plan


def do_bring(
    actor: str, kind: Kind, name: str, data: bytes, *, with_removal: bool = False
) -> tuple[Import | None, Plan]:
    """Like `do_check`, but a file that would keep a page waiting is left to the worker: its import is `checking`."""
    if len(data) <= LONG_FILE:
        try:
            return do_check(actor, kind, name, data, with_removal=with_removal, progress=_patience())
        except TooLongError:
            pass
    return _remembered(actor, kind, name, decoded(data), with_removal=with_removal, state="checking"), Plan()


def _remembered(
    actor: str, kind: Kind, name: str, text: str, *, with_removal: bool, state: str = "checked",
    counts: dict[str, int] | None = None,
) -> Import:  # fmt: skip
    row = Import.objects.create(
        organisation_id=scope.required(), at=clock.now(), actor=actor, kind=kind, name=name[:200], text=text,
        with_removal=with_removal, state=state, counts=counts or {},
    )  # fmt: skip
    old = Import.objects.order_by("-id").values_list("id", flat=True)[KEPT:]
    Import.objects.filter(id__in=list(old)).delete()
    return row


def _patience() -> Progress:
    """Raises `TooLongError` as soon as the time is over, or it can be seen that it will not do."""
    began = time.monotonic()

    def look(done: int, total: int) -> None:
        spent = time.monotonic() - began
        if spent > PATIENCE_SECONDS or (done >= _TRIED and spent * total > PATIENCE_SECONDS * done):
            raise TooLongError

    return look


def plan_of(row: Import, progress: Progress = silent) -> Plan:
    """A remembered file against what there is now; raises what reading it does."""
    root, problems = _read(_kind(row), row.text)
    return planned(row.actor, root, problems, with_removal=row.with_removal, progress=progress)


@transaction.atomic
def do_apply(actor: str, row: Import, progress: Progress = silent) -> Plan:
    """Write everything of a checked file, or raise the first refusal and write nothing.

    Raises `import.gone` when it was applied already, and what the actions of its parts raise, with the `line`.
    """
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.state != "checked":
        raise PasokhError("import.gone")
    row.actor = actor
    plan = do_write(row, progress)
    row.state = "applied"
    row.save()
    return plan


def do_order(actor: str, row: Import) -> Plan | None:
    """Apply a checked file like `do_apply`, or leave it to the worker when a page should not wait for it: None."""
    if row.found is None:
        try:
            return do_apply(actor, row, _patience())
        except TooLongError:
            pass
    ordered = Import.objects.filter(pk=row.pk, state="checked")
    if not ordered.update(state="applying", actor=actor, error=None, done=0, total=0, seen_at=0):
        raise PasokhError("import.gone")
    return None


def do_write(row: Import, progress: Progress = silent) -> Plan:
    """Write a file's content in the running transaction; the row, not saved, knows what was there before."""
    before = exported()
    root, problems = _read(_kind(row), row.text)
    if problems:
        raise problems[0].error
    plan = carry_out(row.actor, root, with_removal=row.with_removal, progress=progress)
    row.before, row.text, row.counts = before, "", plan.counts()
    said: dict[str, object] = {"kind": row.kind, "file": row.name, **plan.counts()}
    do_record_change(row.actor, "configuration.apply", "configuration:all", None, said)
    return plan


@transaction.atomic
def do_take_back(actor: str, row: Import, error: PasokhError) -> None:
    """The engine refused a part: put everything back as it was before the file was applied."""
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.state not in {"applied", "settling"}:
        return
    root, _ = read(row.before)
    carry_out("system", root, with_removal=True)
    row.state, row.before, row.awaited, row.error = "refused", "", [], packed_error(error)
    row.save()
    do_record_change(actor, "configuration.apply.refused", "configuration:all", None, {"refused": error.code})


@transaction.atomic
def do_drop(row: Import) -> None:
    """Forget a file that was checked, or is being checked, and is not wanted."""
    Import.objects.filter(pk=row.pk, state__in=("checking", "checked")).update(state="dropped", text="", found=None)


def pending_of(actor: str) -> bool:
    """Whether the engine still owes an answer for something the actor changed."""
    return Submission.objects.filter(actor=actor).exists()


def known_import(number: int) -> Import:
    """A remembered import; raises `import.unknown`."""
    row = Import.objects.filter(pk=number).first()
    if row is None:
        raise PasokhError("import.unknown", field="import", value=number)
    return row


def _kind(row: Import) -> Kind:
    return "people" if row.kind == "people" else "configuration"


def _read(kind: Kind, text: str) -> tuple[Located, list[Problem]]:
    if kind == "configuration":
        return read(text)
    root, problems = read_table(text)
    rows = root.value["people"].value
    for user in User.objects.select_related("team").filter(username__in=list(rows)):
        row = rows[user.username]
        for name, value in person_item(user).items():  # a column that is not there changes nothing
            if name == "capacity" and name in row.value:
                row.value[name] = Located(
                    {k: Located(v, row.line) for k, v in value.items()} | row.value[name].value, row.line
                )
            elif name not in row.value:
                row.value[name] = _located(value, row.line)
    return root, problems


def _located(value: object, line: int) -> Located:
    if isinstance(value, dict):
        return Located({key: _located(part, line) for key, part in value.items()}, line)
    return Located([_located(part, line) for part in value] if isinstance(value, list) else value, line)
