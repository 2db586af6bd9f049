from django.db import migrations

from pasokh.office.tenancy.rows import allow_lookup, fence
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [("account", "0001_initial"), ("tenancy", "0002_fences"), ("people", "0002_fences")]
    operations = [
        fence("account_credentials"),
        fence("account_passkey"),
        fence("account_browser"),
        fence("account_ticket"),
        fence("account_invitation"),
        fence("account_signinpolicy"),
        fence("account_signon"),
        fence("account_signondomain"),
        fence("account_identity"),
        # Before somebody is signed in, one row tells whose it is: that of the passkey, link or domain they name.
        allow_lookup("account_passkey", "credential", "app.credential"),
        allow_lookup("account_ticket", "token_hash", "app.token"),
        allow_lookup("account_invitation", "token_hash", "app.token"),
        allow_lookup("account_signondomain", "domain", "app.domain"),
        # A forgotten password may be asked for by address; several people may share one.
        migrations.RunSQL(
            sql=[
                f"CREATE POLICY lookup_mail ON people_user FOR SELECT TO {schema.APP}"
                " USING (email <> '' AND lower(email) = (SELECT current_setting('app.mail', true)))",
                "CREATE INDEX people_user_mail ON people_user (lower(email)) WHERE email <> ''",
            ],
            reverse_sql=["DROP INDEX people_user_mail", "DROP POLICY lookup_mail ON people_user"],
        ),
    ]
