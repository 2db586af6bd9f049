"""Row-level security as migration operations. Written once here so that no table gets a variant of its own.

The policies read `app.org`, set for one transaction by `scope.organisation_scope`. FORCE binds the owner as well; its
maintenance (backfills, dumps) says so with `app.org = '*'`, as in the store.
"""

from collections.abc import Sequence

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pasokh.store import schema

_MAINTENANCE = "(SELECT current_setting('app.org', true)) = '*'"
ALL_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def fence(
    table: str, column: str = "organisation_id", setting: str = "app.org", verbs: Sequence[str] = ALL_VERBS
) -> migrations.RunSQL:
    """Only rows whose `column` equals the transaction's `setting` exist; the request role gets just `verbs`."""
    mine = f"{column} = (SELECT current_setting('{setting}', true))"
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} TO {schema.APP}, {schema.OWNER} USING ({mine}) WITH CHECK ({mine})",
            f"CREATE POLICY maintenance ON {table} TO {schema.OWNER} USING ({_MAINTENANCE})",
            f"GRANT {', '.join(verbs)} ON {table} TO {schema.APP}",
        ],
        reverse_sql=[
            f"REVOKE ALL ON {table} FROM {schema.APP}",
            f"DROP POLICY maintenance ON {table}",
            f"DROP POLICY tenant ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def allow_lookup(table: str, column: str, setting: str, role: str = schema.APP) -> migrations.RunSQL:
    """Besides, rows whose `column` equals the transaction's `setting` may be read, before a scope is known."""
    policy, named = f"lookup_{column}", f"{column} = (SELECT current_setting('{setting}', true))"
    return migrations.RunSQL(
        sql=[
            f"CREATE POLICY {policy} ON {table} FOR SELECT TO {role} USING ({named})",
        ],
        reverse_sql=[f"DROP POLICY {policy} ON {table}"],
    )


def grant(table: str, verbs: Sequence[str] = ALL_VERBS) -> migrations.RunSQL:
    """A table that belongs to no organisation: the request role may use it."""
    return migrations.RunSQL(
        sql=[f"GRANT {', '.join(verbs)} ON {table} TO {schema.APP}"],
        reverse_sql=[f"REVOKE ALL ON {table} FROM {schema.APP}"],
    )


def store_version(number: int) -> migrations.RunPython:
    """One version of the store's tables, unless somebody applied it already."""

    def apply(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's signature
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('store_version') IS NOT NULL")
            present = cursor.fetchone()
            if present is not None and present[0]:
                cursor.execute("SELECT EXISTS (SELECT FROM store_version WHERE version = %s)", [number])
                done = cursor.fetchone()
                if done is not None and done[0]:
                    return
            cursor.execute(schema.version(number).sql)

    return migrations.RunPython(apply, migrations.RunPython.noop)
