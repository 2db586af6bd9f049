"""The line breaks while people write: what they wrote is kept, said so, and arrives once."""

import os
import signal

from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, finish_work, go_ready, screen, wrap_up


def test_what_is_written_without_a_line_arrives_once(person, centre):
    agent = person.staff("agent5", "en")
    go_ready(agent)
    visitor = Visitor(person("en"))
    visitor.open_shop()
    visitor.write("Is anybody there?")
    accept(agent)
    answer(agent, "Yes, hello!")
    visitor.sees("Yes, hello!")

    person.forgiving = True
    os.kill(centre.children()["web"], signal.SIGSTOP)  # the socket stays, nobody answers
    answer(agent, "Written into a dead line.")
    visitor.write("Me too.")
    expect(agent.locator(".bubble.pending", has_text="Written into a dead line.")).to_be_visible()
    os.kill(centre.children()["web"], signal.SIGKILL)
    expect(agent.locator(".banner")).to_be_visible()
    screen(agent, "desk-lost-line-en")
    for text in ("Written into a dead line.", "Me too."):
        agent_sees(agent, text)
        visitor.sees(text)
    expect(agent.locator(".banner")).to_have_count(0)
    expect(agent.locator(".bubble.pending, .bubble.failed")).to_have_count(0)
    person.forgiving = False

    # the customer's page was reloaded with a message still unsent: it is sent by the next page
    visitor.page.reload()
    for text in ("Is anybody there?", "Yes, hello!", "Written into a dead line.", "Me too."):
        visitor.sees(text)
    wrap_up(agent)
    finish_work(agent)
