"""Writes of the set-up. Each changes rows, records an audit event and tells the engine, in one transaction."""

from collections.abc import Callable
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import ProtectedError

from pasokh.acd.commands import CloseQueue, DefineQueue, OpenQueue
from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.office import clock, inbox
from pasokh.office.audit.actions import do_await_answer, do_record_change
from pasokh.office.audit.models import Submission
from pasokh.office.supervise.models import Outcome, Queue, Reason, Skill
from pasokh.office.supervise.rules import check_key, check_references, cleaned_names
from pasokh.office.supervise.selectors import follow_up_outcomes
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Client


@transaction.atomic
def do_publish_queue(actor: str, queue: QueueConfig, expected_version: int | None = None) -> Queue:
    """Publish a queue as new, or as the next version of an existing one; an unchanged one stays as it is.

    The version is counted here, and which outcomes need a follow-up is taken from their flags. Raises
    `setup.changed_meanwhile` when `expected_version` is no longer the latest,
    and the errors of `rules.check_references`.
    """
    check_key(queue.id, "id")
    row = Queue.objects.select_for_update().filter(key=queue.id).first()
    if expected_version is not None and (row.version if row else 0) != expected_version:
        raise PasokhError("setup.changed_meanwhile", field="version", target=queue.id)
    version = row.version + 1 if row else 1
    queue = msgspec.structs.replace(
        queue,
        version=version,
        name=cleaned_names(queue.name),
        follow_up_outcomes=follow_up_outcomes(queue.outcomes),
    )
    check_references(queue, _keys(Skill), _keys(Outcome), {*_queue_keys(), queue.id}, _keys(Reason))
    client = Client.objects.filter(key=queue.client).first()
    if client is None:
        raise PasokhError("setup.unknown_client", field="client", value=queue.client)
    before = row.definition if row else None
    if row is not None and msgspec.structs.replace(row.config, version=version) == queue:
        return row
    row = row or Queue(organisation_id=scope.required(), key=queue.id)
    row.version, row.client, row.definition, row.changed_at = version, client, _plain(queue), clock.now()
    row.save()
    do_record_change(actor, "queue.publish", f"queue:{queue.id}", before, row.definition)
    key = inbox.submit(DefineQueue(queue), actor)
    do_await_answer(key, actor, "queue.publish", f"queue:{queue.id}", before, row.definition, version)
    return row


def do_revert_queue(submission: Submission, error: PasokhError) -> bool:
    """Take a refused publication back; False when the queue was published anew meanwhile, or is in use."""
    row = Queue.objects.select_for_update().filter(key=submission.target.partition(":")[2]).first()
    if row is None or row.version != submission.mark:
        return False
    if submission.before is None:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            return False
        return True
    config = msgspec.convert(submission.before, QueueConfig)
    published = error.params.get("published")  # a stale version: the next one comes after the engine's
    row.version = max(config.version, published) if isinstance(published, int) else config.version
    row.client = Client.objects.filter(key=config.client).first() or row.client
    row.definition, row.changed_at = submission.before, clock.now()
    row.save()
    return True


def do_revert_switch(submission: Submission, error: PasokhError) -> bool:  # noqa: ARG001 - every revert's signature
    """Take a refused opening or closing back; False when the queue was switched meanwhile."""
    rows = Queue.objects.filter(key=submission.target.partition(":")[2], is_open=(submission.after or {})["is_open"])
    return rows.update(is_open=(submission.before or {})["is_open"]) == 1


def do_open_queue(actor: str, key: str) -> None:
    """Let contacts into a queue."""
    _switch_queue(actor, key, True, OpenQueue)


def do_close_queue(actor: str, key: str) -> None:
    """Let no new contact into a queue; those who wait are still served."""
    _switch_queue(actor, key, False, CloseQueue)


def known_queue(key: str) -> Queue:
    """The queue with this key; raises `setup.unknown_queue`."""
    row = Queue.objects.filter(key=key).first() if ID_PATTERN.fullmatch(key) else None
    if row is None:
        raise PasokhError("setup.unknown_queue", field="queue", value=key[:60])
    return row


@transaction.atomic
def _switch_queue(actor: str, key: str, is_open: bool, command: Callable[[str], OpenQueue | CloseQueue]) -> None:
    row = known_queue(key)
    Queue.objects.filter(pk=row.pk).update(is_open=is_open)
    action = "queue.open" if is_open else "queue.close"
    before, after = {"is_open": row.is_open}, {"is_open": is_open}
    do_record_change(actor, action, f"queue:{key}", before, after)
    do_await_answer(inbox.submit(command(key), actor), actor, action, f"queue:{key}", before, after)


def _queue_keys() -> set[str]:
    return set(Queue.objects.values_list("key", flat=True))


def _keys(model: type[Skill] | type[Outcome] | type[Reason]) -> set[str]:
    """The keys that may be named: what is archived may not."""
    return set(model.objects.filter(archived_at=0).values_list("key", flat=True))


def _plain(queue: QueueConfig) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(queue)
    return built
