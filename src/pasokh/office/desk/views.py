"""The desk page, the list of contacts, and one contact with all that happened."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from pasokh.acd.model import VOICE
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.office import clock
from pasokh.office.crm.selectors import customer_by_key
from pasokh.office.crm.who import who_of
from pasokh.office.desk import export, selectors
from pasokh.office.desk.actions import do_record_export
from pasokh.office.desk.asked import read_address
from pasokh.office.desk.listing import EXACT, Page
from pasokh.office.desk.narrowing import chips_of, choices_of, without
from pasokh.office.desk.page_data import page_data
from pasokh.office.desk.timeline import bars_of, timeline_of
from pasokh.office.errors import language, text_of
from pasokh.office.follow_ups.forms import FollowUpForm
from pasokh.office.follow_ups.lines import lines_of
from pasokh.office.follow_ups.selectors import follow_ups_of_contact
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.live_access import live_pass
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names
from pasokh.office.recordings.selectors import recordings_of
from pasokh.office.supervise.selectors import outcome_names, queue_names
from pasokh.office.tenancy import scope


@never_cache
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
            "desk_data": page_data(user),
            "live_pass": live_pass(request),
        },
    )


@needs(Right.CONTACTS)
@require_GET
def contacts_page(request: HttpRequest) -> HttpResponse:
    """Contacts, newest first, narrowed by the address (`asked.NAMES`); `before` and `after` page through them."""
    given = request.GET.dict()
    reading = read_address(given, timezone.get_current_timezone_name(), language(), clock.now())
    whole = reading.typed.get("q", "")
    if len(reading.typed) == 1 and ID_PATTERN.fullmatch(whole) and selectors.contact_exists(whole):
        return redirect("contact", whole)
    page, count = Page([], None, None), 0
    if not reading.errors:
        page = selectors.find_contacts(
            reading.asked, before=given.get("before") or None, after=given.get("after") or None
        )
        count = selectors.count_contacts(reading.asked)
    return render(
        request,
        "desk/contacts.html",
        {
            "page": page,
            "count": min(count, EXACT),
            "count_is_least": count > EXACT,
            "reading": reading,
            "errors": {name: text_of(error) for name, error in reading.errors.items()},
            "choices": choices_of(reading),
            "chips": chips_of(reading),
            "query": without(reading),
            "queue_names": queue_names(),
            "people_names": people_names(),
            "outcome_names": outcome_names(),
            "more_open": bool(set(reading.errors) - {"q", "queue", "agent", "state", "day"}),
        },
        status=400 if reading.errors else 200,
    )


@needs(Right.WALL)
@require_GET
def contacts_export(request: HttpRequest) -> HttpResponse:
    """The whole result as a table for spreadsheets, sent while it is read; who took it out is recorded."""
    spoken, zone = language(), timezone.get_current_timezone_name()
    reading = read_address(request.GET.dict(), zone, spoken, clock.now())
    for error in reading.errors.values():
        raise error
    do_record_export(actor_of(request), reading.typed)
    names = export.Names(people_names(), queue_names(), outcome_names(), selectors.reason_names())
    answer = export.response_of(request, scope.required(), reading.asked, names, spoken, zone)
    return cast("HttpResponse", answer)  # Django's types know no common name for both kinds


@needs(Right.CONTACTS)
@require_GET
def contact_page(request: HttpRequest, contact: str) -> HttpResponse:
    """One contact: all that happened in its order, its segments drawn to scale, and what is still owed."""
    return show_contact(request, contact)


def show_contact(
    request: HttpRequest,
    contact: str,
    form: FollowUpForm | None = None,
    status: int = 200,
    refused: PasokhError | None = None,
) -> HttpResponse:
    """The page of a contact, with the form of a follow-up as it was typed."""
    user = signed_in(request)
    found = selectors.contact_by_id(contact)
    names = selectors.Namer(language())
    interactions = selectors.interactions_of(found.id)
    segments = selectors.segments_of(found.id)
    customer = customer_by_key(found.customer) if found.customer else None
    return render(
        request,
        "desk/contact.html",
        {
            "contact": found,
            "customer": customer,
            "who": who_of(request, found, customer, refused),
            "by_voice": any(i.channel in VOICE for i in interactions),
            "interactions": interactions,
            "timeline": timeline_of(
                selectors.story_of(found.id),
                language(),
                names,
                whispers=selectors.sees_whispers(user, found.id),
                customer=found.customer_name or found.address,
                incidents=selectors.incidents_during(found),
            ),
            "bars": bars_of(interactions, segments, clock.now()),
            "earlier": selectors.earlier_of(found, customer),
            "follow_ups": lines_of(request, follow_ups_of_contact(found.id)),
            "recordings": recordings_of(user, found.id),
            "follow_up_form": form or FollowUpForm(now=clock.now(), person=user),
            "queue_names": queue_names(),
            "people_names": people_names(),
            "outcome_names": outcome_names(),
            "reason_names": selectors.reason_names(),
            "now": clock.now(),
        },
        status=status,
    )
