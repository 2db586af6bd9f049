"""Reads of business hours."""

from dataclasses import dataclass

from pasokh.kernel.time import Instant
from pasokh.office.hours import rules
from pasokh.office.hours.models import Calendar, QueueHours


@dataclass(frozen=True, slots=True)
class Opening:
    """How a queue's hours stand at an instant."""

    open: bool
    """Whether the plan says open; a queue without a calendar is open as far as hours go."""
    at: Instant | None
    """When it opens next, `None` = it never does (or has no calendar)."""
    until: Instant | None
    """Until when it stays as it is, `None` = for good."""
    zone: str = ""
    """The calendar's zone; empty = the queue keeps none."""


def next_opening(queue: str, now: Instant) -> Opening:
    """Open now, and when next: computed from the calendar, whatever a supervisor switched by hand meanwhile."""
    row = QueueHours.objects.filter(queue__key=queue).select_related("calendar").first()
    if row is None:
        return Opening(True, None, None)
    config = row.calendar.config
    state = rules.state_at(config, now)
    return Opening(state.open, rules.next_opening(config, now), state.until, config.zone)


def all_calendars() -> list[Calendar]:
    """Every calendar, by key."""
    return list(Calendar.objects.order_by("key"))


def calendar_by_key(key: str) -> Calendar | None:
    """One calendar; None when there is none of that key."""
    return Calendar.objects.filter(key=key[:80]).first()


def hours_of_queues() -> dict[str, QueueHours]:
    """Queue key → what it keeps."""
    rows = QueueHours.objects.select_related("calendar", "queue")
    return {row.queue.key: row for row in rows}
