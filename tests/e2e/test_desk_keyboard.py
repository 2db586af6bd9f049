"""A contact by keys alone: palette, offer, reply, help, outcome, follow-up."""

import re

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, agent_sees, finish_work, screen

WORDS = {
    "en": {
        "agent": "agent6",
        "hello": "Good day, where is my order?",
        "half": "A half-written",
        "reply": "Your order leaves today.",
        "due": "tomorrow 9:30",
        "shown": "09:30",
        "wrong_layout": "сщтефсеі",
    },
    "fa": {
        "agent": "agent2",
        "hello": "سلام، سفارشم کجاست؟",
        "half": "نیمه‌کاره",
        "reply": "سفارش شما امروز فرستاده می‌شود.",
        "due": "فردا ساعت ۹:۳۰",
        "shown": "۰۹:۳۰",
        "wrong_layout": "jlhs",
    },
}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_contact_by_keyboard_alone(person, language):
    words = WORDS[language]
    agent = person.staff(words["agent"], language)
    agent.goto("/desk/")
    keys = agent.keyboard
    start = agent.locator(".desk-bar > .button.primary")
    expect(start).to_be_enabled()

    # the palette: work begins with what its button says, and a page is found though typed with the wrong layout
    keys.press("Control+k")
    box = agent.locator("dialog.palette")
    expect(box.locator("[role=combobox]")).to_be_focused()
    keys.type(words["wrong_layout"])
    expect(box.locator("[role=option][aria-selected=true]")).to_have_count(1)
    screen(agent, f"desk-palette-{language}")
    keys.press("Control+a")
    keys.type(start.inner_text().strip())
    expect(box.locator("[role=option][aria-selected=true]")).to_contain_text(start.inner_text().strip())
    keys.press("Enter")
    expect(box).to_have_count(0)
    expect(agent.locator(".presence-button")).to_be_visible()
    keys.press("Alt+r")
    expect(agent.locator(".presence-button.ready")).to_be_visible()

    # the offer is taken by key, and the field waits for the answer
    visitor = Visitor(person(language))
    visitor.open_shop()
    visitor.write(words["hello"])
    expect(agent.locator(".offer:visible")).to_have_count(1)
    screen(agent, f"desk-offer-keys-{language}")
    keys.press("Alt+a")
    agent_sees(agent, words["hello"])
    field = agent.locator(".composer textarea")
    expect(field).to_be_focused()

    # typed, not sent: kept over a reload; `?` and letters are text while writing
    keys.type(words["half"] + "?")
    expect(agent.locator("dialog")).to_have_count(0)
    agent.reload()
    expect(field).to_have_value(words["half"] + "?")
    agent.locator(".thread-scroll").focus()
    keys.press("r")
    expect(field).to_be_focused()
    keys.press("Control+a")
    keys.type(words["reply"])
    keys.press("Enter")
    visitor.sees(words["reply"])
    expect(agent.locator(".receipt")).to_have_count(1)
    visitor.widget.locator(".write textarea").press_sequentially("abc")
    expect(agent.locator(".typing-line .typing-dots")).to_be_visible()

    # what works here, and help from a supervisor
    agent.locator(".thread-scroll").focus()
    keys.press("?")
    expect(agent.locator("dialog.key-sheet kbd").first).to_be_visible()
    screen(agent, f"desk-keys-{language}")
    keys.press("Escape")
    expect(agent.locator("dialog.key-sheet")).to_have_count(0)
    keys.press("Alt+j")
    expect(agent.locator("dialog textarea")).to_be_focused()
    keys.type("?")
    keys.press("Control+Enter")
    expect(agent.locator(".thread-strip.help")).to_be_visible()
    screen(agent, f"desk-help-{language}")

    # the end: outcome, then a follow-up with a due time in words
    keys.press("Alt+e")
    expect(agent.locator(".wrap-up .outcome input").first).to_be_focused()
    keys.press("Space")
    agent.locator(".wrap-up .reason input").first.focus()
    keys.press("Space")
    agent.locator(".follow-switch input").focus()
    keys.press("Space")
    due = agent.locator(".follow-fields input")
    due.focus()
    keys.type("?!")
    expect(agent.locator(".follow-fields .wrong")).to_have_count(1)
    expect(agent.locator(".wrap-up button[type=submit]")).to_be_disabled()
    keys.press("Control+a")
    keys.type(words["due"])
    expect(agent.locator(".wrap-follow-up .help")).to_contain_text(words["shown"])
    screen(agent, f"desk-follow-up-{language}")
    keys.press("Enter")
    expect(agent.locator(".wrap-up")).to_have_count(0)
    owed = agent.locator(".side-follow-ups .follow-row")
    expect(owed).to_have_count(1)
    expect(owed.locator("time")).to_contain_text(words["shown"])
    screen(agent, f"desk-my-day-{language}")

    # done, and back again
    owed.locator("button").click()
    agent.locator("dialog button[type=submit]").click()
    expect(owed).to_have_count(0)
    agent.locator(".toast.done button").first.click()
    expect(owed).to_have_count(1)
    owed.locator("button").click()
    agent.locator("dialog button[type=submit]").click()
    expect(owed).to_have_count(0)
    finish_work(agent)


def test_single_keys_can_be_switched_off(person):
    agent = person.staff("agent6", "en")
    agent.goto("/contacts/")
    agent.keyboard.press("?")
    agent.locator(".key-single input").uncheck()
    agent.keyboard.press("Escape")
    agent.keyboard.press("?")
    expect(agent.locator("dialog")).to_have_count(0)
    agent.keyboard.press("Control+k")
    expect(agent.locator("dialog.palette [role=combobox]")).to_be_focused()
    agent.keyboard.type("single key")
    expect(agent.locator("[role=option][aria-selected=true]")).to_contain_text("single key")
    agent.keyboard.press("Enter")
    expect(agent.locator("dialog")).to_have_count(0)
    agent.keyboard.press("g")
    agent.keyboard.press("d")
    expect(agent).to_have_url(re.compile(r"/desk/$"))
