from django.db import migrations

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("desk_contact"),
        fence("desk_interaction"),
        fence("desk_segment"),
        fence("desk_message"),
    ]
