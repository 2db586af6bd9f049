"""Addresses of the first set-up."""

from django.urls import path

from pasokh.office.welcome import views

urlpatterns = [
    path("welcome/", views.welcome_page, name="welcome"),
    path("welcome/state/", views.welcome_state, name="welcome_state"),
    path("welcome/try/", views.try_page, name="welcome_try"),
    path("welcome/start/<str:token>/", views.start_page, name="welcome_start"),
    path("welcome/<str:step>/", views.step_page, name="welcome_step"),
]
