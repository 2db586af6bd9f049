import json

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


from pasokh.office.pauses.rules import FIRST
from pasokh.office.tenancy.rows import fence


def fill(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Every organisation there is begins with what the desk offered so far."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.org', '*', true)")
        cursor.execute("SELECT id FROM tenancy_organisation")
        for (org,) in cursor.fetchall():
            cursor.execute("SELECT set_config('app.org', %s, true)", [org])
            cursor.executemany(
                "INSERT INTO pauses_pause (organisation_id, key, name, position, is_paid, archived_at)"
                " VALUES (%s, %s, %s, %s, %s, 0)",
                [(org, each.key, json.dumps(each.names), place, each.is_paid) for place, each in enumerate(FIRST)],
            )
        cursor.execute("SELECT set_config('app.org', '', true)")


class Migration(migrations.Migration):
    dependencies = [("pauses", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [fence("pauses_pause"), migrations.RunPython(fill, migrations.RunPython.noop)]
