"""The office on a real database, for tests: a template with Django's tables and two tenants who have worked a while.

Import the fixtures in a `conftest.py`. `office` is a database of the test's own; `shared_office` one for a whole module
that only reads.
"""

import asyncio
import os
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.conftest import template

from pasokh.acd import commands as cmd
from pasokh.acd.apply import apply
from pasokh.acd.events import decode_event, stream_of
from pasokh.acd.model import Channel, FollowUp, Policy, QueueConfig, Requirement
from pasokh.acd.state import State
from pasokh.acd.step import step
from pasokh.kernel.messages import tag_of
from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.ports import Answer as InboxAnswer
from pasokh.store.ports import Draft, Reply
from pasokh.store.postgres import PostgresStore

TEMPLATE = "template_office"
PASSWORD = "right horse battery"
START = 1_700_000_000_000
ROLES = ("agent", "supervisor", "administrator")


def set_up_django() -> None:
    """Django, not yet pointed at a database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pasokh.office.settings"
    os.environ["PASOKH_DATABASE_POOL"] = "0"
    os.environ["PASOKH_SECRET_KEY"] = "for-tests-only-0123456789-abcdefghijkl"
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    from django.conf import settings

    settings.ANSWER_SECONDS = 0  # no engine runs beside most tests
    setup_test_environment()  # so that a test may look at what a page was made of


set_up_django()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from pasokh.office.canned.actions import AnswerDraft, do_save_answer  # noqa: E402
from pasokh.office.day.actions import BreakDraft, do_plan_breaks  # noqa: E402
from pasokh.office.exchange.actions import do_check  # noqa: E402
from pasokh.office.figure_alerts.actions import do_save_rule as do_save_alert  # noqa: E402
from pasokh.office.figure_alerts.rules import Draft as AlertDraft  # noqa: E402
from pasokh.office.files.models import File  # noqa: E402
from pasokh.office.goals.actions import GoalDraft, do_make_goal  # noqa: E402
from pasokh.office.hours.actions import do_assign_calendar, do_save_calendar  # noqa: E402
from pasokh.office.hours.rules import CalendarConfig, Span  # noqa: E402
from pasokh.office.notices.actions import do_choose, do_notify  # noqa: E402
from pasokh.office.notices.models import Reminder  # noqa: E402
from pasokh.office.notices.rules import Choice, Email, Kind, QuietHours  # noqa: E402
from pasokh.office.people.actions import PersonDraft, do_create_user  # noqa: E402
from pasokh.office.people.models import User  # noqa: E402
from pasokh.office.people.role_actions import do_save_role  # noqa: E402
from pasokh.office.people.rules import Role  # noqa: E402
from pasokh.office.people.team_actions import do_save_team  # noqa: E402
from pasokh.office.policy.actions import do_ask_preview, do_save_draft  # noqa: E402
from pasokh.office.post.actions import do_save_sender, do_send_mail  # noqa: E402
from pasokh.office.post.letter_actions import do_keep_letter  # noqa: E402
from pasokh.office.supervise import actions as setup  # noqa: E402
from pasokh.office.supervise.models import Queue  # noqa: E402
from pasokh.office.tenancy.actions import do_create_organisation, do_save_client  # noqa: E402
from pasokh.office.tenancy.scope import organisation_scope  # noqa: E402
from pasokh.office.vocabulary import actions as vocabulary  # noqa: E402
from pasokh.office.voice_quality.actions import Measured, do_keep_browser_report  # noqa: E402
from pasokh.office.watch.models import Alarm  # noqa: E402
from pasokh.office.welcome.selectors import own_progress  # noqa: E402
from pasokh.office.widgets.actions import do_save_widget  # noqa: E402


@contextmanager
def pointed(server: EmbeddedPostgres, name: str) -> Iterator[None]:
    """Django on one database of the run's server."""
    before = {alias: dict(connections.settings[alias]) for alias in ("default", "owner")}
    for alias, role in (("default", schema.APP), ("owner", schema.OWNER)):
        connections[alias].close()
        known = conninfo_to_dict(server.dsn(role, name))
        connections.settings[alias].update(
            NAME=name,
            USER=role,
            PASSWORD="",
            HOST=str(known["host"]),
            PORT=str(known.get("port", "")),
            CONN_MAX_AGE=0,
        )
    try:
        yield
    finally:
        for alias, kept in before.items():
            connections[alias].close()
            connections.settings[alias].update(kept)


