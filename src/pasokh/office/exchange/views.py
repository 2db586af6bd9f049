"""The configuration file: take it, bring it, see what it would do, apply it; and people as a table."""

import csv
import io

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n import dates
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.exchange import actions
from pasokh.office.exchange.found import Found, found, unpacked, unpacked_error
from pasokh.office.exchange.located import LARGEST
from pasokh.office.exchange.models import Import
from pasokh.office.exchange.people_table import COLUMNS
from pasokh.office.exchange.working import OPEN
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import actor_names
from pasokh.office.settling import Fate, after_change
from pasokh.office.tenancy import scope


@needs(Right.EXCHANGE)
def exchange_page(request: HttpRequest) -> HttpResponse:
    """Take the configuration, bring one, and what was brought lately."""
    lately = list(Import.objects.defer("text", "before", "found", "awaited").order_by("-id")[:10])
    who = actor_names(row.actor for row in lately)
    context = {
        "kind": "configuration",
        "imports": [(row, who[row.actor]) for row in lately],
        "linked": (*OPEN, "checked", "wrong", "refused", "failed"),
    }
    return render(request, "exchange/exchange.html", context)


@needs(Right.EXCHANGE)
@require_POST
def export_page(request: HttpRequest) -> HttpResponse:
    """The configuration as a file."""
    text = actions.do_export(actor_of(request))
    day = dates.local(clock.now(), timezone.get_current_timezone_name()).strftime("%Y-%m-%d")
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pasokh-{scope.required()}-{day}.yaml"'
    return response


@needs(Right.EXCHANGE)
@require_http_methods(["GET", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Check a configuration file; what is wrong is shown with its lines."""
    return _brought(request, "configuration")


@needs(Right.EXCHANGE)
@require_http_methods(["GET", "POST"])
def people_page(request: HttpRequest) -> HttpResponse:
    """Check a table of people; what is wrong is shown with its rows."""
    return _brought(request, "people")


@needs(Right.EXCHANGE)
def template_page(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """An example table of people."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerow(["sara", "سارا محمدی", "sara@example.org", "agent", "", "fa", "yes", "yes", "", "", "1", "3", "5"])
    response = HttpResponse("\ufeff" + table.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response


@needs(Right.EXCHANGE)
def plan_page(request: HttpRequest, draft: str) -> HttpResponse:
    """What a checked file would do; of one that takes long, how far it is."""
    row = _known(draft)
    here = Found()
    if row.found is not None:
        here = unpacked(row.found)
    elif row.state == "checked":
        here = found(actions.plan_of(row))
    context = {
        "row": row,
        "running": row.state in OPEN,
        "said": _progress(row),
        "error": text_of(unpacked_error(row.error)) if row.error is not None else "",
        "groups": here.groups,
        "nothing": here.changes_nothing,
    } | _problems(here)
    return render(request, "exchange/plan.html", context, status=400 if here.problems and row.found is None else 200)


@needs(Right.EXCHANGE)
def state_page(request: HttpRequest, draft: str) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """How far the worker is: `{"state", "done", "total", "said"}`; `state` is `running` until it is over."""
    row = _known(draft)
    state = "running" if row.state in OPEN else row.state
    return JsonResponse({"state": state, "done": row.done, "total": row.total, "said": _progress(row)})


@needs(Right.EXCHANGE)
@require_POST
def apply_page(request: HttpRequest, draft: str) -> HttpResponse:
    """Apply a checked file; a part that the engine refuses takes all of it back."""
    row = _known(draft)
    actor = actor_of(request)
    try:
        done = actions.do_order(actor, row)
    except PasokhError as error:
        messages.error(request, text_of(error))
        return redirect("import_plan", draft)
    if done is None:
        return redirect("import_plan", draft)

    def told(fate: Fate) -> HttpResponse:
        if fate.error is not None:
            actions.do_take_back(actor, row, fate.error)
            messages.error(request, message("exchange.refused", language(), reason=text_of(fate.error)))
        elif fate.waiting:
            messages.warning(request, message("setup.people.waiting", language()))
        else:
            messages.success(request, message("exchange.applied", language()))
        return redirect("exchange")

    return after_change(request, actor, told)


@needs(Right.EXCHANGE)
@require_POST
def drop_page(request: HttpRequest, draft: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Forget a checked file."""
    actions.do_drop(_known(draft))
    return redirect("exchange")


def _brought(request: HttpRequest, kind: actions.Kind) -> HttpResponse:
    context: dict[str, object] = {"kind": kind, "columns": ", ".join(COLUMNS)}
    if request.method == "GET":
        return render(request, "exchange/bring.html", context)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        context["error"] = message("import.no_file", language())
        return render(request, "exchange/bring.html", context, status=400)
    try:
        row, plan = actions.do_bring(
            actor_of(request), kind, str(file.name or ""), file.read(LARGEST + 1),
            with_removal=request.POST.get("removal") == "1",
        )  # fmt: skip
    except PasokhError as error:
        context["error"] = text_of(error)
        return render(request, "exchange/bring.html", context, status=status_of(error.code))
    if row is not None:
        return redirect("import_plan", str(row.pk))
    return render(request, "exchange/bring.html", context | _problems(found(plan)), status=400)


def _progress(row: Import) -> str:
    """How far it is, in words; empty when nothing is under way."""
    if row.state not in OPEN:
        return ""
    if not row.total:
        return message("policy.preview.waiting", language())
    return message(f"exchange.progress.{row.state}", language(), done=row.done, n=row.total)


def _problems(here: Found) -> dict[str, object]:
    shown = [(problem.line, problem.path, text_of(problem.error)) for problem in here.problems]
    return {"problems": shown, "count": here.wrong}


def _known(draft: str) -> Import:
    return actions.known_import(int(draft) if draft.isascii() and draft.isdigit() and len(draft) < 19 else 0)
