"""Notices: from the log, once each, to whom they concern; as people chose; mailed when unread; due promises."""

from collections.abc import Iterator

import psycopg
import pytest
from tests.office_stage import Office, chat
from tests.security.browser import signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, FollowUp
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, HOUR, MINUTE
from pasokh.office.notices import jobs, projection
from pasokh.office.notices.actions import do_choose, do_notify, do_read_notices
from pasokh.office.notices.models import Notice
from pasokh.office.notices.rules import Choice, Email, Kind, QuietHours
from pasokh.office.people.models import User
from pasokh.office.post.models import Mail
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema

AGENT, BOSS = "alpha-agent", "alpha-supervisor"


@pytest.fixture(autouse=True)
def quiet_stage(office: Office) -> None:
    with organisation_scope("alpha"):
        Notice.objects.all().delete()
        Mail.objects.all().update(state="sent")
        do_choose(User.objects.get(username=AGENT), {}, None)
        User.objects.update(email="someone@alpha.example")


@pytest.fixture
def engine(office: Office) -> Iterator[psycopg.Connection]:
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as connection:
        yield connection


def of(username: str, org: str = "alpha") -> list[tuple[str, dict[str, object]]]:
    with organisation_scope(org):
        return [(n.kind, n.params) for n in Notice.objects.filter(user__username=username).order_by("id")]


def catch_up() -> None:
    while projection.advance("alpha", limit=3):
        pass


def test_a_mention_tells_the_person_once_however_often_the_log_is_read(office: Office) -> None:
    office.work("alpha", [cmd.AcceptOffer("alpha-c2.i1", AGENT)])
    office.work("alpha", [cmd.PostMessage("alpha-c2.i1", "n9", "note", AGENT, "please look", mentions=(AGENT,))])
    catch_up()
    assert of(AGENT) == []  # whoever names oneself needs no notice
    office.work("alpha", [
        cmd.DefineAgent(AgentConfig(BOSS, "boss")),
        cmd.PostMessage("alpha-c2.i1", "n10", "note", AGENT, "and you?", mentions=(BOSS,)),
    ])  # fmt: skip
    catch_up()
    assert [n for n in of(BOSS) if n[0] != "alarm"] == [("mention", {"by": "alpha agent", "text": "and you?"})]
    with organisation_scope("alpha"):
        do_notify([AGENT, AGENT, "nobody", "beta-agent"], Kind.MENTION, {"by": "x", "text": "y"}, key="log:1")
        do_notify([AGENT], Kind.MENTION, {"by": "x", "text": "y"}, key="log:1")
    assert of(AGENT) == [("mention", {"by": "x", "text": "y"})]
    assert of("beta-agent", "beta") != of(AGENT)


def test_help_is_told_to_all_who_supervise_and_to_nobody_else(office: Office) -> None:
    office.work("alpha", [cmd.AcceptOffer("alpha-c2.i1", AGENT), cmd.AskHelp("alpha-c2.i1", AGENT, "may I refund?")])
    catch_up()
    told = ("help", {"agent": "alpha agent", "question": "may I refund?"})
    assert told in of(BOSS)
    assert told in of("alpha-administrator")
    assert told not in of(AGENT)


def test_an_agent_hears_who_sent_a_contact_back_to_its_queue(office: Office) -> None:
    office.work("alpha", [cmd.AcceptOffer("alpha-c2.i1", AGENT), cmd.ReturnInteraction("alpha-c2.i1", BOSS)])
    catch_up()
    [(kind, params)] = of(AGENT)
    assert (kind, params["by"]) == ("returned", "alpha supervisor")
    assert params["queue"] == {"en": "alpha en", "fa": "alpha فا", "uk": "alpha укр"}


def test_what_happened_long_ago_rings_no_more(office: Office) -> None:
    office.work("alpha", [cmd.AcceptOffer("alpha-c2.i1", AGENT), cmd.AskHelp("alpha-c2.i1", AGENT, "late?")])
    office.now += 2 * DAY
    catch_up()
    assert of(BOSS) == []


