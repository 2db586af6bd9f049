"""Goals, how far they are, and their history."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import FIRST_WEEKDAY, format_date
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.kpi import measure
from pasokh.office.errors import language, status_of
from pasokh.office.figures.shell import page_of
from pasokh.office.figures_analysis.choosing import value_text
from pasokh.office.goals.actions import (
    do_archive_goal,
    do_change_target,
    do_make_goal,
    do_restore_goal,
)
from pasokh.office.goals.forms import GoalForm, TargetForm
from pasokh.office.goals.models import Goal
from pasokh.office.goals.selectors import calendar_of, progress
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names


@needs(Right.FIGURES)
@require_GET
def goals_page(request: HttpRequest) -> HttpResponse:
    """All goals in use."""
    spoken = language()
    rows = list(Goal.objects.prefetch_related("aims").order_by("pk"))
    return render(
        request,
        "goals/list.html",
        page_of(
            request, "figures_goals", goals=[progress(row, spoken) for row in rows if not row.archived_at],
            archived=[progress(row, spoken) for row in rows if row.archived_at],
            may_edit=signed_in(request).may(Right.EDIT_SETUP),
        ),
    )  # fmt: skip


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """A new goal."""
    form, status, spoken = GoalForm(request.POST if request.method == "POST" else None), 200, language()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                do_make_goal(actor_of(request), form.draft(), calendar_of(spoken), FIRST_WEEKDAY[spoken])
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("goal.saved", spoken))
                return redirect("figures_goals")
    return render(request, "goals/new.html", page_of(request, "figures_goals", form=form), status=status)


@needs(Right.FIGURES)
@require_http_methods(["GET", "POST"])
def goal_page(request: HttpRequest, goal: int) -> HttpResponse:
    """A goal with its periods and its targets; who sets the centre up changes the target from today on."""
    row = Goal.objects.filter(pk=goal).first()
    if row is None:
        raise PasokhError("goal.unknown")
    may_edit = signed_in(request).may(Right.EDIT_SETUP)
    if request.method == "POST" and not may_edit:
        raise PasokhError("right.missing")
    form, status, spoken = TargetForm(request.POST if request.method == "POST" else None, row=row), 200, language()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                do_change_target(actor_of(request), row.pk, form.value())
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("goal.changed", spoken))
                return redirect("figures_goal", row.pk)
    about = measure(row.measure)
    aims = [
        (format_date(aim.since, spoken, "medium"), value_text(about, aim.target, spoken), aim.set_by)
        for aim in row.aims.order_by("-since")
    ]
    return render(
        request,
        "goals/goal.html",
        page_of(
            request, "figures_goals", form=form, each=progress(row, spoken, past=True), aims=aims, may_edit=may_edit,
            people=people_names(),
        ),
        status=status,
    )  # fmt: skip


@needs(Right.EDIT_SETUP)
@require_POST
def archive(request: HttpRequest, goal: int) -> HttpResponse:
    """Put a goal away."""
    do_archive_goal(actor_of(request), goal)
    messages.success(request, message("goal.archived", language()))
    return redirect("figures_goals")


@needs(Right.EDIT_SETUP)
@require_POST
def restore(request: HttpRequest, goal: int) -> HttpResponse:
    """Take a goal up again."""
    do_restore_goal(actor_of(request), goal)
    return redirect("figures_goals")
