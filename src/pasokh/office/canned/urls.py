"""Addresses of canned answers."""

from django.urls import path

from pasokh.office.canned import views

urlpatterns = [
    path("setup/canned/", views.answers_page, name="canned"),
    path("setup/canned/new/", views.answer_page, name="canned_new"),
    path("setup/canned/<str:answer>/", views.answer_page, name="canned_answer"),
    path("setup/canned/<str:answer>/archive/", views.archive_page, name="canned_archive"),
]
