"""The explorer answers as its address says; every figure opens as many rows as its n; nobody sees another's facts."""

import csv
import html
import io
import json
import re

import pytest
from django.conf import settings
from tests.fact_rows import DAY, fill, row, visit
from tests.figures_stage import signed_in

from pasokh.metrics.warehouse import Warehouse
from pasokh.office.audit.models import AuditEvent
from pasokh.office.figures import store
from pasokh.office.tenancy.scope import organisation_scope

EXPLORE = "/figures/explore/"
RANGE = "period=range&from=2026-11-21&to=2026-11-21"
HOUR = 3_600_000
LINK = re.compile(r'href="(/figures/rows/\?[^"]+)"[^>]*>.*?n ([\d٬,]+)<', re.DOTALL)


@pytest.fixture
def centre(shared_office, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    hows = ("answered", "answered", "answered", "abandoned", "callback")
    visits = [
        visit(n, n * HOUR // 4, hows[n % 5], n % 40, queue="help" if n % 3 else "sales", agent="alpha-agent")
        for n in range(1, 91)
    ]
    handlings = [
        row("handlings", n * HOUR // 4, handling=f"h{n}", contact=f"c{n}", queue="help", kind="contact",
            agent="alpha-agent", talk_ms=60_000 + n, wrap_ms=5_000, ended_by="agent")
        for n in range(1, 31)
    ]  # fmt: skip
    time = [
        row("agent_time", n * 900_000, agent="alpha-agent", team="team", state="busy", ms=900_000) for n in range(9)
    ]
    fill(Warehouse(tmp_path / "alpha"), {"visits": visits, "handlings": handlings, "agent_time": time})
    return shared_office


def page(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status, answer.content[:2000]
    return answer.content.decode()


def test_every_figure_opens_as_many_rows_as_its_n(centre):
    browser = signed_in("alpha-supervisor")
    kpis = "&".join(f"kpi={k}" for k in ("sl.answered_or_abandoned@20s", "asa.answered", "wait.median", "aht"))
    body = page(browser, f"{EXPLORE}?{RANGE}&by=queue&by=hour&{kpis}")
    links = LINK.findall(body)
    assert len(links) > 60
    for link, n in links[::7]:
        listed = page(browser, html.unescape(link))
        count = re.search(r'role="status">\s*([\d,]+)', listed)
        assert count is not None
        assert count[1] == n, link


def test_rows_page_through_and_open_what_they_are_of(centre):
    browser = signed_in("alpha-supervisor")
    base = "/figures/rows/?kpi=queue.entered&from=2026-11-21&to=2026-11-21"
    first, second = page(browser, base), page(browser, f"{base}&page=2")
    contacts = [re.findall(r"/figures/rows/log/\?contact=(c\d+)", each) for each in (first, second)]
    assert len(contacts[0]) == 50
    assert len(contacts[1]) == 40
    assert not set(contacts[0]) & set(contacts[1])
    matter = page(browser, "/figures/rows/log/?contact=c7&day=2026-11-21")
    assert ("alpha agent" in matter and "help" in matter) or "alpha en" in matter
    page(browser, "/figures/rows/log/?contact=unknown&day=2026-11-21", 404)
    parts = page(browser, f"{base.replace('queue.entered', 'sl.answered_or_abandoned@20s')}&which=missed")
    assert "which=met" in parts
    page(browser, f"{base}&which=met", 400)


def test_peoples_time_opens_what_was_handled_in_it(centre):
    browser = signed_in("alpha-supervisor")
    body = page(browser, "/figures/rows/?kpi=occupancy&from=2026-11-21&to=2026-11-21")
    link = re.search(r'href="(/figures/rows/\?kpi=handled[^"]+)"', body)
    assert link is not None
    page(browser, html.unescape(link[1]))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("kpi=nonsense", 400),
        (f"{RANGE}&kpi=aht&by=how", 400),
        ("period=range&from=2026-13-41&to=1&kpi=aht", 400),
        ("period=whenever&kpi=aht", 400),
        ("period=range&from=2026-11-22&to=2026-11-21&kpi=aht", 400),
        ("period=today&by=", 400),
        (f"{RANGE}&kpi=sl.answered_or_abandoned@x", 400),
        (f"{RANGE}&kpi=queue.entered&only.queue=it%27s%22%3B--", 200),
        (f"{RANGE}&kpi=queue.entered&by=queue&sort=v9&page=99999999999", 200),
        (f"{RANGE}&kpi=queue.entered&only.nothing=1", 400),
    ],
)
def test_what_cannot_be_asked_is_told(centre, query, code):
    body = page(signed_in("alpha-supervisor"), f"{EXPLORE}?{query}", code)
    assert ("form-errors" in body) == (code == 400)


def test_what_the_form_sends_becomes_a_short_address(centre):
    answer = signed_in("alpha-supervisor").get(
        f"{EXPLORE}?{RANGE}&by=day&by=&kpi=sl.answered_or_abandoned&kpi=aht&with.sl.answered_or_abandoned=15s"
    )
    assert answer.status_code == 302
    assert "kpi=sl.answered_or_abandoned%4015s&kpi=aht&period=range" in answer["Location"]
    assert "with." not in answer["Location"]


def test_comparison_sorting_and_narrowing(centre):
    browser = signed_in("alpha-supervisor")
    body = page(browser, f"{EXPLORE}?{RANGE}&kpi=queue.entered&by=queue&compare=previous&sort=-v0")
    entered = re.findall(r"<td><bdi>([^<]*)</bdi></td>", body)
    assert entered == ["alpha en", "sales"]
    assert "fig-change" in body
    narrowed = page(browser, f"{EXPLORE}?{RANGE}&kpi=queue.entered&by=&only.queue=sales")
    assert re.search(r">n 30<", narrowed)


def test_the_table_is_taken_along_and_told(centre):
    browser = signed_in("alpha-supervisor")
    query = f"{RANGE}&kpi=queue.entered&kpi=queue.answered&by=queue"
    table = browser.get(f"{EXPLORE}table.csv?{query}")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(each["queue"], each["queue.entered:1"]) for each in rows] == [("help", "60"), ("sales", "30")]
    assert json.loads(browser.get(f"{EXPLORE}table.json?{query}").content)["rows"][1]["queue.entered:1"]["value"] == 30
    assert browser.get(f"{EXPLORE}table.xlsx?{query}").content[:2] == b"PK"
    assert browser.get(f"{EXPLORE}table.parquet?{query}").content[:4] == b"PAR1"
    assert browser.get(f"{EXPLORE}table.exe?{query}").status_code == 404
    with organisation_scope("alpha"):
        told = AuditEvent.objects.filter(action="figures.take").latest("id")
        assert told.after["form"] == "parquet"
        assert told.after["rows"] == 2


def test_nobody_sees_the_facts_of_another(centre):
    body = page(signed_in("beta-supervisor"), f"{EXPLORE}?{RANGE}&kpi=queue.entered&by=queue")
    assert "pasokh import queue-log" in body
    assert "sales" not in body
    assert signed_in("alpha-agent").get(EXPLORE).status_code == 403


def test_a_question_that_takes_too_long_is_stopped(centre, monkeypatch):
    monkeypatch.setattr(store, "MOST_SECONDS", 0.05)
    with (
        organisation_scope("alpha"),
        pytest.raises(Exception, match=r"figures\.slow"),
        store.facts().engine() as engine,
    ):
        engine.execute(
            "SELECT count(*) FROM range(100000) a, range(100000) b WHERE hash(a.range * b.range) = 1"
        ).fetchall()


def test_persian_pages_speak_persian(centre):
    browser = signed_in("alpha-supervisor", "fa")
    body = page(browser, f"{EXPLORE}?period=range&from=1405/8/30&to=1405/8/30&kpi=queue.entered&by=weekday")
    assert "شنبه" in body
    assert "۹۰" in body
    assert DAY.isoformat() == "2026-11-21"
