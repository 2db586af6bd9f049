"""The session ends while somebody works: what was typed stays, a sign-in beside the desk brings it back."""

import os
import signal

from playwright.sync_api import expect
from tests.e2e.conftest import PASSWORD, Visitor, accept, agent_sees, answer, finish_work, go_ready, screen, wrap_up


def test_signing_in_again_loses_nothing(person, centre):
    agent = person.staff("agent5", "en")
    agent.goto("/desk/")
    go_ready(agent)
    visitor = Visitor(person("en"))
    visitor.open_shop()
    visitor.write("Still there?")
    accept(agent)
    agent_sees(agent, "Still there?")
    agent.locator(".composer textarea").fill("Half a sentence")

    person.forgiving = True
    agent.context.clear_cookies(name="pasokh_session")
    os.kill(centre.children()["web"], signal.SIGKILL)
    expect(agent.locator(".banner.alarm")).to_be_visible()
    expect(agent.locator(".composer textarea")).to_have_value("Half a sentence")
    answer(agent, "Yes, here I am.")
    expect(agent.locator(".banner.alarm .badge")).to_be_visible()
    screen(agent, "desk-signed-out-en")
    with agent.expect_popup() as opened:
        agent.locator(".banner.alarm .button").click()
    door = opened.value
    door.fill("[name=username]", "agent5")
    door.fill("[name=password]", PASSWORD)
    door.click("form button.primary")
    expect(agent.locator(".banner")).to_have_count(0)
    agent_sees(agent, "Yes, here I am.")
    visitor.sees("Yes, here I am.")
    expect(agent.locator(".bubble.pending, .bubble.failed")).to_have_count(0)
    person.forgiving = False
    wrap_up(agent)
    finish_work(agent)
