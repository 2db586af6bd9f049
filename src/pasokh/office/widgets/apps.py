"""Registers the `widgets` feature with Django."""

from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    """The `widgets` feature."""

    name = "pasokh.office.widgets"
    label = "widgets"
    default_auto_field = "django.db.models.BigAutoField"
