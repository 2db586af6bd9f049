from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


def written_by_engine(table: str, *read: str) -> migrations.RunSQL:
    """Engines add rows of the organisations they lead; they change nothing and read only whose a row is."""
    return migrations.RunSQL(
        sql=[
            f"GRANT INSERT, SELECT ({', '.join(('organisation_id', *read))}) ON {table} TO {schema.ENGINE}",
            f"CREATE POLICY engine ON {table} TO {schema.ENGINE} USING (true) WITH CHECK (true)",
        ],
        reverse_sql=[f"DROP POLICY engine ON {table}", f"REVOKE ALL ON {table} FROM {schema.ENGINE}"],
    )


class Migration(migrations.Migration):
    dependencies = [("voice_quality", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("voice_quality_steps", verbs=("SELECT", "DELETE")),
        fence("voice_quality_leg", verbs=("SELECT", "DELETE")),
        fence("voice_quality_browserleg"),
        written_by_engine("voice_quality_steps"),
        written_by_engine("voice_quality_leg", "channel"),
    ]
