"""Registers the `post` feature with Django."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """The `post` feature."""

    name = "pasokh.office.post"
    label = "post"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add its place to administration's."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.post.selectors import dead_mails  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_place(Place("post", Group.CHANNELS, Right.EDIT_SETUP, dead_mails, order=80))
