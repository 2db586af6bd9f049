"""Registers the `hours` feature with Django."""

from django.apps import AppConfig


class HoursConfig(AppConfig):
    """The `hours` feature."""

    name = "pasokh.office.hours"
    label = "hours"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place in administration and its section of the configuration file."""
        from pasokh.office.hours.models import Calendar  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.hours.sections import add_hours_section  # noqa: PLC0415
        from pasokh.office.people.rules import Right  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_hours_section()

        def calendars() -> int:
            return Calendar.objects.count()

        add_place(Place("hours", Group.ROUTING, Right.READ_SETUP, calendars, order=20))
