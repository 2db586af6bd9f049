"""Every screen of the office, by its addresses, in its languages, wide and phone-narrow, dark and light.

A page that is neither opened here nor named in `screens.NOT_OPENED` with a reason fails the test. Each language is
seen in both sizes and both colours; ``PASOKH_EVERY_LOOK=1`` opens all twelve, to look at the pictures.
"""

import os

import pytest
from playwright.sync_api import Error, expect
from tests.e2e.conftest import screen, switch
from tests.e2e.screens import NOT_OPENED, OF_AGENTS, OF_ANYBODY, Look, all_routes, faults, is_changing, name_of

SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 740}}
LOOKS = {f"{size}-{hue}": {**SIZES[size], "dark": hue == "dark"} for size in SIZES for hue in ("dark", "light")}
CROSSED = [("fa", "wide-dark"), ("fa", "narrow-light"), ("en", "wide-light"), ("en", "narrow-dark"),
           ("uk", "wide-dark"), ("uk", "narrow-light")]  # fmt: skip
SEEN = [(each, look) for each in ("fa", "en", "uk") for look in LOOKS] if "PASOKH_EVERY_LOOK" in os.environ else CROSSED
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')).filter(h => h.startsWith('/'))"
READY = {
    "desk": ".desk-bar",
    "wall": ".tile",
    "shop": "pasokh-chat .launch",
}
"""What must be there before a screen that draws itself is looked at."""


class Walk:
    """One person in one look: opens screens, collects faults and the links that lead to further ones."""

    def __init__(self, page, look):
        self.page, self.look = page, look
        self.faults, self.known = [], {}

    def open(self, name, address):
        try:
            answer = self.page.goto(address)
        except Error as error:
            self.faults.append(f"{name}: {error.message}")
            return
        if answer.status != 200:
            self.faults.append(f"{name} {self.look.language}: answered {answer.status} at {address}")
            return
        if name_of(self.page.url) != name:
            self.faults.append(f"{name}: sent on to {self.page.url}")
            return
        self.page.locator(READY.get(name, "h1")).first.wait_for()
        self.faults += faults(self.page, self.look, name)
        for link in self.page.evaluate(LINKS):
            self.known.setdefault(name_of(link), link)


@pytest.mark.parametrize(("language", "look"), SEEN)
def test_every_screen_behind_the_door(person, promise, language, look):
    boss = person.staff("admin", "en", **LOOKS[look])
    switch(boss, language)
    walk = Walk(boss, Look(language, look))
    walk.known["contact"] = f"/contacts/{promise}/"
    walk.known["prompt"] = "/setup/prompts/ivr.wrong.0/"  # the demonstration has none of its own
    left = {
        n: r for n, r in all_routes().items() if n not in (*NOT_OPENED, *OF_ANYBODY, *OF_AGENTS) and not is_changing(n)
    }
    for name in sorted(left, key=lambda n: ("<" in left[n], left[n])):
        address = walk.known.get(name) if "<" in left[name] else left[name]
        if address is None:
            walk.faults.append(f"{name}: no link leads to {left[name]}; link to it, or say in NOT_OPENED why not")
            continue
        walk.open(name, address)
    boss.goto("/setup/")  # not every screen has the settings menu
    switch(boss, "en")
    assert not walk.faults, "\n".join(walk.faults)


@pytest.mark.parametrize(("language", "look"), SEEN)
def test_every_screen_of_an_agent_and_of_anybody(person, language, look):
    agent = person.staff("agent5", "en", **LOOKS[look])
    switch(agent, language)
    walk = Walk(agent, Look(language, look))
    for name in OF_AGENTS:
        walk.open(name, all_routes()[name])
    switch(agent, "en")
    stranger = Walk(person(language, **LOOKS[look]), Look(language, look))
    for name in OF_ANYBODY:
        stranger.open(name, all_routes()[name])
    page = stranger.page
    page.locator("pasokh-chat .launch").click()
    expect(page.locator("pasokh-chat [role=dialog]")).to_be_visible()
    screen(page, f"shop-open-{language}-{look}")
    person.forgiving = True  # a refused sign-in and an unknown page are 4xx, which a browser calls errors
    page.goto("/login/")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    page.click("form button.primary")
    expect(page.locator(".form-errors:visible")).to_be_visible()
    stranger.faults += faults(page, stranger.look, "login-refused", focus=False)
    page.goto("/no/such/page/")
    stranger.faults += faults(page, stranger.look, "unknown")
    person.forgiving = False
    found = walk.faults + stranger.faults
    assert not found, "\n".join(found)


def test_what_is_not_opened_has_no_screen(person):
    boss = person.staff("admin", "en")
    known = all_routes()
    assert not set(NOT_OPENED) - set(known), "named in NOT_OPENED, but there is no such address"
    for name, route in known.items():
        address = route.replace("<int:", "<str:")
        while "<" in address:
            before, _, after = address.partition("<")
            address = before + "1" + after.partition(">")[2]
        if is_changing(name):
            assert boss.request.get(address, max_redirects=0).status == 405, f"{name} answers GET: is it a screen?"
        elif NOT_OPENED.get(name) == "DATA":
            answer = boss.request.get(address)
            assert answer.ok, name
            assert "text/html" not in answer.headers["content-type"], f"{name} is a page"


def test_the_style_guide_has_enough_contrast(person):
    for dark in (False, True):
        page = person.staff("admin", "en", dark=dark)
        page.goto("/styleguide/")
        expect(page.locator(".guide-pair[data-enough=true]").first).to_be_attached()
        assert page.locator(".guide-pair[data-enough=false]").all_inner_texts() == []
        assert page.locator(".guide-pair:not([data-enough])").count() == 0
        page.locator("[data-set-direction=rtl]").click()
        page.locator("[data-set-motion]").click()
        page.locator("[data-open-dialog]").click()
        expect(page.locator("#guide-dialog")).to_be_visible()
        screen(page, f"styleguide-dialog-{'dark' if dark else 'light'}")
        page.keyboard.press("Escape")
        expect(page.locator("[data-open-dialog]")).to_be_focused()
