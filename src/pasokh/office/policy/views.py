"""Pages of a queue's policy: the form with its summary, drafts and conflicts, and the versions."""

import contextlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.acd.model import QueueConfig
from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_instant
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language, status_of
from pasokh.office.fields import whole_number
from pasokh.office.filters import words
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import actor_names
from pasokh.office.policy import recorded
from pasokh.office.policy.actions import do_ask_preview, do_drop_draft, do_return_to, do_save_draft
from pasokh.office.policy.definition import merged
from pasokh.office.policy.forms import QueueForm
from pasokh.office.policy.models import Draft
from pasokh.office.policy.selectors import draft_of, version, versions, vocabulary
from pasokh.office.policy.sentences import changes, class_name, overtaking_points, summary
from pasokh.office.settling import Fate, after_answer
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.supervise.selectors import queue_by_key

GRAPH = (320, 120)
"""Width and height of the drawing of priority classes."""


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def queue_page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Publish a new version of a queue, or a new queue (`key` None); or keep a draft, preview, bring edits together."""
    queue = _queue(key) if key is not None else None
    if request.method == "GET":
        return _opened(request, queue)
    form = QueueForm(request.POST, queue=queue)
    if request.POST.get("add"):
        form.calm()
        return _page(request, form, queue)
    action = request.POST.get("action", "publish")
    if action == "draft":
        draft = do_save_draft(actor_of(request), key or "", _typed(request), _number(request.POST.get("version")))
        messages.success(request, message("policy.draft.saved", language(), time=_when(draft.saved_at)))
        return redirect("queue", key) if key is not None else redirect("queue_new")
    if not form.is_valid():
        return _page(request, form, queue, 400)
    if action == "preview" and queue is not None:
        do_save_draft(actor_of(request), queue.key, _typed(request), _number(request.POST.get("version")))
        return _asked(request, form, queue)
    if action == "merge" and queue is not None:
        return _merged(request, form, queue)
    return _publish(request, form, queue)


def _publish(request: HttpRequest, form: QueueForm, queue: Queue | None) -> HttpResponse:
    try:
        saved = do_publish_queue(actor_of(request), form.config(), form.cleaned_data["version"] or 0)
    except PasokhError as error:
        if error.code == "setup.changed_meanwhile" and queue is not None:
            return _conflict(request, form, queue)
        form.refuse(error)
        return _page(request, form, queue, status_of(error.code))
    name = words(saved.name)
    target = f"queue:{saved.key}"
    return after_answer(request, target, lambda fate: _published(request, form, queue, name, fate))


def _published(request: HttpRequest, form: QueueForm, queue: Queue | None, name: str, fate: Fate) -> HttpResponse:
    """The list with what became of the publication, or the form with the engine's refusal."""
    if fate.error is not None:
        form.refuse(fate.error)
        return _page(request, form, queue, status_of(fate.error.code))
    do_drop_draft(actor_of(request), queue.key if queue is not None else "")
    if fate.waiting:
        messages.warning(request, message("saved.waiting", language(), name=name))
    else:
        messages.success(request, message("saved.queue", language(), name=name))
    return redirect("queues")


def _opened(request: HttpRequest, queue: Queue | None) -> HttpResponse:
    """The form as published, or as this person left it; `?from=N` starts from an old version."""
    old = request.GET.get("from", "")
    if queue is not None and old:
        return _page(request, QueueForm(queue=queue, base=version(queue.key, _number(old)).config), queue)
    draft = draft_of(queue.key if queue is not None else "", actor_of(request))
    if draft is None:
        return _page(request, QueueForm(queue=queue), queue)
    typed = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        typed.setlist(name, values)
    form = QueueForm(typed, queue=queue)
    form.calm()
    return _page(request, form, queue, draft=draft)


def _conflict(request: HttpRequest, form: QueueForm, queue: Queue) -> HttpResponse:
    """Both edits in words; what was typed is kept as a draft besides."""
    do_save_draft(actor_of(request), queue.key, _typed(request), form.cleaned_data["version"] or 0)
    base, mine = _base(queue, form), form.config()
    told = vocabulary(language())
    conflict = {
        "version": queue.version,
        "theirs": changes(base, queue.config, told),
        "mine": changes(base, mine, told),
        "clashes": [change.what for change in changes(base, mine, told) if change.what in
                    {theirs.what for theirs in changes(base, queue.config, told)}],
    }  # fmt: skip
    return _page(request, form, queue, 409, conflict=conflict)


def _merged(request: HttpRequest, form: QueueForm, queue: Queue) -> HttpResponse:
    """My changes put on top of what stands now, to look over and publish."""
    found = merged(_base(queue, form), queue.config, form.config())
    messages.success(request, message("policy.merged", language(), version=queue.version))
    return _page(request, QueueForm(queue=queue, base=found.queue), queue)


def _base(queue: Queue, form: QueueForm) -> QueueConfig:
    """What the edit started from; what stands now where that is not known any more."""
    with contextlib.suppress(PasokhError):
        return version(queue.key, form.cleaned_data["version"] or 0).config
    return queue.config


