from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_asked_beside_the_leader")]
    operations = [migrations.AddField("client", "greeting", models.JSONField(default=dict))]
