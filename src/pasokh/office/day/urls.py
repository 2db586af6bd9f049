"""Addresses of the plan of breaks."""

from django.urls import path

from pasokh.office.day import views

urlpatterns = [
    path("breaks/", views.breaks_page, name="breaks"),
    path("breaks/<int:plan>/drop/", views.drop_page, name="break_drop"),
]
