"""Reads of audit events."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from pasokh.i18n.text import normalise
from pasokh.kernel.time import Instant
from pasokh.office.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Search:
    """What events are looked for; empty = whatever. `since` inclusive, `until` exclusive."""

    actor: str = ""
    action: str = ""
    """A whole action (`queue.publish`) or its first word (`queue`)."""
    target: str = ""
    """Part of a target."""
    text: str = ""
    """Words that stand in the values before or after."""
    since: Instant | None = None
    until: Instant | None = None


def latest(limit: int = 100, before_id: int | None = None, search: Search | None = None) -> list[AuditEvent]:
    """The newest events that fit, newest first; `before_id` pages on."""
    events = found(search or Search())
    if before_id is not None:
        events = events.filter(id__lt=before_id)
    return list(events[:limit])


def found(search: Search) -> QuerySet[AuditEvent]:
    """The events that fit, newest first."""
    events = AuditEvent.objects.order_by("-id")
    if search.actor:
        events = events.filter(actor__icontains=normalise(search.actor))
    if search.action:
        events = events.filter(Q(action=search.action) | Q(action__startswith=f"{search.action}."))
    if search.target:
        events = events.filter(target__icontains=search.target)
    if search.since is not None:
        events = events.filter(at__gte=search.since)
    if search.until is not None:
        events = events.filter(at__lt=search.until)
    if words := normalise(search.text).split():
        events = events.annotate(
            was=Cast("before", TextField()),
            became=Cast("after", TextField()),
        )
        for word in words:
            events = events.filter(Q(was__icontains=word) | Q(became__icontains=word))
    return events


def kinds() -> list[str]:
    """The first words of the actions there are, in order."""
    actions = AuditEvent.objects.order_by().values_list("action", flat=True).distinct()
    return sorted({action.partition(".")[0] for action in actions})


def of_target(target: str, limit: int = 50) -> list[AuditEvent]:
    """The newest events about one target."""
    return list(AuditEvent.objects.filter(target=target).order_by("-id")[:limit])
