"""The chat widget where it is not easy: on hostile pages, by keys alone on a phone, without storage or network.

What customers do all day is walked in `test_day_customer`.
"""

import os
import shutil
import struct
import zlib

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright
from tests.e2e.conftest import Visitor, screen


def picture() -> bytes:
    """A small PNG."""
    rows = b"".join(b"\0" + bytes((200, 90 + x, 60)) * 64 for x in range(64))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


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
