"""Registers the `setup` feature with Django."""

from django.apps import AppConfig


class SetupConfig(AppConfig):
    """The `setup` feature."""

    name = "pasokh.office.setup"
    label = "setup"
    default_auto_field = "django.db.models.BigAutoField"
