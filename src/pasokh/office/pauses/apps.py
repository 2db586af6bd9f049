"""Registers the `pauses` feature with Django."""

from django.apps import AppConfig


class PausesConfig(AppConfig):
    """The `pauses` feature."""

    name = "pasokh.office.pauses"
    label = "pauses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place to administration, its section to the file, and its first rows to new organisations."""
        from pasokh.office.pauses.actions import do_seed_pauses  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.pauses.exchange import add_pause_section  # noqa: PLC0415
        from pasokh.office.pauses.selectors import count_in_use  # noqa: PLC0415
        from pasokh.office.people.rules import Right  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415
        from pasokh.office.tenancy.actions import at_founding  # noqa: PLC0415

        at_founding(do_seed_pauses)
        add_pause_section()
        add_place(Place("pauses", Group.PEOPLE, Right.READ_SETUP, count_in_use, order=60))
