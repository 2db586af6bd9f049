"""The only writer of audit events."""

from collections.abc import Mapping

from pasokh.office import clock
from pasokh.office.audit.models import AuditEvent
from pasokh.office.tenancy import scope


def do_record_change(
    actor: str,
    action: str,
    target: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> AuditEvent:
    """Add one event to the running transaction. Call it beside the write it tells of."""
    return AuditEvent.objects.create(
        organisation_id=scope.required(),
        at=clock.now(),
        actor=actor,
        action=action,
        target=target,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
    )
