from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("hours", "0001_initial"), ("tenancy", "0002_fences"), ("supervise", "0002_fences")]
    operations = [
        fence("hours_calendar"),
        fence("hours_queuehours"),
        # The worker asks which organisation has a boundary due, and the web chat how a queue's hours stand.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT ON hours_queuehours TO {schema.ENGINE}",
                f"CREATE POLICY engine ON hours_queuehours FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON hours_queuehours",
                f"REVOKE SELECT ON hours_queuehours FROM {schema.ENGINE}",
            ],
        ),
    ]