class Office:
    """A database with tenants `alpha` and `beta`, and a stand-in for the engine."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.server, self.name = server, name
        self.now = START

    def dsn(self, role: str) -> str:
        """How to connect as a role."""
        return self.server.dsn(role, self.name)

    def work(self, org: str, commands: Iterable[cmd.AnyCommand] = (), pause_ms: int = 1_000) -> list[InboxAnswer]:
        """Do what an engine does: the inbox first, then `commands`, each `pause_ms` later; returns the answers."""
        return asyncio.run(self._work(org, list(commands), pause_ms))

    async def _work(self, org: str, commands: list[cmd.AnyCommand], pause_ms: int) -> list[InboxAnswer]:
        answers = []
        async with PostgresStore(self.dsn(schema.ENGINE)) as store:
            lease = await store.acquire(org, "stage")
            assert lease is not None
            state, head = State(), lease.head
            for row in await store.read(org, org, 0, 100_000):
                apply(state, decode_event(row.data), row.occurred_at)
            pending = [(p.key, p.actor, cmd.decode_command(p.command)) for p in await store.pending(org, 10_000)]
            for key, actor, command in [*pending, *(("", "", c) for c in commands)]:
                self.now += pause_ms
                replies: list[Reply] = []
                events, _ = step(state, cmd.Tick(), self.now)
                try:
                    more, _ = step(state, command, self.now)
                    events += more
                    answer = InboxAnswer(True, head.seq + len(events))
                except Exception as error:
                    if not key:
                        raise
                    answer = InboxAnswer(
                        False, code=str(getattr(error, "code", error)), params=getattr(error, "params", {})
                    )
                answers.append(answer)
                if key:
                    replies = [Reply(key, answer)]
                drafts = [
                    Draft(stream_of(e), tag_of(e), msgspec.json.encode(e), self.now, actor=actor, cause=key)
                    for e in events
                ]
                head = await store.append(lease, head, drafts, replies)
            await store.release(lease)
        return answers


@contextmanager
def engine_of(office: Office, org: str) -> Iterator[None]:
    """An engine that answers while a request waits: it looks into the inbox until told to stop."""
    stop = threading.Event()

    def turns() -> None:
        while not stop.wait(0.02):
            office.work(org)

    thread = threading.Thread(target=turns)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def chat(org: str, n: int, queue: str = "help", name: str = "", text: str = "hello") -> list[cmd.AnyCommand]:
    """A customer writes."""
    contact, first = f"{org}-c{n}", f"{org}-c{n}.i1"
    return [
        cmd.OpenContact(
            contact, first, Channel.CHAT, queue, customer=f"{org}-cust", customer_name=name or f"{org} customer {n}",
            address=f"{org}{n}@example.org", language="fa", subject=f"{org} subject",
        ),
        cmd.PostMessage(first, f"m{n}", "customer", contact, f"{org} says {text}"),
    ]  # fmt: skip


def served(org: str, n: int, agent: str) -> list[cmd.AnyCommand]:
    """The agent takes it, writes, and wraps up."""
    first = f"{org}-c{n}.i1"
    return [
        cmd.AcceptOffer(first, agent),
        cmd.PostMessage(first, f"a{n}", "agent", agent, f"{org} answers"),
        cmd.PostMessage(first, f"n{n}", "note", agent, f"{org} secret note"),
        cmd.EndInteraction(first, agent),
        cmd.CompleteWrapUp(first, agent, "done", f"{org} closing note"),
    ]


def after(org: str, agent: str) -> list[cmd.AnyCommand]:
    """What follows: a promise, the customer's rating, an incident."""
    return [
        cmd.SetFollowUp(FollowUp(f"{org}-f1", agent, START + 90_000_000, f"{org} promise"), f"{org}-c1", agent),
        cmd.RateContact(f"{org}-c1", f"{org}-c1.i1", "help", agent, 4, f"{org} was kind"),
        cmd.AnnounceIncident(f"{org}-incident", ("help",), {"en": f"{org} is down"}, f"{org}-supervisor"),
    ]


def make_tenant(org: str) -> None:
    """An organisation with a person of each role (`ORG-ROLE`), a queue, skill, outcome, widget."""
    from tests.account_stage import furnish_account
    from tests.figures_stage import furnish_figures
    from tests.recording_furnish import furnish_recordings
    from tests.telephony_stage import furnish_telephony

    names = {"fa": f"{org} فا", "uk": f"{org} укр", "en": f"{org} en"}
    do_create_organisation(org, names, zone="Asia/Tehran", language="fa")
    with organisation_scope(org):
        do_save_team("system", "team", names)
        vocabulary.do_save_skill("system", "talk", names)
        vocabulary.do_save_outcome("system", "done", names)
        furnish(org, names)
        setup.do_publish_queue(
            "system",
            QueueConfig(
                "help",
                names,
                requires=(Requirement("talk", 10),),
                outcomes=("done",),
                ring_ms=3_600_000,
                wrap_up_ms=3_600_000,
                policy=Policy(),
            ),
        )
        always = CalendarConfig(zone="Asia/Tehran", week=((Span(0, 1_440),),) * 7)
        do_save_calendar("system", "help", names, always)
        do_assign_calendar("system", "help", "help")
        own_progress()
        do_save_draft(f"user:{org}-boss", "help", {"name_en": [f"{org} draft"]}, 1)
        do_ask_preview(f"user:{org}-boss", Queue.objects.get(key="help").config, "2023-11-14")
        do_save_sender("system", f"{org}@{org}.example", f"{org} post", "")
        File.objects.create(
            id=f"{org}-file", organisation_id=org, contact=f"{org}-c9", by="visitor", name=f"{org}.txt",
            media_type="text/plain", size=1, digest="0" * 64, at=START,
        )  # fmt: skip
        do_send_mail(f"{org}@example.org", "test", "en", {}, key=f"{org}-test")
        do_keep_letter(f"{org}-letter", f"{org}-c9", f"{org}@example.org", "en")
        do_save_widget("system", f"{org}-widget", "help", origins=["https://shop.example"], title=names)
        do_save_widget("system", f"{org}-spare", "help", origins=[], title=names)
        remember_import(org)
        for role in ROLES:
            do_create_user(
                "system", f"{org}-{role}", PASSWORD,
                PersonDraft(
                    f"{org} {role}", Role(role), "en", True, role == "agent", {"talk": 50}, ("help",), team="team"
                ),
            )  # fmt: skip
        do_make_goal("system", GoalDraft("aht", "", "month", "down", 300_000.0), "gregorian", 0)
        do_save_alert("system", None, AlertDraft(kind="threshold", measure="aht", value=300_000.0))
        do_plan_breaks("system", BreakDraft("team:team", (0, 1, 2), 600, 615, f"{org} tea"))
        do_notify([f"{org}-agent"], "mention", {"by": org, "text": org}, "/contacts/")
        agent = User.objects.get(username=f"{org}-agent")
        do_choose(agent, {Kind.HELP: Choice(False, False, Email.NEVER)}, QuietHours(60, 120))
        Reminder.objects.create(organisation_id=org, follow_up=f"{org}-f", contact=org, owner=org, due_at=2**60)
        furnish_account(org)
        furnish_telephony(org)
        furnish_figures(org)
        furnish_recordings(org, START)


