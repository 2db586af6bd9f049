"""Registers the `day` feature with Django."""

from django.apps import AppConfig


class DayConfig(AppConfig):
    """The `day` feature."""

    name = "pasokh.office.day"
    label = "day"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place to administration, and its section of the configuration file."""
        from pasokh.office.day.exchange import add_break_section  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_break_section()
        add_place(Place("breaks", Group.PEOPLE, Right.OPERATE_QUEUES, order=80))
