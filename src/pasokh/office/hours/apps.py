"""Registers the `hours` feature with Django."""

from django.apps import AppConfig


class HoursConfig(AppConfig):
    """The `hours` feature."""

    name = "pasokh.office.hours"
    label = "hours"
    default_auto_field = "django.db.models.BigAutoField"
