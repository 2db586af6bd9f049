"""Registers the `canned` feature with Django."""

from django.apps import AppConfig


class CannedConfig(AppConfig):
    """The `canned` feature."""

    name = "pasokh.office.canned"
    label = "canned"
    default_auto_field = "django.db.models.BigAutoField"
