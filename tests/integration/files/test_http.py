"""Uploading and fetching as visitors and staff do it: rights, limits, headers, quota, scanning, sweeping."""

import asyncio
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import samples
from tests.clamd import EICAR, PROGRAM, clamd
from tests.office_stage import Office
from tests.security.browser import Browser, signed_in

from pasokh.channels.files.clamd import scanner_of
from pasokh.channels.files.gate import FileGate
from pasokh.channels.files.memory import MemoryScanner
from pasokh.channels.files.ports import LARGEST
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, HOUR, MINUTE
from pasokh.live.tokens import TokenSigner
from pasokh.office.files.keeping import storage
from pasokh.office.files.models import File
from pasokh.office.files.scanning import scan_due, sweep
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.ops.files import OfficeFiles
from pasokh.store import schema

SHOP = "https://shop.example"
CONTACT = "alpha-c1"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "FILES_HOME", tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def engine(office: Office) -> Iterator[psycopg.Connection]:
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as connection:
        yield connection


def token(office: Office, org: str = "alpha", contact: str = CONTACT) -> str:
    made, _ = TokenSigner([settings.SECRET_KEY]).visitor(org=org, contact=contact, origin=SHOP, now=office.now)
    return made


def visitor(office: Office, **who: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token(office, **who)}", "HTTP_ORIGIN": SHOP}


def send(browser: Browser, content: bytes, name: str = "photo.png", form: dict[str, str] | None = None, **headers: str):
    given = {"file": SimpleUploadedFile(name, content, "image/x-whatever"), **(form or {})}
    return browser.post("/files/v1/upload", given, **headers)


