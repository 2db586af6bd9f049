"""Writes of the first set-up; each step may be taken back or left out."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from django.conf import settings
from django.db import connection, transaction

from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.adoption import adopt
from pasokh.office import clock
from pasokh.office.hours.actions import do_apply_hours, do_assign_calendar, do_save_calendar
from pasokh.office.hours.rules import CalendarConfig, Span
from pasokh.office.people.actions import PersonDraft, do_change_agent, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Queue, Widget
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.actions import do_create_organisation
from pasokh.office.welcome.models import Progress
from pasokh.office.welcome.selectors import is_empty, own_progress
from pasokh.office.widgets.actions import do_save_widget, do_switch_widget

CALENDAR = "working-hours"
STEPS = ("queue", "people", "widget", "chat")
_NINE_TO_FIVE = (Span(9 * 60, 17 * 60),)
WEEKS: Mapping[str, tuple[tuple[Span, ...], ...]] = {
    "always": ((Span(0, 1_440),),) * 7,
    "sat_thu": tuple((Span(9 * 60, 13 * 60),) if day == 3 else () if day == 4 else _NINE_TO_FIVE for day in range(7)),
    "mon_fri": tuple(_NINE_TO_FIVE if day < 5 else () for day in range(7)),
}
"""What the wizard offers; Monday first."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What the first visitor says."""

    key: str
    name: str
    zone: str
    language: str
    person: str
    username: str
    password: str


def do_found(founding: Founding) -> str:
    """Make the first organisation with its administrator; returns its id. Raises `welcome.not_empty` afterwards.

    Two visitors with the same link take turns; the second finds the installation set up.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pasokh.welcome'))")
        if not is_empty():
            raise PasokhError("welcome.not_empty")
        names = {founding.language: founding.name}
        do_create_organisation(founding.key, names, zone=founding.zone, language=founding.language)
        with scope.organisation_scope(founding.key):
            draft = PersonDraft(founding.person, Role.ADMINISTRATOR, founding.language)
            do_create_user("system:welcome", founding.username, founding.password, draft)
            Progress.objects.create(organisation_id=founding.key, started_at=clock.now())
    adopt(settings.FACTS_HOME, founding.key)
    return founding.key


@transaction.atomic
def do_make_queue(actor: str, names: Mapping[str, str], week: str, countries: tuple[str, ...], zone: str) -> Queue:
    """The first queue with its hours; again it changes both."""
    progress = own_progress()
    key = progress.queue or "support"
    known = Queue.objects.filter(key=key).first()
    base = known.config if known is not None else QueueConfig(key)
    row = do_publish_queue(actor, msgspec.structs.replace(base, name=dict(names)))
    kept = msgspec.convert({"zone": zone, "countries": countries}, CalendarConfig)
    do_save_calendar(actor, CALENDAR, dict(names), msgspec.structs.replace(kept, week=WEEKS[week]))
    do_assign_calendar(actor, row.key, CALENDAR)
    do_apply_hours(clock.now())
    progress.queue = row.key
    progress.save(update_fields=["queue"])
    return row


@transaction.atomic
def do_take_contacts(actor: str, user: User, takes: bool) -> User:
    """Make the person an agent of the first queue, or take that back."""
    queue = own_progress().queue
    queues = [queue] if takes and queue else []
    draft = PersonDraft(user.name, user.role, user.language, True, takes, queues=queues, email=user.email)
    return do_change_agent(actor, user.username, draft)


@transaction.atomic
def do_make_widget(actor: str, origins: list[str], title: Mapping[str, str]) -> Widget:
    """The chat widget of the first queue; again it changes its pages."""
    progress = own_progress()
    if not progress.queue:
        raise PasokhError("welcome.queue_first")
    key = progress.widget or f"{scope.required()}-chat"
    row = do_save_widget(actor, key, progress.queue, origins=origins, title=dict(title))
    do_switch_widget(actor, key, True)
    progress.widget = row.key
    progress.save(update_fields=["widget"])
    return row


@transaction.atomic
def do_undo(actor: str, step: str, user: User) -> None:
    """Take a step back: the queue's hours, one's own agent, the widget. What was answered stays answered."""
    progress = own_progress()
    if step == "queue" and progress.queue:
        do_assign_calendar(actor, progress.queue, None)
    elif step == "people":
        do_take_contacts(actor, user, False)
    elif step == "widget" and progress.widget:
        do_switch_widget(actor, progress.widget, False)
    do_skip(step, skipped=False)


@transaction.atomic
def do_skip(step: str, *, skipped: bool) -> None:
    """Leave a step out for now, or take it up again."""
    progress = own_progress()
    left = [name for name in progress.skipped if name != step and name in STEPS]
    progress.skipped = [*left, step] if skipped and step in STEPS else left
    progress.save(update_fields=["skipped"])
