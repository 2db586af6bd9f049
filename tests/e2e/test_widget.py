"""The chat widget as customers meet it: on hostile pages, in two tabs, over days, with files, forms and a rating."""

import os
import re
import shutil
import struct
import zlib

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, finish_work, go_ready, screen, wrap_up


def picture() -> bytes:
    """A small PNG."""
    rows = b"".join(b"\0" + bytes((200, 90 + x, 60)) * 64 for x in range(64))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


WORDS = {
    "fa": {"agent": "agent1", "hello": "سلام 🙂 https://shop.example/order", "reply": "درود بر شما", "score": "خوب"},
    "en": {"agent": "agent5", "hello": "Hello 🙂 https://shop.example/order", "reply": "Good day", "score": "Good"},
}
HOSTILE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hostile</title>
<style>* { all: unset !important; display: none !important; direction: rtl !important; font-size: 40px !important; }
html, head ~ body { display: block !important; }
pasokh-chat { opacity: 0; transform: scale(3); position: static; }</style>
<script src="/static/dist/widget.js" data-key="demo-shop" data-language="en" async></script>
<script src="/static/dist/widget.js" data-key="demo-shop" data-language="en" async></script>
</head><body>Some page</body></html>"""
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline';"
    " require-trusted-types-for 'script'"
)


@pytest.fixture(scope="module")
def browser():
    """As the others', and letting a page that the test itself serves talk to this machine."""
    program = os.environ.get("PASOKH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one in PASOKH_CHROMIUM")
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-features=LocalNetworkAccessChecks"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=arguments)
        yield opened
        opened.close()


def options(page: Page, **changes: object) -> None:
    """Let the page's widget have other options than the demonstration's."""

    def change(route: Route) -> None:
        got = route.fetch()
        route.fulfill(response=got, json={**got.json(), **changes})

    page.route("**/chat/v1/config*", change)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_whole_conversation(person, language, tmp_path):
    words = WORDS[language]
    agent = person.staff(words["agent"], language)
    go_ready(agent)
    page = person(language)
    visitor = Visitor(page)
    visitor.open_shop()
    assert page.evaluate("Object.keys(localStorage)") == []  # nothing is kept before the first message
    visitor.write(words["hello"])
    visitor.sees(words["hello"])
    link = visitor.widget.locator(".line a")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(visitor.widget.locator(".status")).to_be_visible()
    accept(agent)
    expect(visitor.widget.locator(".line.event")).to_have_count(1)
    answer(agent, words["reply"])
    visitor.sees(words["reply"])

    # a second tab is in step, and the first one's reload changes nothing
    other = page.context.new_page()
    other.goto("/demo/shop/")
    second = Visitor(other)
    second.open_chat()
    second.sees(words["reply"])
    second.write("2")
    visitor.sees("2")
    other.close()

    # files: a picture goes, one that is too large is refused before it is sent
    (tmp_path / "vase.png").write_bytes(picture())
    with (tmp_path / "huge.pdf").open("wb") as huge:
        huge.truncate(25_000_000)
    visitor.widget.locator("input[type=file]").set_input_files([tmp_path / "vase.png", tmp_path / "huge.pdf"])
    expect(visitor.widget.locator(".compose .bad")).to_contain_text("huge.pdf")
    expect(visitor.widget.locator(".tray li")).to_have_count(1)
    expect(visitor.widget.locator(".tray progress")).to_be_hidden()
    screen(page, f"widget-file-{language}")
    visitor.widget.locator(".send").click()
    expect(visitor.widget.locator(".line.there .file canvas")).to_have_count(1)

    # too long is said, not cut
    visitor.widget.locator(".write textarea").fill("x" * 4_001)
    expect(visitor.widget.locator(".count.bad")).to_be_visible()
    expect(visitor.widget.locator(".send")).to_be_disabled()
    visitor.widget.locator(".write textarea").fill("")

    # the end: a rating, and the conversation by e-mail
    wrap_up(agent)
    stars = visitor.widget.locator(".stars input")
    stars.nth(3).check(force=True)
    expect(visitor.widget.locator(".said")).to_have_text(words["score"])
    screen(page, f"widget-rating-{language}")
    visitor.widget.locator(".rate .btn.main").click()
    expect(visitor.widget.locator(".over")).to_be_visible()
    visitor.widget.locator(".over .btn:not(.main)").click()
    visitor.widget.locator("[name=address]").fill("nobody")
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator(".field .bad")).to_be_visible()
    visitor.widget.locator("[name=address]").fill("ann@example.com")
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator(".over .lead").last).to_contain_text("ann@example.com")

    # another day: a new conversation, the earlier one to read again
    page.reload()
    visitor.open_chat()
    visitor.widget.locator(".over .btn.main").click()
    visitor.widget.locator(".log > button.text").click()
    expect(visitor.widget.locator(".past .text", has_text=words["reply"])).to_have_count(1)
    expect(visitor.widget.locator(".past .file canvas")).to_have_count(1)
    with page.expect_download() as saved:
        visitor.widget.locator(".past .file").click()
    assert saved.value.suggested_filename == "vase.png"
    screen(page, f"widget-earlier-{language}")
    finish_work(agent)


