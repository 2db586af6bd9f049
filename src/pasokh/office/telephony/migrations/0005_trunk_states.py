from django.db import migrations, models

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("telephony", "0004_spending")]
    operations = [
        migrations.CreateModel(
            "TrunkState",
            [
                ("pk", models.CompositePrimaryKey("organisation_id", "trunk", "node", blank=True, editable=False, primary_key=True, serialize=False)),
                ("organisation", models.ForeignKey("tenancy.Organisation", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")),
                ("trunk", models.CharField(max_length=60)),
                ("node", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=8)),
                ("since", models.BigIntegerField()),
                ("round_trip_us", models.BigIntegerField(default=0)),
                ("registration", models.CharField(default="", max_length=12)),
                ("looked_at", models.BigIntegerField()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        fence("telephony_trunkstate", verbs=("SELECT", "DELETE")),
        migrations.RunSQL(
            sql=[
                f"GRANT INSERT, SELECT, UPDATE ON telephony_trunkstate TO {schema.ENGINE}",
                f"CREATE POLICY engine ON telephony_trunkstate TO {schema.ENGINE} USING (true) WITH CHECK (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON telephony_trunkstate", f"REVOKE ALL ON telephony_trunkstate FROM {schema.ENGINE}",
            ],
        ),
    ]
