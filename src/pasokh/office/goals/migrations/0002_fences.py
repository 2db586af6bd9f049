from django.db import migrations

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("goals", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [fence("goals_goal"), fence("goals_goalaim")]
