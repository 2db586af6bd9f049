"""Registers the `people` feature with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The `people` feature."""

    name = "pasokh.office.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
