"""The panel as people use it: found, played from any second, noted, held, taken out; and who may not."""

import io
from pathlib import Path
from typing import Any

import pytest
import soundfile
import yaml
from django.conf import settings
from tests.office_stage import Office
from tests.recording_stage import Hall
from tests.security.browser import Browser, signed_in

from pasokh.kernel.time import MINUTE
from pasokh.office.audit.models import AuditEvent
from pasokh.office.byte_ranges import range_of
from pasokh.office.exchange.sections import sections
from pasokh.office.exchange.writing import exported
from pasokh.office.recordings.models import Access, Note, Recording, Rule
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.telephony.recording.watermark import found


@pytest.fixture
def hall(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(settings, "RECORDINGS_HOME", tmp_path / "vault")
    return Hall(office, tmp_path)


@pytest.fixture
def boss(hall: Hall) -> Browser:
    return signed_in("alpha-supervisor")


@pytest.fixture
def admin(hall: Hall) -> Browser:
    return signed_in("alpha-administrator")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def sound(browser: Browser, name: str, **headers: str) -> Any:
    return browser.get(f"/recordings/{name}/sound", **headers)


# -- playing -----------------------------------------------------------------------------------------------------------
def test_a_recording_is_played_from_any_second_and_no_plain_file_is_on_the_disk(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    whole = sound(boss, name)
    data = body(whole)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/flac", "bytes")
    assert len(soundfile.read(io.BytesIO(data))[0]) == 24_000
    part = sound(boss, name, HTTP_RANGE="bytes=1000-1999")
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 1000-1999/{len(data)}")
    assert body(part) == data[1_000:2_000]
    assert body(sound(boss, name, HTTP_RANGE="bytes=-500")) == data[-500:]
    assert body(sound(boss, name, HTTP_RANGE=f"bytes={len(data) - 1}-")) == data[-1:]
    beyond = sound(boss, name, HTTP_RANGE=f"bytes={len(data)}-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(data)}")
    changed = sound(boss, name, HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"another"')
    assert (changed.status_code, len(body(changed))) == (200, len(data))
    assert "no-store" in whole["Cache-Control"]
    for path in hall.folder.rglob("*"):
        assert not path.is_file() or b"fLaC" not in path.read_bytes()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None), ("bytes=0-", (0, 100)), ("bytes=0-0", (0, 1)), ("bytes=10-1000", (10, 100)),
        ("bytes=-1", (99, 100)), ("bytes=-1000", (0, 100)), ("bytes=5-4", None), ("bytes=a-b", None),
        ("bytes=0-1,3-4", None), ("chunks=0-1", None),
        ("bytes=-", None), ("bytes=" + "9" * 40 + "-", None), ("bytes=٠-٩", None),
    ],
)  # fmt: skip
def test_ranges_are_read_as_the_standard_says(header, expected) -> None:
    assert range_of(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=500-600"])
def test_a_range_of_nothing_is_refused(header) -> None:
    with pytest.raises(ValueError, match="bytes"):
        range_of(header, 100)


def test_a_tampered_file_is_not_played(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    path = next((hall.folder / "vault").rglob(name))
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    response = sound(boss, name)
    assert (response.status_code, response.streaming) == (409, False)


def test_who_hears_is_noted_once_and_cannot_be_unnoted(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    for _ in range(3):
        body(sound(boss, name, HTTP_RANGE="bytes=0-9"))
    hall.office.now += 11 * MINUTE
    body(sound(boss, name))
    with organisation_scope("alpha"):
        assert list(Access.objects.values_list("by", "what")) == [("alpha-supervisor", "listen")] * 2
    with organisation_scope("alpha"), pytest.raises(Exception, match="permission denied"):
        Access.objects.all().delete()


# -- rights ------------------------------------------------------------------------------------------------------------
PLACES = ("", "sound", "notes/", "hold/", "download/")


@pytest.mark.parametrize("who", ["beta-supervisor", "alpha-agent"])
@pytest.mark.parametrize("place", PLACES)
def test_nobody_else_hears_notes_holds_or_takes(hall: Hall, who: str, place: str) -> None:
    name = hall.kept()
    browser = signed_in(who)
    asked = browser.get if place in {"", "sound"} else browser.post
    response = asked(f"/recordings/{name}/{place}", {"text": "x", "because": "x", "why": "x"} if place else {})
    assert response.status_code in {403, 404}
    with organisation_scope("alpha"):
        assert not Access.objects.exists()
        assert not Note.objects.exists()
        assert not Recording.objects.get(pk=name).hold_at


def test_an_agent_hears_the_own_call_where_a_rule_says_so(hall: Hall) -> None:
    with organisation_scope("alpha"):
        Rule.objects.create(organisation_id="alpha", own=True, record=True)
    name = hall.kept()
    other = hall.kept(number=2, agent="alpha-supervisor")
    agent = signed_in("alpha-agent")
    assert len(body(sound(agent, name))) > 1_000
    assert sound(agent, other).status_code == 403
    listed = agent.get("/recordings/").content.decode()
    assert name in listed
    assert other not in listed
    assert agent.post(f"/recordings/{name}/download/", {"why": "x"}).status_code == 403


def test_a_supervisor_takes_nothing_out_without_the_right(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    assert boss.post(f"/recordings/{name}/download/", {"why": "x"}).status_code == 403


# -- finding -----------------------------------------------------------------------------------------------------------
def test_recordings_are_found_by_what_is_known_of_them(hall: Hall, boss: Browser) -> None:
    first = hall.kept(seconds=3)
    second = hall.kept(number=2, seconds=1, agent="alpha-supervisor")
    with organisation_scope("alpha"):
        Recording.objects.filter(pk=second).update(number="+380441112233", notes=1, hold_at=5, hold_reason="x")

    def names(**asked: str) -> set[str]:
        page = boss.get("/recordings/", asked).content.decode()
        return {name for name in (first, second) if name in page}

    assert names() == {first, second}
    assert names(q="0912 123") == names(q="۰۹۱۲۱۲۳۴۵۶۷") == names(q="+98912") == {first}
    assert names(agent="alpha-supervisor") == names(noted="1") == names(held="1") == {second}
    assert names(queue="help", client="own") == {first, second}
    assert names(queue="nothing") == set()
    assert names(longer="2s") == names(shorter="1:00", agent="alpha-agent") == {first}
    assert names(state="kept") == {first, second}
    assert names(outcome="done") == {first}
    assert names(**{"from": "2030-01-01"}) == set()


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterdayish"}, {"state": "'; DROP TABLE"}, {"longer": "-5"}, {"q": "\x00%_'\""}, {"q": "9" * 400},
        {"before": "x"}, {"before": "99999999999999999999999 r"}, {"agent": "{}"}, {"outcome": "\u202e"},
    ],
)  # fmt: skip
def test_hostile_addresses_are_answered(hall: Hall, boss: Browser, asked: dict[str, str]) -> None:
    hall.kept()
    assert boss.get("/recordings/", asked).status_code in {200, 400}


@pytest.mark.parametrize("name", ["r-" + "0" * 32, "r-", "../../etc/passwd", "%00", "r-" + "G" * 32])
def test_unknown_names_are_unknown(hall: Hall, boss: Browser, name: str) -> None:
    for place in ("", "sound"):
        assert boss.get(f"/recordings/{name}/{place}").status_code == 404


def test_the_list_is_paged_without_gaps(hall: Hall, boss: Browser) -> None:
    template = hall.kept()
    with organisation_scope("alpha"):
        row = Recording.objects.get(pk=template)
        for n in range(60):
            row.pk = f"r-{n:032x}"
            row.started_at = hall.office.now + n // 3
            row._state.adding = True
            row.save(force_insert=True)
    seen: list[str] = []
    address = "/recordings/"
    while address:
        page = boss.get(address)
        seen += [row.id for row in page.context["rows"]]
        older = page.context["older"]
        address = f"/recordings/?before={older}" if older else ""
    assert len(seen) == len(set(seen)) == 61


# -- notes, holds, downloads -----------------------------------------------------------------------------------------
def test_a_note_stands_at_its_moment(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    assert boss.post(f"/recordings/{name}/notes/", {"at_ms": "۱۵۰۰", "text": " کارت خوانده شد "}).status_code == 302
    boss.post(f"/recordings/{name}/notes/", {"at_ms": "99999999", "text": "<script>alert(1)</script>"})
    page = boss.get(f"/recordings/{name}/").content.decode()
    assert "کارت خوانده شد" in page
    assert "<script>alert" not in page
    with organisation_scope("alpha"):
        first, second = Note.objects.order_by("pk")
        assert (first.at_ms, second.at_ms, first.by) == (1_500, 3_000, "alpha-supervisor")
        assert Recording.objects.get(pk=name).notes == 2
    assert boss.post(f"/recordings/{name}/notes/{first.pk}/remove/").status_code == 302
    with organisation_scope("alpha"):
        assert Recording.objects.get(pk=name).notes == 1
        assert AuditEvent.objects.filter(action="recording.note_removed").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"text": ""},
        {"text": "   "},
        {"text": "x" * 1_001},
        {"text": "x", "at_ms": "-1"},
        {"text": "x", "at_ms": "soon"},
    ],
)
def test_a_note_that_is_none_is_refused_and_what_was_typed_stays(hall: Hall, boss: Browser, given) -> None:
    name = hall.kept()
    response = boss.post(f"/recordings/{name}/notes/", given)
    assert response.status_code in {400, 422}
    with organisation_scope("alpha"):
        assert not Note.objects.exists()


