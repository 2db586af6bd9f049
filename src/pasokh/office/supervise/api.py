"""Queues and today's figures as JSON."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from pasokh.office.answers import REFUSALS, requires
from pasokh.office.people.access import actor_of
from pasokh.office.people.rules import Right
from pasokh.office.supervise.actions import do_close_queue, do_open_queue, known_queue
from pasokh.office.supervise.figures import figures_today
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.selectors import all_queues

router = Router(tags=["queues"])


class QueueOut(Schema):
    """A queue as last published; `definition` is what the core works by."""

    key: str
    name: dict[str, str]
    client: str
    version: int
    is_open: bool
    definition: dict[str, Any]


class Figures(Schema):
    """The keys of the live topic `wall` at one position of the log."""

    cursor: int
    keys: dict[str, Any]


def queue_out(queue: Queue) -> QueueOut:
    """A queue as JSON."""
    return QueueOut(
        key=queue.key,
        name=queue.name,
        client=queue.config.client,
        version=queue.version,
        is_open=queue.is_open,
        definition=queue.definition,
    )


@router.get("/queues", response={200: list[QueueOut], **REFUSALS})
@requires(Right.READ_SETUP)
def queues(request: HttpRequest) -> list[QueueOut]:
    """Every queue, by key."""
    return [queue_out(queue) for queue in all_queues()]


@router.get("/queues/{key}", response={200: QueueOut, **REFUSALS})
@requires(Right.READ_SETUP)
def queue(request: HttpRequest, key: str) -> QueueOut:
    """One queue."""
    return queue_out(known_queue(key))


@router.post("/queues/{key}/open", response={202: None, **REFUSALS})
@requires(Right.OPERATE_QUEUES)
def open_queue(request: HttpRequest, key: str) -> Status[None]:
    """Ask the engine to let contacts in."""
    do_open_queue(actor_of(request), key)
    return Status(202, None)


@router.post("/queues/{key}/close", response={202: None, **REFUSALS})
@requires(Right.OPERATE_QUEUES)
def close_queue(request: HttpRequest, key: str) -> Status[None]:
    """Ask the engine to let no new contact in."""
    do_close_queue(actor_of(request), key)
    return Status(202, None)


@router.get("/figures/today", response={200: Figures, **REFUSALS})
@requires(Right.WALL)
def figures(request: HttpRequest) -> Figures:
    """The wallboard's figures since the operating day began."""
    cursor, keys = figures_today()
    return Figures(cursor=cursor, keys=keys)
