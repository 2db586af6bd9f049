"""Registers the `widgets` feature with Django."""

from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    """The `widgets` feature."""

    name = "pasokh.office.widgets"
    label = "widgets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place to administration."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415
        from pasokh.office.supervise.models import Widget  # noqa: PLC0415

        def active() -> int:
            return Widget.objects.filter(is_active=True).count()

        add_place(Place("widgets", Group.CHANNELS, Right.READ_SETUP, active, order=10))