def furnish(org: str, names: dict[str, str]) -> None:
    """One of everything that administration keeps and no contact needs."""
    do_save_client("system", "north", names)
    vocabulary.do_save_skill("system", "spare", names)
    vocabulary.do_save_outcome("system", "rare", names)
    vocabulary.do_save_reason("system", "why", vocabulary.ReasonDraft(names, band_low_s=30, band_high_s=300))
    do_save_team("system", "empty", names)
    do_save_role("system", "auditor", names, ["audit"])
    do_save_answer("system", AnswerDraft("hello", f"{org} hello", {"en": f"{org} says hello to {{customer}}"}))


def remember_import(org: str) -> None:
    """A checked file waits to be applied."""
    text = f"skills: {{more: {{name: {{en: {org}}}}}}}"
    found, plan = do_check("system", "configuration", f"{org}.yaml", text.encode())
    assert found is not None, plan.problems


def fill(server: EmbeddedPostgres, name: str) -> None:
    """Everything a test starts with."""
    from tests.voice_stage import a_call, keep

    from pasokh.office.worker import catch_up

    with psycopg.connect(server.dsn(database=name), autocommit=True) as connection:
        schema.provision(connection)
    with pointed(server, name):
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        office = Office(server, name)
        for org in ("alpha", "beta"):
            make_tenant(org)
            office.work(org)
            agent = f"{org}-agent"
            office.work(org, [cmd.SignIn(agent), cmd.SetPresence(agent, True)])
            office.work(org, [*chat(org, 1), *served(org, 1, agent), *after(org, agent), *chat(org, 2)])
            catch_up(org)
            with psycopg.connect(office.dsn(schema.ENGINE)) as engine:  # the switch's process writes how carriers stand
                engine.execute(
                    "INSERT INTO telephony_trunkstate (organisation_id, trunk, node, state, since, round_trip_us,"
                    " registration, looked_at) VALUES (%s, %s, '', 'up', 1, 0, '', 1)",
                    [org, f"{org}-main"],
                )
            keep(office.dsn(schema.ENGINE), *a_call(org, f"{org}-call", f"{org}-call.i1", START, agent))
            with organisation_scope(org):
                do_keep_browser_report(agent, Measured(f"{org}-call-agent", 3_000, 0, 2_000, 40_000, 0, 0, "wifi"))
                Alarm.objects.create(organisation_id=org, alarm=f"wait:{org}", raised_at=1, ended_at=2, kind="wait")
        connections["default"].close()
        connections["owner"].close()


@pytest.fixture(scope="session")
def office_template(postgres: EmbeddedPostgres) -> str:
    """The template database."""
    return template(postgres, TEMPLATE, lambda name: fill(postgres, name))


@contextmanager
def _own(postgres: EmbeddedPostgres, base: str) -> Iterator[Office]:
    name = f"office_{uuid.uuid4().hex}"
    postgres.create_database(name, base)
    try:
        with pointed(postgres, name):
            office = Office(postgres, name)
            office.now = START + 600_000
            yield office
    finally:
        postgres.drop_database(name)


@pytest.fixture
def office(postgres: EmbeddedPostgres, office_template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A database of the test's own."""
    with _own(postgres, office_template) as office:
        monkeypatch.setattr(settings, "CLOCK", lambda: office.now, raising=False)
        yield office


@pytest.fixture(scope="module")
def shared_office(postgres: EmbeddedPostgres, office_template: str) -> Iterator[Office]:
    """A database for a module whose tests change nothing that matters to each other."""
    with _own(postgres, office_template) as office:
        yield office
