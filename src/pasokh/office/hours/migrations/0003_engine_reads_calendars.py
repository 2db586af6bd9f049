from django.db import migrations

from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("hours", "0002_fences")]
    operations = [
        # A caller's flow asks whether a calendar is open now.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT ON hours_calendar TO {schema.ENGINE}",
                f"CREATE POLICY engine ON hours_calendar FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON hours_calendar",
                f"REVOKE SELECT ON hours_calendar FROM {schema.ENGINE}",
            ],
        ),
    ]
