"""Publishing queues and people: rows, audit event and command together, or nothing; forms with clear errors."""

from typing import Any

import msgspec
import pytest
from django.db import connection
from tests.integration.policy.test_queue_form import as_sent
from tests.office_stage import PASSWORD, Office
from tests.security.browser import Browser, signed_in

from pasokh.acd.commands import decode_command
from pasokh.acd.model import Capacity, QueueConfig, Requirement
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.audit.selectors import of_target
from pasokh.office.people.actions import PersonDraft, do_change_agent, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.policy.forms import QueueForm
from pasokh.office.supervise import actions
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.vocabulary import actions as vocabulary


def inbox() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, command::text FROM command_inbox WHERE answered_at IS NULL ORDER BY id")
        return [(actor, decode_command(command)) for actor, command in cursor.fetchall()]


def queue_form(**changed: str) -> dict[str, Any]:
    """What a browser sends for the queue `help` as it is, with some fields typed over."""
    with organisation_scope("alpha"):
        sent = as_sent(QueueForm(queue=Queue.objects.get(key="help")))
    return sent | changed


def error_of(response: Any, field: str) -> list[str]:
    assert response.status_code == 400
    return list(response.context["form"].errors.get(field, []))


def test_publishing_writes_row_audit_and_command_together(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    response = browser.post("/queues/help/", queue_form(target_s="۳۰", name_fa="پشتيباني و كمك", requires_talk="٤٠"))
    assert response.status_code == 302
    with organisation_scope("alpha"):
        queue = Queue.objects.get(key="help")
        assert (queue.version, queue.config.target_ms) == (2, 30_000)
        assert queue.name["fa"] == "پشتیبانی و کمک"
        assert queue.config.requires == (Requirement("talk", 40),)
        [(actor, command)] = inbox()
        assert (actor, command.queue) == ("user:alpha-administrator", queue.config)
        event = of_target("queue:help")[0]
        assert (event.action, event.before["version"], event.after["version"]) == ("queue.publish", 1, 2)
    assert office.work("alpha")[0].ok


def test_publishing_the_same_again_changes_nothing(office: Office) -> None:
    assert signed_in("alpha-administrator").post("/queues/help/", queue_form()).status_code == 302
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").version == 1
        assert inbox() == []


def test_a_command_that_is_refused_leaves_no_row(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> str:
        raise PasokhError("store.unavailable")

    monkeypatch.setattr(actions.inbox, "submit", refuse)
    with organisation_scope("alpha"):
        before = AuditEvent.objects.count()
        with pytest.raises(PasokhError, match=r"store\.unavailable"):
            actions.do_publish_queue("system", QueueConfig("new", {"en": "New"}))
        assert not Queue.objects.filter(key="new").exists()
        assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"target_s": "many"}, "target_s"),
        ({"target_s": "-1"}, "target_s"),
        ({"target_percent": "۱۰۱"}, "target_percent"),
        ({"ring_s": "0"}, "ring_s"),
        ({"ladder_alarm_s": "70"}, "ladder_never_s"),
        ({"ladder_offer_s": "60", "ladder_alarm_s": "60"}, "ladder_offer_s"),
        ({"order_2": "last_agent"}, "order_2"),
        ({"order_1": "tallest"}, "order_1"),
        ({"requires_talk": "900"}, "requires_talk"),
        ({"name_fa": "", "name_uk": "\u202e", "name_en": " "}, "name_en"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"outcomes": "stolen"}, "outcomes"),
        ({"alternatives": "overflow"}, "alternatives"),
        ({"max_waiting": "9" * 40}, "max_waiting"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_published(
    shared_office: Office, typed: dict[str, str], field: str
) -> None:
    browser = signed_in("alpha-administrator")
    browser.cookies["pasokh_language"] = "uk"
    response = browser.post("/queues/help/", queue_form(**typed))
    assert error_of(response, field), response.context["form"].errors
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").version == 1


def test_two_administrators_cannot_overwrite_each_other(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    first, second = queue_form(target_s="25"), queue_form(target_s="35")
    assert browser.post("/queues/help/", first).status_code == 302
    late = browser.post("/queues/help/", second)
    assert late.status_code == 409
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").config.target_ms == 25_000


def test_a_new_queue_is_published_and_opened_and_closed(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    assert browser.post("/queues/new/", queue_form() | {"id": "night", "version": "0"}).status_code == 302
    again = browser.post("/queues/new/", queue_form() | {"id": "night", "version": "0"})
    assert again.status_code == 409
    assert browser.post("/queues/night/close/").status_code == 302
    assert [answer.ok for answer in office.work("alpha")] == [True, True]
    bad = browser.post("/queues/new/", queue_form() | {"id": "Bad Key!", "version": "0"})
    assert error_of(bad, "id")


# -- people ------------------------------------------------------------------------------------------------------------
def person(**changed: str) -> dict[str, str]:
    return {
        "name": "Нова Людина", "role": "agent", "language": "uk", "is_active": "on", "handles_contacts": "on",
        "queues": "help", "voice": "۱", "text": "٣", "mail": "5", "skill_talk": "۷۰",
        "username": "nova", "password": "long enough secret",
    } | changed  # fmt: skip


def test_a_person_becomes_an_agent_of_the_core(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    assert browser.post("/agents/new/", person()).status_code == 302
    with organisation_scope("alpha"):
        [(_, command)] = inbox()
        assert (command.agent.id, command.agent.skills) == ("nova", {"talk": 70})
        assert command.agent.capacity == Capacity(1, 3, 5)
        assert of_target("user:nova")[0].action == "user.create"
        assert "password" not in str(of_target("user:nova")[0].after)
    assert office.work("alpha")[0].ok
    entered = Browser().post("/login/", {"username": "NOVA ", "password": "long enough secret"})
    assert entered.status_code == 302


def test_an_agent_put_out_leaves_the_core(office: Office) -> None:
    with organisation_scope("alpha"):
        draft = PersonDraft("a", Role.AGENT, is_active=False, handles_contacts=True)
        do_change_agent("system", "alpha-agent", draft)
        assert [type(command).__name__ for _, command in inbox()] == ["SignOut", "RetireAgent"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "\u200f \u202e"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"role": "king"}, "role"),
        ({"skill_talk": "101"}, "skill_talk"),
        ({"queues": "beta"}, "queues"),
        ({"username": "alpha-agent"}, "username"),
        ({"username": "beta-agent"}, "username"),
        ({"username": "with space"}, "username"),
        ({"password": "12345678"}, "password"),
        ({"voice": "2"}, "voice"),
    ],
)
def test_bad_people_are_refused_at_the_field(shared_office: Office, typed: dict[str, str], field: str) -> None:
    response = signed_in("alpha-administrator").post("/agents/new/", person(**typed))
    assert error_of(response, field), response.context["form"].errors


def test_the_last_administrator_stays(office: Office) -> None:
    with organisation_scope("alpha"):
        with pytest.raises(PasokhError, match=r"person\.last_administrator"):
            do_change_agent("system", "alpha-administrator", PersonDraft("a", Role.AGENT))
        do_create_user("system", "second", PASSWORD, PersonDraft("b", Role.ADMINISTRATOR))
        do_change_agent("system", "alpha-administrator", PersonDraft("a", Role.AGENT))
        assert User.objects.get(username="alpha-administrator").role == "agent"


@pytest.mark.parametrize("text", ["\U0001f600" * 200, "\u202eabc\u202c", "<b>&amp;</b>", "אבג", "a\u0301" * 90])
def test_strange_names_are_kept_readable(office: Office, text: str) -> None:
    assert signed_in("alpha-administrator").post("/agents/new/", person(name=text)).status_code == 302
    with organisation_scope("alpha"):
        kept = User.objects.get(username="nova").name
    assert kept
    assert "\u202e" not in kept
    assert signed_in("alpha-administrator").get("/agents/").status_code == 200


def test_the_form_round_trips_every_queue(office: Office) -> None:
    from pasokh.office.demo import queues

    with organisation_scope("alpha"):
        for name in ("sales", "support", "billing", "lang-fa", "lang-uk", "lang-en"):
            vocabulary.do_save_skill("system", name, {"en": name})
        for outcome in {o for q in queues() for o in q.outcomes}:
            vocabulary.do_save_outcome("system", outcome, {"en": outcome})
        for reason in {r for q in queues() for r in q.reasons}:
            vocabulary.do_save_reason("system", reason, vocabulary.ReasonDraft({"en": reason}))
        for queue in queues():
            bare = msgspec.structs.replace(queue.policy, relaxations=())
            actions.do_publish_queue("system", msgspec.structs.replace(queue, policy=bare))
        for queue in queues():
            row = actions.do_publish_queue("system", queue)
            form = QueueForm(as_sent(QueueForm(queue=row)), queue=row)
            assert form.is_valid(), form.errors
            assert form.config() == row.config
