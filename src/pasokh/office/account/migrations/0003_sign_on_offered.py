from django.db import migrations

from pasokh.store import schema

FUNCTION = """
CREATE FUNCTION account_sign_on_offered() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $offered$
DECLARE
  before text := current_setting('app.org', true);
  found boolean;
BEGIN
  PERFORM set_config('app.org', '*', true);
  found := EXISTS (SELECT 1 FROM account_signon WHERE is_on);
  PERFORM set_config('app.org', coalesce(before, ''), true);
  RETURN found;
END
$offered$
"""


class Migration(migrations.Migration):
    dependencies = [("account", "0002_fences")]
    operations = [
        # The door asks before anybody's organisation is known; it learns a yes or no about the whole installation.
        migrations.RunSQL(
            sql=[
                FUNCTION,
                "REVOKE ALL ON FUNCTION account_sign_on_offered() FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION account_sign_on_offered() TO {schema.APP}",
            ],
            reverse_sql=["DROP FUNCTION account_sign_on_offered()"],
        ),
    ]
