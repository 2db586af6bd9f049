"""An agent's day: a contact with everything it can hold, the promise made and kept, a break, going home."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, finish_work, go_ready, screen

PICTURES = Path(__file__).parents[2] / "docs/pictures"
WORDS = {
    "fa": {
        "agents": ("agent1", "agent2"), "asked": "علی", "customer": "نیلوفر", "hello": "سلام، گلدانم شکسته رسید.",
        "canned": "سلام نیلوفر", "colleague": "انبار را ببین", "question": "می‌توانم تعویض کنم؟",
        "advice": "بله، تعویض کن.", "promise": "خبر دادن از تعویض", "kept": "خبر دادم",
    },
    "en": {
        "agents": ("agent5", "agent6"), "asked": "James", "customer": "Rosa", "hello": "Hello, my vase arrived broken.",
        "canned": "Hello Rosa", "colleague": "look at the stock", "question": "May I replace it?",
        "advice": "Yes, replace it.", "promise": "Tell her about the new vase", "kept": "Told her",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_day_at_the_desk(person, language):
    words = WORDS[language]
    agent, colleague, boss = (person.staff(name, language) for name in (*words["agents"], "supervisor"))
    colleague.goto("/notices/")
    if colleague.locator(".page-head form button").count():  # what an earlier test left
        colleague.locator(".page-head form button").click()
    for page in (agent, colleague):
        page.goto("/desk/")
    go_ready(agent)
    colleague.locator(".desk-bar > .button.primary").click()  # at work, not ready
    expect(colleague.locator(".presence-button")).to_be_visible()
    bell = colleague.locator(".bell-count")
    expect(bell).to_be_hidden()

    # a customer: who, what, why
    visitor = Visitor(person(language))
    visitor.open_shop()
    visitor.call_me(words["customer"])
    visitor.write(words["hello"])
    expect(agent.locator(".offer:visible .offer-first")).to_have_text(words["hello"])
    expect(agent.locator(".offer:visible .offer-why")).not_to_be_empty()
    expect(agent.locator(".offer:visible .offer-past")).not_to_be_empty()
    screen(agent, f"day-offer-{language}")
    accept(agent)
    agent_sees(agent, words["hello"])

    # a canned answer by `/`, its holes filled; each sees the other write, and what was read
    field = agent.locator(".composer textarea")
    field.press_sequentially("/hello")
    expect(agent.locator(".suggest-row")).not_to_have_count(0)
    screen(agent, f"day-canned-{language}")
    field.press("Enter")
    assert field.input_value().startswith(words["canned"])
    field.press_sequentially(" ")
    expect(visitor.widget.locator(".writing")).to_be_visible()
    field.press("Enter")
    expect(visitor.widget.locator(".line.agent .text", has_text=words["canned"])).to_have_count(1)
    expect(agent.locator(".receipt")).to_be_visible()
    visitor.widget.locator(".write textarea").press_sequentially("...")
    expect(agent.locator(".typing-line .typing-dots")).to_be_visible()
    visitor.widget.locator(".write textarea").fill("")

    # a picture from the customer, and one back
    visitor.widget.locator("input[type=file]").set_input_files(PICTURES / "shop.png")
    expect(visitor.widget.locator(".tray li")).to_have_count(1)
    expect(visitor.widget.locator(".send")).to_be_enabled()
    visitor.widget.locator(".send").click()
    expect(agent.locator(".bubble:not(.mine) .sent-file.picture img")).to_be_visible()
    expect(visitor.widget.locator("p.seen")).to_be_visible()
    agent.locator("[data-attach]").set_input_files(PICTURES / "shop.png")
    expect(agent.locator(".file-chip img")).to_be_visible()
    expect(agent.locator(".composer-foot .button.primary")).to_be_enabled()
    agent.locator(".composer-foot .button.primary").click()
    expect(visitor.widget.locator(".line.agent .file")).to_have_count(1)

    # a note names a colleague, whose bell rings
    agent.keyboard.press("Alt+n")
    field.press_sequentially(f"@{words['asked']}")
    expect(agent.locator(".suggest-row")).not_to_have_count(0)
    field.press("Enter")
    field.press_sequentially(words["colleague"])
    field.press("Enter")
    expect(agent.locator(".bubble.note .mention")).to_be_visible()
    expect(bell).to_be_visible()
    agent.keyboard.press("Alt+n")

    # asked for help: the supervisor reads along, whispers, and closes the question
    agent.keyboard.press("Alt+j")
    agent.locator("dialog textarea").fill(words["question"])
    agent.keyboard.press("Control+Enter")
    expect(agent.locator(".thread-strip.help")).to_be_visible()
    boss.goto("/wall/?show=agents")
    boss.locator(f"[data-agent={words['agents'][0]}] .agent-in").click()
    boss.locator("[data-work] [data-along]").click()
    expect(boss.locator(".along-help")).to_contain_text(words["question"])
    boss.locator("#whisper").fill(words["advice"])
    boss.locator("#whisper").press("Enter")
    expect(agent.locator(".bubble.whisper .body")).to_have_text(words["advice"])
    boss.locator(".along-help button").click()
    expect(agent.locator(".thread-strip.help")).to_have_count(0)
    boss.locator(".drawer-tools .button.plain").last.click()
    expect(visitor.widget.get_by_text(words["advice"])).to_have_count(0)
    screen(agent, f"day-talk-{language}")

    # the end: an outcome that needs a follow-up, the reason, who and by when
    agent.keyboard.press("Alt+e")
    agent.locator(".wrap-up .outcome input[value=follow_up]").check()
    expect(agent.locator(".wrap-up button[type=submit]")).to_be_disabled()
    agent.locator(".wrap-up .reason input[value='goods.damaged']").check()
    agent.locator(".wrap-follow-up .quick-picks button").nth(1).click()
    agent.locator(".wrap-follow-up input[maxlength='1000']").fill(words["promise"])
    screen(agent, f"day-wrap-up-{language}")
    agent.locator(".wrap-up button[type=submit]").click()
    expect(agent.locator(".wrap-up")).to_have_count(0)
    expect(agent.locator(".side-follow-ups .follow-row", has_text=words["promise"])).to_have_count(1)

    # the promise is in the list, and kept
    agent.goto("/follow-ups/")
    owed = agent.locator(".follow-up", has_text=words["promise"])
    expect(owed).to_have_count(1)
    screen(agent, f"day-follow-ups-{language}")
    owed.locator("[name=result]").fill(words["kept"])
    owed.locator("form button").click()
    expect(agent.locator(".closed-lately .follow-up", has_text=words["promise"])).to_have_count(1)

    # my day shows it; a break; home
    agent.goto("/desk/")
    agent.locator(".desk-figures").click()
    expect(agent.locator(".my-day .day-reasons li")).not_to_have_count(0)
    screen(agent, f"day-mine-{language}")
    agent.locator(".presence-button").click()
    agent.locator(".presence .popover .menu-item[aria-pressed]").first.click()
    expect(agent.locator(".presence-button.not_ready")).to_be_visible()
    for page in (agent, colleague):
        finish_work(page)
    agent.locator("nav.rail details summary").click()
    agent.locator("nav.rail form[action='/logout/'] button").click()
    expect(agent.locator("[name=password]")).to_be_visible()
