"""Registers the `account` feature with Django."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """The `account` feature."""

    name = "pasokh.office.account"
    label = "account"
    default_auto_field = "django.db.models.BigAutoField"
