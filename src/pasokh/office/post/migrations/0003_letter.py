import django.db.models.deletion
from django.db import migrations, models

from pasokh.office.tenancy.rows import fence


class Migration(migrations.Migration):
    dependencies = [("post", "0002_fences"), ("tenancy", "0002_fences")]
    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("interaction", models.CharField(max_length=80)),
                ("contact", models.CharField(max_length=80)),
                ("address", models.EmailField(max_length=254)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("asked", models.TextField(blank=True, default="")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.organisation"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("organisation", "interaction"), name="letter_once")],
            },
        ),
        fence("post_letter"),
    ]
