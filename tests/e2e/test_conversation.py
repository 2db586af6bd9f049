"""A customer writes, the right agent answers: over reloads, a transfer, a consult, and to an outcome."""

import re

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import (
    Visitor,
    accept,
    agent_sees,
    answer,
    end_talk,
    finish_work,
    go_ready,
    screen,
    wrap_up,
)

WORDS = {
    "fa": {
        "agents": ("agent1", "agent2"),
        "hello": "سلام، سفارش ۱۰۲۴۵ هنوز نرسیده است.",
        "reply": "سلام! همین حالا نگاه می‌کنم.",
        "more": "ممنون، منتظرم.",
        "note": "پیک دو بار آمده؛ نشانی ناقص است.",
        "second": "من ادامه می‌دهم؛ فردا می‌رسد.",
        "digits": r"[۰-۹]:[۰-۹]{2}",
        "direction": "rtl",
    },
    "en": {
        "agents": ("agent5", "agent6"),
        "hello": "Hello, my order 10245 has not arrived.",
        "reply": "Hello! Let me have a look.",
        "more": "Thanks, I'll wait.",
        "note": "The courier came twice; the address is incomplete.",
        "second": "I am taking over; it arrives tomorrow.",
        "digits": r"\d:\d{2}",
        "direction": "ltr",
    },
}


@pytest.mark.parametrize("language", ["fa", "en"])
def test_from_the_shop_to_an_outcome(person, language):
    words = WORDS[language]
    first, second = (person.staff(name, language) for name in words["agents"])
    wall = person.staff("supervisor", "fa", dark=True)
    wall.goto("/wall/?show=agents")
    expect(first.locator("html")).to_have_attribute("dir", words["direction"])
    screen(first, f"desk-offline-{language}")
    go_ready(first)
    expect(first.locator(".presence-button time")).to_have_text(re.compile(words["digits"]))
    screen(first, f"desk-ready-{language}")
    agent = wall.locator(f"[data-agent={words['agents'][0]}]")
    expect(agent).to_have_attribute("data-state", "ready")

    # the customer writes; the offer says who, from where and why
    visitor = Visitor(person(language))
    visitor.open_shop()
    visitor.write(words["hello"])
    visitor.sees(words["hello"])
    expect(first.locator(".offer:visible .offer-first")).to_have_text(words["hello"])
    expect(first.locator(".offer:visible .offer-why")).not_to_be_empty()
    screen(first, f"desk-offer-{language}")
    accept(first)
    agent_sees(first, words["hello"])
    answer(first, words["reply"])
    visitor.sees(words["reply"])
    visitor.write(words["more"])
    agent_sees(first, words["more"])
    expect(agent).to_have_attribute("data-state", "busy")

    # both reload: everything is there, once
    first.reload()
    visitor.page.reload()
    for text in (words["hello"], words["reply"], words["more"]):
        agent_sees(first, text)
        visitor.sees(text)
    visitor.page.goto("/demo/shop/?item=mug")
    visitor.sees(words["reply"])
    screen(visitor.page, f"shop-chat-{language}")

    # a note stays inside; the customer goes on to a colleague with it
    first.locator(".composer .segmented button").nth(1).click()
    answer(first, words["note"])
    agent_sees(first, words["note"])
    screen(first, f"desk-talk-{language}")
    go_ready(second)
    first.locator(".thread-tools .button").nth(2).click()
    first.locator(f"label[for='target-agent:{words['agents'][1]}']").click()
    screen(first, f"desk-transfer-{language}")
    first.locator("dialog.handover button[type=submit]").click()
    accept(second)
    agent_sees(second, words["hello"])
    agent_sees(second, words["note"])
    answer(second, words["second"])
    visitor.sees(words["second"])
    expect(visitor.widget.get_by_text(words["note"])).to_have_count(0)

    # the end: an outcome is required
    end_talk(second)
    expect(second.locator(".wrap-up button[type=submit]")).to_be_disabled()
    screen(second, f"desk-wrap-up-{language}")
    wrap_up(second)
    expect(visitor.widget.get_by_role("radio").first).to_be_visible()  # how was it?
    screen(wall, f"wall-after-{language}")
    for page in (first, second):
        finish_work(page)


def test_a_colleague_helps_and_takes_over(person):
    asking, helping = (person.staff(name, "uk") for name in ("agent3", "agent4"))
    go_ready(asking)
    visitor = Visitor(person("uk"))
    visitor.open_shop()
    visitor.write("Добрий день! Чи можна змінити колір?")
    accept(asking)
    go_ready(helping)
    asking.locator(".thread-tools .button").nth(1).click()
    asking.locator("label[for='target-agent:agent4']").click()
    asking.locator("dialog.handover button[type=submit]").click()
    accept(helping)
    agent_sees(helping, "Добрий день! Чи можна змінити колір?")
    answer(helping, "Так, поки не запакували.")
    agent_sees(asking, "Так, поки не запакували.")
    screen(asking, "desk-consult-uk")
    asking.locator(".thread-strip .button.primary").click()
    expect(asking.locator(".thread")).to_have_count(0)
    agent_sees(helping, "Добрий день! Чи можна змінити колір?")
    answer(helping, "Вітаю, змінюю на бірюзовий.")
    visitor.sees("Вітаю, змінюю на бірюзовий.")
    while helping.locator(".work-item").count():
        helping.locator(".work-item").first.click()
        wrap_up(helping)
    for page in (asking, helping):
        finish_work(page)
