from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("policy_draft"),
        fence("policy_preview"),
        # The worker asks which previews wait for a process.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT ON policy_preview TO {schema.ENGINE}",
                f"CREATE POLICY engine ON policy_preview FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON policy_preview",
                f"REVOKE SELECT ON policy_preview FROM {schema.ENGINE}",
            ],
        ),
    ]
