"""What is done of the first set-up: facts, never ticks somebody set."""

from dataclasses import dataclass

from django.db import connection

from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.desk.models import Interaction
from pasokh.office.hours.models import QueueHours
from pasokh.office.people.models import User
from pasokh.office.supervise.models import Queue, Widget
from pasokh.office.tenancy import scope
from pasokh.office.welcome.models import Progress


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the list."""

    name: str
    done: bool
    skipped: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the set-up stands."""

    steps: tuple[Step, ...]
    finished: bool
    started_at: Instant
    answered_at: Instant
    """When the first chat was answered; 0 = not yet."""
    waiting: bool
    """A customer has written and nobody has answered yet."""


def is_empty() -> bool:
    """Whether the installation has no organisation at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT welcome_is_empty()")
        return bool(cursor.fetchone()[0])


def own_progress() -> Progress:
    """The organisation's progress; one that was not made by the wizard begins now."""
    found = Progress.objects.first()
    if found is not None:
        return found
    queue, widget = Queue.objects.order_by("id").first(), Widget.objects.filter(is_active=True).order_by("id").first()
    return Progress.objects.create(
        organisation_id=scope.required(),
        started_at=clock.now(),
        queue=queue.key if queue is not None else "",
        widget=widget.key if widget is not None else "",
    )


def standing() -> Standing:
    """Every step with whether the facts say it is done."""
    progress = own_progress()
    answered = Interaction.objects.filter(kind="contact", answered_at__gt=0).order_by("answered_at").first()
    done = {
        "queue": QueueHours.objects.exists(),
        "people": User.objects.filter(handles_contacts=True, is_active=True, memberships__isnull=False).exists(),
        "widget": Widget.objects.filter(is_active=True).exists(),
        "chat": answered is not None,
    }
    steps, current = [], True
    for name, ready in done.items():
        skipped = name in progress.skipped and not ready
        here = current and not ready and not skipped
        current = current and not here
        steps.append(Step(name, ready, skipped, here))
    return Standing(
        tuple(steps),
        all(done.values()),
        progress.started_at,
        answered.answered_at if answered is not None else 0,
        answered is None and Interaction.objects.filter(kind="contact", closed_at=0).exists(),
    )
