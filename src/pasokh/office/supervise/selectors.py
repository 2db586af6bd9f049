"""Reads of the set-up."""

from django.db import transaction

from pasokh.kernel.ids import ID_PATTERN
from pasokh.office.demo_people import WIDGET
from pasokh.office.supervise.models import Outcome, Queue, Skill, Widget
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


def skill_names() -> dict[str, dict[str, str]]:
    """Skill key → its names, by key."""
    return dict(Skill.objects.order_by("key").values_list("key", "name"))


def outcome_names() -> dict[str, dict[str, str]]:
    """Outcome key → its names, by key."""
    return dict(Outcome.objects.order_by("key").values_list("key", "name"))


def demo_widget_key() -> str:
    """The demonstration's widget key, "" where the demonstration is not set up."""
    with transaction.atomic():
        set_local("app.widget", WIDGET)
        return WIDGET if Widget.unfenced.filter(key=WIDGET, is_active=True).exists() else ""
