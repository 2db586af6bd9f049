"""Pages of flows: the list, a new one, the editor, the versions and the way back to one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec.structs import replace

from pasokh.flows.adapting import adapted
from pasokh.flows.examples import example_flows
from pasokh.flows.writing import to_toml
from pasokh.i18n.catalogue import message
from pasokh.i18n.text import matches
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.filters import words
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import actor_names
from pasokh.office.setup.listing import asked, page_of_list
from pasokh.office.telephony import editing, sounds
from pasokh.office.telephony.compiling import published_flows
from pasokh.office.telephony.flow_actions import (
    do_archive_flow,
    do_restore_flow,
    do_restore_version,
    do_save_draft,
)
from pasokh.office.telephony.flow_api import known
from pasokh.office.telephony.flow_words import changes, page_words
from pasokh.office.telephony.forms import FlowForm
from pasokh.office.telephony.models import Flow, FlowVersion, Number
from pasokh.office.telephony.selectors import all_flows, surroundings

_CALLS = ("check", "changes", "save", "publish", "try", "write", "read", "export", "versions")


@needs(Right.READ_SETUP)
@require_GET
def flows_page(request: HttpRequest) -> HttpResponse:
    """Every flow with whether it is in use, and by which numbers."""
    query = asked(request, "q", "archived", "undo")
    rows = all_flows()
    numbers: dict[int, list[str]] = {}
    for number in Number.objects.filter(is_active=True).order_by("did"):
        numbers.setdefault(number.flow_id, []).append(f"+{number.did}")
    published = dict(FlowVersion.objects.filter(flow__in=rows).order_by("version").values_list("flow_id", "text"))
    fitting = [row for row in rows if not query["q"] or matches(query["q"], f"{row.key} {words(row.name)}")]
    shown = [
        {
            "row": row,
            "numbers": numbers.get(row.pk, []),
            "more": max(0, len(numbers.get(row.pk, [])) - 3),
            "draft_differs": bool(row.published) and published.get(row.pk) != row.draft,
        }
        for row in fitting
        if bool(row.archived_at) == (query["archived"] == "1")
    ]
    context = {
        "page": page_of_list(request, shown),
        "asked": query,
        "hidden": sum(bool(row.archived_at) for row in rows),
        "undo": next((row for row in rows if row.archived_at and row.key == query["undo"]), None),
        "nothing_yet": not rows,
    }
    return render(request, "telephony/flows.html", context)


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def new_flow_page(request: HttpRequest) -> HttpResponse:
    """A new flow from an example or a flow there is, fitted to the organisation's queues and hours."""
    form = FlowForm(request.POST or None, flows=[row for row in all_flows() if not row.archived_at])
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                key = form.cleaned_data["key"].strip()
                names = form.names()
                do_save_draft(actor_of(request), key, names, _first_draft(form, key, names), 0)
            except PasokhError as error:
                taken = error.code == "setup.changed_meanwhile"
                form.refuse(PasokhError("setup.key_taken", field="key", value=key) if taken else error)
                status = status_of(error.code)
            else:
                return redirect("flow", key)
    return render(request, "telephony/flow_new.html", {"form": form}, status=status)


def _first_draft(form: FlowForm, key: str, names: dict[str, str]) -> str:
    kind, _, name = form.cleaned_data["start"].partition(":")
    if kind == "flow":
        return editing.flow_text({**editing.draft_of(known(name)).flow, "id": key, "name": names})
    source = example_flows()[name]
    flow = adapted(source, surroundings(), frozenset(published_flows()), form.cleaned_data["languages"])
    return editing.flow_text({**editing.plain_flow(to_toml(replace(flow, id=key, name={}))), "name": names})


@needs(Right.READ_SETUP)
@require_GET
def flow_page(request: HttpRequest, flow: str) -> HttpResponse:
    """The editor."""
    row = known(flow)
    draft = editing.draft_of(row)
    data: dict[str, Any] = {
        "flow": {"name": row.name, **draft.flow},
        "version": row.draft_version,
        "published": row.published,
        "saved_by": editing.saved_by(row),
        "archived": bool(row.archived_at),
        "around": editing.around(row),
        "words": page_words(language()),
        "urls": {
            **{name: reverse(f"flow_{name}", args=[row.key]) for name in _CALLS},
            "listen": reverse("voice_listen"),
        },
        "may_edit": signed_in(request).may(Right.EDIT_SETUP) and not row.archived_at,
        "listen": sounds.can_speak(),
        "unreadable": text_of(draft.unreadable) if draft.unreadable is not None else "",
    }
    return render(request, "telephony/flow.html", {"row": row, "data": data})


@needs(Right.READ_SETUP)
@require_GET
def versions_page(request: HttpRequest, flow: str) -> HttpResponse:
    """Every published version, the latest first, with what it changed for callers."""
    row, told = known(flow), editing.vocabulary()
    versions = list(row.versions.order_by("version"))
    plain = {each.version: editing.sparse(each.definition) for each in versions}
    who = actor_names(each.published_by for each in versions)
    found = []
    for place, each in enumerate(versions):
        before = plain[versions[place - 1].version] if place else None
        found.append({
            "version": each, "by": who[each.published_by],
            "changes": changes(before, plain[each.version], told), "first": not place,
        })  # fmt: skip
    return render(request, "telephony/versions.html", {"row": row, "versions": found[::-1]})


@needs(Right.EDIT_SETUP)
@require_POST
def return_page(request: HttpRequest, flow: str, version: str) -> HttpResponse:
    """Make an older version the draft; it is published from the editor."""
    row = known(flow)
    number = whole_number(version, "version") or 0
    do_restore_version(actor_of(request), row.key, number)
    messages.success(request, message("flow.returned", language(), version=number))
    return redirect("flow", row.key)


@needs(Right.EDIT_SETUP)
@require_POST
def archive_page(request: HttpRequest, flow: str) -> HttpResponse:
    """Put a flow away; the list then offers to undo it."""
    row = known(flow)
    try:
        do_archive_flow(actor_of(request), row.key)
    except PasokhError as error:
        messages.error(request, text_of(error))
        return redirect("flows")
    return redirect(f"{reverse('flows')}?{urlencode({'undo': row.key})}")


@needs(Right.EDIT_SETUP)
@require_POST
def restore_page(request: HttpRequest, flow: str) -> HttpResponse:
    """Take a flow back into use."""
    row: Flow = known(flow)
    try:
        do_restore_flow(actor_of(request), row.key)
    except PasokhError as error:
        messages.error(request, text_of(error))
    else:
        messages.success(request, message("setup.restored", language()))
    return redirect("flows")
