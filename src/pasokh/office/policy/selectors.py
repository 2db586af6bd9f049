"""Reads of policies: versions from the audit record, which nobody can change, and drafts."""

from dataclasses import dataclass

import msgspec

from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office.audit.models import AuditEvent
from pasokh.office.policy.models import Draft
from pasokh.office.policy.sentences import Vocabulary
from pasokh.office.supervise.selectors import outcome_names, queue_names, reason_names, skill_names
from pasokh.office.tenancy.models import Client

_ACTIONS = ("queue.publish", "queue.publish.refused")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a queue that was published and stood."""

    number: int
    config: QueueConfig
    at: Instant
    actor: str
    before: QueueConfig | None
    """What stood until then; None for the first."""


def versions(key: str) -> list[Version]:
    """Every published version of a queue, the newest first; what the engine refused never stood."""
    found: dict[int, Version] = {}
    events = AuditEvent.objects.filter(target=f"queue:{key}", action__in=_ACTIONS).order_by("id")
    for event in events:
        said = event.after if event.action == "queue.publish" else event.before
        config = _config(said)
        if config is None:
            continue
        if event.action == "queue.publish":
            found.pop(config.version, None)
            found[config.version] = Version(config.version, config, event.at, event.actor, _config(event.before))
        elif event.after is not None and event.after.get("taken_back"):
            found.pop(config.version, None)
    return list(found.values())[::-1]


def version(key: str, number: int) -> Version:
    """One published version; raises `policy.no_such_version`."""
    for each in versions(key):
        if each.number == number:
            return each
    raise PasokhError("policy.no_such_version", field="version", version=number)


def draft_of(key: str, author: str) -> Draft | None:
    """What this person has typed and not published; None when nothing."""
    return Draft.objects.filter(queue=key, author=author).first()


def client_names() -> dict[str, dict[str, str]]:
    """Client key → its names."""
    return dict(Client.objects.order_by("key").values_list("key", "name"))


def vocabulary(language: str) -> Vocabulary:
    """What everything is called."""
    return Vocabulary(language, skill_names(), queue_names(), outcome_names(), reason_names(), client_names())


def _config(definition: object) -> QueueConfig | None:
    """A recorded definition; None for one that the core no longer reads."""
    try:
        return msgspec.convert(definition, QueueConfig)
    except msgspec.ValidationError:
        return None
