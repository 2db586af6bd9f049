"""Registers the `vocabulary` feature with Django."""

from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    """The `vocabulary` feature."""

    name = "pasokh.office.vocabulary"
    label = "vocabulary"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its places to administration."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415
        from pasokh.office.supervise.models import Outcome, Reason, Skill  # noqa: PLC0415

        def in_use(model: type[Skill] | type[Outcome] | type[Reason]) -> int:
            return model.objects.filter(archived_at=0).count()

        read = Right.READ_SETUP
        add_place(Place("skills", Group.ROUTING, read, lambda: in_use(Skill), order=20))
        add_place(Place("outcomes", Group.CONTACTS, read, lambda: in_use(Outcome), order=10))
        add_place(Place("reasons", Group.CONTACTS, read, lambda: in_use(Reason), order=20))
