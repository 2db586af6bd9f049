"""The only writer of kept views and of reports."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from django.db import transaction

from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.figures.asked import read_address
from pasokh.office.figures.models import Report, SavedView, ViewChoice
from pasokh.office.figures.rhythm import RHYTHMS, next_due
from pasokh.office.figures.selectors import view_of
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import role_names
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation

LONGEST_NAME = 120
LONGEST_QUERY = 4_000
MOST_VIEWS = 200
"""Of one person."""
MOST_PEOPLE = 100


# -- views -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_save_view(person: User, name: str, query: str) -> SavedView:
    """Keep an address of the explorer; the same name again replaces what it said.

    Raises `figures.no_name`, `figures.many_views`, and what is wrong with the address.
    """
    kept, address = checked_name(name), checked_query(query, person.language)
    row = SavedView.objects.select_for_update().filter(owner=person, name=kept, removed_at=0).first()
    if row is None and SavedView.objects.filter(owner=person, removed_at=0).count() >= MOST_VIEWS:
        raise PasokhError("figures.many_views", field="name", most=MOST_VIEWS)
    before = _view_told(row) if row else None
    row = row or SavedView(organisation_id=scope.required(), owner=person, name=kept)
    row.query, row.changed_at = address, clock.now()
    row.save()
    do_record_change(f"user:{person.username}", "figures_view.save", f"figures_view:{row.pk}", before, _view_told(row))
    return row


@transaction.atomic
def do_change_view(person: User, number: int, name: str, roles: list[str]) -> SavedView:
    """Rename a view of one's own, and say which roles see it; raises `figures.unknown_view`, `figures.no_name`."""
    row = _own_view(person, number)
    known = role_names()
    before = _view_told(row)
    row.name = checked_name(name)
    row.roles = sorted(role for role in set(roles) if role in known)
    row.changed_at = clock.now()
    row.save()
    do_record_change(f"user:{person.username}", "figures_view.save", f"figures_view:{row.pk}", before, _view_told(row))
    return row


@transaction.atomic
def do_remove_view(person: User, number: int) -> SavedView:
    """Take a view of one's own away; `do_restore_view` brings it back."""
    row = _own_view(person, number)
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    do_record_change(f"user:{person.username}", "figures_view.remove", f"figures_view:{row.pk}", _view_told(row), None)
    return row


@transaction.atomic
def do_restore_view(person: User, number: int) -> SavedView:
    """Bring back what was taken away."""
    row = _own_view(person, number, removed=True)
    row.removed_at = 0
    row.save(update_fields=["removed_at"])
    do_record_change(f"user:{person.username}", "figures_view.restore", f"figures_view:{row.pk}", None, _view_told(row))
    return row


@transaction.atomic
def do_choose_view(person: User, number: int, what: str, wanted: bool) -> None:
    """Put a view that one sees on the own dashboard (``board``), or begin the explorer with it (``default``)."""
    row = view_of(person, number)
    choice, _ = ViewChoice.objects.get_or_create(organisation_id=scope.required(), user=person, view=row)
    if what == "default":
        ViewChoice.objects.filter(user=person, is_default=True).update(is_default=False)
        choice.is_default = wanted
    else:
        choice.on_board = wanted
    choice.save(update_fields=["is_default", "on_board"])


def checked_name(name: str) -> str:
    """A name in one spelling; raises `figures.no_name`."""
    kept = normalise(name.replace("\x00", ""))[:LONGEST_NAME]
    if not kept:
        raise PasokhError("figures.no_name", field="name")
    return kept


def checked_query(query: str, language: str) -> str:
    """An address of the explorer as it is kept; raises what is wrong with it."""
    reading = read_address(parse_qs(query[:LONGEST_QUERY], keep_blank_values=True), language)
    for error in reading.errors.values():
        raise error
    return reading.asked.address()


def _own_view(person: User, number: int, *, removed: bool = False) -> SavedView:
    rows = SavedView.objects.select_for_update().filter(pk=number, owner=person)
    row = (rows.filter(removed_at__gt=0) if removed else rows.filter(removed_at=0)).first()
    if row is None:
        raise PasokhError("figures.unknown_view")
    return row


def _view_told(row: SavedView) -> dict[str, object]:
    return {"name": row.name, "query": row.query, "roles": row.roles}


# -- reports -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A report as somebody wants it."""

    name: str
    query: str
    rhythm: str
    on_day: int
    minute: int
    people: tuple[str, ...]
    as_pdf: bool = True
    as_xlsx: bool = True
    is_paused: bool = False


