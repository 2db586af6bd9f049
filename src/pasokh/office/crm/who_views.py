"""Whoever says who a contact's visitor is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.link_actions import do_link_contact, do_name_visitor, do_unlink_contact
from pasokh.office.desk.views import show_contact
from pasokh.office.errors import language, status_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right


@needs(Right.CONTACTS)
@require_POST
def contact_customer_page(request: HttpRequest, contact: str) -> HttpResponse:
    """Say who the visitor of a contact is (`customer`, or `name` and `address`), or take it back (`undo`)."""
    actor = actor_of(request)
    number = whole_number(request.POST.get("customer"), "customer")
    try:
        if request.POST.get("undo"):
            do_unlink_contact(actor, contact)
        elif number is not None:
            do_link_contact(actor, contact, number)
        else:
            do_name_visitor(actor, contact, request.POST.get("name", ""), request.POST.get("address", ""))
    except PasokhError as error:
        if status_of(error.code) == 404:
            raise
        return show_contact(request, contact, status=400, refused=error)
    messages.success(
        request, message("customer.unlinked" if request.POST.get("undo") else "customer.linked", language())
    )
    return redirect("contact", contact)
