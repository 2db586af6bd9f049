"""Registers the `welcome` feature with Django."""

from django.apps import AppConfig


class WelcomeConfig(AppConfig):
    """The `welcome` feature."""

    name = "pasokh.office.welcome"
    label = "welcome"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place in administration."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_place(Place("welcome", Group.CENTRE, Right.EDIT_SETUP, order=5))
