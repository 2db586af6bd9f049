"""Registers the `files` feature with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The `files` feature."""

    name = "pasokh.office.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
