"""A supervisor's day: what burns, who is behind a figure, a talk taken over and sent back, people, an incident."""

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, go_ready, screen, switch, wrap_up

WORDS = {
    "fa": {
        "agent": "agent1", "team": "fa", "name": "رزا", "hello": "بسته‌ام گم شده است", "question": "یکی دیگر بفرستم؟",
        "whisper": "همین حالا عذرخواهی کن", "sorry": "ببخشید، پیگیری می‌کنم.", "waits": "کسی هست؟",
        "mine": "من مینا هستم؛ خودم پیگیری می‌کنم.", "incident": "پرداخت قطع است؛ درستش می‌کنیم.", "level": "۵۵",
        "other": "Payments are down.",
    },
    "en": {
        "agent": "agent5", "team": "en", "name": "Rosa", "hello": "My parcel is lost", "question": "Send another one?",
        "whisper": "Apologise at once", "sorry": "I am sorry, I will find it.", "waits": "Is anybody there?",
        "mine": "This is Mina; I take care of it myself.", "incident": "Payments are down; we are on it.",
        "level": "55", "other": "پرداخت قطع است.",
    },
}  # fmt: skip


def wall(page, show="queues"):
    """Open the wall anew, nothing beside it, with what it shows there."""
    page.goto(f"/wall/?show={show}")
    expect(page.locator(".live-sign.online")).to_be_visible()
    expect(page.locator(f"[data-show={show}]")).to_have_attribute("aria-busy", "false")


def undo(page):
    """Take back what was just done."""
    page.locator(".wall-toast .button.compact:not(.square)").click()


def dismiss(page):
    """Put away what the wall said last."""
    page.locator(".wall-toast .button.square").click()
    expect(page.locator(".toast-in")).to_have_count(0)


