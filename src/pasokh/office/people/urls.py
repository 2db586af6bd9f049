"""Addresses of people."""

from django.urls import path

from pasokh.office.people import admin_views, views
from pasokh.office.people.kinds import ROLES, TEAMS
from pasokh.office.setup.named import addresses

urlpatterns = [
    path("language/", views.language_page, name="language"),
    path("live/token", views.live_token, name="live_token"),
    path("agents/", admin_views.agents_page, name="agents"),
    path("agents/new/", admin_views.agent_page, name="agent_new"),
    path("agents/bulk/", admin_views.bulk_page, name="agents_bulk"),
    path("agents/<str:username>/", admin_views.agent_page, name="agent"),
    path("agents/<str:username>/switch/", admin_views.switch_page, name="agent_switch"),
    *addresses(TEAMS, "setup/teams/"),
    *addresses(ROLES, "setup/roles/"),
]
