"""A change is said to be done only when the engine took it; a refused one is taken back, audited, told at the form."""

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from tests.integration.policy.test_queue_form import as_sent
from tests.office_stage import Office, engine_of, served
from tests.security.browser import signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.office import settling
from pasokh.office.audit.models import Submission
from pasokh.office.audit.selectors import of_target
from pasokh.office.people.actions import PersonDraft, do_change_agent
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.policy.forms import QueueForm
from pasokh.office.supervise import actions
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.worker import catch_up

OUT = PersonDraft("alpha agent", Role.AGENT, is_active=False, handles_contacts=True)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ANSWER_SECONDS", 20.0)


def queue_form(**changed: str) -> dict[str, Any]:
    with organisation_scope("alpha"):
        sent = as_sent(QueueForm(queue=Queue.objects.get(key="help")))
    return sent | changed


def settle_all() -> None:
    settling.settle_answered("alpha")
    with organisation_scope("alpha"):
        assert not Submission.objects.exists()


def publish_in_the_core(office: Office, version: int) -> None:
    """The engine knows a later version than the office: as after restoring the office from an older backup."""
    with organisation_scope("alpha"):
        config = Queue.objects.get(key="help").config
    office.work("alpha", [cmd.DefineQueue(QueueConfig("help", config.name, version=version))])


@pytest.mark.usefixtures("patient")
def test_what_the_engine_took_is_said_to_be_done(office: Office) -> None:
    with engine_of(office, "alpha"):
        response = signed_in("alpha-administrator").post("/queues/help/", queue_form(target_s="33"))
    assert response.status_code == 302
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").config.target_ms == 33_000
        assert not Submission.objects.filter(mark=2).exists()
    page = signed_in("alpha-administrator").get("/queues/")
    assert page.status_code == 200


