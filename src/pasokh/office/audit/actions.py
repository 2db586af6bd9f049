"""The only writer of audit events, and of the changes that wait for the engine."""

from collections.abc import Mapping

from pasokh.office import clock
from pasokh.office.audit.models import AuditEvent, Submission
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


def do_await_answer(
    key: str,
    actor: str,
    action: str,
    target: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    mark: int = 0,
) -> Submission:
    """Remember in the running transaction what a refusal of command `key` would have to take back."""
    return Submission.objects.create(
        organisation_id=scope.required(),
        key=key,
        actor=actor,
        action=action,
        target=target,
        mark=mark,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
    )
