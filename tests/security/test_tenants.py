"""Two tenants: whoever asks whatever with the other's ids learns nothing, even with the ORM's fence taken away."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.office_stage import ROLES, Office
from tests.recording_furnish import recording_of
from tests.security.browser import Browser, signed_in
from tests.telephony_stage import FLOW, trunk

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
    "rule": "2",
    "goal": "2",
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
    "recording": recording_of("beta"),
    "note": "2",
    "trunk": "beta-trunk",
    "flow": "beta-flow",
    "version": "1",
    "prompt": "beta-prompt",
    "station": "beta-agent.mobile",
    "spoken": "en",
    "name": "beta-voice",
    "form": "csv",
    "view": "2",
    "report": "2",
    "source": "log",
    "digest": "abc",
    "upload": "0" * 32,
}
OWN = {
    "token": "alpha-token",
    "organisation": "nowhere",
    "contact": "alpha-c1",
    "follow_up": "alpha-f1",
    "customer": "1",
    "plan": "1",
    "rule": "1",
    "goal": "1",
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
    "recording": recording_of("alpha"),
    "note": "1",
    "trunk": "main",
    "flow": "line",
    "version": "1",
    "prompt": "welcome",
    "station": "alpha-agent.mobile",
    "spoken": "en",
    "name": "0123",
    "form": "csv",
    "view": "1",
    "report": "1",
    "source": "log",
    "digest": "abc",
    "upload": "0" * 32,
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


QUERIES = ("", "?q=bet&queue=help&before=9999", "?q=hello&agent=beta-agent")
"""Beside nothing: words that only the other tenant has (asked for without saying the one we look for), and that
both have."""


def crawl(browser: Client, ids: dict[str, str], known: Iterable[str] = ()) -> dict[str, str]:
    """What every address that is not `known` answers, by GET, and by POST where GET is refused."""
    answers = {}
    for path in sorted({filled(route, ids) for route in addresses()} - {*known, "/logout/"}):
        for query in QUERIES:
            response = browser.get(path + query)
            refuses_get = response.status_code == 405
            if refuses_get:
                response = browser.post(path + query)
            assert response.status_code < 500, path
            answers[path + query] = response.getvalue().decode()
            if refuses_get:
                break
    return answers


def told_of_beta(body: str, echoed: Iterable[str]) -> str:
    """What is left of an answer that names the other tenant, without what was asked for; nothing if it names none."""
    for asked in sorted((text for text in echoed if "beta" in text), key=len, reverse=True):
        body = body.replace(asked, "")
    body = re.sub(r"[\w.:\-]{48,}", "", body)  # tokens: chance spells anything
    return body if "beta" in body.lower() else ""


def furnish_beta() -> None:
    """What only the other tenant has."""
    from pasokh.acd.model import QueueConfig
    from pasokh.office.pauses.actions import PauseDraft, do_save_pause
    from pasokh.office.supervise.actions import do_publish_queue
    from pasokh.office.telephony.actions import do_save_trunk
    from pasokh.office.telephony.flow_actions import do_save_draft
    from pasokh.office.telephony.prompt_actions import do_save_prompt
    from pasokh.office.telephony.rules import PromptDraft

    with organisation_scope("beta"):
        do_publish_queue("system", QueueConfig("beta-queue", {"en": "beta queue"}))
        do_save_pause("system", "beta-pause", PauseDraft({"en": "beta pause"}))
        do_save_trunk("system", "beta-trunk", trunk("beta"))
        do_save_draft("system", "beta-flow", {"en": "beta flow"}, FLOW)
        do_save_prompt("system", "beta-prompt", PromptDraft({"en": "beta says"}))


@pytest.fixture(params=["fenced", "orm fence removed"])
def fences(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param != "fenced":
        monkeypatch.setattr(TenantManager, "fenced", lambda self, rows: rows)
    return str(request.param)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_no_address_tells_anything_of_the_other_tenant(office: Office, fences: str, role: str) -> None:
    furnish_beta()
    browser = Browser() if role == "nobody" else signed_in(f"alpha-{role}")
    own = crawl(browser, OWN)
    asked = crawl(browser, OTHERS, {path.partition("?")[0] for path in own})
    assert len(own) > 200
    assert len(asked) > 50
    for path, body in own.items():
        assert not told_of_beta(body, ["beta-agent"] if "beta-agent" in path else []), path
    for path, body in asked.items():
        assert not told_of_beta(body, OTHERS.values()), path
    for route in ("/contacts/{contact}/", "/api/v1/contacts/{contact}", "/api/v1/contacts/{contact}/messages",
                  "/api/v1/contacts/{contact}/interactions", "/api/v1/contacts/{contact}/explanation"):  # fmt: skip
        status = browser.get(route.format(**OTHERS)).status_code
        assert status == (404 if role != "nobody" else 302 if not route.startswith("/api") else 401)


def test_writing_to_the_other_tenant_changes_nothing(office: Office, fences: str) -> None:
    furnish_beta()
    browser = signed_in("alpha-administrator")
    before = everything("beta")
    for path in (
        "/queues/beta-queue/close/",
        "/api/v1/queues/beta-queue/close",
        "/agents/beta-agent/",
        "/queues/beta-queue/",
    ):
        assert browser.post(path, {"name": "taken over"}).status_code == 404, path
    for path in sorted({filled(route, OTHERS) for route in addresses()} - LEAVES):
        assert browser.post(path, SENT).status_code < 500, path
    assert everything("beta") == before


LEAVES = {"/logout/", "/account/password/", "/account/sessions/", "/account/second-factor/", "/account/passkeys/",
          "/account/confirm/"}  # fmt: skip
"""What would end the crawler's own session, or is about nobody but the person signed in."""
SENT: dict[str, Any] = {
    "name": "crawler", "name_en": "crawler", "note": "crawler", "text_en": "crawler", "title": "crawler",
    "shortcut": "crawler", "key": "crawler", "id": "crawler", "email": "crawler@example.org", "action": "publish",
    "language": "en", "day": "2033-05-04", "time": "10:00", "begins": "10:00", "ends": "10:15", "weekdays": "1",
    "change": "queue_add", "role": "beta-role", "team": "beta-team", "queue": "beta-queue", "queues": "beta-queue",
    "client": "beta-client", "skill": "beta-skill", "outcome": "beta-outcome", "outcomes": "beta-outcome",
    "reason": "beta-reason", "reasons": "beta-reason", "owner": "beta-agent", "who": "team:beta-team",
    "person": "beta-agent", "people": "beta-agent", "username": "beta-agent", "other": "2", "calendar": "beta-queue",
    "contact": "beta-c1", "follow_up": "beta-f1", "file": "beta-file", "invitation": "2", "browser": "2",
    "scope": "team", "customer": "2", "pause": "beta-pause",
}  # fmt: skip
"""Every name a form may know, with ids of the other tenant."""
BODIES = (
    ("post", "/api/v1/follow-ups", {"contact": "alpha-c1", "owner": "beta-agent", "due_at": 2**41, "note": "x"}),
    ("post", "/api/v1/follow-ups", {"contact": "beta-c1", "due_at": 2**41, "note": "x"}),
    ("post", "/api/v1/follow-ups", {"id": "beta-f1", "due_at": 2**41, "note": "x"}),
    ("post", "/api/v1/wall/agents/alpha-agent", {"queues": ["beta-queue"], "skills": {}}),
    ("post", "/api/v1/wall/agents/alpha-agent", {"queues": [], "skills": {"beta-skill": 5}}),
    ("post", "/api/v1/wall/agents/beta-agent", {"queues": [], "skills": {}}),
    ("post", "/api/v1/wall/queues/help/overflow", {"to": ["beta-queue"]}),
    ("post", "/api/v1/contacts/alpha-c1/customer", {"customer": 2}),
    ("post", "/api/v1/contacts/beta-c1/customer", {"customer": 1}),
    ("patch", "/api/v1/customers/2", {"name": "taken"}),
    ("post", "/customers/1/merge/", {"other": "2"}),
    ("post", "/agents/bulk/", {"people": "beta-agent", "change": "deactivate"}),
    ("post", "/setup/invitations/", {"invitation": "2", "do": "withdraw"}),
)
REDIRECTED = {"/agents/bulk/", "/setup/invitations/"}
"""They tell an error on the page that follows."""
AS_TYPED = {"audit_auditevent", "audit_submission", "policy_draft"}
"""They keep what somebody asked for as it was."""


