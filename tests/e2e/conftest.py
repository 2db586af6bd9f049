"""A whole centre and a real browser: what a customer, an agent and a supervisor see and do.

`centre` runs `pasokh up`; `person(language)` opens a page as somebody new; every page is watched for errors in its
console, and `screen(page, name)` keeps a picture in test-results/e2e and asks axe about it.
"""

import email
import email.policy
import json
import os
import re
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psycopg
import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright
from tests.integration.ops.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, FollowUp
from pasokh.store import schema, sync
from pasokh.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-results" / "e2e"
AXE = ROOT / "ui/node_modules/axe-core/axe.min.js"
BUILT = ROOT / "src/pasokh/office/static/dist/desk.js"
PASSWORD = "pasokh-demo"
LOCALES = {"fa": "fa-IR", "uk": "uk-UA", "en": "en-GB"}
PATIENCE_MS = 15_000

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    """Browsers are slow to start on a busy machine."""
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def centre():
    assert BUILT.exists(), "the front end is not built: ./dev test builds it, or: npm --prefix ui run build"
    with Centre() as made:
        made.environment["PASOKH_SMTP_URL"] = f"file:{made.home / 'mail'}"
        made.start()
        yield made


@dataclass(frozen=True)
class Post:
    """What the centre has mailed."""

    centre: Centre

    def to(self, address: str) -> str:
        """The text of a mail to this address, once there is one."""
        return self.centre.until(lambda: self._found(address))

    def _found(self, address: str) -> str:
        for path in (self.centre.home / "mail").glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if address in str(mail["to"]):
                return mail.get_body(("plain",)).get_content()
        return ""


@pytest.fixture
def post(centre):
    return Post(centre)


@pytest.fixture(scope="session")
def promise(centre):
    """A contact that left, with a promise to call back; its id, as soon as the history knows both."""
    contact = f"promise-{uuid.uuid4().hex[:8]}"
    server = EmbeddedPostgres((centre.home / "db").resolve())
    chat = Channel.CHAT
    with psycopg.connect(server.dsn(schema.APP), autocommit=True) as connection:
        for command in (
            cmd.OpenContact(contact, f"{contact}.i", chat, "support", customer=contact, customer_name="Олена Коваль"),
            cmd.PostMessage(f"{contact}.i", "m", "customer", "x", "سلام"),
            cmd.LeaveContact(f"{contact}.i"),
            cmd.SetFollowUp(FollowUp(f"{contact}-f", "agent1", 4_000_000_000_000, "Call back"), contact, "admin"),
        ):
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.org', 'demo', true)")
                sync.submit(cursor, "demo", "demo", uuid.uuid4().hex, "user:test", msgspec.json.encode(command))

        def is_known():
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.org', 'demo', true)")
                cursor.execute("SELECT 1 FROM desk_followup WHERE contact = %s", (contact,))
                return cursor.fetchone()

        centre.until(is_known)
    return contact


