"""Addresses of alarms about figures."""

from django.urls import path

from pasokh.office.figure_alerts import views

urlpatterns = [
    path("figures/alerts/", views.alerts_page, name="figures_alerts"),
    path("figures/alerts/new/", views.new_page, name="figures_alert_new"),
    path("figures/alerts/<int:rule>/", views.rule_page, name="figures_alert"),
    path("figures/alerts/<int:rule>/archive/", views.archive, name="figures_alert_archive"),
    path("figures/alerts/<int:rule>/restore/", views.restore, name="figures_alert_restore"),
]
