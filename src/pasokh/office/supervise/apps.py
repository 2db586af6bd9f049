"""Registers the `supervise` feature with Django."""

from django.apps import AppConfig


class SuperviseConfig(AppConfig):
    """The `supervise` feature."""

    name = "pasokh.office.supervise"
    label = "supervise"
    default_auto_field = "django.db.models.BigAutoField"
