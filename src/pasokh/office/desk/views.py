"""The desk page and the history of contacts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie

from pasokh.office.desk import selectors
from pasokh.office.errors import language
from pasokh.office.fields import whole_number
from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names
from pasokh.office.supervise.selectors import outcome_names, queue_names, skill_names


@needs(Right.DESK)
@ensure_csrf_cookie
def desk_page(request: HttpRequest) -> HttpResponse:
    """The agent's desk; its script follows the topics `desk` and `team`."""
    user = signed_in(request)
    return render(
        request,
        "desk/desk.html",
        {
            "agent": user.username if user.handles_contacts else "",
            "desk_data": {"outcomes": outcome_names(), "queues": queue_names(), "skills": skill_names()},
        },
    )


@needs(Right.CONTACTS)
def contacts_page(request: HttpRequest) -> HttpResponse:
    """Contacts, newest first; `q`, `queue`, `agent` narrow, `before` pages on."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:100] for name in ("q", "queue", "agent")}
    page = selectors.contact_page(
        before=whole_number(request.GET.get("before"), "before"),
        query=asked["q"],
        queue=asked["queue"],
        agent=asked["agent"],
    )
    return render(
        request,
        "desk/contacts.html",
        {
            "contacts": page.contacts,
            "next_before": page.next_before,
            "asked": asked,
            "queue_names": queue_names(),
            "people_names": people_names(),
            "outcome_names": outcome_names(),
        },
    )


@needs(Right.CONTACTS)
def contact_page(request: HttpRequest, contact: str) -> HttpResponse:
    """One contact: its interactions with segments, what was written, and why it went as it did."""
    found = selectors.contact_by_id(contact)
    segments = selectors.segments_of(found.id)
    messages = selectors.messages_of(found.id)
    return render(
        request,
        "desk/contact.html",
        {
            "contact": found,
            "interactions": [
                {
                    "row": interaction,
                    "segments": [s for s in segments if s.interaction == interaction.id],
                    "messages": [m for m in messages if m.interaction == interaction.id],
                }
                for interaction in selectors.interactions_of(found.id)
            ],
            "explanation": selectors.explanation_of(found.id, language()),
            "queue_names": queue_names(),
            "people_names": people_names(),
            "outcome_names": outcome_names(),
        },
    )
