from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


def look(table: str, column: str) -> migrations.RunSQL:
    """The worker looks in every organisation at once for what is due; it sees when, never what or for whom."""
    return migrations.RunSQL(
        sql=[
            f"GRANT SELECT (organisation_id, {column}) ON {table} TO {schema.ENGINE}",
            f"CREATE POLICY engine ON {table} FOR SELECT TO {schema.ENGINE} USING (true)",
        ],
        reverse_sql=[
            f"DROP POLICY engine ON {table}",
            f"REVOKE SELECT (organisation_id, {column}) ON {table} FROM {schema.ENGINE}",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("notices_notice"),
        fence("notices_preference"),
        fence("notices_quiet"),
        fence("notices_reminder"),
        look("notices_notice", "mail_at"),
        look("notices_reminder", "due_at"),
    ]
