from django.db import migrations

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("figure_alerts", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [fence("figure_alerts_alertrule"), fence("figure_alerts_alertring")]
