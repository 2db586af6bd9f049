"""Several customers at once: the next one never takes the field from under the fingers."""

from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, agent_sees, finish_work, go_ready, wrap_up


def test_writing_is_never_interrupted_by_the_next_contact(person):
    agent = person.staff("agent5", "en")
    agent.goto("/desk/")
    go_ready(agent)
    texts = ("First question.", "Second question.")
    visitors = [Visitor(person("en")) for _ in texts]
    visitors[0].open_shop()
    visitors[0].write(texts[0])
    agent.locator(".offer:visible").wait_for()
    agent.keyboard.press("Alt+a")
    agent_sees(agent, texts[0])
    field = agent.locator(".composer textarea")
    field.press_sequentially("Dear ")
    visitors[1].open_shop()
    visitors[1].write(texts[1])
    agent.locator(".offer:visible").wait_for()
    agent.keyboard.type("customer")
    agent.keyboard.press("Alt+a")
    expect(agent.locator(".work-item")).to_have_count(2)
    agent.keyboard.type(", hello")
    expect(field).to_have_value("Dear customer, hello")
    expect(agent.locator(".work-item.unread .count")).to_have_count(1)
    agent.keyboard.press("Alt+2")
    agent_sees(agent, texts[1])
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    agent.keyboard.press("Alt+1")
    expect(field).to_have_value("Dear customer, hello")
    for _ in texts:
        agent.locator(".work-item").first.click()
        wrap_up(agent)
    finish_work(agent)
