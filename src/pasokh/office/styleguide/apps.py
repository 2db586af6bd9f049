"""Registers the `styleguide` feature with Django."""

from django.apps import AppConfig


class StyleguideConfig(AppConfig):
    """The `styleguide` feature."""

    name = "pasokh.office.styleguide"
    label = "styleguide"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place in administration."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_place(Place("styleguide", Group.CENTRE, Right.READ_SETUP, order=95))
