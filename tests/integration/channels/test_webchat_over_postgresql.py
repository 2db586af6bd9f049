"""The web chat with everything it stands on: PostgreSQL under row-level security, the office's tables, its outbox."""

import re
from pathlib import Path

import pytest
from tests import samples
from tests.integration.channels.whole_web import SHOP, Web, whole_web
from tests.office_stage import Office

from pasokh.channels.webchat.visitors import VisitorPasses
from pasokh.engine.clock import wall_ms
from pasokh.kernel.time import DAY
from pasokh.office.desk.models import Contact
from pasokh.office.post.models import Mail
from pasokh.office.supervise.actions import do_close_queue
from pasokh.office.widgets.actions import do_save_widget
from pasokh.ops.visits import OfficeVisits, OfficeWaiting
from pasokh.store import schema


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from django.conf import settings

    monkeypatch.setattr(settings, "FILES_HOME", tmp_path / "files")
    return tmp_path


async def test_from_the_settings_to_a_conversation_taken_up_again(office: Office, home: Path) -> None:
    async with whole_web(office, home) as web:
        status, headers, config = await web.config()
        assert (status, headers["access-control-allow-origin"]) == (200, SHOP)
        assert (config["title"], config["open"], config["transcript"]) == ("alpha en", True, True)
        assert (await web.config(origin="https://evil.example"))[0] == 403
        assert (await web.config("alpha-spare"))[0] == 403  # it stands on no page yet
        assert (await web.config("nobody"))[0] == 404
        started = await web.begin(text="hello", message="m1", name="Eve")
        assert started["posted"] is True
        again = await web.begin(start="s" * 24, text="x", message="m1")
        assert (await web.begin(start="s" * 24, text="x", message="m1"))["contact"] == again["contact"]
        status, _, resumed = await web.ask("resume", {"token": started["token"]})
        assert (status, resumed["contact"], resumed["closed"]) == (200, started["contact"], False)
        assert (await web.ask("resume", {"token": resumed["token"]}, "https://evil.example"))[0] == 403
        assert (await web.ask("resume", {"token": web.visitor("beta", started["contact"])}))[0] == 404
        visitor = await web.browser(resumed["token"], "chat", origin=SHOP).connect()
        await visitor.until(lambda: visitor.keys["chat"]["contact"]["phase"] in ("queued", "offered"))
        assert (await visitor.do("l", type="contact.leave", interaction=started["interaction"]))["ok"]
        status, _, resumed = await web.ask("resume", {"token": started["token"]})
        assert (status, resumed["closed"], resumed["reason"]) == (200, True, "abandoned")


async def test_what_administration_changes_shows_within_seconds(office: Office, home: Path) -> None:
    other = "https://new.example"
    async with whole_web(office, home) as web:
        assert (await web.config())[0] == 200
        titles = {"fa": "تازه", "uk": "Нове", "en": "New"}
        await web.office(
            "alpha", lambda: do_save_widget("user:x", "alpha-widget", "help", origins=[other], title=titles)
        )
        _, _, config = await web.until(lambda: web.config(origin=other), lambda got: got[0] == 200)
        assert config["title"] == "New"
        assert (await web.config())[0] == 403
        assert (await web.start_chat(key="alpha-widget"))[0] == 403


async def test_a_message_outside_hours_reaches_the_queue(office: Office, home: Path) -> None:
    async with whole_web(office, home) as web:
        await web.office("alpha", lambda: do_close_queue("user:x", "help"))
        await web.until(web.config, lambda got: got[2]["open"] is False)
        assert (await web.config("beta-widget"))[2]["open"] is True
        about = {"key": "alpha-widget", "start": "m" * 24, "language": "uk", "name": "Олена"}
        left = {**about, "email": "olena@example.org", "text": "Де моя ваза?", "order": "۱۰۲"}
        for _ in range(2):  # the first answer was lost
            status, _, kept = await web.ask("message", left)
            assert (status, kept["address"]) == (200, "olena@example.org")
        await web.project()
        rows = await web.office("alpha", lambda: list(Contact.objects.filter(address="olena@example.org")))
        assert [(row.channel, row.state, row.language, row.messages) for row in rows] == [("email", "waiting", "uk", 2)]
        assert not await web.office("beta", lambda: Contact.objects.filter(address="olena@example.org").exists())


