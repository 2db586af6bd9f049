"""The part of a contact's page that asks who its visitor is."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.link_actions import do_link_contact, do_name_visitor, do_unlink_contact
from pasokh.office.crm.models import Customer
from pasokh.office.crm.selectors import named_customers
from pasokh.office.desk.models import Contact
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right


@dataclass(frozen=True, slots=True)
class Who:
    """What the part shows: a link to take back, or a search and the form of somebody new."""

    linked: bool = False
    q: str = ""
    found: list[Customer] = field(default_factory=list)
    name: str = ""
    address: str = ""
    error: str = ""
    error_field: str = ""


def who_of(request: HttpRequest, contact: Contact, customer: Customer | None, error: PasokhError | None) -> Who | None:
    """The part for a contact; None where its customer has a name of their own."""
    if customer is None:
        return None
    if customer.key != contact.customer:
        visitor = Customer.objects.filter(key=contact.customer).first()
        return Who(linked=True) if visitor is not None and not visitor.name else None
    if customer.name:
        return None
    query = request.GET.get("who", "").replace("\x00", "")[:100]
    return Who(
        q=query,
        found=named_customers(query),
        name=request.POST.get("name", "")[:1_000] or contact.customer_name,
        address=request.POST.get("address", "")[:1_000],
        error=text_of(error) if error is not None else "",
        error_field=str(error.params.get("field", "")) if error is not None else "",
    )


@needs(Right.CONTACTS)
@require_POST
def contact_customer_page(request: HttpRequest, contact: str) -> HttpResponse:
    """Say who the visitor of a contact is (`customer`, or `name` and `address`), or take it back (`undo`)."""
    from pasokh.office.desk.views import show_contact  # noqa: PLC0415 - that page shows this part

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
