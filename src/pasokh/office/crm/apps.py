"""Registers the `crm` feature with Django."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """The `crm` feature."""

    name = "pasokh.office.crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"
