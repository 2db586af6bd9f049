"""Every screen in its languages, wide and phone-narrow, light and dark: no serious finding of axe, no console error."""

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen

LOOKS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 740, "dark": True}}
SEEN = [("fa", "wide"), ("fa", "narrow"), ("en", "wide"), ("en", "narrow"), ("uk", "wide")]
PAGES = ("desk", "wall", "contacts", "queues", "queues/support", "queues/new", "agents", "agents/agent1", "audit")


@pytest.mark.parametrize(("language", "look"), SEEN)
def test_everything_an_administrator_sees(person, language, look):
    page = person.staff("admin", "en", **LOOKS[look])
    switch(page, language)
    for path in PAGES:
        page.goto(f"/{path}/")
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.locator("#main > :not(:empty)").first.wait_for()
        screen(page, f"{path.replace('/', '-')}-{language}-{look}")
    switch(page, "en")


@pytest.mark.parametrize(("language", "look"), SEEN)
def test_the_door_and_the_shop(person, language, look):
    page = person(language, **LOOKS[look])
    page.goto("/login/")
    screen(page, f"login-{language}-{look}")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    person.forgiving = True  # a refused sign-in is a 4xx, which a browser calls an error
    page.click("form button.primary")
    expect(page.locator(".form-errors")).to_be_visible()
    screen(page, f"login-refused-{language}-{look}")
    page.goto("/no/such/page/")
    screen(page, f"unknown-{language}-{look}")
    person.forgiving = False
    page.goto("/demo/shop/")
    expect(page.locator("pasokh-chat .launch")).to_be_visible()
    screen(page, f"shop-{language}-{look}")
    page.locator("pasokh-chat .launch").click()
    expect(page.locator("pasokh-chat [role=dialog]")).to_be_visible()
    screen(page, f"shop-open-{language}-{look}")


def switch(page, language):
    """Choose a language in the settings menu."""
    page.locator("nav.rail details summary").click()
    page.locator(f"nav.rail button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