def chromium() -> str | None:
    """The browser's program."""
    return os.environ.get("PASOKH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser():
    """One browser a module: Playwright holds the thread's event loop as long as it runs, so no test of another kind
    may come between."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one in PASOKH_CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@dataclass
class People:
    """Browser contexts, one a person, and what their consoles said."""

    browser: object
    centre: Centre
    complaints: list[str] = field(default_factory=list)
    contexts: list[object] = field(default_factory=list)
    forgiving: bool = False
    """True while a part of the centre is down on purpose: then failed requests are no complaint."""

    def __call__(self, language="en", *, width=1440, height=900, dark=False) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            timezone_id="Asia/Tehran",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            base_url=self.centre.url,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "pasokh_language", "value": language, "url": self.centre.url}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._hear(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._hear(str(error)))
        return page

    def staff(self, username, language, **look) -> Page:
        """Somebody of the centre, signed in."""
        page = self(language, **look)
        page.goto("/login/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("form button.primary")
        expect(page.locator("nav.rail")).to_be_visible()
        return page

    def leave(self):
        """Everybody closes the browser. First no page is on its way to another any more: Chromium forgets a close that
        meets the commit of a navigation (crbug.com/536385539), and Playwright would wait for ever."""
        for context in self.contexts:
            for page in context.pages:
                with suppress(Error):
                    page.goto("about:blank")
            context.close()

    def _hear(self, text):
        if not self.forgiving:
            self.complaints.append(text)


def tidy_up(centre):
    """Everybody leaves and nobody waits any more, however a test ended: the next one finds an empty house."""
    server = EmbeddedPostgres((centre.home / "db").resolve())
    with psycopg.connect(server.dsn(schema.APP), autocommit=True) as connection:

        def ask(*commands):
            for command in commands:
                with connection.transaction(), connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('app.org', 'demo', true)")
                    sync.submit(cursor, "demo", "demo", uuid.uuid4().hex, "user:test", msgspec.json.encode(command))

        def rows(query):
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.org', 'demo', true)")
                cursor.execute(query)
                return cursor.fetchall()

        def nobody_waits():
            waiting = rows("SELECT id FROM desk_contact WHERE closed_at = 0 AND state IN ('waiting', 'active')")
            open_ones = rows("SELECT id, contact FROM desk_interaction WHERE closed_at = 0 AND kind <> 'consult'")
            left = [name for name, contact in open_ones if (contact,) in waiting and name not in asked]
            ask(*(cmd.CloseInteraction(name) for name in left))
            asked.update(left)
            return not waiting

        asked: set[str] = set()

        for table in ("account_credentials", "account_passkey"):  # whoever added a second factor has none again
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.org', 'demo', true)")
                cursor.execute(f"DELETE FROM {table}")
        people = rows("SELECT username FROM people_user WHERE handles_contacts")
        ask(*(cmd.SignOut(name, force=True) for (name,) in people))
        centre.until(nobody_waits)


@pytest.fixture
def people(browser, centre):
    made = People(browser, centre)
    yield made
    heard = list(made.complaints)
    made.leave()
    tidy_up(centre)
    assert heard == []


@pytest.fixture
def person(people):
    return people


def screen(page: Page, name: str, *, whole=False):
    """Keep a picture of the page, and let axe find nothing serious in it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    grave = [
        {"rule": each["id"], "where": [(n["html"], n["failureSummary"]) for n in each["nodes"]][:3]}
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert not grave, f"{name}: {json.dumps(grave, ensure_ascii=False, indent=1)}"
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{name}: the page is {wider} px wider than the screen"


def switch(page: Page, language: str):
    """Choose a language in the settings menu."""
    page.locator("nav.rail details summary").click()
    page.locator(f"nav.rail button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


# -- what people do ----------------------------------------------------------------------------------------------------
def go_ready(page: Page):
    """Start working and be ready."""
    start = page.locator(".desk-bar > .button.primary")
    page.locator(".desk-bar > .button.primary, .presence-button").first.wait_for()
    if start.is_visible():
        start.click()
    page.locator(".presence > .button.primary").click()
    expect(page.locator(".presence-button.ready")).to_be_visible()


def finish_work(page: Page):
    """Sign out of the core, so that no later contact is offered to a closed browser."""
    page.locator(".presence-button").click()
    page.locator(".presence .popover .menu-item").last.click()
    expect(page.locator(".presence-button")).to_have_count(0)


def accept(page: Page):
    """Take what rings."""
    page.locator("[data-accept]:visible").first.click()
    expect(page.locator(".thread")).to_be_visible()


def answer(page: Page, text: str):
    """Write to the customer as an agent."""
    page.locator(".composer textarea").first.fill(text)
    page.locator(".composer textarea").first.press("Enter")


def only(text: str) -> re.Pattern[str]:
    """Matches an element whose whole text it is."""
    return re.compile(rf"^\s*{re.escape(text)}\s*$")


def agent_sees(page: Page, text: str):
    """The text stands in the open conversation exactly once, and has been received by the centre."""
    expect(page.locator(".bubble:not(.pending):not(.failed) .body", has_text=only(text))).to_have_count(1)


def end_talk(page: Page):
    """End the talk; what is left is its outcome."""
    page.locator(".thread-tools .button.danger").click()
    expect(page.locator(".wrap-up")).to_be_visible()


def wrap_up(page: Page, *, choice=0):
    """End the talk if it goes on, choose an outcome and, where one is asked, the first reason; close."""
    if not page.locator(".wrap-up").count():
        end_talk(page)
    page.locator(".wrap-up .outcome input").nth(choice).check()
    if page.locator(".wrap-up .reason input").count():
        page.locator(".wrap-up .reason input").first.check()
    page.locator(".wrap-up button[type=submit]").click()
    expect(page.locator(".wrap-up")).to_have_count(0)


class Visitor:
    """A customer in the demo shop."""

    def __init__(self, page: Page):
        self.page = page
        self.widget = page.locator("pasokh-chat")

    def open_shop(self):
        self.page.goto("/demo/shop/")
        self.open_chat()

    def open_chat(self):
        self.widget.locator("[role=dialog], .launch").and_(self.page.locator(":visible")).first.wait_for()
        if not self.widget.locator("[role=dialog]").is_visible():
            self.widget.locator(".launch").click()

    def call_me(self, name):
        self.widget.locator("input.name").fill(name)

    def write(self, text):
        self.widget.locator(".write textarea").fill(text)
        self.widget.locator(".write textarea").press("Enter")

    def sees(self, text):
        """Exactly once, and received by the centre."""
        expect(self.widget.locator(".line.there .text", has_text=only(text))).to_have_count(1)

    @property
    def status(self):
        return self.widget.locator(".status")
