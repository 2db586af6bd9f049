"""Registers the `recordings` feature with Django."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """The `recordings` feature."""

    name = "pasokh.office.recordings"
    label = "recordings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place in administration, and its section to the configuration file."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.recordings.exchange import add_recording_section  # noqa: PLC0415
        from pasokh.office.recordings.models import Rule  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_recording_section()

        def rules() -> int:
            return Rule.objects.count()

        add_place(Place("recording_rules", Group.CONTACTS, Right.READ_SETUP, rules, order=60))
