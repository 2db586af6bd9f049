"""Addresses of the wall."""

from django.urls import path

from pasokh.office.watch import views

urlpatterns = [path("wall/", views.wall_page, name="wall")]
