"""Registers the `notices` feature with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The `notices` feature."""

    name = "pasokh.office.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
