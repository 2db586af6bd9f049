"""Addresses of administration's home, the organisation and its clients."""

from django.urls import path

from pasokh.office.setup import views
from pasokh.office.setup.kinds import CLIENTS
from pasokh.office.setup.named import addresses

urlpatterns = [
    path("setup/", views.home_page, name="setup"),
    path("setup/organisation/", views.organisation_page, name="organisation"),
    *addresses(CLIENTS, "setup/clients/"),
]