def test_a_hostile_page_with_a_strict_policy(person):
    page = person("en")
    page.route(
        "**/hostile",
        lambda route: route.fulfill(
            body=HOSTILE, content_type="text/html", headers={"Content-Security-Policy": POLICY}
        ),
    )
    page.goto("/hostile")
    visitor = Visitor(page)
    visitor.open_chat()
    expect(page.locator("pasokh-chat")).to_have_count(1)
    box = visitor.widget.locator(".panel").bounding_box()
    assert box["width"] == pytest.approx(380, abs=2)
    assert box["x"] + box["width"] <= 1440
    visitor.write("Can you read this?")
    visitor.sees("Can you read this?")
    look = visitor.widget.locator(".line .text").evaluate(
        "e => [getComputedStyle(e).fontSize, getComputedStyle(e).direction]"
    )
    assert look == ["15px", "ltr"]
    screen(page, "widget-hostile-en")
    visitor.widget.locator(".head button").first.click()
    visitor.widget.locator("[role=alertdialog] .btn.main").click()


def test_the_form_first_and_keys_alone_on_a_phone(person):
    page = person("fa", width=360, height=740)
    asked = [{"key": "name", "required": True}, {"key": "phone", "required": True}, {"key": "order", "required": False}]
    options(page, prechat=asked, position="start")
    page.goto("/demo/shop/")
    visitor = Visitor(page)
    launcher = visitor.widget.locator(".launch")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(visitor.widget.locator("[name=name]")).to_be_focused()
    page.keyboard.type("سارا")
    page.keyboard.press("Tab")
    page.keyboard.type("call me")
    page.keyboard.press("Enter")
    expect(visitor.widget.locator("[name=phone]")).to_have_attribute("aria-invalid", "true")
    expect(visitor.widget.locator("[name=phone]")).to_be_focused()
    expect(visitor.widget.locator("[name=name]")).to_have_value("سارا")
    screen(page, "widget-prechat-fa-narrow")
    visitor.widget.locator("[name=phone]").fill("۰۹۱۲ ۱۲۳ ۴۵۶۷")
    page.keyboard.press("Enter")
    expect(visitor.widget.locator(".write textarea")).to_be_focused()
    page.keyboard.type("سلام")
    page.keyboard.press("Enter")
    expect(visitor.widget.locator(".line.system .text")).to_contain_text("09121234567")
    expect(visitor.widget.locator(".place")).to_be_visible()
    panel = visitor.widget.locator("[role=dialog]")
    expect(panel).to_have_attribute("aria-modal", "true")
    for _ in range(12):  # the focus goes round inside
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "PASOKH-CHAT"
    screen(page, "widget-waiting-fa-narrow")
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    visitor.open_chat()
    visitor.widget.locator(".head button").first.click()
    visitor.widget.locator("[role=alertdialog] .btn.main").click()


def test_a_message_outside_business_hours_reaches_an_agent(person):
    agent = person.staff("agent5", "en")
    page = person("en", dark=True)
    options(page, open=False, opens_at=4_102_444_800_000)
    page.goto("/demo/shop/")
    visitor = Visitor(page)
    visitor.open_chat()
    expect(visitor.widget.locator(".write")).to_be_hidden()
    visitor.widget.locator("[name=text]").fill("Where is my vase?")
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator(".field .bad:visible")).to_have_count(1)
    visitor.widget.locator("[name=email]").fill("ann@example.com")
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator(".card.done")).to_contain_text(re.compile("ann@example.com.*Friday 1 January"))
    screen(page, "widget-message-kept-en")
    go_ready(agent)
    accept(agent)
    agent_sees(agent, "Where is my vase?")
    wrap_up(agent)
    finish_work(agent)


def test_without_storage_and_without_network(person, people):
    page = person("en")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    visitor = Visitor(page)
    visitor.open_shop()
    visitor.write("Still works")
    visitor.sees("Still works")
    people.forgiving = True
    page.context.set_offline(True)
    visitor.write("Written offline")
    expect(visitor.widget.locator(".line.sending .text")).to_have_text("Written offline")
    page.context.set_offline(False)
    visitor.sees("Written offline")
    other = page.context.new_page()  # another tab of the site asks the first for the conversation
    other.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    other.goto("/demo/shop/")
    second = Visitor(other)
    second.open_chat()
    second.sees("Written offline")
    people.forgiving = False
    visitor.widget.locator(".head button").first.click()
    visitor.widget.locator("[role=alertdialog] .btn.main").click()
    expect(visitor.widget.locator(".btn.main")).to_be_visible()
