from django.db import migrations

from pasokh.office.tenancy.rows import store_version


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_client_greeting")]
    operations = [store_version(3)]
