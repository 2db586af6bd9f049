from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("figures_savedview"),
        fence("figures_viewchoice"),
        fence("figures_report"),
        fence("figures_reportrun"),
        # The worker finds out which reports are due.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT ON figures_report TO {schema.ENGINE}",
                f"CREATE POLICY engine ON figures_report FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON figures_report",
                f"REVOKE SELECT ON figures_report FROM {schema.ENGINE}",
            ],
        ),
    ]
