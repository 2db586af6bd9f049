import json

from django.db import migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pasokh.office.telephony.money import currency_of, minor_digits
from pasokh.office.tenancy.rows import fence

_TABLES = (("telephony_dialpolicy", "definition", ""), ("telephony_plantdocument", "document", "dial"))
"""Table, column, and where in it the settings of dialling are."""


def to_millionths(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Amounts were in the smallest unit of a currency nobody named; they are in millionths of a named one."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.org', '*', true)")
        cursor.execute("SELECT id, zone, language FROM tenancy_organisation")
        for org, zone, language in cursor.fetchall():
            cursor.execute("SELECT set_config('app.org', %s, true)", [org])
            rewrite(editor.connection, org, currency_of(zone, language), "jalali" if language == "fa" else "gregorian")
        cursor.execute("SELECT set_config('app.org', '', true)")


def rewrite(connection: BaseDatabaseWrapper, org: str, currency: str, calendar: str) -> None:
    """Bring an organisation's policy and document to millionths; again changes nothing."""
    factor = 10 ** (6 - minor_digits(currency))
    with connection.cursor() as cursor:
        for table, column, path in _TABLES:
            cursor.execute(f"SELECT {column}::text FROM {table} WHERE organisation_id = %s", [org])  # noqa: S608 - our names
            for (found,) in cursor.fetchall():
                held = json.loads(found or "{}")
                policy = (held.get(path) or {} if path else held).get("policy")
                if not policy or "currency" in policy:
                    continue
                policy |= {"currency": currency, "calendar": calendar}
                for price in policy.get("prices", []):
                    price["a_minute"] *= factor
                for name in ("spend_a_day", "spend_a_month"):
                    if policy.get(name) is not None:
                        policy[name] *= factor
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s, version = version + 1 WHERE organisation_id = %s",  # noqa: S608 - our names
                    [json.dumps(held), org],
                )


class Migration(migrations.Migration):
    dependencies = [("telephony", "0003_ends_and_levels"), ("tenancy", "0002_fences")]
    operations = [
        migrations.CreateModel(
            "OutsideDay",
            [
                ("pk", models.CompositePrimaryKey("organisation_id", "day", "month", "currency", "purpose", blank=True, editable=False, primary_key=True, serialize=False)),
                ("organisation", models.ForeignKey("tenancy.Organisation", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")),
                ("day", models.CharField(max_length=10)),
                ("month", models.CharField(max_length=7)),
                ("currency", models.CharField(max_length=3)),
                ("purpose", models.CharField(max_length=12)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("answered", models.PositiveIntegerField(default=0)),
                ("talk_ms", models.BigIntegerField(default=0)),
                ("cost", models.BigIntegerField(default=0)),
            ],
            options={"abstract": False, "base_manager_name": "objects", "indexes": [models.Index(fields=["organisation", "month"], name="outside_month")]},
        ),
        migrations.CreateModel(
            "OutsideCall",
            [
                ("pk", models.CompositePrimaryKey("organisation_id", "call", blank=True, editable=False, primary_key=True, serialize=False)),
                ("organisation", models.ForeignKey("tenancy.Organisation", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")),
                ("call", models.CharField(max_length=80)),
                ("purpose", models.CharField(max_length=12)),
                ("terms", models.JSONField()),
                ("began_at", models.BigIntegerField()),
                ("answered_at", models.BigIntegerField(default=0)),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        fence("telephony_outsideday"),
        fence("telephony_outsidecall"),
        migrations.RunPython(to_millionths, migrations.RunPython.noop),
    ]