def test_a_hold_needs_a_reason_and_is_audited(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    assert boss.post(f"/recordings/{name}/hold/", {"because": "  "}).status_code in {400, 422}
    assert boss.post(f"/recordings/{name}/hold/", {"because": "court case 12"}).status_code == 302
    assert "court case 12" in boss.get(f"/recordings/{name}/").content.decode()
    assert boss.post(f"/recordings/{name}/hold/", {"release": "1"}).status_code == 302
    with organisation_scope("alpha"):
        noted = AuditEvent.objects.filter(target=f"recording:{name}").order_by("pk")
        assert [event.action for event in noted] == ["recording.hold", "recording.release"]


def test_a_download_says_who_took_it(hall: Hall, admin: Browser) -> None:
    name = hall.kept(seconds=12)
    assert admin.post(f"/recordings/{name}/download/", {"why": ""}).status_code in {400, 422}
    response = admin.post(f"/recordings/{name}/download/", {"why": "the customer asked"})
    assert response["Content-Disposition"].startswith("attachment")
    with organisation_scope("alpha"):
        access = Access.objects.get(what="download")
        assert (access.by, access.why) == ("alpha-administrator", "the customer asked")
        assert AuditEvent.objects.filter(action="recording.download").count() == 1
    others = [access.mark + n for n in range(1, 20)]
    assert found(io.BytesIO(response.content), [*others, access.mark]) == access.mark
    assert found(io.BytesIO(response.content), others) is None


# -- rules -------------------------------------------------------------------------------------------------------------
def test_an_administrator_makes_changes_and_removes_a_rule(hall: Hall, admin: Browser, boss: Browser) -> None:
    given = {"target": "own/help", "record": "on", "consent": "ask", "retention_days": "۹۰"}
    assert boss.post("/setup/recordings/", given).status_code == 403
    assert admin.post("/setup/recordings/", given | {"retention_days": "0"}).status_code == 400
    assert admin.post("/setup/recordings/", given | {"target": "beta/help"}).status_code == 400
    assert admin.post("/setup/recordings/", given).status_code == 302
    assert hall.book(lambda book: book.consents()) == {"help": "ask"}
    with organisation_scope("alpha"):
        rule = Rule.objects.get()
        assert (rule.client, rule.queue, rule.retention_days, rule.consent) == ("own", "help", 90, "ask")
    changed = {"record": "on", "consent": "none", "retention_days": "30"}
    assert admin.post(f"/setup/recordings/{rule.pk}/", changed).status_code == 302
    assert hall.book(lambda book: book.consents()) == {}
    assert admin.post(f"/setup/recordings/{rule.pk}/", {"remove": "1"}).status_code == 302
    with organisation_scope("alpha"):
        assert not Rule.objects.exists()
        assert AuditEvent.objects.filter(target="recording_rule:own/help").count() == 3


def test_the_contact_shows_its_recordings(hall: Hall, boss: Browser) -> None:
    name = hall.kept()
    assert f"/recordings/{name}/" in boss.get("/contacts/alpha-c1/").content.decode()
    assert f"/recordings/{name}/" not in signed_in("alpha-agent").get("/contacts/alpha-c1/").content.decode()


def test_the_configuration_file_carries_the_rules(hall: Hall, admin: Browser) -> None:
    admin.post("/setup/recordings/", {"target": "/", "record": "on", "consent": "announce", "retention_days": "60"})
    admin.post("/setup/recordings/", {"target": "own/help", "consent": "none", "retention_days": "10", "own": "on"})
    with organisation_scope("alpha"):
        section = yaml.safe_load(exported())["recording_rules"]
        assert section["everybody"] == {
            "client": "", "queue": "", "record": True, "consent": "announce", "retention_days": 60,
            "agents_hear_own": False,
        }  # fmt: skip
        assert section["own.help"]["record"] is False
        for key, item in section.items():
            add = next(each for each in sections() if each.name == "recording_rules")
            assert add.retire is not None
            add.retire("system", key)
            assert not Rule.objects.filter(client=item["client"], queue=item["queue"]).exists()
            add.write("system", key, add.shape(key, item))
        assert yaml.safe_load(exported())["recording_rules"] == section
