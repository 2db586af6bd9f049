"""Addresses of notices."""

from django.urls import path

from pasokh.office.notices import views

urlpatterns = [
    path("notices/", views.notices_page, name="notices"),
    path("notices/read/", views.read_page, name="notices_read"),
    path("notices/settings/", views.choices_page, name="notice_choices"),
]
