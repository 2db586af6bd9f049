"""The demonstration, the worker, the figures, and who speaks which language."""

import threading
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from tests.office_stage import Office, chat
from tests.polling import until
from tests.security.browser import Browser, signed_in

from pasokh.acd import commands as cmd
from pasokh.office import demo_people as demo
from pasokh.office import worker
from pasokh.office.audit.models import AuditEvent
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.configuration import configure
from pasokh.office.crm.models import Address, Customer
from pasokh.office.day.models import BreakPlan
from pasokh.office.demo import do_create_demo
from pasokh.office.desk.models import Contact
from pasokh.office.people.models import Team
from pasokh.office.people.team_actions import do_save_team
from pasokh.office.static_files import StaticMiddleware
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Queue, Reason, Widget
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema


def test_the_demonstration_is_made_once_and_works(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    do_create_demo()
    with organisation_scope(demo.ORGANISATION):
        made = AuditEvent.objects.count()
    do_create_demo()
    with organisation_scope(demo.ORGANISATION):
        assert AuditEvent.objects.count() == made
    assert all(answer.ok for answer in office.work(demo.ORGANISATION))
    office.work(demo.ORGANISATION, [cmd.SignIn("agent1"), cmd.SetPresence("agent1", True)])
    [answer] = office.work(demo.ORGANISATION, chat("demo", 1, queue="support")[:1])
    assert answer.ok
    entered = Browser().post("/login/", {"username": "agent1", "password": demo.PASSWORD})
    assert entered.status_code == 302
    assert Browser().post("/login/", {"username": "traffic01", "password": ""}).status_code == 400
    assert demo.WIDGET in Browser().get("/demo/shop/").content.decode()
    monkeypatch.setattr(settings, "PUBLIC_URL", "http://127.0.0.1:9001")
    do_create_demo()
    with organisation_scope(demo.ORGANISATION):
        assert all("http://127.0.0.1:9001" in widget.origins for widget in Widget.objects.all())


def test_an_older_demonstration_gets_what_is_new_and_keeps_what_people_changed(office: Office) -> None:
    do_create_demo()
    with organisation_scope(demo.ORGANISATION):
        for queue in Queue.objects.filter(key__in=demo.ALL):
            old = msgspec.structs.replace(queue.config, reasons=(), ring_ms=33_000)
            do_publish_queue("system", old)
        for kind in (Reason, CannedAnswer, BreakPlan, Address, Customer):
            kind.objects.filter(**({"parent__isnull": False} if kind is Reason else {})).delete()
            kind.objects.all().delete()
        do_save_team("admin", "fa", {"en": "My own name"})
        do_create_demo()
        config = Queue.objects.get(key="support").config
        assert (len(config.reasons), config.ring_ms, config.follow_up_outcomes) == (6, 33_000, ("follow_up",))
        assert CannedAnswer.objects.count() >= 12
        assert Customer.objects.exclude(needs="").count() >= 3
        assert Team.objects.get(key="fa").name == {"en": "My own name"}
        made = AuditEvent.objects.count()
        do_create_demo()
        assert AuditEvent.objects.count() == made
    assert all(answer.ok for answer in office.work(demo.ORGANISATION))


def test_the_worker_follows_the_log_of_every_organisation(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = configure({"PASOKH_DATABASE_URL": office.dsn("postgres")}, str)
    monkeypatch.setattr(settings, "CONFIGURATION", configuration)
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop.is_set, ready.set))
    thread.start()
    try:
        assert ready.wait(20)
        for org in ("alpha", "beta"):
            office.work(org, chat(org, 50))

        def seen(org: str) -> bool:
            with organisation_scope(org):
                return Contact.objects.filter(id=f"{org}-c50").exists()

        until(lambda: seen("alpha") and seen("beta"))
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_figures_are_those_of_the_wallboard(shared_office: Office) -> None:
    figures = signed_in("alpha-supervisor").get("/api/v1/figures/today").json()
    queue = figures["keys"]["q:help"]
    assert (queue["entered"], queue["answered"], queue["waiting"]) == (2, 1, 1)
    assert queue["sl"] == {
        "formula": "sl.answered_or_abandoned", "version": 1, "threshold_ms": 20_000, "target_permille": 800,
        "value": 1.0, "n": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("language", "direction"), [("fa", "rtl"), ("uk", "ltr"), ("en", "ltr")])
def test_pages_speak_the_chosen_language(office: Office, language: str, direction: str) -> None:
    browser = signed_in("alpha-administrator")
    browser.post("/language/", {"language": language})
    for path in ("/contacts/", "/contacts/alpha-c1/", "/queues/", "/queues/help/", "/agents/", "/wall/", "/audit/"):
        body = browser.get(path).content.decode()
        assert f'lang="{language}"' in body
        assert f'dir="{direction}"' in body
        assert "went wrong" not in body
    again = signed_in("alpha-administrator")
    assert again.cookies["pasokh_language"].value == language


def test_nothing_of_a_migration_is_missing(office: Office) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_request_role_owns_nothing(shared_office: Office) -> None:
    import psycopg

    with psycopg.connect(shared_office.dsn(schema.APP)) as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"
        )
        assert owned.fetchone() == (0,)


def test_static_files_are_answered_whole(tmp_path: Path) -> None:
    (tmp_path / "hello.js").write_text("1;" * 50_000)
    with override_settings(WHITENOISE_ROOT=str(tmp_path)):
        serve = StaticMiddleware(lambda request: HttpResponse(status=404))
    asked = RequestFactory()
    whole = serve(asked.get("/hello.js"))
    assert not whole.streaming
    assert whole.content == b"1;" * 50_000
    assert whole["Content-Type"].startswith("text/javascript")
    assert serve(asked.get("/hello.js", HTTP_IF_NONE_MATCH=whole["ETag"])).status_code == 304
    assert serve(asked.get("/../secret")).status_code == 404
