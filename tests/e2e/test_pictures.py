"""Makes the pictures of the documentation anew: PASOKH_PICTURES=1 ./dev test tests/e2e/test_pictures.py

A centre of its own with drawn customers and agents, a few minutes into its day.
"""

import os

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.e2e.conftest import ROOT, People, Visitor, accept, answer, go_ready
from tests.integration.ops.centre import Centre

SHOWN = ROOT / "docs/pictures"
LARGEST = 300_000
FIRST_CONTACTS = 25
"""Answered before the pictures are taken, so that figures and lines of the day have something to show."""

pytestmark = pytest.mark.skipif("PASOKH_PICTURES" not in os.environ, reason="only when the pictures are wanted")


@pytest.fixture(scope="module")
def busy():
    with Centre() as made:
        made.start("--demo-traffic")
        yield made


def keep(page, name):
    """A picture of the window, small enough for a page of text."""
    path = SHOWN / f"{name}.png"
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=path)
    with Image.open(path) as drawn:
        small = drawn.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    assert path.stat().st_size < LARGEST, name


def test_the_pictures_of_the_documentation(browser, busy):
    people = People(browser, busy)
    try:
        boss = people.staff("admin", "en")
        boss.goto("/wall/")
        boss.locator(".tile").first.wait_for()
        people.forgiving = True
        boss.wait_for_function(
            "n => [...document.querySelectorAll('.tile-small')].reduce((sum, each) =>"
            " sum + Number(each.querySelector('.value')?.textContent || 0), 0) >= n",
            arg=FIRST_CONTACTS,
            timeout=240_000,
        )
        keep(boss, "wallboard")
        for name, address in {
            "administration": "/setup/", "policy": "/queues/support/", "contacts": "/contacts/",
            "account": "/account/",
        }.items():  # fmt: skip
            boss.goto(address)
            boss.locator("h1").first.wait_for()
            keep(boss, name)
        farsi = people.staff("supervisor", "fa")
        farsi.goto("/wall/")
        farsi.locator(".tile").first.wait_for()
        farsi.wait_for_timeout(1_500)
        keep(farsi, "wallboard-fa")
    finally:
        people.leave()


def test_a_conversation_from_both_sides(people):
    """Without drawn agents, who would answer first."""
    agent = people.staff("agent5", "en")
    agent.goto("/desk/")
    go_ready(agent)
    visitor = Visitor(people("en"))
    visitor.open_shop()
    visitor.call_me("Alice Brown")
    visitor.write("Hello! My parcel should have come on Friday. Order 48210.")
    accept(agent)
    answer(agent, "Hello Alice, let me look at order 48210.")
    visitor.sees("Hello Alice, let me look at order 48210.")
    visitor.write("Thank you. It is a present, so I am a little nervous.")
    answer(agent, "It left the depot this morning and will be with you today before six.")
    visitor.sees("It left the depot this morning and will be with you today before six.")
    visitor.write("Wonderful!")
    expect(agent.locator(".bubble .body", has_text="Wonderful!")).to_have_count(1)
    expect(agent.get_by_text("Looking up the customer")).to_have_count(0)
    keep(agent, "desk")
    keep(visitor.page, "shop")
