from django.db import migrations

from pasokh.office.tenancy.rows import store_version


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_brand_and_archive")]
    operations = [store_version(2)]
