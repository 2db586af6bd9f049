"""The list of promises, and what is done with one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.bidi import balanced
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account.answers import safe_next
from pasokh.office.desk import projection
from pasokh.office.desk.views import show_contact
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.follow_ups.actions import (
    check_may_touch,
    do_change_follow_up,
    do_close_follow_up,
    do_set_follow_up,
)
from pasokh.office.follow_ups.forms import FollowUpForm
from pasokh.office.follow_ups.lines import lines_of
from pasokh.office.follow_ups.selectors import (
    PAGE,
    closed_follow_ups,
    follow_up_by_id,
    open_follow_ups,
    owed_by_owner,
)
from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names
from pasokh.office.settling import Fate, after_answer
from pasokh.office.supervise.selectors import queue_names
from pasokh.office.tenancy import scope

MOST_BATCHES = 4
"""A page that shows its own change at once folds at most so many batches of the log itself."""


@needs(Right.CONTACTS)
@require_GET
def follow_ups_page(request: HttpRequest) -> HttpResponse:
    """Mine for an agent; everybody's by owner for a supervisor, what is late first."""
    person = signed_in(request)
    everybody = person.may(Right.WALL)
    given = request.GET.get("owner", "").replace("\x00", "")[:80]
    owner = (given or None) if everybody else person.username
    rows = open_follow_ups(owner, after=_after(request), limit=PAGE + 1)
    shown = rows[:PAGE]
    return render(
        request,
        "follow_ups/list.html",
        {
            "lines": lines_of(request, shown),
            "closed": lines_of(request, closed_follow_ups(owner)),
            "owed": owed_by_owner(clock.now()) if everybody else [],
            "owner": owner or "",
            "everybody": everybody,
            "first": "after" not in request.GET,
            "next_after": f"{shown[-1].due_at} {shown[-1].id}" if len(rows) > PAGE else "",
            "people_names": people_names(),
            "queue_names": queue_names(),
        },
    )


@needs(Right.CONTACTS)
@require_http_methods(["GET", "POST"])
def follow_up_page(request: HttpRequest, follow_up: str) -> HttpResponse:
    """Give it to somebody else, move it, or word it anew."""
    person, row = signed_in(request), follow_up_by_id(follow_up)
    check_may_touch(person, row)
    form = FollowUpForm(request.POST or None, now=clock.now(), person=person, row=row)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            try:
                do_change_follow_up(
                    person, row.id, owner=given["owner"], due_at=given["due_at"], note=given["note"]
                )  # fmt: skip
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                return _answered(request, row.id, "follow_up.changed", reverse("follow_ups"))
    return render(request, "follow_ups/edit.html", {"form": form, "line": lines_of(request, [row])[0]}, status=status)


@needs(Right.CONTACTS)
@require_POST
def done_page(request: HttpRequest, follow_up: str) -> HttpResponse:
    """The promise is kept."""
    result = balanced(request.POST.get("result", "").replace("\x00", "")).strip()
    row = do_close_follow_up(signed_in(request), follow_up, result)
    return _answered(request, row.id, "follow_up.done", _back(request))


@needs(Right.CONTACTS)
@require_POST
def reopen_page(request: HttpRequest, follow_up: str) -> HttpResponse:
    """It is not done after all."""
    row = do_change_follow_up(signed_in(request), follow_up)
    return _answered(request, row.id, "follow_up.reopened", _back(request))


@needs(Right.CONTACTS)
@require_POST
def new_page(request: HttpRequest, contact: str) -> HttpResponse:
    """Promise the customer of a contact something."""
    person = signed_in(request)
    form = FollowUpForm(request.POST, now=clock.now(), person=person)
    if not form.is_valid():
        return show_contact(request, contact, form, 400)
    given = form.cleaned_data
    try:
        number = do_set_follow_up(person, contact, given["owner"], given["due_at"], given["note"])
    except PasokhError as error:
        if error.code == "contact.unknown":
            raise
        form.refuse(error)
        return show_contact(request, contact, form, status_of(error.code))
    return _answered(request, number, "follow_up.set", reverse("contact", args=[contact]))


def _answered(request: HttpRequest, number: str, said: str, target: str) -> HttpResponse:
    """On to `target`, which shows the change, once the core has answered."""

    def finish(fate: Fate) -> HttpResponse:
        if fate.error is not None:
            messages.error(request, text_of(fate.error))
        elif fate.waiting:
            messages.warning(request, message("follow_up.waiting", language()))
        else:
            for _ in range(MOST_BATCHES):
                if projection.advance(scope.required()) < projection.BATCH:
                    break
            messages.success(request, message(said, language()))
        return redirect(target)

    return after_answer(request, f"follow_up:{number}", finish)


def _after(request: HttpRequest) -> tuple[int, str] | None:
    due_at, _, number = request.GET.get("after", "").partition(" ")
    return (int(due_at), number) if due_at.isascii() and due_at.isdigit() and len(due_at) < 18 else None


def _back(request: HttpRequest) -> str:
    """Where the button was pressed."""
    return safe_next(request, request.POST.get("next"), "follow_ups")
