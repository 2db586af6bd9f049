from django.db import migrations

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("audit_auditevent", verbs=("SELECT", "INSERT")),
        migrations.RunSQL(
            sql=[
                """
                CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
                $refuse$ BEGIN RAISE EXCEPTION 'audit events are never changed or removed'; END $refuse$
                """,
                "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditevent"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
            ],
            reverse_sql=[
                "DROP TRIGGER audit_append_only ON audit_auditevent",
                "DROP FUNCTION audit_refuse()",
            ],
        ),
    ]
