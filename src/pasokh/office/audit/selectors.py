"""Reads of audit events."""

from pasokh.office.audit.models import AuditEvent


def latest(limit: int = 100, before_id: int | None = None) -> list[AuditEvent]:
    """The newest events, newest first; `before_id` pages on."""
    events = AuditEvent.objects.order_by("-id")
    if before_id is not None:
        events = events.filter(id__lt=before_id)
    return list(events[:limit])


def of_target(target: str, limit: int = 50) -> list[AuditEvent]:
    """The newest events about one target."""
    return list(AuditEvent.objects.filter(target=target).order_by("-id")[:limit])