def read(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def everything(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_a_visitor_s_picture_arrives_and_is_shown_to_both_sides(office: Office, home: Path) -> None:
    content = samples.picture()
    answer = send(Browser(), content, "../عكس\u202e.png", **visitor(office))
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (201, SHOP)
    file = answer.json()
    assert {k: v for k, v in file.items() if k != "id"} == {
        "name": "عکس.png", "media_type": "image/png", "size": len(content),
        "preview": {"width": 640, "height": 427}, "state": "clean",
    }  # fmt: skip
    for browser, headers in ((Browser(), visitor(office)), (signed_in("alpha-agent"), {})):
        whole = browser.get(f"/files/v1/{file['id']}", **headers)
        assert read(whole) == content
        assert whole["Content-Type"] == "image/png"
        assert whole["Content-Disposition"].startswith('inline; filename="___.png"; filename*=UTF-8')
        assert whole["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in whole["Content-Security-Policy"]
        assert "private" in whole["Cache-Control"]
        small = browser.get(f"/files/v1/{file['id']}/preview", **headers)
        assert read(small)[8:12] == b"WEBP"


def test_a_sound_is_heard_in_place_from_anywhere(office: Office) -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(bytes(range(256)) * 1_000)
    content = buffer.getvalue()
    file = send(Browser(), content, "a.wav", **visitor(office)).json()
    address = f"/files/v1/{file['id']}"
    whole = Browser().get(address, **visitor(office))
    assert whole["Content-Disposition"].startswith("inline;")
    assert (read(whole), whole["Accept-Ranges"]) == (content, "bytes")
    part = Browser().get(address, HTTP_RANGE="bytes=1000-200999", **visitor(office))
    assert (part.status_code, part["Content-Length"]) == (206, "200000")
    assert part["Content-Range"] == f"bytes 1000-200999/{len(content)}"
    assert read(part) == content[1_000:201_000]
    beyond = Browser().get(address, HTTP_RANGE=f"bytes={len(content)}-", **visitor(office))
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")


def test_documents_and_drawings_are_only_ever_downloaded(office: Office) -> None:
    for content, name in ((samples.SVG, "a.svg"), (samples.PDF, "a.pdf"), (b"text", "a.txt")):
        file = send(Browser(), content, name, **visitor(office)).json()
        answer = Browser().get(f"/files/v1/{file['id']}", **visitor(office))
        assert answer["Content-Disposition"].startswith("attachment;")
        answer.close()
        none = Browser().get(f"/files/v1/{file['id']}/preview", **visitor(office))
        assert (none.status_code, none.json()["error"]["code"]) == (404, "file.no_preview")


def test_nobody_sees_what_is_not_theirs(office: Office) -> None:
    mine = send(Browser(), samples.picture(), **visitor(office)).json()["id"]
    staff = signed_in("alpha-agent")
    inside = send(staff, samples.PDF, "a.pdf", {"contact": CONTACT, "audience": "inside"}).json()["id"]
    shown = send(staff, samples.PDF, "a.pdf", {"contact": CONTACT}).json()["id"]
    own, other, stranger = visitor(office), visitor(office, contact="alpha-c2"), visitor(office, org="beta")
    for number, headers, status in (
        (mine, own, 200), (shown, own, 200), (inside, own, 404),
        (mine, other, 404), (shown, other, 404), (mine, stranger, 404), ("../../x", own, 404), ("0" * 32, own, 404),
    ):  # fmt: skip
        answer = Browser().get(f"/files/v1/{number}", **headers)
        assert answer.status_code == status, (number, headers)
        if status == 200:
            answer.close()
    assert signed_in("beta-agent").get(f"/files/v1/{mine}").status_code == 404
    assert Browser().get(f"/files/v1/{mine}").status_code == 401
    assert Browser().get(f"/files/v1/{mine}", HTTP_AUTHORIZATION="Bearer x.y.z").status_code == 401
    elsewhere = {**own, "HTTP_ORIGIN": "https://evil.example"}
    refused = Browser().get(f"/files/v1/{mine}", **elsewhere)
    assert (refused.status_code, "Access-Control-Allow-Origin" in refused) == (403, False)


def test_a_session_beside_a_token_of_another_organisation_helps_nobody(office: Office) -> None:
    answer = send(signed_in("beta-agent"), samples.PDF, "a.pdf", **visitor(office))
    assert answer.status_code == 401


def test_staff_need_the_page_s_token(office: Office) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies["pasokh_session"] = signed_in("alpha-agent").cookies["pasokh_session"].value
    answer = send(strict, samples.PDF, "a.pdf", {"contact": CONTACT})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf.failed")
    secret = "a" * 32
    strict.cookies["pasokh_csrf"] = secret
    assert send(strict, samples.PDF, "a.pdf", {"contact": CONTACT}, HTTP_X_CSRFTOKEN=secret).status_code == 201


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "a.png", 400, "file.empty"),
        (b"MZ\x00", "a.png", 415, "file.kind"),
        (samples.PDF, "a.png", 415, "file.lies"),
        (samples.bomb(), "a.zip", 415, "file.bomb"),
        (samples.huge_png(), "a.png", 415, "file.broken"),
        (samples.XLSM, "a.xlsx", 415, "file.active"),
        (b"x" * (LARGEST + 1), "a.txt", 413, "file.too_large"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_what_is_refused_is_said_at_the_field_and_leaves_nothing(
    office: Office, home: Path, content: bytes, name: str, status: int, code: str, language: str
) -> None:
    answer = send(Browser(), content, name, HTTP_ACCEPT_LANGUAGE=language, **visitor(office))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (status, code, "file")
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert error["message"] != code
    assert everything(home) == []
    with organisation_scope("alpha"):
        assert not File.objects.filter(contact=CONTACT).exists()


def test_a_form_without_a_file_or_contact_is_told(office: Office) -> None:
    assert Browser().post("/files/v1/upload", {}, **visitor(office)).json()["error"]["code"] == "file.missing"
    staff = signed_in("alpha-agent")
    assert send(staff, samples.PDF, "a.pdf", {"contact": "no such\x00"}).json()["error"]["code"] == "file.bad_contact"


def test_a_visitor_is_slowed_down_and_staff_are_not(office: Office) -> None:
    answers = [send(Browser(), b"text %d" % n, "a.txt", **visitor(office)) for n in range(13)]
    assert [a.status_code for a in answers] == [201] * 12 + [429]
    assert int(answers[-1]["Retry-After"]) == 60
    assert send(signed_in("alpha-agent"), b"text", "a.txt", {"contact": CONTACT}).status_code == 201
    office.now += MINUTE + 1
    assert send(Browser(), b"text", "a.txt", **visitor(office)).status_code == 201


def test_the_same_content_is_kept_once_and_swept_when_nobody_uses_it(
    office: Office, home: Path, engine: psycopg.Connection
) -> None:
    first, second = (send(Browser(), samples.PDF, "a.pdf", **visitor(office)).json()["id"] for _ in range(2))
    assert len(everything(home)) == 1
    files = OfficeFiles(office.dsn(schema.APP), lambda: office.now)
    [kept] = asyncio.run(files.check("alpha", CONTACT, [second], inside=False))
    assert (kept.name, kept.media_type, kept.size) == ("a.pdf", "application/pdf", len(samples.PDF))
    office.now += 2 * DAY
    for path in everything(home):
        import os

        os.utime(path, (1, 1))
    assert sweep(engine, storage()) >= 1
    assert signed_in("alpha-agent").get(f"/files/v1/{first}").status_code == 404
    read(signed_in("alpha-agent").get(f"/files/v1/{second}"))
    with organisation_scope("alpha"):
        File.objects.all().delete()
    assert sweep(engine, storage()) == 1
    assert everything(home) == []


# -- attaching ---------------------------------------------------------------------------------------------------------
def test_only_own_clean_files_go_into_a_message(office: Office) -> None:
    mine = send(Browser(), samples.PDF, "a.pdf", **visitor(office)).json()["id"]
    staff = signed_in("alpha-agent")
    inside = send(staff, samples.SVG, "b.svg", {"contact": CONTACT, "audience": "inside"}).json()["id"]
    files = OfficeFiles(office.dsn(schema.APP), lambda: office.now)

    def check(org: str, contact: str, ids: list[str], *, note: bool = False) -> Any:
        return asyncio.run(files.check(org, contact, ids, inside=note))

    assert [f.id for f in check("alpha", CONTACT, [inside, mine], note=True)] == [inside, mine]
    assert check("alpha", CONTACT, []) == ()
    for args in (("alpha", CONTACT, [inside]), ("alpha", "alpha-c2", [mine]), ("beta", CONTACT, [mine]),
                 ("alpha", CONTACT, ["none"]), ("alpha", CONTACT, [mine, "none"])):  # fmt: skip
        with pytest.raises(PasokhError, match=r"file\.unknown"):
            check(*args)
    with pytest.raises(PasokhError, match=r"file\.too_many_attached"):
        check("alpha", CONTACT, [str(n) for n in range(11)])


# -- scanning ----------------------------------------------------------------------------------------------------------
@pytest.fixture(params=["memory", "clamd"])
def scanner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        monkeypatch.setattr(settings, "SCANNER_URL", "clamd://nobody")
        yield MemoryScanner({"Eicar-Test": EICAR})
    elif PROGRAM is None:
        pytest.skip("no clamd: apt-get install clamav-daemon")
    else:
        with clamd() as url:
            monkeypatch.setattr(settings, "SCANNER_URL", url)
            yield scanner_of(url)


def test_a_file_is_withheld_until_it_is_clean_and_for_ever_when_it_is_not(
    office: Office, engine: psycopg.Connection, scanner: Any
) -> None:
    staff = signed_in("alpha-agent")
    clean = send(Browser(), samples.PDF, "a.pdf", **visitor(office)).json()
    bad = send(Browser(), b"look: " + EICAR, "رسید.txt", **visitor(office)).json()
    assert (clean["state"], bad["state"]) == ("scanning", "scanning")
    assert staff.get(f"/files/v1/{clean['id']}").status_code == 409
    files = OfficeFiles(office.dsn(schema.APP), lambda: office.now)
    with pytest.raises(PasokhError, match=r"file\.scanning"):
        asyncio.run(files.check("alpha", CONTACT, [clean["id"]], inside=False))
    assert scan_due(engine, scanner, storage()) == 2
    assert scan_due(engine, scanner, storage()) == 0
    assert Browser().get(f"/files/v1/{clean['id']}/state", **visitor(office)).json()["state"] == "clean"
    assert Browser().get(f"/files/v1/{bad['id']}/state", **visitor(office)).json()["state"] == "infected"
    read(staff.get(f"/files/v1/{clean['id']}"))
    withheld = staff.get(f"/files/v1/{bad['id']}")
    assert withheld.status_code == 410
    assert "رسید" in withheld.json()["error"]["message"]
    with pytest.raises(PasokhError, match=r"file\.infected"):
        asyncio.run(files.check("alpha", CONTACT, [bad["id"]], inside=False))


def test_a_scanner_that_is_away_only_delays(office: Office, engine: psycopg.Connection, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "SCANNER_URL", "clamd://nobody")
    number = send(Browser(), samples.PDF, "a.pdf", **visitor(office)).json()["id"]
    scanner = MemoryScanner({})
    scanner.trouble = PasokhError("scanner.unreachable", reason="away")
    assert scan_due(engine, scanner, storage()) == 0
    scanner.trouble = None
    assert scan_due(engine, scanner, storage()) == 0  # not at once again
    office.now += HOUR
    assert scan_due(engine, scanner, storage()) == 1
    read(signed_in("alpha-agent").get(f"/files/v1/{number}"))


def test_turning_the_scanner_off_lets_waiting_files_out(
    office: Office, engine: psycopg.Connection, monkeypatch: Any
) -> None:
    monkeypatch.setattr(settings, "SCANNER_URL", "clamd://nobody")
    number = send(Browser(), samples.PDF, "a.pdf", **visitor(office)).json()["id"]
    assert scan_due(engine, None, storage()) == 1
    read(signed_in("alpha-agent").get(f"/files/v1/{number}"))


# -- the gate ----------------------------------------------------------------------------------------------------------
class Shops:
    async def widget(self, key: str) -> None:
        return None

    async def allows(self, origin: str) -> bool:
        return origin == SHOP


async def through(office: Office, method: str, path: str, headers: dict[str, str], body: list[bytes] | None = None):
    """What comes back, how much of the body was read, and whether the office was asked."""
    pieces = list(body or [])
    seen: dict[str, Any] = {"read": 0, "asked": False, "ended": ""}

    async def receive() -> dict[str, Any]:
        seen["read"] += 1
        return {"type": "http.request", "body": pieces.pop(0) if pieces else b"", "more_body": bool(pieces)}

    async def send_back(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen["status"] = message["status"]
            seen["headers"] = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            seen["body"] = message["body"]

    async def django(scope: Any, receive: Any, send: Any) -> None:
        seen["asked"] = True
        while (message := await receive()).get("more_body"):
            pass
        seen["ended"] = message["type"]

    signer = TokenSigner([settings.SECRET_KEY])
    gate = FileGate(django, Shops(), signer, clock=lambda: office.now)
    raw = [(k.encode(), v.encode()) for k, v in headers.items()]
    await gate({"type": "http", "method": method, "path": path, "headers": raw}, receive, send_back)
    return seen


def test_the_gate_refuses_before_the_body_is_read(office: Office) -> None:
    bearer = {"authorization": f"Bearer {token(office)}", "origin": SHOP}
    large = asyncio.run(through(office, "POST", "/files/v1/upload", bearer | {"content-length": str(25 << 20)}))
    assert (large["status"], large["read"], large["asked"]) == (413, 0, False)
    assert large["headers"]["access-control-allow-origin"] == SHOP
    error = json.loads(large["body"])["error"]
    assert (error["code"], error["field"], error["params"]) == ("file.too_large", "file", {"most": "20"})
    forged = asyncio.run(through(office, "POST", "/files/v1/upload", bearer | {"authorization": "Bearer a.b.c"}))
    assert (forged["status"], forged["read"]) == (401, 0)
    nobody = asyncio.run(through(office, "POST", "/files/v1/upload", {}))
    assert (nobody["status"], nobody["read"]) == (401, 0)


def test_the_gate_ends_a_body_that_has_no_length(office: Office) -> None:
    bearer = {"authorization": f"Bearer {token(office)}", "origin": SHOP}
    asked = asyncio.run(through(office, "POST", "/files/v1/upload", bearer, [b"x" * (1 << 20)] * 30))
    assert (asked["asked"], asked["ended"], asked["read"]) == (True, "http.disconnect", 21)


def test_preflights_are_for_shops_and_everything_else_passes(office: Office) -> None:
    good = asyncio.run(through(office, "OPTIONS", "/files/v1/upload", {"origin": SHOP}))
    assert (good["status"], good["headers"]["access-control-allow-origin"]) == (204, SHOP)
    assert "authorization" in good["headers"]["access-control-allow-headers"]
    bad = asyncio.run(through(office, "OPTIONS", "/files/v1/upload", {"origin": "https://evil.example"}))
    assert (bad["status"], "access-control-allow-origin" in bad["headers"]) == (403, False)
    assert asyncio.run(through(office, "POST", "/login/", {"content-length": str(25 << 20)}))["asked"]
