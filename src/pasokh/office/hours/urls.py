"""Addresses of business hours."""

from django.urls import path

from pasokh.office.hours import views

urlpatterns = [
    path("hours/", views.hours_page, name="hours"),
    path("hours/assign/", views.assign_page, name="hours_assign"),
    path("hours/new/", views.calendar_page, name="calendar_new"),
    path("hours/<str:key>/", views.calendar_page, name="calendar"),
    path("hours/<str:key>/day/", views.day_page, name="calendar_day"),
    path("hours/<str:key>/remove/", views.remove_page, name="calendar_remove"),
]
