from django.db import migrations

from pasokh.office.tenancy.rows import allow_lookup, fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("supervise", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("supervise_skill"),
        fence("supervise_outcome"),
        fence("supervise_queue"),
        fence("supervise_widget"),
        # A visitor names a widget's key; the organisation follows from it.
        allow_lookup("supervise_widget", "key", "app.widget"),
        # The web chat looks widgets up under the engine's role or the web's, and needs the queue's key with it.
        migrations.RunSQL(
            sql=[
                f"GRANT SELECT ON supervise_widget, supervise_queue TO {schema.ENGINE}",
                f"CREATE POLICY engine ON supervise_widget FOR SELECT TO {schema.ENGINE} USING (true)",
                f"CREATE POLICY engine ON supervise_queue FOR SELECT TO {schema.ENGINE} USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY engine ON supervise_queue",
                "DROP POLICY engine ON supervise_widget",
                f"REVOKE SELECT ON supervise_widget, supervise_queue FROM {schema.ENGINE}",
            ],
        ),
    ]
