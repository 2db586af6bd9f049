"""A person's notices as a page, and how they want to hear of them."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of
from pasokh.office.fields import whole_number
from pasokh.office.notices.actions import do_choose, do_read_notices
from pasokh.office.notices.forms import ChoicesForm
from pasokh.office.notices.selectors import choices_of, notices_of, text_of_notice
from pasokh.office.people.access import signed_in
from pasokh.office.people.models import User
from pasokh.office.tenancy.selectors import own_organisation

PAGE = 50


def _for_everybody(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever is signed in; others are sent to the door."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect(f"{reverse('login')}?next={request.path}")
        return view(request)

    return guarded


@_for_everybody
def notices_page(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` pages on."""
    me = signed_in(request)
    rows = notices_of(me, PAGE + 1, before=whole_number(request.GET.get("before"), "before"))
    zone = own_organisation().zone
    shown = [(row, text_of_notice(row, language(), zone)) for row in rows[:PAGE]]
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return render(request, "notices/list.html", {"notices": shown, "next_before": more})


@_for_everybody
@require_POST
def read_page(request: HttpRequest) -> HttpResponse:
    """Mark all read."""
    do_read_notices(signed_in(request), None)
    return redirect("notices")


@_for_everybody
def choices_page(request: HttpRequest) -> HttpResponse:
    """How each kind reaches the person."""
    me = signed_in(request)
    choices = choices_of([me])[me.pk]
    if request.method != "POST":
        return render(request, "notices/choices.html", {"form": ChoicesForm(choices=choices), "address": me.email})
    form = ChoicesForm(request.POST, choices=choices)
    status = 400
    if form.is_valid():
        try:
            do_choose(me, form.kinds(), form.hours())
        except PasokhError as error:
            form.refuse(error)
            status = status_of(error.code)
        else:
            messages.success(request, message("notices.saved", language()))
            return redirect("notice_choices")
    return render(request, "notices/choices.html", {"form": form, "address": me.email}, status=status)
