"""Registers the `canned` feature with Django."""

from django.apps import AppConfig


class CannedConfig(AppConfig):
    """The `canned` feature."""

    name = "pasokh.office.canned"
    label = "canned"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place to administration."""
        from pasokh.office.canned.selectors import shared_answers  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        def shared() -> int:
            return shared_answers().count()

        add_place(Place("canned", Group.CONTACTS, Right.DESK, shared, order=30))
