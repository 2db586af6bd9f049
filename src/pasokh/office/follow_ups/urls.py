"""Addresses of follow-ups."""

from django.urls import path

from pasokh.office.follow_ups import views

urlpatterns = [
    path("follow-ups/", views.follow_ups_page, name="follow_ups"),
    path("follow-ups/<str:follow_up>/", views.follow_up_page, name="follow_up"),
    path("follow-ups/<str:follow_up>/done/", views.done_page, name="follow_up_done"),
    path("follow-ups/<str:follow_up>/reopen/", views.reopen_page, name="follow_up_reopen"),
    path("contacts/<str:contact>/follow-ups/", views.new_page, name="follow_up_new"),
]
