"""Reads of the set-up."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from pasokh.kernel.ids import ID_PATTERN
from pasokh.office.demo_people import WIDGET
from pasokh.office.supervise.models import Outcome, Queue, Reason, Skill, Widget
from pasokh.office.tenancy.scope import set_local


def all_queues() -> list[Queue]:
    """Every queue, by key."""
    return list(Queue.objects.select_related("client").order_by("key"))


def queue_by_key(key: str) -> Queue | None:
    """One queue; None when there is none of that key."""
    if not ID_PATTERN.fullmatch(key):
        return None
    return Queue.objects.select_related("client").filter(key=key).first()


def queue_names() -> dict[str, dict[str, str]]:
    """Queue key → its names."""
    return {row.key: row.name for row in Queue.objects.all()}


def skill_names(*, archived: bool = True) -> dict[str, dict[str, str]]:
    """Skill key → its names, by key; `archived` ones too unless they are unwanted."""
    return dict(_in_use(Skill, archived).order_by("key").values_list("key", "name"))


def outcome_names(*, archived: bool = True) -> dict[str, dict[str, str]]:
    """Outcome key → its names, by key; `archived` ones too unless they are unwanted."""
    return dict(_in_use(Outcome, archived).order_by("key").values_list("key", "name"))


def reason_names(*, archived: bool = True) -> dict[str, dict[str, str]]:
    """Reason key → its names, by key; `archived` ones too unless they are unwanted."""
    return dict(_in_use(Reason, archived).order_by("key").values_list("key", "name"))


def follow_up_outcomes(chosen: Collection[str]) -> tuple[str, ...]:
    """Which of a queue's outcomes (none chosen = any) need a follow-up: flagged themselves, or under one that is."""
    rows = {row.pk: row for row in _in_use(Outcome, archived=False)}
    found = []
    for row in rows.values():
        above: Outcome | None = row
        while above is not None and not above.needs_follow_up:
            above = rows.get(above.parent_id) if above.parent_id is not None else None
        if above is not None and (not chosen or row.key in chosen):
            found.append(row.key)
    return tuple(sorted(found))


def _in_use[M: (Skill, Outcome, Reason)](model: type[M], archived: bool) -> QuerySet[M]:
    return model.objects.all() if archived else model.objects.filter(archived_at=0)


def demo_widget_key() -> str:
    """The demonstration's widget key, "" where the demonstration is not set up."""
    with transaction.atomic():
        set_local("app.widget", WIDGET)
        return WIDGET if Widget.unfenced.filter(key=WIDGET, is_active=True).exists() else ""