@pytest.fixture
def speaking(person):
    """Somebody of the staff in a language that may not be their own; they have their own again afterwards."""
    own = []

    def come(username, language, usual, **look):
        page = person.staff(username, language, **look)
        own.append((page, usual))
        switch(page, language)
        return page

    yield come
    for page, usual in own:
        page.goto("/contacts/")
        switch(page, usual)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_day_at_the_wall(person, speaking, language):
    words = WORDS[language]
    agent = words["agent"]
    desk, boss = person.staff(agent, language), speaking("supervisor", language, "fa")
    boss.goto("/desk/")
    boss.locator(".desk-bar > .button.primary").click()  # able to take over, nothing is offered
    expect(boss.locator(".presence-button")).to_be_visible()
    go_ready(desk)
    visitor = Visitor(person(language))
    visitor.open_shop()
    visitor.call_me(words["name"])
    visitor.write(words["hello"])
    accept(desk)
    agent_sees(desk, words["hello"])

    # a screen of 4K goes round by itself, has no controls, and is read from five metres
    big = speaking("admin", language, "en", width=3840, height=2160, dark=True)
    big.goto("/wall/?show=queues,teams&every=5s&screen=1")
    for show in ("teams", "queues"):
        expect(big.locator(f"[data-show={show}] .tile").first).to_be_visible()
    tall = big.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile .value')).fontSize)")
    assert tall >= 80
    expect(big.locator(".wall :is(button, select, input):visible, nav.rail:visible")).to_have_count(0)

    # an agent asks for help: an alarm everywhere, until somebody attends to it
    desk.keyboard.press("Alt+j")
    desk.locator("dialog textarea").fill(words["question"])
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".thread-strip.help")).to_be_visible()
    alarm = ".alarm-line[data-alarm^='help:']"
    expect(big.locator(alarm)).to_contain_text(words["question"])
    screen(big, f"day-wall-screen-{language}-4k")
    wall(boss)
    expect(boss.locator(alarm)).to_contain_text(words["question"])
    boss.locator(".wall-tools .button").first.click()
    row = boss.locator(".alarms li[data-alarm^='help:']")
    row.locator(".button.compact").click()
    expect(row.locator(".quiet")).to_be_visible()
    expect(big.locator(alarm)).to_have_count(0)
    boss.locator(".wall-drawer .segmented button").last.click()
    expect(boss.locator(".alarms.past li", has_text=words["question"])).to_have_count(1)
    screen(boss, f"day-alarms-{language}")

    # behind a figure stand exactly as many contacts as it says: by client, team, agent and queue
    wall(boss, "clients")
    expect(boss.locator("[data-tile=own] .figure").first).to_be_visible()
    wall(boss, "teams")
    busy = boss.locator(f"[data-tile={words['team']}] a.figure").first
    expect(busy.locator(".value")).to_have_text("۱" if language == "fa" else "1")
    busy.click()
    expect(boss.locator("table.contacts-list tbody tr")).to_have_count(1)
    expect(boss.locator("table.contacts-list tbody")).to_contain_text(words["name"])
    wall(boss)
    figures = boss.locator("[data-queue=support] a.figure:not(:has(.value.none))")
    expect(figures).not_to_have_count(0)
    said = figures.evaluate_all("all => all.map(a => [a.getAttribute('href'), a.querySelector('.value').innerText])")
    counted = {href: int(number) for href, number in said if number.strip().isdecimal()}
    assert max(counted.values()) >= 1
    for href, number in counted.items():
        boss.goto(href)
        expect(boss.locator("table.contacts-list tbody tr")).to_have_count(number)

    # read along and whisper: the agent sees both, the customer neither
    wall(boss, "agents")
    card = boss.locator(f"[data-agent={agent}] .agent-in")
    expect(card).to_contain_text(words["name"])
    card.click()
    boss.locator("[data-work] [data-along]").click()
    expect(boss.locator(".along-log")).to_contain_text(words["hello"])
    expect(desk.locator(".thread-strip.along")).to_be_visible()
    boss.locator("#whisper").fill(words["whisper"])
    boss.locator("#whisper").press("Enter")
    expect(desk.locator(".bubble.whisper .body")).to_have_text(words["whisper"])
    expect(boss.locator("#whisper")).to_have_value("")
    answer(desk, words["sorry"])
    expect(boss.locator(".said.by-agent")).to_contain_text(words["sorry"])
    visitor.sees(words["sorry"])
    expect(visitor.widget).not_to_contain_text(words["whisper"])
    screen(boss, f"day-along-{language}")

    # take over; sent back, it waits at its old place, and its agent has it again
    boss.locator(".drawer-tools .button:not(.plain)").first.click()
    boss.locator("[data-confirm]").click()
    boss.wait_for_url("**/desk/")
    boss.locator(".work-item").click()
    agent_sees(boss, words["hello"])
    answer(boss, words["mine"])
    visitor.sees(words["mine"])
    expect(desk.locator(".thread")).to_have_count(0)
    wall(big, "agents")
    big.locator("[data-agent=supervisor] .agent-in").click()
    big.locator("[data-return]").click()
    big.locator("[data-confirm]").click()
    expect(big.locator(".wall-toast")).to_contain_text(words["name"])
    accept(desk)
    agent_sees(desk, words["mine"])
    expect(boss.locator(".work-item")).to_have_count(0)

    # an agent's presence, queues and skills, each with a way back
    wall(boss, "agents")
    state = boss.locator(f"[data-agent={agent}]")
    state.locator(".agent-in").click()
    boss.locator("#set-not-ready").select_option("lunch")
    expect(desk.locator(".presence-button.not_ready")).to_be_visible()
    undo(boss)
    expect(desk.locator(".presence-button.ready")).to_be_visible()
    boss.locator("#set-not-ready").select_option("lunch")
    expect(desk.locator(".presence-button.not_ready")).to_be_visible()
    dismiss(boss)
    skill, queue = boss.locator("[name='skill:billing']"), boss.locator("[name='queue:billing']")
    before = skill.input_value()
    skill.fill(words["level"])
    queue.uncheck()
    screen(boss, f"day-staffing-{language}")
    boss.locator(".staffing .button.primary").click()
    expect(boss.locator(".toast-in .button.compact:not(.square)")).to_be_visible()
    staffed = boss.request.get(f"/api/v1/wall/agents/{agent}").json()
    assert staffed["skills"]["billing"] == 55
    assert "billing" not in staffed["queues"]
    undo(boss)
    expect(queue).to_be_checked()
    expect(skill).to_have_value(before)

    # nobody is free: who waits is told what is wrong, in their language; other queues help while it lasts
    waiting = Visitor(person(language))
    waiting.open_shop()
    waiting.write(words["waits"])
    waiting.sees(words["waits"])
    wall(boss)
    boss.locator("[data-queue=support] .tile-open").click()
    expect(boss.locator("[data-waiting]")).to_have_count(1)
    boss.locator(".drawer-tools .button").nth(2).click()
    boss.locator(f"#incident-{language}").fill(words["incident"])
    boss.locator(f"#incident-{'en' if language == 'fa' else 'fa'}").fill(words["other"])
    screen(boss, f"day-incident-{language}")
    boss.locator(".incident-form .button.primary").click()
    expect(boss.locator("[data-incident]")).to_contain_text(words["incident"])
    expect(boss.locator("[data-queue=support] .badge.warn")).to_be_visible()
    expect(waiting.widget.locator(".notice")).to_contain_text(words["incident"])
    screen(waiting.page, f"day-told-{language}")
    boss.locator("[data-incident] .button").click()
    expect(boss.locator("[data-incident]")).to_have_count(0)
    expect(waiting.widget.locator(".notice")).to_have_count(0)
    dismiss(boss)
    boss.keyboard.press("Escape")
    expect(boss.locator(".wall-drawer")).to_have_count(0)
    boss.locator("[data-queue=support] .tile-open").click()
    boss.locator(".drawer-tools .button").nth(1).click()
    boss.locator(".overflow-choice .check input").first.check()
    boss.locator(".overflow-choice .button.primary").click()
    expect(boss.locator("[data-queue=support] .badge.accent")).to_be_visible()
    screen(boss, f"day-queue-{language}")
    undo(boss)
    expect(boss.locator("[data-queue=support] .badge.accent")).to_have_count(0)
    waiting.widget.locator(".head button").first.click()
    waiting.widget.locator("[role=alertdialog] .btn.main").click()
    expect(boss.locator("[data-waiting]")).to_have_count(0)

    # the agent has forgotten to go home: signed out by force, asked first; what was open is ended before
    wrap_up(desk)
    wall(boss, "agents")
    state.locator(".agent-in").click()
    boss.locator(".drawer-tools .button.plain.danger").click()
    boss.locator("[data-confirm]").click()
    expect(state).to_have_count(0)
    expect(desk.locator(".presence-button")).to_have_count(0)
