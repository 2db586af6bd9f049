"""Addresses of what is known of a call's sound and steps."""

from django.urls import path

from pasokh.office.voice_quality import views

urlpatterns = [
    path("voice/quality/", views.quality_page, name="voice_quality"),
    path("contacts/<str:contact>/call/", views.call_page, name="call"),
    path("contacts/<str:contact>/call.txt", views.call_text, name="call_text"),
]
