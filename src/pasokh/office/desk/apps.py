"""Registers the `desk` feature with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The `desk` feature."""

    name = "pasokh.office.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
