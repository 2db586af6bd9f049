"""The part of a contact's page that asks who its visitor is."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.models import Customer
from pasokh.office.crm.selectors import named_customers
from pasokh.office.desk.models import Contact
from pasokh.office.errors import text_of


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
