"""The bell: a notice comes while a page is open, is counted, read, gone; how notices come is everybody's choice."""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import screen

TELL = """
import sys
from pasokh.office.demo_people import ORGANISATION
from pasokh.ops import composition
from pasokh.ops.database import database_url
from pasokh.ops.settings import load

composition.set_up_django(database_url(load()))
from pasokh.office.notices.actions import do_notify
from pasokh.office.tenancy.scope import organisation_scope

with organisation_scope(ORGANISATION):
    do_notify([sys.argv[1]], "mention", {"by": "سارا", "text": sys.argv[2]}, "/contacts/")
"""


def tell(centre, username: str, text: str) -> None:
    subprocess.run([sys.executable, "-c", TELL, username, text], env=centre.environment, check=True, timeout=60)


def bell(page: Page):
    return page.locator("[data-bell] > a")


def count(page: Page):
    return page.locator(".bell-count")


def start(page: Page) -> None:
    """In English, and everything that an earlier test left is read."""
    page.locator("nav.rail details summary").click()
    page.locator("nav.rail button[lang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/notices/")
    if page.locator(".page-head form button").count():
        page.locator(".page-head form button").click()
    expect(count(page)).to_be_hidden()


def test_a_notice_comes_while_the_desk_is_open_and_is_read(person, centre):
    page = person.staff("agent1", "en")
    start(page)
    page.goto("/desk/")
    page.locator(".desk-bar").first.wait_for()
    before = page.locator("nav.rail").bounding_box()
    tell(centre, "agent1", "please look at this")
    expect(count(page)).to_have_text("1")
    assert page.locator("nav.rail").bounding_box() == before
    assert page.title().startswith("(1) ")
    bell(page).focus()
    page.keyboard.press("Enter")
    panel = page.locator(".notices-panel")
    expect(panel.locator(".notice.unread")).to_have_count(1)
    expect(panel).to_contain_text("please look at this")
    screen(page, "notices-panel-en-wide")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(bell(page)).to_be_focused()
    bell(page).click()
    panel.locator(".notice a").first.click()
    page.wait_for_url("**/contacts/")
    expect(count(page)).to_be_hidden()
    assert not page.title().startswith("(")


def test_two_tabs_agree(person, centre):
    page = person.staff("agent2", "en")
    start(page)
    other = page.context.new_page()
    page.goto("/desk/")
    other.goto("/contacts/")
    tell(centre, "agent2", "for both")
    for each in (page, other):
        expect(count(each)).to_have_text("1", timeout=30_000)
    bell(page).click()
    page.locator(".notices-panel header button").click()
    expect(count(page)).to_be_hidden()
    expect(count(other)).to_be_hidden(timeout=30_000)


@pytest.mark.parametrize(
    ("language", "look"),
    [("fa", {"width": 1440, "height": 900}), ("fa", {"width": 360, "height": 740, "dark": True}),
     ("uk", {"width": 360, "height": 740})],
)  # fmt: skip
def test_the_list_and_the_choices_in_every_look(person, centre, language, look):
    page = person.staff("supervisor", "en", **look)
    tell(centre, "supervisor", "لطفاً گفتگوی شمارهٔ ۱۲ را ببینید " + "x" * 200)
    name = f"{language}-{look['width']}"
    page.locator("nav.rail details summary").click()
    page.locator(f"nav.rail button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.goto("/notices/")
    expect(count(page)).to_be_visible()
    screen(page, f"notices-{name}")
    bell(page).click()
    expect(page.locator(".notices-panel .notice").first).to_be_visible()
    screen(page, f"notices-panel-{name}")
    page.keyboard.press("Escape")
    page.goto("/notices/settings/")
    screen(page, f"notices-settings-{name}", whole=True)
    person.forgiving = True  # a refused form is a 4xx, which a browser calls an error
    page.locator("[name=quiet]").check()
    page.fill("[name=quiet_start]", "۲۵:۰۰")
    page.locator(".form-actions .primary").click()
    expect(page.locator(".field.wrong [name=quiet_start]")).to_have_value("۲۵:۰۰")
    page.fill("[name=quiet_start]", "۲۲:۳۰")
    page.locator("[name=mention_email]").select_option("at_once")
    page.locator(".form-actions .primary").click()
    expect(page.locator(".messages")).to_be_visible()
    expect(page.locator("[name=quiet_start]")).to_have_value("22:30")
    page.locator("nav.rail details summary").click()
    page.locator("nav.rail button[lang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
