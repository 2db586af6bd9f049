from django.db import migrations

from pasokh.office.tenancy.rows import fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("welcome", "0001_initial"), ("tenancy", "0002_fences")]
    operations = [
        fence("welcome_progress"),
        # Whether there is any organisation at all: asked before there is a scope, so the owner looks.
        migrations.RunSQL(
            sql=[
                """
                CREATE FUNCTION welcome_is_empty() RETURNS boolean
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
                AS $$
                DECLARE
                  before text := coalesce(current_setting('app.org', true), '');
                  known boolean;
                BEGIN
                  PERFORM set_config('app.org', '*', true);
                  SELECT EXISTS (SELECT FROM tenancy_organisation) INTO known;
                  PERFORM set_config('app.org', before, true);
                  RETURN NOT known;
                END
                $$
                """,
                "REVOKE ALL ON FUNCTION welcome_is_empty() FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION welcome_is_empty() TO {schema.APP}",
            ],
            reverse_sql=["DROP FUNCTION welcome_is_empty()"],
        ),
    ]
