from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema

_TABLES = (
    "trunk", "flow", "flowversion", "number", "numbertrunk", "station", "prompt", "promptsound", "dialpolicy",
    "blockednumber", "callerlanguage", "plantdocument",
)  # fmt: skip


def _engine_reads(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=[
            f"GRANT SELECT ON {table} TO {schema.ENGINE}",
            f"CREATE POLICY engine ON {table} FOR SELECT TO {schema.ENGINE} USING (true)",
        ],
        reverse_sql=[f"DROP POLICY engine ON {table}", f"REVOKE SELECT ON {table} FROM {schema.ENGINE}"],
    )


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        *(fence(f"telephony_{table}") for table in _TABLES),
        # The switch's keeper reads every organisation's document, and the recordings it names.
        _engine_reads("telephony_plantdocument"),
        _engine_reads("telephony_promptsound"),
        _engine_reads("telephony_prompt"),
    ]
