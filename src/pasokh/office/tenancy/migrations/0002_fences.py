from django.db import migrations

from pasokh.office.tenancy.rows import fence, store_version


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        store_version(1),
        fence("tenancy_organisation", column="id"),
        fence("tenancy_client"),
    ]
