from django.db import migrations

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("watch", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [fence("watch_alarm")]