def test_a_promise_is_told_when_given_and_when_due_and_not_when_kept(
    office: Office, engine: psycopg.Connection
) -> None:
    due = office.now + HOUR
    for number in ("f1", "f2"):
        office.work("alpha", [cmd.SetFollowUp(FollowUp(number, AGENT, due, "call back"), "alpha-c1", BOSS)])
    office.work("alpha", [cmd.CloseFollowUp("f2", by=AGENT, result="done")])
    catch_up()
    assert [kind for kind, _ in of(AGENT)] == ["follow_up_assigned"] * 2
    jobs.turn(engine)
    assert len(of(AGENT)) == 2
    office.now = due
    jobs.turn(engine)
    jobs.turn(engine)
    assert [kind for kind, _ in of(AGENT)][2:] == ["follow_up_due"]


def test_an_alarm_rings_once_a_queue_within_ten_minutes(office: Office) -> None:
    for n in (30, 31, 32):
        office.work("alpha", [*chat("alpha", n)])
    office.now += 50_000
    office.work("alpha", [cmd.Tick()])
    catch_up()
    alarms = [params for kind, params in of(BOSS) if kind == "alarm"]
    assert len(alarms) == 1
    assert alarms[0]["queue"]["en"] == "alpha en"


# -- choices -----------------------------------------------------------------------------------------------------------
def test_unread_notices_are_mailed_together_after_ten_minutes(office: Office, engine: psycopg.Connection) -> None:
    with organisation_scope("alpha"):
        for n in range(3):
            do_notify([AGENT], Kind.MENTION, {"by": "سارا", "text": f"متن {n}"}, f"/contacts/alpha-c{n}/")
    jobs.turn(engine)
    office.now += 10 * MINUTE
    with organisation_scope("alpha"):
        first = Notice.objects.filter(user__username=AGENT).earliest("id")
        do_read_notices(User.objects.get(username=AGENT), [first.pk])
    jobs.turn(engine)
    jobs.turn(engine)
    with organisation_scope("alpha"):
        [mail] = Mail.objects.filter(template="notice")
    assert "متن 1" in mail.text
    assert "متن 2" in mail.text
    assert "متن 0" not in mail.text
    assert "/contacts/alpha-c2/" in mail.html


@pytest.mark.parametrize(
    ("email", "after_ms", "mails"), [(Email.AT_ONCE, 0, 1), (Email.IF_UNREAD, 9 * MINUTE, 0), (Email.NEVER, DAY, 0)]
)
def test_each_kind_is_mailed_as_chosen(
    office: Office, engine: psycopg.Connection, email: Email, after_ms: int, mails: int
) -> None:
    with organisation_scope("alpha"):
        do_choose(User.objects.get(username=AGENT), {Kind.MENTION: Choice(True, True, email)}, None)
        do_notify([AGENT], Kind.MENTION, {"by": "x", "text": "y"})
    office.now += after_ms
    jobs.turn(engine)
    with organisation_scope("alpha"):
        assert Mail.objects.filter(template="notice").count() == mails


def test_in_quiet_hours_nothing_shows_rings_or_is_mailed(office: Office, engine: psycopg.Connection) -> None:
    from pasokh.i18n.dates import local

    moment = local(office.now, "Asia/Tehran")
    minute = moment.hour * 60 + moment.minute
    hours = QuietHours((minute - 5) % 1440, (minute + 30) % 1440)
    with organisation_scope("alpha"):
        do_choose(User.objects.get(username=AGENT), {Kind.MENTION: Choice(True, True, Email.AT_ONCE)}, hours)
        do_notify([AGENT], Kind.MENTION, {"by": "x", "text": "y"})
    [notice] = signed_in(AGENT).get("/api/v1/notices").json()["notices"]
    assert (notice["desktop"], notice["sound"]) == (False, False)
    jobs.turn(engine)
    with organisation_scope("alpha"):
        assert not Mail.objects.filter(template="notice").exists()
    office.now += 31 * MINUTE
    jobs.turn(engine)
    with organisation_scope("alpha"):
        assert Mail.objects.filter(template="notice").count() == 1


