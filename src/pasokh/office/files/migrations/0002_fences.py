from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("files_file"),
        # `connect` looks in every organisation at once for files that wait for the scanner; it sees when, never what.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT (organisation_id, state, due_at) ON files_file TO {schema.ENGINE}",
                f"CREATE POLICY engine ON files_file FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON files_file",
                f"REVOKE SELECT (organisation_id, state, due_at) ON files_file FROM {schema.ENGINE}",
            ],
        ),
    ]
