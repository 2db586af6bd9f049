"""Registers the `audit` feature with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The `audit` feature."""

    name = "pasokh.office.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