@pytest.mark.usefixtures("patient")
def test_the_message_of_a_finished_change_reaches_the_next_page(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    with engine_of(office, "alpha"):
        response = browser.post("/queues/help/", queue_form(target_s="33"), follow=True)
    assert [type(told).__name__ for told in response.context["messages"]] == ["Message"]


@pytest.mark.usefixtures("patient")
def test_a_refused_publication_is_told_at_the_form_and_taken_back(office: Office) -> None:
    publish_in_the_core(office, 5)
    browser = signed_in("alpha-administrator")
    with organisation_scope("alpha"):
        before = Queue.objects.get(key="help").definition
    with engine_of(office, "alpha"):
        response = browser.post("/queues/help/", queue_form(target_s="33"))
    assert response.status_code == 400
    assert response.context["form"].errors
    with organisation_scope("alpha"):
        row = Queue.objects.get(key="help")
        assert (row.definition, row.version) == (before, 5)
        event = of_target("queue:help")[0]
        assert (event.action, event.after["refused"], event.after["taken_back"]) == (
            "queue.publish.refused", "queue.version_stale", True,
        )  # fmt: skip
    with engine_of(office, "alpha"):
        assert browser.post("/queues/help/", queue_form(target_s="33")).status_code == 302
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").version == 6


def test_without_an_engine_the_change_is_taken_and_applies_later(office: Office) -> None:
    response = signed_in("alpha-administrator").post("/queues/help/", queue_form(target_s="33"), follow=True)
    [told] = [str(told) for told in response.context["messages"]]
    assert told.startswith("Taken")
    office.work("alpha")
    settle_all()
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").config.target_ms == 33_000
        assert of_target("queue:help")[0].action == "queue.publish"


def test_a_refusal_that_comes_later_is_taken_back_by_the_worker(office: Office) -> None:
    publish_in_the_core(office, 9)
    browser = signed_in("alpha-administrator")
    with organisation_scope("alpha"):
        before = Queue.objects.get(key="help").definition
    for seconds in ("33", "34"):  # the second builds on the first, which the engine never had
        assert browser.post("/queues/help/", queue_form(target_s=seconds)).status_code == 302
    office.work("alpha")
    settle_all()
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").definition == before
        told = [event.after["taken_back"] for event in of_target("queue:help")[:2]]
        assert told == [True, False]


@pytest.mark.usefixtures("patient")
def test_a_new_queue_that_the_engine_refuses_is_gone_again(office: Office) -> None:
    office.work("alpha", [cmd.DefineQueue(QueueConfig("night", version=3))])
    browser = signed_in("alpha-administrator")
    with engine_of(office, "alpha"):
        response = browser.post("/queues/new/", queue_form() | {"id": "night", "version": "0"})
    assert response.status_code == 400
    with organisation_scope("alpha"):
        assert not Queue.objects.filter(key="night").exists()


def test_an_agent_who_owes_an_outcome_is_not_put_out(office: Office) -> None:
    office.work("alpha", served("alpha", 2, "alpha-agent")[:-1])
    catch_up("alpha")
    with organisation_scope("alpha"), pytest.raises(PasokhError, match=r"agent\.has_work"):
        do_change_agent("system", "alpha-agent", OUT)


@pytest.mark.usefixtures("patient")
def test_an_agent_whom_the_engine_does_not_let_go_stays_and_the_form_says_why(office: Office) -> None:
    """The history lags behind: only the engine knows that an outcome is owed."""
    office.work("alpha", served("alpha", 2, "alpha-agent")[:-1])
    sent = {"name": "alpha agent", "role": "agent", "language": "en", "handles_contacts": "on", "queues": "help",
            "skill_talk": "50", "voice": "1", "text": "3", "mail": "5", "team": "team"}  # fmt: skip
    with organisation_scope("alpha"):
        before = User.objects.get(username="alpha-agent")
        sent["version"] = str(before.changed_at)
    with engine_of(office, "alpha"):
        response = signed_in("alpha-administrator").post("/agents/alpha-agent/", sent)
    assert response.status_code == 400
    assert response.context["form"].errors["is_active"]
    with organisation_scope("alpha"):
        assert User.objects.get(username="alpha-agent").is_active
        assert of_target("user:alpha-agent")[0].action == "user.change.refused"


def test_an_agent_whom_the_engine_does_not_know_is_out(office: Office) -> None:
    office.work("alpha", [cmd.SignOut("alpha-agent", force=True), cmd.RetireAgent("alpha-agent")])
    with organisation_scope("alpha"):
        do_change_agent("system", "alpha-agent", OUT)
    office.work("alpha")
    settle_all()
    with organisation_scope("alpha"):
        assert not User.objects.get(username="alpha-agent").is_active


def test_switching_a_queue_the_engine_does_not_have_is_taken_back(office: Office) -> None:
    with organisation_scope("alpha"):
        actions.do_publish_queue("system", QueueConfig("night", {"en": "Night"}))
        Submission.objects.all().delete()
    with organisation_scope("alpha"):
        row = Queue.objects.get(key="night")
        row.pk, row.key = None, "ghost"
        row.save()
        actions.do_close_queue("system", "ghost")
    office.work("alpha")
    settle_all()
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="ghost").is_open
        assert of_target("queue:ghost")[0].after["refused"] == "queue.unknown"


def test_waiting_for_one_answer_holds_up_nobody_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second administrator saves another thing while the first one's page waits for an engine that is away."""
    monkeypatch.setattr(settings, "ANSWER_SECONDS", 20.0)
    first, second = signed_in("alpha-administrator"), signed_in("alpha-administrator")
    sent = queue_form(target_s="33")
    got: list[int] = []

    def ask() -> None:
        got.append(first.post("/queues/help/", sent).status_code)
        connections.close_all()

    waits = threading.Thread(target=ask)
    waits.start()
    try:
        while not _version(2):
            assert waits.is_alive()
        assert second.get("/queues/").status_code == 200
        with organisation_scope("alpha"):
            actions.do_publish_queue("system", QueueConfig("help", {"en": "Help"}), 2)
        assert got == []
    finally:
        office.work("alpha")
        waits.join(20)
    assert got == [302]


def _version(number: int) -> bool:
    with organisation_scope("alpha"):
        return Queue.objects.get(key="help").version == number


def test_people_of_other_tenants_see_no_pending_change(office: Office) -> None:
    signed_in("alpha-administrator").post("/queues/help/", queue_form(target_s="33"))
    with organisation_scope("alpha"):
        assert Submission.objects.filter(target="queue:help", mark=2).count() == 1
    with organisation_scope("beta"):
        assert Submission.objects.filter(target="queue:help", mark=2).count() == 0
