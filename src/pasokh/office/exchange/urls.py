"""Addresses of the configuration file."""

from django.urls import path

from pasokh.office.exchange import views

urlpatterns = [
    path("setup/exchange/", views.exchange_page, name="exchange"),
    path("setup/exchange/export/", views.export_page, name="export"),
    path("setup/exchange/import/", views.import_page, name="import_configuration"),
    path("setup/exchange/people/", views.people_page, name="import_people"),
    path("setup/exchange/people/example/", views.template_page, name="import_example"),
    path("setup/exchange/<str:draft>/", views.plan_page, name="import_plan"),
    path("setup/exchange/<str:draft>/state/", views.state_page, name="import_state"),
    path("setup/exchange/<str:draft>/apply/", views.apply_page, name="import_apply"),
    path("setup/exchange/<str:draft>/drop/", views.drop_page, name="import_drop"),
]
