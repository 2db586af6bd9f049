"""Registers the `watch` feature with Django."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """The `watch` feature."""

    name = "pasokh.office.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"
