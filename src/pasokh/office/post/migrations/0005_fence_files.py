from django.db import migrations

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("post", "0004_mailfile"), ("tenancy", "0002_fences")]
    operations = [fence("post_mailfile")]
