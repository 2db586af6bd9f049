"""The mapping wizard: bring a file, see how it is understood, correct it, import it, take it back; nobody else's."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.figures_stage import signed_in
from tests.import_samples import GENERIC, SAMPLES

from pasokh.metrics.facts import TABLES
from pasokh.metrics.warehouse import Warehouse
from pasokh.office.audit.models import AuditEvent
from pasokh.office.figures_import import uploads
from pasokh.office.tenancy.scope import organisation_scope

PLACE = "/figures/import/"


@pytest.fixture
def home(shared_office, tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(settings, "FACTS_HOME", tmp_path)
    return tmp_path


@pytest.fixture
def admin(home, shared_office):
    return signed_in("alpha-administrator")


def bring(browser, content: str | bytes, kind: str = "csv", name: str = "calls.csv", **more: str):
    data = content.encode() if isinstance(content, str) else content
    return browser.post(
        PLACE, {"file": SimpleUploadedFile(name, data), "kind": kind, "source": "", "encoding": "", **more}
    )


def form_of(text: str) -> dict[str, str]:
    """What the page's form would send as it stands."""
    given = dict(re.findall(r'<input type="hidden" name="(word\.\d+)" value="([^"]*)"', text))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        given[name] = chosen[1] if chosen else ""
    return {key: value for key, value in given.items() if key not in ("mapping", "kind", "encoding")}


def stays(home: Path) -> list[tuple[object, ...]]:
    warehouse = Warehouse(home / "alpha")
    days = warehouse.days()
    if days is None:
        return []
    with warehouse.engine() as engine:
        warehouse.show(engine, TABLES["visits"], *days)
        return engine.execute("SELECT queue, how, wait_ms, agent FROM visits ORDER BY entered_at").fetchall()


def test_a_table_from_guess_to_figures_and_back(home, admin) -> None:
    brought = bring(admin, GENERIC)
    assert brought.status_code == 302
    page = admin.get(brought.url)
    text = page.content.decode()
    assert page.status_code == 200
    assert "پشتیبانی" in text
    assert stays(home) == []
    given = form_of(text)
    assert given["column.at"] == "date"
    assert given["column.how"] == "result"
    # another column, another meaning; what is shown follows
    given |= {"how.1": "timeout", "do": "look"}
    assert "calls.csv" in admin.post(brought.url, given).content.decode()
    done = admin.post(brought.url, given | {"do": "import", "keep_as": "crm"})
    assert done.status_code == 302
    assert done.url == PLACE
    assert stays(home) == [("پشتیبانی", "answered", 20_000, "Ann"), ("پشتیبانی", "timeout", 30_000, "")]
    assert admin.get(brought.url).status_code == 404
    with organisation_scope("alpha"):
        assert AuditEvent.objects.filter(action="figures.import").exists()
    # the kept mapping is offered, and used
    again = bring(admin, GENERIC.replace("1;21", "3;21"), name="more.csv")
    text = admin.get(f"{again.url}?mapping=crm").content.decode()
    assert form_of(text)["how.1"] == "timeout"
    # back
    listed = admin.get(PLACE).content.decode()
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', listed)[1]
    assert admin.post(f"{PLACE}undo/", {"source": "csv", "digest": digest}).status_code == 302
    assert stays(home) == []
    assert admin.post(f"{PLACE}undo/", {"source": "csv", "digest": digest}).status_code == 404


def test_every_line_left_out_is_told_before_and_after(home, admin) -> None:
    bad = GENERIC + "4;soon;1;q;;Missed;0:30;0:00\n5;21.11.2026;=HYPERLINK(1);q;;Odd;0:30;0:00\n6;x\n"
    brought = bring(admin, bad)
    text = admin.get(brought.url).content.decode()
    assert "&lt;" not in text
    given = form_of(text)
    text = admin.post(brought.url, given | {"do": "look", "how.2": ""}).content.decode()
    for line in ("4", "5", "6"):
        assert f'<td class="numeric">{line}</td>' in text
    admin.post(brought.url, given | {"do": "import", "how.2": ""})
    listed = admin.get(PLACE).content.decode()
    address = re.search(r'href="(/figures/import/bad/[^"]+)"', listed)[1]
    table = admin.get(address).content.decode()
    assert [line.split(",")[0].lstrip("\ufeff") for line in table.splitlines()] == ["4", "5", "6"]
    assert len(stays(home)) == 2


@pytest.mark.parametrize("kind", ["vicidial", "amazon-connect", "freeswitch"])
def test_other_kinds_are_shown_and_imported(home, admin, kind: str) -> None:
    brought = bring(admin, SAMPLES[kind], kind, "file")
    assert "support" in admin.get(brought.url).content.decode()
    assert stays(home) == []
    admin.post(brought.url, {"do": "import"})
    assert stays(home)[0][:2] == ("support", "answered")


def test_queue_log_needs_no_look(home, admin) -> None:
    line = "1795246200|c1|support|NONE|ENTERQUEUE||+989121111111|1\n1795246205|c1|support|NONE|ABANDON|1|1|5\n"
    brought = bring(admin, line, "queue-log", "queue_log")
    assert admin.get(brought.url).status_code == 200
    admin.post(brought.url, {"do": "import"})
    assert stays(home) == [("support", "abandoned", 5_000, "")]


@pytest.mark.parametrize(
    ("content", "kind", "more", "field"),
    [
        ("x", "nonsense", {}, "kind"),
        ("x", "csv", {"encoding": "latin"}, "encoding"),
        ("x", "csv", {"source": "../x"}, "source"),
    ],
)
def test_what_is_wrong_with_the_form_is_told_at_its_field(home, admin, content, kind, more, field) -> None:
    page = bring(admin, content, kind, **more)
    assert page.status_code == 400
    assert "wrong" in page.content.decode()
    assert not list(home.rglob("about.json"))


def test_files_that_are_something_else_say_so_and_import_nothing(home, admin) -> None:
    for kind, content in (
        ("vicidial", b"\0\1\2" * 50),
        ("amazon-connect", b"<html>"),
        ("csv", b""),
        ("freeswitch", b"PK\x03\x04oops"),
    ):
        brought = bring(admin, content, kind, ".about.json")
        page = admin.get(brought.url)
        assert page.status_code == (400 if kind != "amazon-connect" else 200), kind
        assert admin.post(brought.url, {"do": "import"}).status_code == 400
    assert stays(home) == []


def test_a_file_too_long_and_one_nobody_fetched_leave_nothing(home, admin, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 10)
    assert bring(admin, "x" * 11).status_code in (400, 413)
    assert not list(home.rglob("calls.csv"))
    brought = bring(admin, "a,b\n")
    monkeypatch.setattr(uploads, "KEPT_MS", -1)
    bring(admin, "c,d\n")
    assert admin.get(brought.url).status_code == 404


def test_nobody_sees_or_takes_back_anothers(home, admin, shared_office) -> None:
    brought = bring(admin, GENERIC)
    stranger = signed_in("beta-administrator")
    assert stranger.get(brought.url).status_code == 404
    assert stranger.post(f"{brought.url}drop/").status_code == 404
    given = form_of(admin.get(brought.url).content.decode())
    admin.post(brought.url, given | {"do": "import"})
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', admin.get(PLACE).content.decode())[1]
    assert digest not in stranger.get(PLACE).content.decode()
    assert stranger.post(f"{PLACE}undo/", {"source": "csv", "digest": digest}).status_code == 404
    assert stranger.get(f"{PLACE}bad/csv/{digest}.csv").status_code == 404
    assert len(stays(home)) == 2
    assert signed_in("alpha-agent").get(PLACE).status_code == 403
