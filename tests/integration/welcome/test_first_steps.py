"""The first set-up: a link that founds once, steps that facts tick off, undo and leaving out."""

from typing import Any

import pytest
from django.conf import settings as django
from django.db import connections
from tests.conftest import template
from tests.office_stage import Office, pointed
from tests.security.browser import Browser

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel
from pasokh.office.hours.models import QueueHours
from pasokh.office.supervise.models import Queue, Widget
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.welcome.links import LIFE_MS, is_good, welcome_token
from pasokh.office.welcome.selectors import is_empty, standing
from pasokh.office.worker import catch_up
from pasokh.store import schema

NOW = 1_800_000_000_000
FOUNDING = {
    "name": "فروشگاه آبی", "key": "blue", "zone": "Asia/Tehran", "language": "fa", "person": "Mina Rezaei",
    "username": "mina", "password": "a long one 4 blue tiles",
}  # fmt: skip


@pytest.fixture
def empty(postgres: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An installation with tables and no organisation."""
    import psycopg
    from django.core.management import call_command

    def fill(name: str) -> None:
        with psycopg.connect(postgres.dsn(database=name), autocommit=True) as connection:
            schema.provision(connection)
        with pointed(postgres, name):
            call_command("migrate", database="owner", interactive=False, verbosity=0)

    base = template(postgres, "template_empty", fill)
    name = "welcome_of_one_test"
    postgres.create_database(name, base)
    try:
        with pointed(postgres, name):
            office = Office(postgres, name)
            office.now = NOW
            monkeypatch.setattr(django, "CLOCK", lambda: office.now, raising=False)
            yield office
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
        postgres.drop_database(name)


def link() -> str:
    return f"/welcome/start/{welcome_token(django.SECRET_KEY, NOW)}/"


def done() -> dict[str, bool]:
    catch_up("blue")
    with organisation_scope("blue"):
        return {step.name: step.done for step in standing().steps}


def test_a_link_is_signed_and_dies_of_age() -> None:
    token = welcome_token("secret", NOW)
    assert is_good(token, "secret", NOW)
    assert is_good(token, "secret", NOW + LIFE_MS - 1)
    assert not is_good(token, "secret", NOW + LIFE_MS + 1)
    assert not is_good(token, "other", NOW)
    for bad in ("", ".", "x.y", f"{NOW + 1}{token[13:]}", "۱.x", "1" * 400):
        assert not is_good(bad, "secret", NOW)


def test_from_nothing_to_a_first_answered_chat(empty: Office) -> None:
    assert is_empty()
    browser = Browser()
    assert browser.get("/welcome/start/1.forged/").status_code == 404
    assert browser.get(link()).status_code == 200
    wrong = browser.post(link(), FOUNDING | {"key": "Not an id", "password": "123"})
    assert wrong.status_code == 400
    assert "فروشگاه آبی" in wrong.content.decode()
    assert is_empty(), "a refused founding leaves nothing"
    founded = browser.post(link(), FOUNDING)
    assert (founded.status_code, founded["Location"]) == (302, "/welcome/"), founded.content.decode()
    assert browser.get(link()).status_code == 409, "good for one organisation"
    assert Browser().post(link(), FOUNDING | {"key": "second"}).status_code == 409

    assert browser.get("/welcome/").status_code == 200
    queue = {"name": "پشتیبانی", "week": "always", "countries": ["IR"]}
    assert browser.post("/welcome/widget/", {"origin": ""}).status_code == 400, "the queue comes first"
    assert browser.post("/welcome/queue/", {"name": "", "week": "x"}).status_code == 400
    assert browser.post("/welcome/queue/", queue).status_code == 302
    assert browser.post("/welcome/people/").status_code == 302
    assert browser.post("/welcome/widget/", {"origin": "no address"}).status_code == 400
    assert browser.post("/welcome/widget/", {"origin": "https://blue.example"}).status_code == 302
    assert done() == {"queue": True, "people": True, "widget": True, "chat": False}
    with organisation_scope("blue"):
        widget = Widget.objects.get()
        assert "https://blue.example" in widget.origins
    assert widget.key in browser.get("/welcome/try/").content.decode()
    mark = browser.get("/welcome/state/").json()["mark"]

    assert all(answer.ok for answer in empty.work("blue"))
    empty.work("blue", [cmd.SignIn("mina"), cmd.SetPresence("mina", True)])
    empty.work("blue", [cmd.OpenContact("c", "c.i1", Channel.CHAT, "support"), cmd.AcceptOffer("c.i1", "mina")])
    assert done()["chat"]
    assert browser.get("/welcome/state/").json()["mark"] != mark
    assert browser.get("/welcome/").context["stands"].finished


def test_steps_are_left_out_taken_up_and_taken_back(empty: Office) -> None:
    browser = Browser()
    browser.post(link(), FOUNDING)
    browser.post("/welcome/queue/", {"action": "skip"})
    with organisation_scope("blue"):
        assert [(s.name, s.skipped, s.current) for s in standing().steps][:2] == [
            ("queue", True, False), ("people", False, True),
        ]  # fmt: skip
    browser.post("/welcome/queue/", {"action": "resume"})
    browser.post("/welcome/queue/", {"name": "Q", "week": "mon_fri"})
    browser.post("/welcome/people/")
    browser.post("/welcome/widget/", {"origin": ""})
    assert list(done().values()) == [True, True, True, False]
    empty.work("blue")
    for step in ("widget", "people", "queue"):
        assert browser.post(f"/welcome/{step}/", {"action": "undo"}).status_code == 302
    assert not any(done().values())
    with organisation_scope("blue"):
        assert Queue.objects.count() == 1, "a queue is never thrown away"
        assert not QueueHours.objects.exists()
    assert browser.post("/welcome/nothing/").status_code == 404
