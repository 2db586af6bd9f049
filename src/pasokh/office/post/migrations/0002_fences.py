from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("post", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("post_mail", verbs=("SELECT", "INSERT", "UPDATE")),
        fence("post_sender"),
        # `connect` looks in every organisation at once for mails that are due; of a mail it sees when, never what or to whom.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT (organisation_id, state, due_at) ON post_mail TO {schema.ENGINE}",
                f"CREATE POLICY engine ON post_mail FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON post_mail",
                f"REVOKE SELECT (organisation_id, state, due_at) ON post_mail FROM {schema.ENGINE}",
            ],
        ),
    ]
