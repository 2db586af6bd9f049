"""The list of contacts, one contact, customers and follow-ups, as a supervisor works with them in a browser."""

import re
import uuid

import msgspec
import psycopg
import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen, switch

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel
from pasokh.store import schema, sync
from pasokh.store.embedded import EmbeddedPostgres

LOOKS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 740, "dark": True}}


@pytest.fixture(scope="module")
def sara(centre):
    """A customer who came twice and rated the first time; the id of the second contact."""
    server = EmbeddedPostgres((centre.home / "db").resolve())
    mark = uuid.uuid4().hex[:8]
    with psycopg.connect(server.dsn(schema.APP)) as connection:
        connection.execute("SELECT set_config('app.org', 'demo', true)")
        cursor = connection.cursor()
        for n in (1, 2):
            contact = f"sara-{mark}-{n}"
            for command in (
                cmd.OpenContact(
                    contact, f"{contact}.i", Channel.CHAT, "support", customer=f"sara-{mark}",
                    customer_name="سارا رضایی", address="0912 345 6789", language="fa", subject="سفارش ۴۸۲۱",
                ),
                cmd.PostMessage(f"{contact}.i", "m", "customer", "x", "سلام، سفارشم <b>نرسیده</b> است."),
                cmd.RateContact(contact, f"{contact}.i", "support", "agent1", 4, "خوب بود"),
                cmd.LeaveContact(f"{contact}.i"),
            ):  # fmt: skip
                sync.submit(cursor, "demo", "demo", uuid.uuid4().hex, "user:test", msgspec.json.encode(command))
    return contact


def opened(page, contact):
    """The page of a contact, as soon as the history knows it."""
    for _ in range(100):
        page.goto(f"/contacts/{contact}/")
        if page.locator(".history-line").count():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{contact} never reached the history")


def test_a_supervisor_finds_a_contact_promises_and_keeps_it(person, sara):
    page = person.staff("supervisor", "en")
    person.forgiving = True  # until the history knows the contact its page is a 404
    opened(page, sara)
    person.forgiving = False
    page.goto("/contacts/")
    page.fill("#q", "رضايي ۶۷۸۹")  # Arabic letters, Persian digits, the end of the number
    page.select_option("#f-state", "abandoned")
    page.press("#q", "Enter")
    expect(page.locator(".result-count")).to_contain_text(re.compile("[2۲]"))
    expect(page.locator(".filter-chips .chip:not(.clear)")).to_have_count(2)
    page.locator(".filter-chips .chip").nth(1).click()
    expect(page.locator(".filter-chips .chip")).to_have_count(1)
    page.locator("table.list a").first.click()
    expect(page.locator(".history-line")).to_contain_text("<b>نرسیده</b>")
    expect(page.locator(".bars rect").first).to_be_attached()
    page.locator("details.add summary").click()
    page.fill("[name=note]", "Call Sara back")
    page.fill("[name=day]", "someday")
    person.forgiving = True  # a refused form is a 400, which a browser calls an error
    page.locator("details.add button.primary").click()
    expect(page.locator(".field.wrong [name=day]")).to_have_value("someday")
    expect(page.locator("[name=note]")).to_have_value("Call Sara back")
    person.forgiving = False
    page.fill("[name=day]", "tomorrow")
    page.locator("details.add button.primary").click()
    expect(page.locator(".follow-up .note")).to_have_text("Call Sara back")
    page.goto("/follow-ups/")
    mine = page.locator(".follow-up", has_text="Call Sara back")
    mine.locator(".result").fill("reached her")
    mine.locator("button").click()
    page.locator(".closed-lately summary").click()
    expect(page.locator(".closed-lately .follow-up").first).to_contain_text("reached her")
    page.locator(".closed-lately .follow-up button").first.click()
    expect(page.locator(".follow-up-group .follow-up", has_text="Call Sara back")).to_have_count(1)


@pytest.mark.parametrize(("language", "look"), [("fa", "wide"), ("en", "narrow"), ("uk", "narrow"), ("fa", "narrow")])
def test_every_page_of_the_history_in_its_looks(person, sara, language, look):
    page = person.staff("supervisor", "en", **LOOKS[look])
    person.forgiving = True
    opened(page, sara)
    person.forgiving = False
    switch(page, language)
    screen(page, f"contact-{language}-{look}", whole=True)
    for path in ("/contacts/?day=today&state=abandoned&wait_under=1h", "/customers/", "/follow-ups/", "/breaks/"):
        page.goto(path)
        screen(page, f"{path.split('/')[1]}-{language}-{look}", whole=True)
    page.goto("/customers/?q=09123456789")
    page.locator("table.list a").first.click()
    expect(page.locator(".addresses bdi").first).to_contain_text("9123456789")
    screen(page, f"customer-{language}-{look}", whole=True)
    person.forgiving = True  # a refused address is a 400, which a browser calls an error
    page.goto("/contacts/?from=nonsense")
    screen(page, f"contacts-refused-{language}-{look}", whole=True)
    person.forgiving = False
    page.goto("/contacts/")
    switch(page, "fa")
