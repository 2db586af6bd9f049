"""Registers the `tenancy` feature with Django."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """The `tenancy` feature."""

    name = "pasokh.office.tenancy"
    label = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of the fences."""
        from pasokh.office.tenancy import checks  # noqa: F401, PLC0415 - models must be loaded first
