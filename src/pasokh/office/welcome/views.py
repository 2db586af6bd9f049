"""Pages of the first set-up: founding by the printed link, the list of steps, the page to try the widget on."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account.entering import enter
from pasokh.office.errors import language, status_of
from pasokh.office.hours.models import QueueHours
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.supervise.models import Queue, Widget
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation
from pasokh.office.welcome.actions import (
    STEPS,
    WEEKS,
    Founding,
    do_found,
    do_make_queue,
    do_make_widget,
    do_skip,
    do_take_contacts,
    do_undo,
)
from pasokh.office.welcome.forms import FoundingForm, QueueStep, WidgetStep
from pasokh.office.welcome.links import is_good
from pasokh.office.welcome.selectors import is_empty, own_progress, standing


@never_cache
@require_http_methods(["GET", "POST"])
def start_page(request: HttpRequest, token: str) -> HttpResponse:
    """The printed link: the first visitor becomes the administrator of a new organisation."""
    if not is_good(token, settings.SECRET_KEY, clock.now()):
        raise PasokhError("welcome.bad_link")
    if not is_empty():
        raise PasokhError("welcome.not_empty")
    form = FoundingForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                org = do_found(Founding(**form.cleaned_data))
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                with scope.organisation_scope(org):
                    enter(request, User.objects.get(username=form.cleaned_data["username"].strip().lower()), "welcome")
                return redirect("welcome")
    return render(request, "welcome/start.html", {"form": form}, status=status)


@needs(Right.EDIT_SETUP)
@require_GET
def welcome_page(request: HttpRequest) -> HttpResponse:
    """The list of steps."""
    return _page(request)


@needs(Right.EDIT_SETUP)
@require_GET
def welcome_state(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """What is done, to see whether the page must be drawn anew: `{"mark"}`."""
    return JsonResponse({"mark": _mark()})


@needs(Right.EDIT_SETUP)
@require_POST
def step_page(request: HttpRequest, step: str) -> HttpResponse:
    """Do a step, leave it out, or take it back."""
    if step not in STEPS:
        raise PasokhError("page.unknown")
    action = request.POST.get("action", "do")
    if action in {"skip", "resume"}:
        do_skip(step, skipped=action == "skip")
    elif action == "undo":
        do_undo(actor_of(request), step, signed_in(request))
        messages.success(request, message("welcome.undone", language()))
    elif step == "queue":
        return _queue(request)
    elif step == "people":
        do_take_contacts(actor_of(request), signed_in(request), True)
    elif step == "widget":
        return _widget(request)
    return redirect("welcome")


@needs(Right.EDIT_SETUP)
@require_GET
def try_page(request: HttpRequest) -> HttpResponse:
    """A page with the widget on it, to write as a customer."""
    widget = Widget.objects.filter(key=own_progress().widget, is_active=True).first()
    return render(request, "welcome/try.html", {"widget_key": widget.key if widget is not None else ""})


def _queue(request: HttpRequest) -> HttpResponse:
    form = QueueStep(request.POST)
    if form.is_valid():
        given, here = form.cleaned_data, own_organisation()
        try:
            names = {here.language: given["name"]}
            do_make_queue(actor_of(request), names, given["week"], tuple(given["countries"]), here.zone)
        except PasokhError as error:
            form.refuse(error)
        else:
            return redirect("welcome")
    return _page(request, queue_form=form, status=400)


def _widget(request: HttpRequest) -> HttpResponse:
    form = WidgetStep(request.POST)
    if form.is_valid():
        known = Widget.objects.filter(key=own_progress().widget).first()
        origins = [*(known.origins if known is not None else ()), _own_origin(request)]
        if given := form.cleaned_data["origin"].strip():
            origins.append(given)
        try:
            do_make_widget(actor_of(request), list(dict.fromkeys(origins)), own_organisation().name)
        except PasokhError as error:
            form.refuse(error)
        else:
            return redirect("welcome")
    return _page(request, widget_form=form, status=400)


def _page(
    request: HttpRequest,
    *,
    queue_form: QueueStep | None = None,
    widget_form: WidgetStep | None = None,
    status: int = 200,
) -> HttpResponse:
    stands, progress, here = standing(), own_progress(), own_organisation()
    seconds = (stands.answered_at - stands.started_at) if stands.answered_at else 0
    context: dict[str, Any] = {
        "stands": stands,
        "mark": _mark(),
        "organisation": here,
        "queue_form": queue_form or QueueStep(initial=_queue_initial(progress.queue, here.zone)),
        "widget_form": widget_form or WidgetStep(),
        "snippet": _snippet(progress.widget),
        "took": numbers.duration(max(0, seconds), language()) if seconds > 0 else "",
        "me_takes": signed_in(request).handles_contacts,
    }
    return render(request, "welcome/welcome.html", context, status=status)


def _queue_initial(key: str, zone: str) -> dict[str, Any]:
    row = Queue.objects.filter(key=key).first()
    country = {"Asia/Tehran": "IR", "Europe/Kyiv": "UA"}.get(zone)
    usual = {"week": "sat_thu" if country == "IR" else "mon_fri", "countries": ["IR"] if country == "IR" else []}
    kept = QueueHours.objects.filter(queue__key=key).select_related("calendar").first()
    if kept is not None:
        config = kept.calendar.config
        usual["countries"] = list(config.countries)
        usual["week"] = next((name for name, week in WEEKS.items() if week == config.week), "")
    name = next(iter(row.name.values()), "") if row is not None else message("welcome.queue_name", language())
    return {**usual, "name": name}


def _snippet(key: str) -> str:
    if not key:
        return ""
    return f'<script src="{settings.PUBLIC_URL}{settings.STATIC_URL}dist/widget.js" data-key="{key}" async></script>'


def _own_origin(request: HttpRequest) -> str:
    """The address this centre is opened at: there the page to try it on stands."""
    said = urlsplit(request.headers.get("Origin", ""))
    host = request.get_host()
    return f"{said.scheme}://{host}" if said.netloc == host else f"{request.scheme}://{host}"


def _mark() -> str:
    stands = standing()
    return ",".join(f"{s.name}:{s.done:d}{s.skipped:d}" for s in stands.steps) + f",{stands.waiting:d}"
