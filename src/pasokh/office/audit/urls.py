"""Addresses of the audit."""

from django.urls import path

from pasokh.office.audit import views

urlpatterns = [
    path("audit/", views.audit_page, name="audit"),
    path("audit/table/", views.audit_table, name="audit_table"),
]
