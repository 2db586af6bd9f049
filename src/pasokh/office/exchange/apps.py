"""Registers the `exchange` feature with Django."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The `exchange` feature."""

    name = "pasokh.office.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
