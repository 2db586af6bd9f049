"""Addresses of recordings."""

from django.urls import path

from pasokh.office.recordings import views

urlpatterns = [
    path("recordings/", views.recordings_page, name="recordings"),
    path("recordings/<str:recording>/", views.recording_page, name="recording"),
    path("recordings/<str:recording>/sound", views.sound_page, name="recording_sound"),
    path("recordings/<str:recording>/notes/", views.note_page, name="recording_note"),
    path("recordings/<str:recording>/notes/<int:note>/remove/", views.remove_note_page, name="recording_note_remove"),
    path("recordings/<str:recording>/hold/", views.hold_page, name="recording_hold"),
    path("recordings/<str:recording>/download/", views.download_page, name="recording_download"),
    path("setup/recordings/", views.rules_page, name="recording_rules"),
    path("setup/recordings/<int:number>/", views.rule_page, name="recording_rule"),
]