@transaction.atomic
def do_save_report(person: User, draft: ReportDraft, number: int | None = None) -> Report:
    """Set a report up or change one; it is next due at the first such time from now on.

    Raises `figures.no_name`, `figures.bad_rhythm`, `figures.bad_time`, `figures.no_people`, `figures.no_right` naming
    somebody who may not see figures, `figures.no_address` naming somebody without one, `figures.no_form`,
    `figures.unknown_report`.
    """
    name, query = checked_name(draft.name), checked_query(draft.query, person.language)
    if draft.rhythm not in RHYTHMS or not _day_fits(draft):
        raise PasokhError("figures.bad_rhythm", field="on_day")
    if not 0 <= draft.minute < 24 * 60:
        raise PasokhError("figures.bad_time", field="at")
    if not (draft.as_pdf or draft.as_xlsx):
        raise PasokhError("figures.no_form", field="as_pdf")
    people = _checked_people(draft.people)
    row = known_report(number) if number is not None else Report(organisation_id=scope.required(), owner=person)
    before = _report_told(row) if number is not None else None
    now = clock.now()
    row.name, row.query, row.rhythm, row.on_day, row.minute = name, query, draft.rhythm, draft.on_day, draft.minute
    row.people, row.as_pdf, row.as_xlsx, row.is_paused = people, draft.as_pdf, draft.as_xlsx, draft.is_paused
    row.owner, row.calendar, row.changed_at = person, person.language, now
    row.next_at = next_due(row.rhythm, row.on_day, row.minute, own_organisation().zone, row.calendar, now)
    row.save()
    actor = f"user:{person.username}"
    do_record_change(actor, "figures_report.save", f"figures_report:{row.pk}", before, _report_told(row))
    return row


@transaction.atomic
def do_pause_report(person: User, number: int, paused: bool) -> Report:
    """Send it no more until it goes on; what would have been due meanwhile is not made up for."""
    row = known_report(number)
    row.is_paused = paused
    if not paused:
        row.next_at = next_due(row.rhythm, row.on_day, row.minute, own_organisation().zone, row.calendar, clock.now())
    row.save(update_fields=["is_paused", "next_at"])
    action = "figures_report.pause" if paused else "figures_report.go_on"
    do_record_change(f"user:{person.username}", action, f"figures_report:{row.pk}", None, {"name": row.name})
    return row


@transaction.atomic
def do_ask_report(person: User, number: int) -> Report:
    """Have it sent now, once, whatever its rhythm."""
    row = known_report(number)
    if not row.asked_at:
        row.asked_at = clock.now()
        row.save(update_fields=["asked_at"])
        do_record_change(
            f"user:{person.username}", "figures_report.ask", f"figures_report:{row.pk}", None, {"name": row.name}
        )
    return row


@transaction.atomic
def do_remove_report(person: User, number: int) -> Report:
    """Take a report away."""
    row = known_report(number)
    told = _report_told(row)
    row.delete()
    do_record_change(f"user:{person.username}", "figures_report.remove", f"figures_report:{number}", told, None)
    return row


def known_report(number: int) -> Report:
    """The report, locked; raises `figures.unknown_report`."""
    row = Report.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise PasokhError("figures.unknown_report")
    return row


def _day_fits(draft: ReportDraft) -> bool:
    bounds = {"daily": (0, 31), "weekly": (0, 6), "monthly": (1, 31)}[draft.rhythm]
    return bounds[0] <= draft.on_day <= bounds[1]


def _checked_people(names: tuple[str, ...]) -> list[str]:
    found = {each.username: each for each in User.objects.filter(username__in=names, is_active=True)}
    if not found or len(found) > MOST_PEOPLE:
        raise PasokhError("figures.no_people", field="people", most=MOST_PEOPLE)
    for name, each in sorted(found.items()):
        if not each.may(Right.FIGURES):
            raise PasokhError("figures.no_right", field="people", name=each.name or name)
        if not each.email:
            raise PasokhError("figures.no_address", field="people", name=each.name or name)
    return sorted(found)


def _report_told(row: Report) -> dict[str, object]:
    return {
        "name": row.name, "query": row.query, "rhythm": row.rhythm, "on_day": row.on_day, "minute": row.minute,
        "people": row.people, "pdf": row.as_pdf, "xlsx": row.as_xlsx, "paused": row.is_paused,
    }  # fmt: skip
