"""The list of people with search, filters and bulk change, and the form of one person."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.actions import do_change_agent, do_create_user
from pasokh.office.people.forms import PersonForm
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_rows, person_by_username, role_names, team_names
from pasokh.office.people.team_actions import BulkChange, do_change_people
from pasokh.office.settling import Fate, after_answer, after_change
from pasokh.office.setup.listing import asked, page_of_rows
from pasokh.office.supervise.selectors import queue_names, skill_names

_FILTERS = ("q", "team", "role", "queue", "skill", "active")


@needs(Right.READ_SETUP)
def agents_page(request: HttpRequest) -> HttpResponse:
    """People who fit the filters, in alphabetical order."""
    query = asked(request, *_FILTERS)
    active = query["active"] or "1"
    rows = people_rows(
        query=query["q"], team=query["team"], role=query["role"], queue=query["queue"], skill=query["skill"],
        active="" if active == "all" else active,
    ).prefetch_related("skill_levels__skill", "memberships__queue")  # fmt: skip
    return render(
        request,
        "people/agents.html",
        {
            "page": page_of_rows(request, rows),
            "asked": {**query, "active": active},
            "filtered": any(query.values()),
            "team_names": team_names(),
            "role_names": role_names(),
            "queue_names": queue_names(),
            "skill_names": skill_names(archived=False),
        },
    )


@needs(Right.EDIT_PEOPLE)
@require_POST
def bulk_page(request: HttpRequest) -> HttpResponse:
    """Change the ticked people alike, all or none."""
    back = f"{reverse('agents')}?{_query(request.POST)}"
    try:
        changed = do_change_people(actor_of(request), request.POST.getlist("people")[:1_000], _bulk(request.POST))
    except PasokhError as error:
        messages.error(request, text_of(error))
        return redirect(back)
    done = message("setup.people.changed", language(), n=len(changed))
    return after_change(request, actor_of(request), _teller(request, redirect(back), done))


@needs(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "POST"])
def agent_page(request: HttpRequest, username: str | None = None) -> HttpResponse:
    """Change a person, or create one (`username` None)."""
    person = person_by_username(username) if username is not None else None
    if username is not None and person is None:
        raise PasokhError("person.unknown", field="username", value=username[:60])
    form = PersonForm(request.POST or None, person=person)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                saved = _save(request, form, person)
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                return after_answer(request, f"user:{saved.username}", lambda fate: _saved(request, form, person, fate))
        else:
            status = 400
    return render(request, "people/agent.html", {"form": form, "person": person}, status=status)


@needs(Right.EDIT_PEOPLE)
@require_POST
def switch_page(request: HttpRequest, username: str) -> HttpResponse:
    """Put a person out of service, or back into it; the list then offers the way back."""
    active = request.POST.get("active") == "1"
    try:
        [user] = do_change_people(actor_of(request), [username], BulkChange(is_active=active))
    except PasokhError as error:
        if status_of(error.code) == 404:
            raise
        messages.error(request, text_of(error))
        return redirect("agent", username)
    done = message("setup.people.activated" if active else "setup.people.deactivated", language(), name=user.name)
    return after_change(request, actor_of(request), _teller(request, redirect("agent", username), done))


def _teller(request: HttpRequest, response: HttpResponse, done: str) -> Callable[[Fate], HttpResponse]:
    def told(fate: Fate) -> HttpResponse:
        if fate.error is not None:
            messages.error(request, text_of(fate.error))
        elif fate.waiting:
            messages.warning(request, message("setup.people.waiting", language()))
        else:
            messages.success(request, done)
        return response

    return told


def _saved(request: HttpRequest, form: PersonForm, person: User | None, fate: Fate) -> HttpResponse:
    """The list with what became of the change, or the form with the engine's refusal."""
    if fate.error is not None:
        form.refuse(fate.error)
        return render(request, "people/agent.html", {"form": form, "person": person}, status=status_of(fate.error.code))
    name = form.cleaned_data["name"]
    if fate.waiting:
        messages.warning(request, message("saved.waiting", language(), name=name))
    else:
        messages.success(request, message("saved.person", language(), name=name))
    return redirect("agents")


def _save(request: HttpRequest, form: PersonForm, person: User | None) -> User:
    if person is None:
        password = form.cleaned_data["password"] or None
        return do_create_user(actor_of(request), form.cleaned_data["username"], password, form.draft())
    return do_change_agent(actor_of(request), person.username, form.draft(), form.cleaned_data["version"])


def _bulk(posted: QueryDict) -> BulkChange:
    """The one change that was chosen; raises `number.*` for a level that is none."""
    what, active = posted.get("change", ""), {"activate": True, "deactivate": False}
    queue, skill = str(posted.get("queue", "")), str(posted.get("skill", ""))
    if what == "team":
        return BulkChange(team=str(posted.get("team", "")))
    if what in {"queue_add", "queue_remove"} and queue:
        chosen = (queue,)
        return BulkChange(add_queues=chosen) if what == "queue_add" else BulkChange(remove_queues=chosen)
    if what in {"skill_set", "skill_remove"} and skill:
        level = whole_number(posted.get("level"), "level") if what == "skill_set" else 0
        return BulkChange(set_skills={skill: 50 if level is None else level})
    return BulkChange(is_active=active[what]) if what in active else BulkChange()


def _query(posted: QueryDict) -> str:
    """The filters of the list the change was made in."""
    kept = QueryDict(mutable=True)
    for name in (*_FILTERS, "page"):
        if posted.get(f"list_{name}"):
            kept[name] = str(posted[f"list_{name}"])[:100]
    return kept.urlencode()
