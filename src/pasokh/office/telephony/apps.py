"""Registers the `telephony` feature with Django."""

from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    """The `telephony` feature."""

    name = "pasokh.office.telephony"
    label = "telephony"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the compiled document true when somebody's account changes."""
        from pasokh.office.telephony.compiling import follow_people  # noqa: PLC0415 - models must be loaded first

        follow_people()