def test_ids_of_the_other_tenant_in_what_is_sent_change_and_tell_nothing(office: Office, fences: str) -> None:
    furnish_beta()
    browser = signed_in("alpha-administrator")
    before = everything("beta")
    for path in sorted({filled(route, OWN) for route in addresses()} - LEAVES):
        response = browser.post(path, SENT)
        assert response.status_code < 500, path
        assert not told_of_beta(response.getvalue().decode(), SENT.values()), path
    for method, path, body in BODIES:
        kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
        response = getattr(browser, method)(path, body, **kind)
        assert response.status_code in ({302} if path in REDIRECTED else {400, 404}), (path, body, response.content)
    office.work("alpha")
    assert everything("beta") == before
    kept = {table: rows for table, rows in everything("alpha").items() if table not in AS_TYPED}
    assert "beta" not in json.dumps(kept)


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
    moved = []
    for model in tenant_tables():
        table = model._meta.db_table
        if "organisation_id" not in {f.attname for f in model._meta.fields}:
            continue
        try:
            with organisation_scope("alpha"), connection.cursor() as cursor:
                cursor.execute(f"UPDATE \"{table}\" SET organisation_id = 'beta'")
        except DatabaseError as error:
            if not re.search(r"row-level security|permission denied|append|never changed", str(error)):
                moved.append(f"{table}: {error}")
        else:
            moved.append(table)
    assert moved == []


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
