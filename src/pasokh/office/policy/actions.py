"""Writes of policies: drafts, the return to an old version, and previews asked for or called off."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from django.db import transaction

from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.policy import recorded
from pasokh.office.policy.definition import plain
from pasokh.office.policy.models import Draft, Preview
from pasokh.office.policy.selectors import version
from pasokh.office.supervise.actions import do_publish_queue, known_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy import scope

LARGEST_DRAFT = 400_000
"""Characters of a draft."""
KEPT_PREVIEWS = 50
"""Finished previews of a queue that are kept."""
OPEN_STATES = ("waiting", "running")
_NOT_KEPT = {"csrfmiddlewaretoken", "action"}


@transaction.atomic
def do_save_draft(author: str, key: str, typed: Mapping[str, Sequence[str]], base_version: int) -> Draft:
    """Keep what somebody typed; raises `policy.draft_too_large`. Drafts change nothing, so they are not audited."""
    kept = {name: list(values) for name, values in typed.items() if name not in _NOT_KEPT}
    if sum(len(value) for values in kept.values() for value in values) > LARGEST_DRAFT:
        raise PasokhError("policy.draft_too_large", field="name", most=LARGEST_DRAFT)
    row, _ = Draft.objects.update_or_create(
        organisation_id=scope.required(),
        queue=key,
        author=author,
        defaults={"typed": kept, "base_version": base_version, "saved_at": clock.now()},
    )
    return row


def do_drop_draft(author: str, key: str) -> bool:
    """Forget a draft; whether there was one."""
    return Draft.objects.filter(queue=key, author=author).delete()[0] > 0


@transaction.atomic
def do_return_to(actor: str, key: str, number: int, expected_version: int | None = None) -> Queue:
    """Publish the content of an old version as the next one; raises `policy.no_such_version` and what publishing does.

    What the wallboard switches (`overflow_now`) stays as it is.
    """
    row = known_queue(key)
    old = version(key, number)
    config = msgspec.structs.replace(old.config, overflow_now=row.config.overflow_now)
    return do_publish_queue(actor, config, expected_version)


@transaction.atomic
def do_ask_preview(author: str, queue: QueueConfig, day: str) -> Preview:
    """The preview of a queue's edit on a day: one that is known or under way, else a new one for the worker.

    Raises `policy.preview_busy` when the organisation has too many under way.
    """
    zone = recorded.own_zone()
    seq = 0 if day == recorded.DRAWN else recorded.day_bounds(day, zone).last_seq
    digest = hash_of(queue)
    same = Preview.objects.filter(queue=queue.id, day=day, policy_hash=digest, log_seq=seq)
    known = same.filter(state__in=("done", *OPEN_STATES)).order_by("-id").first()
    if known is not None:
        return known
    if Preview.objects.filter(state__in=OPEN_STATES).count() >= 4:
        raise PasokhError("policy.preview_busy")
    old = Preview.objects.filter(queue=queue.id).exclude(state__in=OPEN_STATES).order_by("-id")
    Preview.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT_PREVIEWS:])).delete()
    row = Preview.objects.create(
        organisation_id=scope.required(),
        queue=queue.id,
        day=day,
        policy_hash=digest,
        log_seq=seq,
        definition=plain(queue),
        author=author,
        asked_at=clock.now(),
    )
    do_record_change(author, "queue.preview", f"queue:{queue.id}", None, {"day": day})
    return row


def do_cancel_preview(number: int) -> bool:
    """Call a preview off; False when it is over already. Its child sees that at its next step."""
    return Preview.objects.filter(pk=number, state__in=OPEN_STATES).update(state="cancelled") == 1


def hash_of(queue: QueueConfig) -> str:
    """What tells two policies apart: everything but version and names."""
    told = msgspec.structs.replace(queue, version=1, name={})
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()
