"""Two tenants: whoever asks whatever with the other's ids learns nothing, even with the ORM's fence taken away."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.checks import run_checks
from django.db import connection, models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.office_stage import ROLES, Office
from tests.security.browser import Browser, signed_in

from pasokh.office.tenancy.checks import WITHOUT_TENANT, tenant_tables
from pasokh.office.tenancy.models import TenantManager
from pasokh.office.tenancy.scope import organisation_scope, set_local
from pasokh.store import schema

OTHERS = {
    "token": "beta-token",
    "organisation": "nowhere",
    "contact": "beta-c1",
    "follow_up": "beta-f1",
    "customer": "2",
    "plan": "4",
    "key": "beta-queue",
    "username": "beta-agent",
    "client": "beta-client",
    "skill": "beta-skill",
    "outcome": "beta-outcome",
    "reason": "beta-reason",
    "pause": "beta-pause",
    "team": "beta-team",
    "role": "beta-role",
    "widget": "beta-spare",
    "answer": "2",
    "draft": "2",
    "number": "7",
    "step": "chat",
    "file": "beta-file",
}
OWN = {
    "token": "alpha-token",
    "organisation": "nowhere",
    "contact": "alpha-c1",
    "follow_up": "alpha-f1",
    "customer": "1",
    "plan": "1",
    "key": "help",
    "username": "alpha-agent",
    "client": "north",
    "skill": "spare",
    "outcome": "rare",
    "reason": "why",
    "pause": "lunch",
    "team": "empty",
    "role": "auditor",
    "widget": "alpha-spare",
    "answer": "1",
    "draft": "1",
    "number": "1",
    "step": "chat",
    "file": "alpha-file",
}


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Every route of the urlconf, as written."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield "/" + route


def filled(route: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        route = route.replace(f"<str:{name}>", value).replace(f"<int:{name}>", value).replace(f"<{name}>", value)
    assert "<" not in route, f"give the crawler an id for {route}"
    return route


def crawl(browser: Client, ids: dict[str, str]) -> dict[str, str]:
    """What every address answers, by GET, and by POST where GET is refused."""
    answers = {}
    for route in sorted(set(addresses())):
        path = filled(route, ids)
        if path == "/logout/":
            continue
        for query in ("", "?q=beta&queue=help&agent=beta-agent&before=9999"):
            response = browser.get(path + query)
            if response.status_code == 405:
                response = browser.post(path + query)
            assert response.status_code < 500, path
            answers[path + query] = response.getvalue().decode()
    return answers


@pytest.fixture(params=["fenced", "orm fence removed"])
def fences(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param != "fenced":
        monkeypatch.setattr(TenantManager, "fenced", lambda self, rows: rows)
    return str(request.param)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_no_address_tells_anything_of_the_other_tenant(office: Office, fences: str, role: str) -> None:
    with organisation_scope("beta"):
        from pasokh.acd.model import QueueConfig
        from pasokh.office.pauses.actions import PauseDraft, do_save_pause
        from pasokh.office.supervise.actions import do_publish_queue

        do_publish_queue("system", QueueConfig("beta-queue", {"en": "beta queue"}))
        do_save_pause("system", "beta-pause", PauseDraft({"en": "beta pause"}))
    browser = Browser() if role == "nobody" else signed_in(f"alpha-{role}")
    asked = crawl(browser, OTHERS)
    own = crawl(browser, OWN)
    assert len(asked) > 50
    for path, body in asked.items() | own.items():
        said = body
        for echoed in (*OTHERS.values(), "q=beta", 'value="beta"', "agent=beta-agent"):
            said = said.replace(echoed, "")
        assert "beta" not in said.lower(), (path, said)
    for route in ("/contacts/{contact}/", "/api/v1/contacts/{contact}", "/api/v1/contacts/{contact}/messages",
                  "/api/v1/contacts/{contact}/interactions", "/api/v1/contacts/{contact}/explanation"):  # fmt: skip
        status = browser.get(route.format(**OTHERS)).status_code
        assert status == (404 if role != "nobody" else 302 if not route.startswith("/api") else 401)


def test_writing_to_the_other_tenant_changes_nothing(office: Office, fences: str) -> None:
    browser = signed_in("alpha-administrator")
    before = everything("beta")
    for path in (
        "/queues/beta-queue/close/",
        "/api/v1/queues/beta-queue/close",
        "/agents/beta-agent/",
        "/queues/beta-queue/",
    ):
        assert browser.post(path, {"name": "taken over"}).status_code == 404, path
    assert everything("beta") == before


def everything(org: str) -> dict[str, Any]:
    found = {}
    with organisation_scope(org), connection.cursor() as cursor:
        for model in tenant_tables():
            table = model._meta.db_table
            if table != "people_session":
                cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t ORDER BY 1')
                found[table] = [json.loads(text) for (text,) in cursor.fetchall()]
    return found


def test_the_database_alone_shows_one_tenant_at_a_time(office: Office) -> None:
    for org in ("alpha", "beta"):
        other = "beta" if org == "alpha" else "alpha"
        for table, rows in everything(org).items():
            assert rows, f"{table}: the stage leaves it empty, so nothing is tested"
            assert other not in json.dumps(rows), table


def test_without_a_scope_there_is_nothing(shared_office: Office) -> None:
    with connection.cursor() as cursor:
        for model in tenant_tables():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            assert cursor.fetchone() == (0,), model


def test_the_lookups_show_one_row_each_and_nothing_else(office: Office) -> None:
    from django.db import transaction

    for setting, value in (("app.login", "beta-agent"), ("app.widget", "beta-widget")):
        with transaction.atomic(), connection.cursor() as cursor:
            set_local(setting, value)
            counts = {}
            for model in tenant_tables():
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                counts[model._meta.db_table] = cursor.fetchone()[0]
        assert sum(counts.values()) == 1, counts
        with transaction.atomic(), connection.cursor() as cursor:
            set_local(setting, value)
            cursor.execute("UPDATE people_user SET name = 'x'")
            assert cursor.rowcount == 0


def test_the_scope_ends_with_its_transaction(shared_office: Office) -> None:
    with organisation_scope("alpha"):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.org', true), '')")
        assert cursor.fetchone() == ("",)


def test_rows_cannot_be_moved_to_the_other_tenant(office: Office) -> None:
    for model in tenant_tables():
        if "organisation_id" not in {f.attname for f in model._meta.fields}:
            continue
        with (
            pytest.raises(Exception, match=r"row-level security|permission denied|append|never changed"),
            organisation_scope("alpha"),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE \"{model._meta.db_table}\" SET organisation_id = 'beta'")


def test_every_tenant_table_is_fenced_and_the_request_role_bound(shared_office: Office) -> None:
    assert run_checks(databases=["default"]) == []


def test_an_unfenced_table_is_found(office: Office) -> None:
    with psycopg.connect(office.dsn(schema.OWNER), autocommit=True) as owner:
        owner.execute("ALTER TABLE desk_message NO FORCE ROW LEVEL SECURITY")
    assert [e.id for e in run_checks(databases=["default"])] == ["tenancy.E001"]


def test_tables_without_tenant_hold_no_tenant_column() -> None:
    from django.apps import apps

    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in WITHOUT_TENANT:
            related = {f.related_model._meta.db_table for f in model._meta.fields if isinstance(f, models.ForeignKey)}
            assert related <= WITHOUT_TENANT


def test_audit_events_are_never_changed_or_removed(office: Office) -> None:
    for role in (schema.APP, schema.OWNER):
        for statement in ("UPDATE audit_auditevent SET actor = 'x'", "DELETE FROM audit_auditevent"):
            with psycopg.connect(office.dsn(role)) as someone:
                someone.execute("SELECT set_config('app.org', 'alpha', true)")
                with pytest.raises(psycopg.Error, match=r"permission denied|never changed"):
                    someone.execute(statement)
