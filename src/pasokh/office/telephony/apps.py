"""Registers the `telephony` feature with Django."""

from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    """The `telephony` feature."""

    name = "pasokh.office.telephony"
    label = "telephony"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the compiled document true when somebody's account changes; add places and sections."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415
        from pasokh.office.telephony.compiling import follow_people  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.telephony.models import BlockedNumber, Flow, Number, Prompt, Station, Trunk  # noqa: PLC0415
        from pasokh.office.telephony.sections import add_telephony_sections  # noqa: PLC0415

        follow_people()
        add_telephony_sections()
        read, group = Right.READ_SETUP, Group.TELEPHONY
        add_place(Place("trunks", group, read, lambda: Trunk.objects.filter(is_active=True).count(), order=10))
        add_place(Place("flows", group, read, lambda: Flow.objects.filter(archived_at=0).count(), order=20))
        add_place(Place("numbers", group, read, lambda: Number.objects.filter(is_active=True).count(), order=30))
        add_place(Place("stations", group, read, Station.objects.count, order=40))
        add_place(Place("dial_policy", group, read, order=50))
        add_place(Place("prompts", group, read, Prompt.objects.count, order=60))
        add_place(Place("blocked_callers", group, read, BlockedNumber.objects.count, order=70))
