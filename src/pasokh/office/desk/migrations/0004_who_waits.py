from django.db import migrations

from pasokh.store import schema

SEEN = "organisation_id, state, channel, customer"


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_aftercare")]
    operations = [
        # The web asks under the engine's role which organisations have visitors who wait.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT ({SEEN}) ON desk_contact TO {schema.ENGINE}",
                f"CREATE POLICY engine ON desk_contact FOR SELECT TO {schema.ENGINE} USING (state = 'waiting')",
            ],
            reverse_sql=[
                "DROP POLICY engine ON desk_contact",
                f"REVOKE SELECT ({SEEN}) ON desk_contact FROM {schema.ENGINE}",
            ],
        ),
    ]
