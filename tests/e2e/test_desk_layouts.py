"""The desk with several conversations: side by side, one at a time, and on a phone."""

from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, end_talk, finish_work, go_ready, screen, wrap_up

# Only languages that agent1 speaks: a visitor of another language waits for somebody else first.
ASKED = (
    ("fa", "نگار احمدی", "سلام، کاسهٔ فیروزه دوباره کی موجود می‌شود؟"),
    ("en", "Олена Коваль", "Доброго дня, ваза приїхала з тріщиною."),
    ("en", "James Whitfield", "Hi, can I still change my delivery address?"),
)


def test_three_conversations_side_by_side_and_one_on_a_phone(person):
    agent = person.staff("agent1", "fa", width=1920, height=1080)
    go_ready(agent)
    visitors = []
    for language, name, text in ASKED:
        visitor = Visitor(person(language))
        visitor.open_shop()
        visitor.call_me(name)
        visitor.write(text)
        visitors.append(visitor)
        accept(agent)
        agent_sees(agent, text)
    expect(agent.locator(".work-item .name")).to_have_text([name for _, name, _ in ASKED])
    answer(agent, "Of course, what is the new address?")
    visitors[2].sees("Of course, what is the new address?")
    visitors[0].write("و رنگ‌های دیگر هم دارید؟")
    expect(agent.locator(".work-item.unread .count")).to_have_count(1)
    screen(agent, "desk-list-fa")
    agent.locator(".section-head button.only-wide").click()
    expect(agent.locator(".thread")).to_have_count(3)
    expect(agent.locator(".count")).to_have_count(0)
    screen(agent, "desk-side-by-side-fa")
    agent.locator(".section-head button.only-wide").click()

    # the same desk on a phone: the list, then the conversation, then its outcome
    agent.set_viewport_size({"width": 360, "height": 740})
    agent.reload()
    agent.locator(".thread .button.only-narrow").click()
    expect(agent.locator(".work-item").first).to_be_visible()
    screen(agent, "desk-list-fa-narrow")
    agent.locator(".work-item").first.click()
    agent_sees(agent, ASKED[0][2])
    screen(agent, "desk-talk-fa-narrow")
    agent.locator(".thread-tools .button").first.click()
    expect(agent.locator(".thread-strip.hold")).to_be_visible()
    screen(agent, "desk-hold-fa-narrow")
    agent.locator(".thread-tools .button").first.click()
    end_talk(agent)
    screen(agent, "desk-wrap-up-fa-narrow")
    wrap_up(agent)
    agent.set_viewport_size({"width": 1440, "height": 900})
    for _ in range(2):
        agent.locator(".work-item").first.click()
        wrap_up(agent)
    finish_work(agent)


def test_the_wall_fills_a_large_screen(person):
    wall = person.staff("supervisor", "fa", width=3840, height=2160, dark=True)
    wall.locator(".tile").first.wait_for()
    screen(wall, "wall-4k-fa")
