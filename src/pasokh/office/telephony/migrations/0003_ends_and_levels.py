from django.db import migrations, models

from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("telephony", "0002_fences")]
    operations = [
        migrations.AddField("blockednumber", "until", models.BigIntegerField(default=0)),
        migrations.AddField("promptsound", "loudness", models.IntegerField(default=0)),
        migrations.AddField("promptsound", "peak", models.IntegerField(default=0)),
        # The worker asks which organisation has a block whose time is over.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT (organisation_id, until) ON telephony_blockednumber TO {schema.ENGINE}",
                f"CREATE POLICY engine ON telephony_blockednumber FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON telephony_blockednumber",
                f"REVOKE SELECT (organisation_id, until) ON telephony_blockednumber FROM {schema.ENGINE}",
            ],
        ),
    ]
