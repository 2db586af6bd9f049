"""Addresses of the desk and of the history."""

from django.urls import path

from pasokh.office.desk import views

urlpatterns = [
    path("desk/", views.desk_page, name="desk"),
    path("contacts/", views.contacts_page, name="contacts"),
    path("contacts/export.csv", views.contacts_export, name="contacts_export"),
    path("contacts/<str:contact>/", views.contact_page, name="contact"),
]
