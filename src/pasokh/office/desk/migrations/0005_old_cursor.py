from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_who_waits")]
    operations = [
        # The first history's cursor: its projection has another name since and left the row behind.
        migrations.RunSQL(
            sql=[
                "SELECT set_config('app.org', '*', true)",
                "DELETE FROM projection_cursor WHERE name = 'desk.history.1'",
                "SELECT set_config('app.org', '', true)",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
