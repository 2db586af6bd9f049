"""The rules of alarms, what rings, and what rang."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of
from pasokh.office.figure_alerts.actions import do_archive_rule, do_restore_rule, do_save_rule
from pasokh.office.figure_alerts.forms import RuleForm
from pasokh.office.figure_alerts.models import AlertRing, AlertRule
from pasokh.office.figure_alerts.sentences import ring_text, rule_text
from pasokh.office.figures.shell import page_of
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names

MOST_RINGS = 50


@needs(Right.FIGURES)
@require_GET
def alerts_page(request: HttpRequest) -> HttpResponse:
    """Every rule, those that ring first; and what rang lately."""
    spoken = language()
    rows = AlertRule.objects.annotate(rang=Count("rings")).order_by("archived_at", "-on_since", "pk")
    shown = [(row, rule_text(row, spoken)) for row in rows]
    rings = AlertRing.objects.select_related("rule").order_by("-began_at")[:MOST_RINGS]
    return render(
        request,
        "figure_alerts/list.html",
        page_of(
            request, "figures_alerts",
            rules=[pair for pair in shown if not pair[0].archived_at],
            archived=[pair for pair in shown if pair[0].archived_at],
            rings=[(ring, ring_text(ring.rule, ring, spoken)) for ring in rings],
            may_edit=signed_in(request).may(Right.EDIT_SETUP), people=people_names(),
        ),
    )  # fmt: skip


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """A new rule."""
    return _form(request, None)


@needs(Right.FIGURES)
@require_http_methods(["GET", "POST"])
def rule_page(request: HttpRequest, rule: int) -> HttpResponse:
    """A rule, and every time it rang; changed by who sets the centre up."""
    row = AlertRule.objects.filter(pk=rule).first()
    if row is None:
        raise PasokhError("alert.unknown")
    if request.method == "POST" and not signed_in(request).may(Right.EDIT_SETUP):
        raise PasokhError("right.missing")
    return _form(request, row)


@needs(Right.EDIT_SETUP)
@require_POST
def archive(request: HttpRequest, rule: int) -> HttpResponse:
    """Put a rule away."""
    do_archive_rule(actor_of(request), rule)
    messages.success(request, message("alert.archived", language()))
    return redirect("figures_alerts")


@needs(Right.EDIT_SETUP)
@require_POST
def restore(request: HttpRequest, rule: int) -> HttpResponse:
    """Take a rule up again."""
    do_restore_rule(actor_of(request), rule)
    return redirect("figures_alerts")


def _form(request: HttpRequest, row: AlertRule | None) -> HttpResponse:
    form, status, spoken = RuleForm(request.POST if request.method == "POST" else None, row=row), 200, language()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                do_save_rule(actor_of(request), row.pk if row is not None else None, form.draft())
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("alert.saved", spoken))
                return redirect("figures_alerts")
    rings = AlertRing.objects.filter(rule=row).order_by("-began_at")[:MOST_RINGS] if row is not None else []
    return render(
        request,
        "figure_alerts/rule.html",
        page_of(
            request, "figures_alerts", form=form, row=row, title=rule_text(row, spoken) if row is not None else "",
            rings=[(ring, ring_text(row, ring, spoken)) for ring in rings] if row is not None else [],
            may_edit=signed_in(request).may(Right.EDIT_SETUP),
        ),
        status=status,
    )  # fmt: skip