def test_old_notices_are_forgotten(office: Office, engine: psycopg.Connection) -> None:
    with organisation_scope("alpha"):
        do_notify([AGENT], Kind.MENTION, {"by": "x", "text": "y"})
    office.now += 91 * DAY
    jobs.clean(engine)
    assert of(AGENT) == []


# -- the page and the API ----------------------------------------------------------------------------------------------
def test_notices_are_read_in_the_reader_s_language_and_marked(office: Office) -> None:
    with organisation_scope("alpha"):
        for n in range(3):
            do_notify([AGENT], Kind.ALARM, {"queue": {"fa": "فروش", "en": "Sales"}}, "/wall/", key=str(n))
    browser = signed_in(AGENT, headers={"accept-language": "fa"})
    answer = browser.get("/api/v1/notices?limit=2", headers={"accept-language": "fa"}).json()
    assert (answer["unread"], len(answer["notices"])) == (3, 2)
    newest = answer["notices"][0]
    assert newest["text"] == message("notice.alarm", "en", queue="Sales") or "فروش" in newest["text"]
    assert not browser.get(f"/api/v1/notices?after={newest['id']}").json()["notices"]
    read = browser.post("/api/v1/notices/read", {"ids": [newest["id"]]}, content_type="application/json").json()
    assert read["unread"] == 2
    read = browser.post("/api/v1/notices/read", {"up_to": newest["id"]}, content_type="application/json").json()
    assert read["unread"] == 0
    assert browser.get("/notices/").status_code == 200


def test_nobody_marks_another_s_notices(office: Office) -> None:
    with organisation_scope("alpha"):
        do_notify([BOSS], Kind.HELP, {"agent": "x", "question": "y"})
        number = Notice.objects.get(user__username=BOSS).pk
    signed_in(AGENT).post("/api/v1/notices/read", {"ids": [number]}, content_type="application/json")
    with organisation_scope("alpha"):
        assert Notice.objects.get(pk=number).read_at == 0


def choices(**more: str) -> dict[str, str]:
    return {f"{kind}_email": "never" for kind in Kind} | {"mention_desktop": "on"} | more


def test_choices_are_kept_and_read_in_any_digits(office: Office) -> None:
    browser = signed_in(AGENT)
    sent = choices(quiet="on", quiet_start="۲۲:۳۰", quiet_end="٧", mention_email="at_once")
    assert browser.post("/notices/settings/", sent).status_code == 302
    form = browser.get("/notices/settings/").context["form"]
    assert (form.initial["quiet_start"], form.initial["quiet_end"]) == ("22:30", "07:00")
    assert (form.initial["mention_desktop"], form.initial["mention_sound"]) == (True, False)
    assert form.initial["mention_email"] == "at_once"


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("25:00", "7", "quiet_start"),
        ("22:61", "7", "quiet_start"),
        ("late", "7", "quiet_start"),
        ("22", "", "quiet_end"),
        ("7", "07:00", "quiet_end"),
    ],
)
def test_wrong_hours_are_told_at_the_field_and_keep_what_was_typed(
    office: Office, start: str, end: str, field: str
) -> None:
    page = signed_in(AGENT).post("/notices/settings/", choices(quiet="on", quiet_start=start, quiet_end=end))
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert f'value="{start}"' in page.content.decode()


def test_a_notice_of_no_kind_or_to_elsewhere_is_refused(office: Office) -> None:
    for kind, link, code in (("x", "", "notice.unknown_kind"), ("mention", "//evil.example", "notice.bad_link"),
                             ("mention", "https://x", "notice.bad_link")):  # fmt: skip
        with organisation_scope("alpha"), pytest.raises(PasokhError, match=code):
            do_notify([AGENT], kind, {}, link)


def test_open_pages_are_told_to_look(office: Office) -> None:
    from pasokh.store.hints import HINT

    with psycopg.connect(office.dsn(schema.APP), autocommit=True) as listener:
        listener.execute(f"LISTEN {HINT}")
        with organisation_scope("alpha"):
            do_notify([AGENT], Kind.MENTION, {"by": "x", "text": "y"})
        [heard] = [n.payload for n in listener.notifies(timeout=5, stop_after=1)]
    assert heard.startswith("alpha {")
    assert AGENT in heard
