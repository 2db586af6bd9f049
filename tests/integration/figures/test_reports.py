"""Reports by mail: due by the wall clock, made in the reader's language, sent once however often the process dies."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from zipfile import ZipFile

import psycopg
import pytest
from django.conf import settings
from tests.fact_rows import MIDNIGHT, fill, visit
from tests.figures_stage import signed_in
from tests.mail_server import MailServer

from pasokh.channels.mail.ways import transport_of
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.warehouse import Warehouse
from pasokh.office.figures import reporting
from pasokh.office.figures.actions import ReportDraft, do_ask_report, do_pause_report, do_save_report
from pasokh.office.figures.jobs import REPORTS
from pasokh.office.figures.models import Report, ReportRun
from pasokh.office.figures.reporting import send_report
from pasokh.office.figures.rhythm import next_due
from pasokh.office.people.models import User
from pasokh.office.post import actions as post
from pasokh.office.post.models import Mail, MailFile
from pasokh.office.post.sending import send_due
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema

HOUR, DAY = 3_600_000, 86_400_000
TEHRAN = 12_600_000
QUERY = "kpi=sl.answered_or_abandoned@20s&kpi=queue.entered&period=yesterday&by=interval&compare=previous"


class Clock:
    now = MIDNIGHT - TEHRAN + 7 * HOUR

    def __call__(self):
        return self.now


@pytest.fixture
def clock(office, tmp_path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path / "facts")
    monkeypatch.setattr(settings, "CLOCK", clock)
    rows = [visit(f"{d}-{n}", d * DAY + n * HOUR, "answered", 5 * n) for d in (0, -1, -2) for n in range(8)]
    fill(Warehouse(tmp_path / "facts/alpha"), {"visits": rows})
    with organisation_scope("alpha"):
        for role, language in (("supervisor", "fa"), ("administrator", "uk")):
            User.objects.filter(username=f"alpha-{role}").update(email=f"{role}@alpha.example", language=language)
    return clock


def save(**given):
    draft = {"name": "Morning", "query": QUERY, "rhythm": "daily", "on_day": 0, "minute": 480,
             "people": ("alpha-supervisor", "alpha-administrator")} | given  # fmt: skip
    with organisation_scope("alpha"):
        return do_save_report(User.objects.get(username="alpha-supervisor"), ReportDraft(**draft)).pk


def due(office):
    """What the worker would start."""
    with psycopg.connect(office.dsn(schema.ENGINE)) as connection:
        return connection.execute(REPORTS.waiting, (settings.CLOCK() - REPORTS.silent_ms,)).fetchall()


def runs(number):
    with organisation_scope("alpha"):
        return list(ReportRun.objects.filter(report_id=number).order_by("due_at"))


def test_a_report_goes_out_once_to_each_in_their_language(office, clock, tmp_path):
    number = save()
    assert due(office) == []
    clock.now += 2 * HOUR
    assert due(office) == [("alpha", number)]
    assert send_report("alpha", number).mails == 2
    assert due(office) == []
    assert send_report("alpha", number) is None
    with organisation_scope("alpha"):
        assert Report.objects.get(pk=number).next_at == MIDNIGHT - TEHRAN + DAY + 8 * HOUR
        assert MailFile.objects.filter(mail__template="figures_report").count() == 4
    with MailServer(tmp_path / "mail") as server, psycopg.connect(office.dsn(schema.ENGINE)) as connection:
        send_due(connection, transport_of(server.url, 10.0))
        taken = {each["to"]: each for each in server.taken()}
    assert {"supervisor@alpha.example", "administrator@alpha.example"} <= set(taken)
    mail = message_from_bytes(bytes(taken["supervisor@alpha.example"]), policy=default)
    paper, sheet = [part.get_content() for part in mail.iter_attachments()]
    assert paper.startswith(b"%PDF-")
    assert "xl/workbook.xml" in ZipFile(BytesIO(sheet)).namelist()
    said = mail.get_body(("plain",)).get_content()
    assert "سطح خدمت" in said
    assert "۲۹ آبان" in said
    with organisation_scope("alpha"):
        assert MailFile.objects.filter(mail__template="figures_report").count() == 0


def test_a_process_that_dies_has_sent_nothing_and_the_next_sends_it_once(clock, monkeypatch):
    number = save()
    clock.now += 2 * HOUR
    send = reporting.do_send_mail

    def die(*given, **named):
        if "administrator" in given[0]:
            send(*given, **named)
            raise KeyboardInterrupt
        return send(*given, **named)

    monkeypatch.setattr(reporting, "do_send_mail", die)
    with pytest.raises(KeyboardInterrupt):
        send_report("alpha", number)
    assert runs(number) == []
    with organisation_scope("alpha"):
        assert Mail.objects.filter(template="figures_report").count() == 0
    monkeypatch.setattr(reporting, "do_send_mail", send)
    clock.now += 3 * DAY  # nobody was there for days: one report for the time that was missed, then on as usual
    assert send_report("alpha", number).mails == 2
    assert send_report("alpha", number) is None
    with organisation_scope("alpha"):
        assert Mail.objects.filter(template="figures_report").count() == 2
        assert Report.objects.get(pk=number).next_at > clock.now


def test_asked_for_now_paused_and_gone_on(office, clock):
    number = save()
    with organisation_scope("alpha"):
        boss = User.objects.get(username="alpha-supervisor")
        do_pause_report(boss, number, paused=True)
        clock.now += 5 * DAY
    assert due(office) == []
    with organisation_scope("alpha"):
        do_ask_report(boss, number)
    assert due(office) == [("alpha", number)]
    assert send_report("alpha", number).mails == 2
    with organisation_scope("alpha"):
        assert do_pause_report(boss, number, paused=False).next_at > clock.now


def test_whoever_may_not_see_figures_any_more_gets_none(clock):
    number = save()
    with organisation_scope("alpha"):
        User.objects.filter(username="alpha-administrator").update(role="agent")
    clock.now += 2 * HOUR
    run = send_report("alpha", number)
    assert (run.mails, run.left_out) == (1, ["alpha-administrator"])


def test_what_goes_wrong_is_told_and_the_next_is_tried(clock, monkeypatch):
    number = save()
    monkeypatch.setattr(post, "MOST_ENCLOSED", 1_000)
    clock.now += 2 * HOUR
    assert send_report("alpha", number).error["code"] == "mail.too_large"
    body = signed_in("alpha-supervisor").get(f"/figures/reports/{number}/").content.decode()
    assert "larger than" in body
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"people": ()}, "figures.no_people"), ({"people": ("alpha-agent",)}, "figures.no_right"),
        ({"people": ("beta-supervisor",)}, "figures.no_people"), ({"rhythm": "hourly"}, "figures.bad_rhythm"),
        ({"rhythm": "monthly", "on_day": 0}, "figures.bad_rhythm"), ({"minute": 1440}, "figures.bad_time"),
        ({"as_pdf": False, "as_xlsx": False}, "figures.no_form"), ({"query": "kpi=nonsense"}, "kpi.unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(clock, given, code):
    with pytest.raises(PasokhError) as refused:
        save(**given)
    assert refused.value.code == code


def test_the_form_sets_one_up(clock):
    browser = signed_in("alpha-supervisor")
    form = {"name": "Weekly", "what": "here", "query": QUERY, "rhythm": "weekly", "weekday": "5", "month_day": "1",
            "at": "۰۸:۳۰", "people": ["alpha-supervisor"], "as_pdf": "on"}  # fmt: skip
    assert browser.get(f"/figures/reports/new/?{QUERY}").status_code == 200
    assert browser.post("/figures/reports/new/", {**form, "at": "25:00"}).status_code == 400
    assert browser.post("/figures/reports/new/", form).status_code == 302
    with organisation_scope("alpha"):
        row = Report.objects.get(name="Weekly")
        assert (row.rhythm, row.on_day, row.minute, row.as_xlsx) == ("weekly", 5, 510, False)
    assert browser.post(f"/figures/reports/{row.pk}/", {**form, "name": "Saturdays"}).status_code == 302
    assert b"Saturdays" in browser.get("/figures/reports/").content
    assert browser.post(f"/figures/reports/{row.pk}/remove/").status_code == 302


@pytest.mark.parametrize(
    ("rhythm", "on_day", "calendar", "after", "expected"),
    [
        ("daily", 0, "en", "2026-11-21 04:30", "2026-11-22 04:30"),
        ("weekly", 5, "fa", "2026-11-22 00:00", "2026-11-28 04:30"),
        ("monthly", 31, "en", "2026-02-01 00:00", "2026-02-28 04:30"),
        ("monthly", 1, "fa", "2026-11-22 05:00", "2026-12-22 04:30"),
        ("monthly", 31, "fa", "2026-11-22 05:00", "2026-12-21 04:30"),
    ],
)
def test_when_it_is_due(rhythm, on_day, calendar, after, expected):
    def at(text):
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)

    assert next_due(rhythm, on_day, 480, "Asia/Tehran", calendar, at(after)) == at(expected)
