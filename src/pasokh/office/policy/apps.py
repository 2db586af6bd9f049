"""Registers the `policy` feature with Django."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """The `policy` feature."""

    name = "pasokh.office.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"
