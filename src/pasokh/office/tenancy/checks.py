"""Database checks: every tenant table is fenced, and the request role is bound by the fence."""

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, models

from pasokh.office.configuration import APP_ROLE

WITHOUT_TENANT = frozenset({
    "auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "people_signintry",
    "recordings_node",
})  # fmt: skip
"""Tables that belong to no organisation and hold nothing of one."""
BY_OWN_COLUMN = {"tenancy_organisation": "id", "people_session": "session_key"}
"""Fenced tables whose fence is not `organisation_id`."""


def tenant_tables() -> list[type[models.Model]]:
    """Every model whose table must be fenced."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table not in WITHOUT_TENANT  # noqa: SLF001 - Django's public name
    ]


@register(Tags.database)
def check_fences(databases: Sequence[str] | None = None, **kwargs: object) -> Iterable[CheckMessage]:  # noqa: ARG001
    """`tenancy.E001` for an unfenced table, `tenancy.E002` for a request role that fences do not bind."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        found += _unfenced(alias)
        found += _unbound(alias)
    return found


def _unfenced(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT to_regclass('tenancy_organisation') IS NOT NULL")
        row = cursor.fetchone()
        if row is None or not row[0]:
            return []  # not migrated yet
        cursor.execute(
            """
            SELECT c.relname FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity
              AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
            """
        )
        fenced = {name for (name,) in cursor.fetchall()}
    return [
        Error(
            f"Table {model._meta.db_table} has no forced row-level security.",  # noqa: SLF001
            hint="Add tenancy.rows.fence(…) to its migration, or list it in tenancy.checks.WITHOUT_TENANT.",
            obj=model,
            id="tenancy.E001",
        )
        for model in tenant_tables()
        if model._meta.db_table not in fenced  # noqa: SLF001
    ]


def _unbound(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        row = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = %s", [APP_ROLE]
        )
        owned = cursor.fetchone()
    if row is None or (not row[0] and owned is not None and owned[0] == 0):
        return []
    return [Error(f"Role {APP_ROLE} passes row-level security or owns tables.", id="tenancy.E002")]
