"""A file that a page should not wait for: the worker checks, writes and settles it, says how far it is, and a process
that dies or is called off leaves nothing half-done."""

import json
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection
from tests.integration.exchange.test_round_trip import BROKEN, TABLE, upload
from tests.office_stage import Office
from tests.polling import until

from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.audit.selectors import of_target
from pasokh.office.children import Children
from pasokh.office.exchange import actions, working
from pasokh.office.exchange.jobs import IMPORTS, SILENT_MS
from pasokh.office.exchange.models import Import
from pasokh.office.exchange.writing import exported
from pasokh.office.people.models import User
from pasokh.office.settling import Fate
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema


@pytest.fixture(autouse=True)
def every_file_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LONG_FILE", 0)
    monkeypatch.setattr(working, "TELL_SECONDS", 0)


def latest() -> Import:
    with organisation_scope("alpha"):
        return Import.objects.order_by("-id")[0]


def work(office: Office, row: Import | None = None) -> Import:
    """The worker's process, once."""
    working.work("alpha", (row or latest()).pk)
    return latest()


def state(browser, address: str) -> dict[str, object]:
    return json.loads(browser.get(f"{address}state/").content)


def test_a_long_list_is_checked_and_applied_by_the_worker(office: Office) -> None:
    browser, response = upload(TABLE, "/setup/exchange/people/")
    address = response["Location"]
    assert state(browser, address)["state"] == "running"
    assert "data-preview" in browser.get(address).content.decode()
    row = work(office)
    assert (row.state, row.done, row.total, row.counts) == ("checked", 2, 2, {"new": 1, "changed": 1, "kept": 2})
    assert state(browser, address) == {"state": "checked", "done": 2, "total": 2, "said": ""}
    assert "Renamed" in browser.get(address).content.decode()
    with organisation_scope("alpha"):
        assert not User.objects.filter(username="nova").exists()

    assert browser.post(f"{address}apply/")["Location"] == address
    assert latest().state == "applying"
    assert browser.post(f"{address}apply/", follow=True).status_code == 200, "again changes nothing"
    answering(office)
    row = work(office)
    assert (row.state, row.awaited, row.text) == ("applied", [], "")
    with organisation_scope("alpha"):
        assert User.objects.get(username="nova").name == "نووا کریمی"
        assert of_target("configuration:all")[0].action == "configuration.apply"


def answering(office: Office) -> None:
    """The engine takes up what there is whenever the worker waits for it."""
    pause = working._PAUSE

    class Working:
        def wait(self, seconds: float) -> None:
            working._PAUSE = pause
            office.work("alpha")

    working._PAUSE = Working()


def test_the_worker_s_process_takes_it_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASOKH_DATABASE_URL", office.server.dsn(schema.APP, office.name))
    upload(TABLE, "/setup/exchange/people/")
    children = Children(IMPORTS)
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as engine:
        children.turn(engine)
        until(lambda: latest().state == "checked", 60)
    children.stop()


def test_mistakes_are_kept_with_their_lines(office: Office) -> None:
    with organisation_scope("alpha"):
        before, count = exported(), AuditEvent.objects.count()
    browser, response = upload(BROKEN)
    assert response.status_code == 302
    row = work(office)
    assert (row.state, row.text) == ("wrong", "")
    page = browser.get(response["Location"])
    assert {line for line, _, _ in page.context["problems"]} >= {3, 4, 5, 9, 10, 13, 17, 20, 21}
    assert state(browser, response["Location"])["state"] == "wrong"
    with organisation_scope("alpha"):
        assert (exported(), AuditEvent.objects.count()) == (before, count)


def test_what_is_no_yaml_is_told_with_its_line(office: Office) -> None:
    browser, response = upload("format: 1\nskills: [1, 2\n")
    assert work(office).state == "wrong"
    ((line, _, text),) = browser.get(response["Location"]).context["problems"]
    assert line > 1
    assert text


def test_what_the_engine_refuses_takes_all_of_a_long_one_back(office: Office, monkeypatch) -> None:
    with organisation_scope("alpha"):
        before = exported()
        text = before.replace("target: 20 s", "target: 25 s")
    browser, response = upload(text)
    work(office)
    browser.post(f"{response['Location']}apply/")
    monkeypatch.setattr(working, "settle", lambda _: Fate(error=PasokhError("queue.version_stale")))
    row = work(office)
    assert (row.state, row.awaited) == ("refused", [])
    assert row.error["code"] == "queue.version_stale"
    assert browser.get(response["Location"]).status_code == 200
    with organisation_scope("alpha"):
        assert exported() == before


def test_a_dropped_file_is_left_alone(office: Office, monkeypatch) -> None:
    browser, response = upload(TABLE, "/setup/exchange/people/")
    real = actions.plan_of

    def drop() -> None:
        browser.post(f"{response['Location']}drop/")
        connection.close()

    def dropped_meanwhile(row, progress):
        with ThreadPoolExecutor(1) as elsewhere:  # on a connection of its own
            elsewhere.submit(drop).result()
        return real(row, progress)

    monkeypatch.setattr(actions, "plan_of", dropped_meanwhile)
    row = work(office)
    assert (row.state, row.text, row.found) == ("dropped", "", None)


def test_a_process_that_died_is_followed_by_another(office: Office) -> None:
    upload(TABLE, "/setup/exchange/people/")
    with organisation_scope("alpha"):
        Import.objects.update(seen_at=office.now)
    assert work(office).state == "checking", "somebody works on it"
    office.now += SILENT_MS + 1
    assert work(office).state == "checked"


def test_what_fails_on_our_side_says_so(office: Office, monkeypatch) -> None:
    browser, response = upload(TABLE, "/setup/exchange/people/")

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(actions, "plan_of", crash)
    assert work(office).state == "failed"
    assert "exchange.failed" not in browser.get(response["Location"]).content.decode()


def test_a_page_gives_up_early(office: Office, monkeypatch) -> None:
    monkeypatch.setattr(actions, "LONG_FILE", 1_000_000)
    upload(TABLE, "/setup/exchange/people/")
    assert latest().state == "checked", "a short one is checked at once"
    monkeypatch.setattr(actions, "PATIENCE_SECONDS", 0)
    upload(TABLE, "/setup/exchange/people/")
    assert latest().state == "checking"
    with organisation_scope("alpha"):
        first = Import.objects.order_by("id")[0]
        assert actions.do_order("user:alpha-administrator", first) is None
        assert not User.objects.filter(username="nova").exists()
        assert Queue.objects.exists()
