"""Registers the `day` feature with Django."""

from django.apps import AppConfig


class DayConfig(AppConfig):
    """The `day` feature."""

    name = "pasokh.office.day"
    label = "day"
    default_auto_field = "django.db.models.BigAutoField"
