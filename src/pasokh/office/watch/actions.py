"""Writes from the wall. Each changes rows, records an audit event and tells the engine, in one transaction."""

from collections.abc import Iterable, Mapping

import msgspec
from django.db import transaction

from pasokh.acd.model import Capacity
from pasokh.kernel.errors import PasokhError
from pasokh.office.people.actions import PersonDraft, do_change_agent
from pasokh.office.people.models import User
from pasokh.office.people.selectors import agent_config, person_by_username
from pasokh.office.supervise.actions import do_publish_queue, known_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.watch.rules import check_overflow


@transaction.atomic
def do_switch_overflow(actor: str, key: str, to: Iterable[str]) -> Queue:
    """Let agents of other queues help this one at once, or with none named, no longer: a new version of the queue.

    Raises `setup.unknown_queue`, `setup.overflow_to_itself`, and what `do_publish_queue` raises.
    """
    queue = known_queue(key)
    helping = check_overflow(key, to, set(Queue.objects.values_list("key", flat=True)))
    return do_publish_queue(actor, msgspec.structs.replace(queue.config, overflow_now=helping), queue.version)


@transaction.atomic
def do_staff_agent(
    actor: str, username: str, queues: Iterable[str], skills: Mapping[str, int], expected_change: int | None = None
) -> User:
    """Change which queues an agent serves and with which skills, and nothing else of the person.

    Raises `person.unknown`, `person.no_agent`, and what `do_change_agent` raises.
    """
    user = person_by_username(username)
    if user is None:
        raise PasokhError("person.unknown", field="username", value=username[:60])
    if not (user.handles_contacts and user.is_active):
        raise PasokhError("person.no_agent", field="username", username=username)
    return do_change_agent(actor, username, _restaffed(user, queues, skills), expected_change)


def _restaffed(user: User, queues: Iterable[str], skills: Mapping[str, int]) -> PersonDraft:
    kept = agent_config(user).capacity
    return PersonDraft(
        name=user.name,
        role=user.role,
        language=user.language,
        is_active=user.is_active,
        handles_contacts=user.handles_contacts,
        skills=dict(skills),
        queues=tuple(queues),
        capacity=Capacity(voice=kept.voice, text=kept.text, mail=kept.mail),
        team=user.team.key if user.team is not None else "",
        email=user.email,
    )
