"""From an empty installation to a first answered chat, as a person does it; timed."""

import re
import time

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import People, Visitor, accept, agent_sees, answer, go_ready, screen
from tests.integration.ops.centre import Centre

MOST_MINUTES = 5


@pytest.fixture(scope="module")
def empty():
    with Centre() as made:
        made.start("--empty")
        yield made


def test_from_nothing_to_a_first_answered_chat_in_under_five_minutes(browser, empty):
    people = People(browser, empty)
    begun = time.monotonic()
    page = people("en", width=1440, height=900)
    link = re.search(r"/welcome/start/\S+", empty.log)
    assert link is not None, empty.log
    page.goto(link[0])
    screen(page, "welcome-start-en", whole=True)
    page.fill("[name=name]", "Blue Tiles")
    page.fill("[name=key]", "blue")
    page.fill("[name=person]", "Mina Rezaei")
    page.fill("[name=username]", "mina")
    page.fill("[name=password]", "a long one 4 blue tiles")
    page.locator("form button.primary").click()
    steps = page.locator(".welcome-steps > li")
    expect(steps).to_have_count(4)
    screen(page, "welcome-en", whole=True)
    page.locator("input[name=week][value=always]").check()
    steps.nth(0).locator("form .button.primary").click()
    expect(steps.nth(0)).to_have_class(re.compile("done"))
    steps.nth(1).locator("form .button.primary").click()
    expect(steps.nth(1)).to_have_class(re.compile("done"))
    steps.nth(2).locator("form .button.primary").click()
    expect(steps.nth(2).locator("code")).to_contain_text("data-key")
    desk = page.context.new_page()
    desk.goto("/desk/")
    go_ready(desk)
    customer = page.context.new_page()
    customer.goto("/welcome/try/")
    visitor = Visitor(customer)
    visitor.open_chat()
    visitor.write("Is anybody there?")
    visitor.sees("Is anybody there?")
    accept(desk)
    answer(desk, "Yes, welcome!")
    agent_sees(desk, "Yes, welcome!")
    visitor.sees("Yes, welcome!")
    expect(steps.nth(3)).to_have_class(re.compile("done"))
    minutes = (time.monotonic() - begun) / 60
    print(f"from nothing to a first answered chat: {minutes:.2f} minutes")
    screen(page, "welcome-done-en", whole=True)
    assert minutes < MOST_MINUTES
    assert people.complaints == []
    people.leave()
