from django.db import migrations

from pasokh.office.tenancy.rows import allow_lookup, fence, grant
from pasokh.store import schema


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("tenancy", "0002_fences"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        fence("people_team"),
        fence("people_user"),
        fence("people_skilllevel"),
        fence("people_queuemembership"),
        # Signing in starts from a username; the organisation follows from it (see people.sign_in).
        allow_lookup("people_user", "username", "app.login"),
        # A request sees the one session whose key its cookie names.
        fence("people_session", column="session_key", setting="app.session"),
        # Expired sessions open nothing; the worker removes them.
        migrations.RunSQL(
            sql=[
                f"CREATE POLICY expired ON people_session TO {schema.APP}"
                " USING (expire_date < now()) WITH CHECK (false)"
            ],
            reverse_sql=["DROP POLICY expired ON people_session"],
        ),
        grant("people_signintry"),
        grant("django_content_type", verbs=("SELECT",)),
    ]