async def test_earlier_conversations_and_their_files_are_their_visitors_alone(office: Office, home: Path) -> None:
    from django.conf import settings

    async with whole_web(office, home) as web:
        first = await web.begin(text="first", message="m1")
        visitor = await web.browser(first["token"], "chat", origin=SHOP).connect()
        sent = await web.upload(first["token"], samples.PDF, "رسید.pdf")
        post = {"type": "message.post", "interaction": first["interaction"], "message": "m2", "text": ""}
        assert (await visitor.do("p", **post, attachments=[sent]))["ok"]
        assert (await visitor.do("l", type="contact.leave", interaction=first["interaction"]))["ok"]
        second = await web.begin(text="second", message="m1", visitor=first["visitor"])
        stranger = await web.begin(text="stranger", message="m1")
        abroad = await web.begin("beta-widget", text="abroad", message="m1")
        await web.project("alpha")
        await web.project("beta")

        async def told(given: str, key: str = "alpha-widget"):
            status, _, got = await web.ask("history", {"key": key, "visitor": given})
            return (status, got["error"]["code"]) if status != 200 else (status, got["contacts"])

        status, contacts = await told(second["visitor"])
        assert [[m["text"] for m in c["messages"]] for c in contacts] == [["second"], ["first", ""]]
        assert contacts[1]["messages"][1]["attachments"] == [sent]
        assert [c["messages"][0]["text"] for c in (await told(stranger["visitor"]))[1]] == ["stranger"]
        assert (await told(abroad["visitor"]))[1] == "visitor.forged"
        assert (await told(first["visitor"], "beta-widget"))[1] == "visitor.forged"
        assert (await told(first["visitor"][:-3] + "AAA"))[1] == "visitor.forged"
        name = first["visitor"].split(".")[1]
        late = VisitorPasses(settings.SECRET_KEY.encode(), lambda: wall_ms() - 181 * DAY).issue("alpha", SHOP, name)
        assert await told(late) == (401, "visitor.expired")

        async def opened(given: str, contact: str = first["contact"], key: str = "alpha-widget"):
            return await web.ask("earlier", {"key": key, "visitor": given, "contact": contact})

        status, _, token = await opened(second["visitor"])
        assert status == 200
        assert await web.file(token["token"], sent["id"]) == (200, samples.PDF)
        assert (await web.file(second["token"], sent["id"]))[0] == 404
        assert token["expires_at"] < wall_ms() + DAY
        for given, contact, key, expected in (
            (stranger["visitor"], first["contact"], "alpha-widget", (404, "chat.contact_unknown")),
            (first["visitor"], stranger["contact"], "alpha-widget", (404, "chat.contact_unknown")),
            (abroad["visitor"], first["contact"], "beta-widget", (404, "chat.contact_unknown")),
            (abroad["visitor"], first["contact"], "alpha-widget", (401, "visitor.forged")),
            (late, first["contact"], "alpha-widget", (401, "visitor.expired")),
        ):
            status, _, refused = await opened(given, contact, key)
            assert (status, refused["error"]["code"]) == expected

        visits = OfficeVisits(office.dsn(schema.APP))
        both = [visit.contact for visit in await visits.earlier("alpha", name, None, 10)]
        assert both == [second["contact"], first["contact"]]
        newest = (await visits.earlier("alpha", name, None, 1))[0]
        assert [v.contact for v in await visits.earlier("alpha", name, newest.number, 10)] == [first["contact"]]
        assert await visits.earlier("beta", name, None, 10) == []
        assert not await visits.own("beta", name, first["contact"])
        assert set(await OfficeWaiting(office.dsn(schema.ENGINE)).organisations()) == {"alpha", "beta"}


async def transcript_of(web: Web, address: str, language: str) -> Mail:
    started = await web.begin(text="سلام، سفارشم کجاست؟", message="m1", name="سارا")
    visitor = await web.browser(started["token"], "chat", origin=SHOP).connect()
    sent = await web.upload(started["token"], samples.PDF, "رسید 1.pdf")
    post = {"type": "message.post", "interaction": started["interaction"], "message": "m2", "text": "این"}
    assert (await visitor.do("p", **post, attachments=[sent]))["ok"]
    ask = {"token": started["token"], "address": address, "language": language}
    for _ in range(2):
        status, _, got = await web.ask("transcript", ask)
        assert (status, got) == (200, {"sent": True})
    found: list[Mail] = await web.office("alpha", lambda: list(Mail.objects.filter(recipient=address)))
    assert len(found) == 1
    return found[0]


async def test_a_transcript_goes_through_the_outbox(office: Office, home: Path) -> None:
    async with whole_web(office, home) as web:
        mail = await transcript_of(web, "sara@example.org", "fa")
        assert (mail.language, mail.template, mail.state) == ("fa", "transcript", "waiting")
        assert '<html lang="fa" dir="rtl">' in mail.html
        assert re.search(r"[۰-۹]", mail.text), "the day is written in Persian"
        for said in ("سلام، سفارشم کجاست؟", "رسید 1.pdf", "سارا"):
            assert said in mail.text, said
            assert said in mail.html, said
        other = await transcript_of(web, "olena@example.org", "uk")
        assert '<html lang="uk" dir="ltr">' in other.html
        assert other.subject != mail.subject
        refused = None
        started = await web.begin(text="hi", message="m1")
        for n in range(14):
            refused = await web.ask("transcript", {"token": started["token"], "address": f"e{n}@example.org"})
            if refused[0] != 200:
                break
        status, headers, body = refused
        assert (status, body["error"]["code"]) == (429, "chat.too_many")
        assert int(headers["retry-after"]) >= 1
        nobody = await web.office("beta", lambda: Mail.objects.filter(template="transcript").count())
        assert nobody == 0
