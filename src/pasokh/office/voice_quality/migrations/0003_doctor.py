from django.db import migrations

from pasokh.store import schema

COLUMNS = "answered, received, began_at, ended_at, trunk, station"


class Migration(migrations.Migration):
    """Doctor counts silent legs of every organisation, acting as the engine; it sees whose line, never who talked."""

    dependencies = [("voice_quality", "0002_fences")]
    operations = [
        migrations.RunSQL(
            sql=[f"GRANT SELECT ({COLUMNS}) ON voice_quality_leg TO {schema.ENGINE}"],
            reverse_sql=[f"REVOKE SELECT ({COLUMNS}) ON voice_quality_leg FROM {schema.ENGINE}"],
        )
    ]
