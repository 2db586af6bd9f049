"""Addresses of signing in and of people."""

from django.urls import path

from pasokh.office.people import views

urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("logout/", views.logout_page, name="logout"),
    path("language/", views.language_page, name="language"),
    path("live/token", views.live_token, name="live_token"),
    path("agents/", views.agents_page, name="agents"),
    path("agents/new/", views.agent_page, name="agent_new"),
    path("agents/<str:username>/", views.agent_page, name="agent"),
]
