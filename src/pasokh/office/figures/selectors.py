"""Reads of kept views and of reports."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY
from pasokh.office import clock
from pasokh.office.figures.models import Report, ReportRun, SavedView, ViewChoice
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right

RESTORABLE_MS = 7 * DAY
"""So long a view that was taken away can be brought back."""


@dataclass(frozen=True, slots=True)
class SeenView:
    """A view somebody sees, and what they do with it."""

    view: SavedView
    is_own: bool
    on_board: bool
    is_default: bool


def views_of(person: User) -> list[SeenView]:
    """One's own views and those shared with one's role, by name."""
    choices = {each.view_id: each for each in ViewChoice.objects.filter(user=person)}
    found = []
    for row in _seen_by(person).select_related("owner").order_by("name", "id"):
        choice = choices.get(row.pk)
        found.append(
            SeenView(
                row, row.owner_id == person.pk, bool(choice and choice.on_board), bool(choice and choice.is_default)
            )
        )
    return found


def view_of(person: User, number: int) -> SavedView:
    """A view that somebody sees; raises `figures.unknown_view`."""
    row = _seen_by(person).filter(pk=number).first()
    if row is None:
        raise PasokhError("figures.unknown_view")
    return row


def default_query(person: User) -> str:
    """What the explorer begins with; empty = with the usual."""
    seen = _seen_by(person).filter(choices__user=person, choices__is_default=True)
    return seen.values_list("query", flat=True).first() or ""


def removed_views(person: User) -> list[SavedView]:
    """One's own that were taken away and can be brought back, the latest first."""
    since = clock.now() - RESTORABLE_MS
    return list(SavedView.objects.filter(owner=person, removed_at__gt=since).order_by("-removed_at")[:10])


def _seen_by(person: User) -> QuerySet[SavedView]:
    mine = Q(owner=person) | Q(roles__contains=[person.role])
    return SavedView.objects.filter(mine, removed_at=0)


def all_reports() -> list[tuple[Report, ReportRun | None]]:
    """Every report by name, with the last time it was made."""
    latest = {run.report_id: run for run in ReportRun.objects.order_by("report_id", "-due_at").distinct("report_id")}
    return [(row, latest.get(row.pk)) for row in Report.objects.select_related("owner").order_by("name", "id")]


def runs_of(report: Report, most: int = 20) -> list[ReportRun]:
    """When it was made, the latest first."""
    return list(ReportRun.objects.filter(report=report).order_by("-due_at")[:most])


def may_receive() -> list[User]:
    """People whom a report can be sent to."""
    people = User.objects.filter(is_active=True).exclude(email="").order_by("sorting", "id")
    return [each for each in people if each.may(Right.FIGURES)]
