"""Reports by mail: the list, one with its form and what came of it, pausing, sending now."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of
from pasokh.office.figures import actions
from pasokh.office.figures.forms import ReportForm
from pasokh.office.figures.models import Report, ReportRun
from pasokh.office.figures.selectors import all_reports, runs_of
from pasokh.office.figures.shell import page_of
from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names


@needs(Right.FIGURES)
@require_http_methods(["GET"])
def reports_page(request: HttpRequest) -> HttpResponse:
    """Every report: when it is due next, when it went out last, what was wrong."""
    names = people_names()
    rows = [{"row": row, "last": _run_said(run, names)} for row, run in all_reports()]
    return render(request, "figures/reports.html", page_of(request, "figures_reports", rows=rows))


@needs(Right.FIGURES)
@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Set up a report of what the address names, or of a kept view."""
    query = request.META.get("QUERY_STRING", "")[: actions.LONGEST_QUERY] if request.GET.get("kpi") else ""
    form = ReportForm(signed_in(request), request.POST or None, query=query)
    status = 200
    if request.method == "POST":
        status = _saved(request, form)
        if status == HTTPStatus.OK:
            return redirect("figures_reports")
    return render(request, "figures/report.html", page_of(request, "figures_reports", form=form), status=status)


@needs(Right.FIGURES)
@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest, report: int) -> HttpResponse:
    """Change a report, and see what came of it."""
    row = Report.objects.filter(pk=report).first()
    if row is None:
        raise PasokhError("figures.unknown_report")
    form, status = ReportForm(signed_in(request), request.POST or None, row), 200
    if request.method == "POST":
        status = _saved(request, form, report)
        if status == HTTPStatus.OK:
            return redirect("figures_reports")
    names = people_names()
    runs = [_run_said(run, names) for run in runs_of(row)]
    context = page_of(request, "figures_reports", form=form, row=row, runs=runs)
    return render(request, "figures/report.html", context, status=status)


@needs(Right.FIGURES)
@require_POST
def report_pause(request: HttpRequest, report: int) -> HttpResponse:
    """Pause, or with `go_on` send again."""
    actions.do_pause_report(signed_in(request), report, not request.POST.get("go_on"))
    return redirect("figures_reports")


@needs(Right.FIGURES)
@require_POST
def report_now(request: HttpRequest, report: int) -> HttpResponse:
    """Send it once now."""
    actions.do_ask_report(signed_in(request), report)
    messages.success(request, message("figures.report.asked", language()))
    return redirect("figures_report", report)


@needs(Right.FIGURES)
@require_POST
def report_remove(request: HttpRequest, report: int) -> HttpResponse:
    """Take it away."""
    row = actions.do_remove_report(signed_in(request), report)
    messages.success(request, message("figures.report.removed", language(), name=row.name))
    return redirect("figures_reports")


def _saved(request: HttpRequest, form: ReportForm, number: int | None = None) -> int:
    """200 where it is kept now; else the form says what is wrong."""
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    try:
        row = actions.do_save_report(signed_in(request), form.asked(), number)
    except PasokhError as error:
        form.refuse(error)
        return status_of(error.code)
    messages.success(request, message("figures.report.saved", language(), name=row.name))
    return HTTPStatus.OK


def _run_said(run: ReportRun | None, names: dict[str, str]) -> dict[str, object] | None:
    if run is None:
        return None
    error = run.error
    return {
        "run": run,
        "error": message(error["code"], language(), **error["params"]) if error else "",
        "left_out": ", ".join(names.get(name, name) for name in run.left_out),
    }
