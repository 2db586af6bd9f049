"""Administration's home, and the form of the organisation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.rules import Right
from pasokh.office.setup.forms import OrganisationForm
from pasokh.office.setup.places import shown_groups
from pasokh.office.tenancy.actions import do_change_organisation
from pasokh.office.tenancy.middleware import ZONE_KEY
from pasokh.office.tenancy.selectors import own_organisation


@needs(Right.READ_SETUP)
def home_page(request: HttpRequest) -> HttpResponse:
    """Every place of administration with how many things are there."""
    return render(
        request,
        "setup/home.html",
        {"groups": shown_groups(request, counted=True), "organisation": own_organisation()},
    )


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def organisation_page(request: HttpRequest) -> HttpResponse:
    """Name, zone, language and colour of the organisation."""
    form = OrganisationForm(request.POST or None, organisation=own_organisation())
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = do_change_organisation(actor_of(request), form.draft())
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                request.session[ZONE_KEY] = saved.zone
                messages.success(request, message("setup.saved", language()))
                return redirect("organisation")
    return render(request, "setup/organisation.html", {"form": form}, status=status)
