"""The plan of breaks, for supervisors."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import WEEKDAYS
from pasokh.i18n.digits import localise
from pasokh.kernel.errors import PasokhError
from pasokh.office.day.actions import do_drop_break, do_plan_breaks
from pasokh.office.day.forms import BreakForm
from pasokh.office.day.selectors import all_breaks
from pasokh.office.errors import language, status_of
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right


@needs(Right.OPERATE_QUEUES)
@require_http_methods(["GET", "POST"])
def breaks_page(request: HttpRequest) -> HttpResponse:
    """The plan, and a form that adds to it."""
    form = BreakForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                do_plan_breaks(actor_of(request), form.draft())
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("break.planned", language()))
                return redirect("breaks")
    spoken = language()
    rows = [
        {
            "row": row,
            "day": WEEKDAYS.get(spoken, WEEKDAYS["en"])[row.weekday],
            "span": localise(f"{_time(row.begins)}–{_time(row.ends)}", spoken),
            "overnight": row.ends <= row.begins,
        }
        for row in all_breaks()
    ]
    return render(request, "day/breaks.html", {"form": form, "breaks": rows}, status=status)


@needs(Right.OPERATE_QUEUES)
@require_POST
def drop_page(request: HttpRequest, plan: int) -> HttpResponse:
    """Take a break out of the plan."""
    do_drop_break(actor_of(request), plan)
    messages.success(request, message("break.dropped", language()))
    return redirect("breaks")


def _time(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
