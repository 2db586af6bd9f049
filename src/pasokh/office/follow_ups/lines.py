"""Follow-ups as pages show them."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from pasokh.office import clock
from pasokh.office.desk.models import FollowUp
from pasokh.office.errors import language
from pasokh.office.follow_ups.rules import due_in_words, urgency_of
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right


@dataclass(frozen=True, slots=True)
class Line:
    """A follow-up as a page shows it."""

    row: FollowUp
    urgency: str
    due: str
    mine: bool
    """Whether the reader may touch it."""


def lines_of(request: HttpRequest, rows: list[FollowUp]) -> list[Line]:
    """Follow-ups with their due time in words."""
    person, now, zone, spoken = signed_in(request), clock.now(), timezone.get_current_timezone_name(), language()
    return [
        Line(
            row,
            urgency_of(row.due_at, row.closed_at, now, zone).value,
            due_in_words(row.due_at, now, zone, spoken),
            person.may(Right.WALL) or person.username in {row.owner, row.set_by},
        )
        for row in rows
    ]
