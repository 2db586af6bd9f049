"""Registers the `account` feature with Django."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """The `account` feature."""

    name = "pasokh.office.account"
    label = "account"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add the places of administration."""
        from pasokh.office.people.rules import Right  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415

        add_place(Place("invitations", Group.PEOPLE, Right.EDIT_PEOPLE, order=15))
        add_place(Place("sign_in_settings", Group.SECURITY, Right.EDIT_ROLES, order=20))
