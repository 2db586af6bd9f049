"""The list of customers, and one with all they ever came with."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.actions import do_change_customer, do_merge_customers, do_part_customers
from pasokh.office.crm.forms import CustomerForm
from pasokh.office.crm.selectors import (
    HISTORY,
    addresses_of,
    alike,
    customer_by_id,
    family_of,
    history_of,
    open_follow_ups_of,
    standing_for,
)
from pasokh.office.crm.selectors import customer_page as customers_found
from pasokh.office.desk.selectors import reason_names
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.fields import whole_number
from pasokh.office.follow_ups.lines import lines_of
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_names
from pasokh.office.supervise.selectors import outcome_names, queue_names

PAGE = 50


@needs(Right.CONTACTS)
@require_GET
def customers_page(request: HttpRequest) -> HttpResponse:
    """Customers by their last contact; `q` finds by name, address, or words they came with."""
    query = request.GET.get("q", "").replace("\x00", "")[:100]
    rows = customers_found(query, _before(request), PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return render(
        request,
        "crm/list.html",
        {
            "customers": rows[:PAGE],
            "q": query,
            "next_before": f"{last.last_contact_at}.{last.id}" if last is not None else "",
        },
    )


@needs(Right.CONTACTS)
@require_http_methods(["GET", "POST"])
def customer_page(request: HttpRequest, customer: int) -> HttpResponse:
    """One customer: what is known, what they came with, what is owed; and the form to write it."""
    row = customer_by_id(customer)
    form = CustomerForm(request.POST or None, customer=row)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                do_change_customer(actor_of(request), row.id, form.changes(), form.cleaned_data["version"])
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("customer.saved", language()))
                return redirect("customer", row.id)
    family = family_of(row)
    keys = [each.key for each in family]
    past = history_of(keys, HISTORY + 1, whole_number(request.GET.get("before"), "before"))
    return render(
        request,
        "crm/customer.html",
        {
            "customer": row,
            "stands_for": standing_for(row) if row.merged_into_id is not None else None,
            "form": form,
            "family": family[1:],
            "addresses": addresses_of(family),
            "alike": alike(row) if row.merged_into_id is None else [],
            "may_merge": signed_in(request).may(Right.WALL),
            "history": past[:HISTORY],
            "next_before": past[HISTORY - 1].contact.number if len(past) > HISTORY else "",
            "lines": lines_of(request, open_follow_ups_of(keys)),
            "queue_names": queue_names(),
            "people_names": people_names(),
            "outcome_names": outcome_names(),
            "reason_names": reason_names(),
        },
        status=status,
    )


@needs(Right.WALL)
@require_POST
def merge_page(request: HttpRequest, customer: int) -> HttpResponse:
    """This customer stands for another one as well (`other` = its number)."""
    other = whole_number(request.POST.get("other"), "other")
    if other is None:
        raise PasokhError("customer.unknown", field="other", customer="")
    target = do_merge_customers(actor_of(request), other, customer)
    messages.success(request, message("customer.merged", language()))
    return redirect("customer", target.id)


@needs(Right.WALL)
@require_POST
def part_page(request: HttpRequest, customer: int) -> HttpResponse:
    """The merged customer stands for itself again."""
    try:
        row = do_part_customers(actor_of(request), customer)
    except PasokhError as error:
        if error.code != "customer.not_merged":
            raise
        messages.warning(request, text_of(error))
        return redirect("customer", customer)
    messages.success(request, message("customer.parted", language()))
    return redirect("customer", row.id)


def _before(request: HttpRequest) -> tuple[int, int] | None:
    at, _, number = request.GET.get("before", "").partition(".")
    if not (at.isascii() and at.isdigit() and number.isascii() and number.isdigit() and len(at + number) < 36):
        return None
    return int(at), int(number)
