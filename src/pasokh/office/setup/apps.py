"""Registers the `setup` feature with Django, and the places that belong to no feature of their own."""

from django.apps import AppConfig


class SetupConfig(AppConfig):
    """The `setup` feature."""

    name = "pasokh.office.setup"
    label = "setup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add the places of organisation, clients, people, queues and audit."""
        from pasokh.office.people.models import OwnRole, Team, User  # noqa: PLC0415 - models must be loaded first
        from pasokh.office.people.rules import Right, Role  # noqa: PLC0415
        from pasokh.office.setup.places import Group, Place, add_place  # noqa: PLC0415
        from pasokh.office.supervise.models import Queue  # noqa: PLC0415
        from pasokh.office.tenancy.models import Client  # noqa: PLC0415

        def in_use(model: type[Client] | type[Team]) -> int:
            return model.objects.filter(archived_at=0).count()

        def roles() -> int:
            return len(Role) + OwnRole.objects.filter(archived_at=0).count()

        def queues() -> int:
            return Queue.objects.count()

        def people() -> int:
            return User.objects.filter(is_active=True).count()

        read, edit = Right.READ_SETUP, Right.EDIT_SETUP
        add_place(Place("organisation", Group.CENTRE, edit, order=10))
        add_place(Place("clients", Group.CENTRE, read, lambda: in_use(Client), order=20))
        add_place(Place("agents", Group.PEOPLE, read, people, order=10))
        add_place(Place("teams", Group.PEOPLE, read, lambda: in_use(Team), order=20))
        add_place(Place("roles", Group.PEOPLE, read, roles, order=30))
        add_place(Place("queues", Group.ROUTING, read, queues, order=10))
        add_place(Place("audit", Group.SECURITY, Right.AUDIT, order=90))
