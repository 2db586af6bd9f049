"""Who a visitor is, said at the desk: linked to a known customer, the card written, a promise seen next time."""

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, end_talk, finish_work, go_ready, screen, wrap_up

WORDS = {
    "fa": {
        "agent": "agent1", "search": "شیرین", "known": "شیرین دانشور", "needs": "کم‌شنوا؛ فقط نوشتاری",
        "hello": "من دوباره آمدم", "written": "کم‌شنوا؛ پیامک بفرستید", "notes": "گلدان آبی دوست دارد",
        "promise": "خبر دادن از رسیدن گلدان", "again": "گلدان رسید؟",
    },
    "en": {
        "agent": "agent5", "search": "nina", "known": "Nina Scott", "needs": "Wheelchair: deliver to the door",
        "hello": "It is me again", "written": "Wheelchair: ring twice", "notes": "Likes blue",
        "promise": "Tell her that it came", "again": "Is it there?",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_visitor_is_known_again(person, language):
    words = WORDS[language]
    agent = person.staff(words["agent"], language)
    go_ready(agent)
    visitor = Visitor(person(language))
    visitor.open_shop()
    visitor.write(words["hello"])
    accept(agent)
    agent_sees(agent, words["hello"])

    # a visitor without a name is found among the customers; what is known of them stands beside the talk
    details = agent.locator(".desk-details")
    details.locator("#who-query").fill(words["search"])
    found = details.locator(".who-person")
    expect(found).to_have_count(1)
    screen(agent, f"day-who-{language}")
    found.click()
    card = details.locator(".customer-card")
    expect(card).to_contain_text(words["needs"])
    expect(details.locator(".detail-head .name")).to_have_text(words["known"])

    # taken back, and said again
    card.locator("[data-unlink]").click()
    expect(details.locator("#who-query")).to_be_visible()
    expect(details).not_to_contain_text(words["needs"])
    details.locator("#who-query").fill(words["search"])
    expect(found).to_have_count(1)
    found.click()
    expect(card).to_contain_text(words["needs"])

    # needs and notes are written where they are read; a reload in the middle loses nothing
    card.locator("[data-change]").click()
    card.locator("#customer-needs").fill(words["written"])
    card.locator("#customer-notes").fill(words["notes"])
    agent.reload()
    expect(card.locator("#customer-needs")).to_have_value(words["written"])
    expect(card.locator("#customer-notes")).to_have_value(words["notes"])
    screen(agent, f"day-card-{language}")
    card.locator("form button[type=submit]").click()
    expect(card.locator(".needs-line")).to_have_text(words["written"])
    expect(card.locator(".card-notes")).to_have_text(words["notes"])

    # something is promised
    end_talk(agent)
    agent.locator(".wrap-up .outcome input[value=follow_up]").check()
    agent.locator(".wrap-up .reason input").first.check()
    agent.locator(".wrap-follow-up .quick-picks button").nth(1).click()
    agent.locator(".wrap-follow-up input[maxlength='1000']").fill(words["promise"])
    agent.locator(".wrap-up button[type=submit]").click()
    expect(agent.locator(".wrap-up")).to_have_count(0)
    owed = agent.locator(".side-follow-ups .follow-row", has_text=words["promise"])
    expect(owed).to_contain_text(words["known"])

    # they come again: the offer says what to mind and that something is owed, the card says what
    visitor.widget.locator(".rate .later").click()  # nobody has to say how it was
    visitor.widget.locator(".over .btn.main").click()
    visitor.write(words["again"])
    offer = agent.locator(".offer:visible")
    expect(offer.locator(".needs-line")).to_have_text(words["written"])
    expect(offer.locator(".offer-past .bad")).to_be_visible()
    screen(agent, f"day-owed-{language}")
    accept(agent)
    agent_sees(agent, words["again"])
    expect(details.locator(".past-list .past-what", has_text=words["promise"])).to_have_count(1)
    wrap_up(agent)
    finish_work(agent)
