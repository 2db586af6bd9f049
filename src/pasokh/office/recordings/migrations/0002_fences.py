from django.db import migrations

from pasokh.office.tenancy.rows import fence, grant
from pasokh.store import schema


def _engine_reads(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=[
            f"GRANT SELECT ON {table} TO {schema.ENGINE}",
            f"CREATE POLICY engine ON {table} FOR SELECT TO {schema.ENGINE} USING (true)",
        ],
        reverse_sql=[f"DROP POLICY engine ON {table}", f"REVOKE SELECT ON {table} FROM {schema.ENGINE}"],
    )


class Migration(migrations.Migration):
    dependencies = [("recordings", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("recordings_rule"),
        fence("recordings_clientkey"),
        fence("recordings_recording"),
        fence("recordings_note"),
        # Who heard what is added to and read, never changed.
        fence("recordings_access", verbs=("SELECT", "INSERT")),
        grant("recordings_node"),
        # The recorder finds out whose the files in its spool are, the worker what is due.
        _engine_reads("recordings_recording"),
        migrations.RunSQL(
            sql=f"GRANT SELECT ON recordings_node TO {schema.ENGINE}",
            reverse_sql=f"REVOKE SELECT ON recordings_node FROM {schema.ENGINE}",
        ),
        migrations.RunSQL(
            sql="CREATE INDEX recording_agents ON recordings_recording USING gin (agents jsonb_path_ops)",
            reverse_sql="DROP INDEX recording_agents",
        ),
    ]
