"""Writes of skills, outcomes and reasons. Queues that use a changed one are published anew, with the next version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Outcome, Queue, Reason, Skill
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.tenancy import scope
from pasokh.office.vocabulary.rules import below, check_band, check_parent, height

type Term = Skill | Outcome | Reason
type Branch = Outcome | Reason


@dataclass(frozen=True, slots=True)
class OutcomeDraft:
    """What an administrator says of an outcome."""

    names: Mapping[str, str]
    parent: str = ""
    needs_follow_up: bool = False
    position: int | None = None
    """None = where it stands, a new one last."""


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """What an administrator says of a reason; the band in seconds."""

    names: Mapping[str, str]
    parent: str = ""
    band_low_s: int | None = None
    band_high_s: int | None = None
    position: int | None = None


@transaction.atomic
def do_save_skill(actor: str, key: str, names: Mapping[str, str]) -> Skill:
    """Create a skill or rename it."""
    row, before = _row(Skill, key)
    row.name = cleaned_names(names)
    _keep(actor, row, before)
    return row


@transaction.atomic
def do_save_outcome(actor: str, key: str, draft: OutcomeDraft | Mapping[str, str]) -> Outcome:
    """Create an outcome or change it; a mere table of names leaves everything else as it is.

    Raises `setup.bad_key`, `setup.no_name`, `tree.*`.
    """
    row, before = _row(Outcome, key)
    if isinstance(draft, OutcomeDraft):
        _place(row, draft.parent, draft.position)
        row.needs_follow_up = draft.needs_follow_up
    row.name = cleaned_names(draft.names if isinstance(draft, OutcomeDraft) else draft)
    if _keep(actor, row, before):
        _publish_again(actor)
    return row


@transaction.atomic
def do_save_reason(actor: str, key: str, draft: ReasonDraft) -> Reason:
    """Create a reason or change it; raises `setup.bad_key`, `setup.no_name`, `tree.*`, `reason.bad_band`."""
    row, before = _row(Reason, key)
    _place(row, draft.parent, draft.position)
    row.name = cleaned_names(draft.names)
    check_band(draft.band_low_s, draft.band_high_s)
    row.band_low_s, row.band_high_s = draft.band_low_s, draft.band_high_s
    _keep(actor, row, before)
    return row


@transaction.atomic
def do_take_band(actor: str, key: str, low_s: int, high_s: int) -> None:
    """Give a reason the band that was read from its contacts, in seconds; raises as `do_save_reason` does."""
    row = known(Reason, key)
    before = described(row)
    check_band(low_s, high_s)
    row.band_low_s, row.band_high_s = low_s, high_s
    _keep(actor, row, before)


@transaction.atomic
def do_move[M: (Outcome, Reason)](actor: str, model: type[M], key: str, by: int) -> None:
    """Move a term among its siblings, up (`by` -1) or down (1); at the end it stays."""
    row = known(model, key)
    siblings: list[Any] = list(model.objects.filter(parent=row.parent_id).order_by("position", "key"))
    place = next(n for n, each in enumerate(siblings) if each.pk == row.pk)
    other = place + by
    if not 0 <= other < len(siblings):
        return
    before = {"position": place}
    siblings[place], siblings[other] = siblings[other], siblings[place]
    for position, each in enumerate(siblings):
        each.position = position
    model.objects.bulk_update(siblings, ["position"])
    do_record_change(actor, f"{kind_of(model)}.move", f"{kind_of(model)}:{key}", before, {"position": other})


@transaction.atomic
def do_archive[M: (Skill, Outcome, Reason)](actor: str, model: type[M], key: str) -> None:
    """Let nobody choose the term, and those below it, any more; queues let go of it.

    Raises `setup.skill_in_use` naming a queue that asks for the skill, and `setup.last_outcome` where a queue would
    be left without any outcome of its own.
    """
    row = known(model, key)
    keys = {key}
    branch = _tree_of(model)
    if branch is None:
        _refuse_skill_in_use(key)
    else:
        keys |= below(key, _parents(branch))
        _let_go(actor, branch, keys)
    rows = model.objects.filter(key__in=keys, archived_at=0)
    rows.update(archived_at=clock.now())
    _publish_again(actor)
    kind = kind_of(model)
    do_record_change(actor, f"{kind}.archive", f"{kind}:{row.key}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore[M: (Skill, Outcome, Reason)](actor: str, model: type[M], key: str) -> None:
    """Let the term be chosen again, with everything above it and whatever was archived together with it."""
    row = known(model, key)
    if not row.archived_at:
        return
    keys = {key}
    branch = _tree_of(model)
    if branch is not None:
        parents = _parents(branch)
        step = parents.get(key, "")
        while step:
            keys.add(step)
            step = parents.get(step, "")
        together = below(key, parents)
        same = model.objects.filter(key__in=together, archived_at=row.archived_at)
        keys |= set(same.values_list("key", flat=True))
    model.objects.filter(key__in=keys).update(archived_at=0)
    _publish_again(actor)
    kind = kind_of(model)
    do_record_change(actor, f"{kind}.restore", f"{kind}:{key}", {"archived": True}, {"archived": False})


def known[M: (Skill, Outcome, Reason)](model: type[M], key: str) -> M:
    """The term, locked; raises `setup.unknown_skill`, `setup.unknown_outcome` or `setup.unknown_reason`."""
    row = model.objects.select_for_update().filter(key=key[:80]).first()
    if row is None:
        kind = kind_of(model)
        raise PasokhError(f"setup.unknown_{kind}", field=kind, value=key[:60])
    return row


def kind_of(model: type[Term]) -> str:
    """`skill`, `outcome` or `reason`: the first word of its audit events."""
    return model.__name__.lower()


def described(row: Term) -> dict[str, object]:
    """A term as audit events show it."""
    said: dict[str, object] = {"name": row.name}
    if isinstance(row, Skill):
        return said
    said |= {"parent": row.parent.key if row.parent is not None else "", "position": row.position}
    if isinstance(row, Outcome):
        return said | {"needs_follow_up": row.needs_follow_up}
    return said | {"band_low_s": row.band_low_s, "band_high_s": row.band_high_s}


def _row[M: (Skill, Outcome, Reason)](model: type[M], key: str) -> tuple[M, dict[str, object] | None]:
    check_key(key)
    row = model.objects.select_for_update().filter(key=key).first()
    if row is None:
        return model(organisation_id=scope.required(), key=key), None
    return row, described(row)


def _keep(actor: str, row: Term, before: dict[str, object] | None) -> bool:
    """Save and record what differs; False when nothing does."""
    after = described(row)
    if after == before:
        return False
    row.save()
    kind = kind_of(type(row))
    do_record_change(actor, f"{kind}.save", f"{kind}:{row.key}", before, after)
    return True


def _tree_of(model: type[Term]) -> type[Outcome] | type[Reason] | None:
    """The model of a tree; None for skills, which have none."""
    return Outcome if model is Outcome else Reason if model is Reason else None


def _parents(model: type[Outcome] | type[Reason]) -> dict[str, str]:
    return {key: parent or "" for key, parent in model.objects.values_list("key", "parent__key")}


def _place(row: Branch, parent: str, position: int | None) -> None:
    model = type(row)
    parents = _parents(model)
    check_parent(row.key, parent, parents, height(row.key, parents))
    moved = row.pk is None or (row.parent.key if row.parent is not None else "") != parent
    row.parent = model.objects.get(key=parent) if parent else None
    if position is not None:
        row.position = position
    elif moved:
        last = model.objects.filter(parent=row.parent_id).order_by("-position").first()
        row.position = last.position + 1 if last is not None else 0


def _refuse_skill_in_use(key: str) -> None:
    for queue in Queue.objects.order_by("key"):
        config = queue.config
        steps = (skill for step in config.policy.relaxations for skill in step.drop)
        if key in {*(need.skill for need in config.requires), *config.languages.values(), *steps}:
            raise PasokhError("setup.skill_in_use", field="skill", queue=queue.key)


def _let_go(actor: str, model: type[Outcome] | type[Reason], keys: set[str]) -> None:
    """Publish the queues that offer a term without it."""
    for row in Queue.objects.order_by("key"):
        config = row.config
        offered = config.outcomes if model is Outcome else config.reasons
        kept = tuple(key for key in offered if key not in keys)
        if kept == offered:
            continue
        if model is Outcome and not kept:
            raise PasokhError("setup.last_outcome", field="outcome", queue=row.key)
        changed = {"outcomes": kept} if model is Outcome else {"reasons": kept}
        do_publish_queue(actor, msgspec.structs.replace(config, **changed))


def _publish_again(actor: str) -> None:
    """A flag that changed reaches the queues that it concerns; publishing leaves unchanged ones alone."""
    for row in Queue.objects.order_by("key"):
        do_publish_queue(actor, row.config)
