"""Writes of business hours: calendars, which queue keeps which, and acting on the boundaries exactly once."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import ProtectedError

from pasokh.acd.commands import CloseQueue, OpenQueue
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import clock, inbox
from pasokh.office.audit.actions import do_await_answer, do_record_change
from pasokh.office.hours import rules
from pasokh.office.hours.models import Calendar, QueueHours
from pasokh.office.hours.rules import CalendarConfig, Day
from pasokh.office.supervise.actions import known_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.tenancy import scope

ACTOR = "system:hours"


@transaction.atomic
def do_save_calendar(
    actor: str, key: str, names: Mapping[str, str], config: CalendarConfig, expected_version: int | None = None
) -> Calendar:
    """Create a calendar or change it; queues that keep it follow at once if the plan for now changed.

    Raises `setup.changed_meanwhile` when `expected_version` is no longer the latest, and what `rules.checked` raises.
    """
    check_key(key)
    row = Calendar.objects.select_for_update().filter(key=key).first()
    if expected_version is not None and (row.version if row else 0) != expected_version:
        raise PasokhError("setup.changed_meanwhile", field="version", target=key)
    before = _plain(row) if row else None
    row = row or Calendar(organisation_id=scope.required(), key=key, version=0)
    row.name, row.definition = cleaned_names(names), msgspec.to_builtins(rules.checked(config))
    if _plain(row) == before:
        return row
    row.version, row.changed_at = row.version + 1, clock.now()
    row.save()
    do_record_change(actor, "calendar.save", f"calendar:{key}", before, _plain(row))
    QueueHours.objects.filter(calendar=row).update(due_at=0)
    return row


@transaction.atomic
def do_set_day(actor: str, key: str, day: str, rule: Day | None) -> Calendar:
    """Give one date hours of its own, or (None) let the week decide again; raises `hours.unknown_calendar`."""
    row = known_calendar(key)
    days = {**row.config.days}
    if rule is None:
        days.pop(day, None)
    else:
        days[day] = rule
    return do_save_calendar(actor, key, row.name, msgspec.structs.replace(row.config, days=days))


@transaction.atomic
def do_remove_calendar(actor: str, key: str) -> None:
    """Remove a calendar that no queue keeps; raises `hours.in_use`."""
    row = known_calendar(key)
    before = _plain(row)
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError as error:
        raise PasokhError("hours.in_use", field="key", calendar=key) from error
    do_record_change(actor, "calendar.remove", f"calendar:{key}", before, None)


@transaction.atomic
def do_assign_calendar(actor: str, queue_key: str, calendar_key: str | None) -> QueueHours | None:
    """Let a queue keep a calendar, or (None) stay as it is until somebody switches it."""
    queue = known_queue(queue_key)
    row = QueueHours.objects.select_for_update().filter(queue=queue).select_related("calendar").first()
    before = {"calendar": row.calendar.key} if row else None
    after = {"calendar": calendar_key} if calendar_key else None
    if before == after:
        return row
    if calendar_key is None:
        QueueHours.objects.filter(queue=queue).delete()
        row = None
    else:
        calendar = known_calendar(calendar_key)
        row = row or QueueHours(organisation_id=scope.required(), queue=queue)
        row.calendar, row.since, row.applied_at, row.due_at = calendar, clock.now(), 0, 0
        _look(row, row.since)
        row.due_at = 0
        row.save()
    do_record_change(actor, "hours.assign", f"queue:{queue_key}", before, after)
    return row


@transaction.atomic
def do_apply_hours(now: Instant) -> int:
    """Open and close what is due in the scope's organisation; returns how many queues were switched.

    Each boundary acts once, whoever looks and how often: the row is locked and remembers it, and the command's key is
    `hours:QUEUE:INSTANT`. Between two boundaries nothing is done, so a supervisor's own switching holds until the next.
    """
    switched = 0
    due = QueueHours.objects.select_for_update(of=("self",)).filter(due_at__lte=now)
    for row in due.select_related("queue", "calendar").order_by("queue__key"):
        state = rules.state_at(row.calendar.config, now)
        boundary = max(state.since or 0, row.since)
        if state.open != row.applied_open and boundary <= row.applied_at:
            boundary = max(row.calendar.changed_at, row.applied_at + 1)  # the calendar itself was changed
        if boundary > row.applied_at:
            switched += _switch(row.queue, state.open, boundary)
            row.applied_at, row.applied_open = boundary, state.open
        _look(row, now)
        row.save()
    return switched


def known_calendar(key: str) -> Calendar:
    """The calendar with this key; raises `hours.unknown_calendar`."""
    row = Calendar.objects.filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("hours.unknown_calendar", field="calendar", value=key[:60])
    return row


def _look(row: QueueHours, now: Instant) -> None:
    config = row.calendar.config
    state = rules.state_at(config, now)
    row.open_now, row.changes_at, row.zone = state.open, state.until, config.zone
    row.next_opening = rules.next_opening(config, now)
    row.due_at = state.until


def _switch(queue: Queue, is_open: bool, boundary: Instant) -> bool:
    """Ask the engine; False where the queue stands so already."""
    if queue.is_open == is_open:
        return False
    Queue.objects.filter(pk=queue.pk).update(is_open=is_open)
    action, target = ("queue.open" if is_open else "queue.close"), f"queue:{queue.key}"
    before, after = {"is_open": not is_open}, {"is_open": is_open}
    do_record_change(ACTOR, action, target, before, after)
    command = OpenQueue(queue.key) if is_open else CloseQueue(queue.key)
    key = inbox.submit(command, ACTOR, f"hours:{queue.key}:{boundary}")
    do_await_answer(key, ACTOR, action, target, before, after)
    return True


def _plain(row: Calendar) -> dict[str, Any]:
    return {"name": row.name, **row.definition}
