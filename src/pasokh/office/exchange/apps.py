"""Registers the `exchange` feature with Django."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The `exchange` feature."""

    name = "pasokh.office.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place to administration, and the sections of the file."""
        from pasokh.office.exchange.own_sections import add_own_sections  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_own_sections()
        add_place(Place("exchange", Group.CENTRE, Right.EXCHANGE, order=90))
