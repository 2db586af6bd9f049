"""Taking the configuration out, and putting one in: all of it, or nothing."""

from typing import Literal

from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.audit.models import Submission
from pasokh.office.exchange.located import Located, Problem, decoded, read
from pasokh.office.exchange.models import Import
from pasokh.office.exchange.own_sections import person_item
from pasokh.office.exchange.people_table import read_table
from pasokh.office.exchange.plan import Plan, carry_out, planned
from pasokh.office.exchange.writing import exported
from pasokh.office.people.models import User
from pasokh.office.tenancy import scope

type Kind = Literal["configuration", "people"]
KEPT = 50
"""Imports remembered; older ones are forgotten."""


def do_export(actor: str) -> str:
    """The whole configuration as a file; that somebody took it is recorded."""
    text = exported()
    do_record_change(actor, "configuration.export", "configuration:all", None, {"characters": len(text)})
    return text


def do_check(
    actor: str, kind: Kind, name: str, data: bytes, *, with_removal: bool = False
) -> tuple[Import | None, Plan]:
    """The plan of a file, rehearsed; the file is remembered until it is applied if nothing is wrong with it.

    Raises `import.too_large`, `import.encoding`, `import.empty`, `import.bad_form`, `import.no_heading`.
    """
    text = decoded(data)
    root, problems = _read(kind, text)
    plan = planned(actor, root, problems, with_removal=with_removal)
    if plan.problems:
        return None, plan
    row = Import.objects.create(
        organisation_id=scope.required(), at=clock.now(), actor=actor, kind=kind, name=name[:200], text=text,
        with_removal=with_removal, counts=plan.counts(),
    )  # fmt: skip
    old = Import.objects.order_by("-id").values_list("id", flat=True)[KEPT:]
    Import.objects.filter(id__in=list(old)).delete()
    return row, plan


def plan_of(row: Import) -> Plan:
    """A remembered file against what there is now."""
    root, problems = _read(_kind(row), row.text)
    return planned(row.actor, root, problems, with_removal=row.with_removal)


@transaction.atomic
def do_apply(actor: str, row: Import) -> Plan:
    """Write everything of a checked file, or raise the first refusal and write nothing.

    Raises `import.gone` when it was applied already, and what the actions of its parts raise, with the `line`.
    """
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.state != "checked":
        raise PasokhError("import.gone")
    before = exported()
    root, problems = _read(_kind(row), row.text)
    if problems:
        raise problems[0].error
    plan = carry_out(actor, root, with_removal=row.with_removal)
    row.state, row.before, row.text, row.counts, row.actor = "applied", before, "", plan.counts(), actor
    row.save()
    said: dict[str, object] = {"kind": row.kind, "file": row.name, **plan.counts()}
    do_record_change(actor, "configuration.apply", "configuration:all", None, said)
    return plan


@transaction.atomic
def do_take_back(actor: str, row: Import, error: PasokhError) -> None:
    """The engine refused a part: put everything back as it was before the file was applied."""
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.state != "applied":
        return
    root, _ = read(row.before)
    carry_out("system", root, with_removal=True)
    row.state, row.before = "refused", ""
    row.save()
    do_record_change(actor, "configuration.apply.refused", "configuration:all", None, {"refused": error.code})


@transaction.atomic
def do_drop(row: Import) -> None:
    """Forget a file that was checked and is not wanted."""
    Import.objects.filter(pk=row.pk, state="checked").update(state="dropped", text="")


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
