"""The list of queues, opening and closing them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from pasokh.i18n.catalogue import message
from pasokh.office.errors import language, text_of
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.settling import Fate, after_answer
from pasokh.office.supervise.actions import do_close_queue, do_open_queue
from pasokh.office.supervise.selectors import all_queues, skill_names


@needs(Right.READ_SETUP)
def queues_page(request: HttpRequest) -> HttpResponse:
    """Every queue."""
    return render(request, "supervise/queues.html", {"queues": all_queues(), "skills": skill_names()})


@needs(Right.OPERATE_QUEUES)
@require_POST
def open_page(request: HttpRequest, key: str) -> HttpResponse:
    """Let contacts in."""
    do_open_queue(actor_of(request), key)
    return after_answer(request, f"queue:{key}", lambda fate: _switched(request, key, fate))


@needs(Right.OPERATE_QUEUES)
@require_POST
def close_page(request: HttpRequest, key: str) -> HttpResponse:
    """Let no new contact in."""
    do_close_queue(actor_of(request), key)
    return after_answer(request, f"queue:{key}", lambda fate: _switched(request, key, fate))


def _switched(request: HttpRequest, key: str, fate: Fate) -> HttpResponse:
    """The list; it says what the engine refused or has not taken yet."""
    if fate.error is not None:
        messages.error(request, text_of(fate.error))
    elif fate.waiting:
        messages.warning(request, message("saved.waiting", language(), name=key))
    return redirect("queues")
