"""Addresses of files."""

from django.urls import path

from pasokh.office.files import views

urlpatterns = [
    path("files/v1/upload", views.upload_page, name="file_upload"),
    path("files/v1/<str:file>", views.file_page, name="file"),
    path("files/v1/<str:file>/preview", views.preview_page, name="file_preview"),
    path("files/v1/<str:file>/state", views.state_page, name="file_state"),
]