def _asked(request: HttpRequest, form: QueueForm, queue: Queue) -> HttpResponse:
    day = request.POST.get("day") or recorded.latest_day(clock.now(), recorded.own_zone()) or recorded.DRAWN
    try:
        preview = do_ask_preview(actor_of(request), form.config(), day[:10])
    except PasokhError as error:
        form.refuse(error)
        return _page(request, form, queue, status_of(error.code))
    return redirect("queue_preview", queue.key, preview.pk)


def _page(
    request: HttpRequest,
    form: QueueForm,
    queue: Queue | None,
    status: int = 200,
    *,
    draft: Draft | None = None,
    conflict: dict[str, object] | None = None,
) -> HttpResponse:
    shown = _shown(form) or (queue.config if queue is not None else None)
    told = vocabulary(language())
    context = {
        "form": form,
        "queue": queue,
        "sentences": summary(shown, told) if shown is not None else [],
        "lines": _lines(shown) if shown is not None else [],
        "graph": GRAPH,
        "draft": draft,
        "outdated": draft is not None and queue is not None and draft.base_version != queue.version,
        "conflict": conflict,
    }
    return render(request, "policy/queue.html", context, status=status)


def _shown(form: QueueForm) -> QueueConfig | None:
    """What the form would publish, as far as it can be told."""
    if form.is_bound:
        with contextlib.suppress(PasokhError):
            return form.config() if not form.is_calm and not form.errors else None
        return None
    return form.base


def _lines(queue: QueueConfig) -> list[dict[str, str]]:
    told = vocabulary(language())
    points = overtaking_points(queue.policy.classes, *GRAPH)
    return [{"name": class_name(name, told), "points": line} for name, line in points]


# -- drafts --------------------------------------------------------------------------------------------------------
@needs(Right.EDIT_SETUP)
@require_POST
def draft_page(request: HttpRequest, key: str) -> HttpResponse:
    """Keep what is typed (a script asks now and then), or with `drop` forget it."""
    queue = _queue(key)
    if request.POST.get("drop"):
        do_drop_draft(actor_of(request), queue.key)
        messages.success(request, message("policy.draft.dropped", language()))
        return redirect("queue", queue.key)
    draft = do_save_draft(actor_of(request), queue.key, _typed(request), _number(request.POST.get("version")))
    return JsonResponse({"said": message("policy.draft.saved", language(), time=_when(draft.saved_at))})


# -- versions ------------------------------------------------------------------------------------------------------
@needs(Right.READ_SETUP)
@require_GET
def versions_page(request: HttpRequest, key: str) -> HttpResponse:
    """Every published version, with what it changed."""
    queue, told = _queue(key), vocabulary(language())
    published = versions(key)
    who = actor_names(each.actor for each in published)
    found = [
        {"version": each, "by": who[each.actor], "changes": changes(each.before, each.config, told)}
        for each in published
    ]
    return render(request, "policy/versions.html", {"queue": queue, "versions": found})


@needs(Right.READ_SETUP)
@require_GET
def version_page(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """One version in words, and how it differs from the one in force."""
    queue, told = _queue(key), vocabulary(language())
    found = version(queue.key, _number(number))
    context = {
        "queue": queue,
        "found": found,
        "by": actor_names([found.actor])[found.actor],
        "sentences": summary(found.config, told),
        "differences": changes(queue.config, found.config, told),
    }
    return render(request, "policy/version.html", context)


@needs(Right.EDIT_SETUP)
@require_POST
def return_page(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """Publish an old version's content anew."""
    queue = _queue(key)
    expected = whole_number(request.POST.get("version"), "version")
    wanted = _number(number)
    try:
        saved = do_return_to(actor_of(request), queue.key, wanted, expected)
    except PasokhError as error:
        if error.code not in {"setup.changed_meanwhile", "policy.no_such_version"}:
            messages.error(request, message(error.code, language(), **error.params))
            return redirect("queue", queue.key)
        raise
    return after_answer(request, f"queue:{queue.key}", lambda fate: _returned(request, saved, wanted, fate))


def _returned(request: HttpRequest, saved: Queue, number: int, fate: Fate) -> HttpResponse:
    if fate.error is not None:
        messages.error(request, message(fate.error.code, language(), **fate.error.params))
    elif fate.waiting:
        messages.warning(request, message("saved.waiting", language(), name=words(saved.name)))
    else:
        said = message("policy.versions.returned", language(), version=number, new=saved.version)
        messages.success(request, said)
    return redirect("queue_versions", saved.key)


def _queue(key: str) -> Queue:
    queue = queue_by_key(key)
    if queue is None:
        raise PasokhError("setup.unknown_queue", field="queue", value=key[:60])
    return queue


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def _number(text: str | None) -> int:
    return whole_number(text, "version") or 0


def _when(moment: int) -> str:
    return format_instant(moment, timezone.get_current_timezone_name(), language())
