"""The line breaks while people write: what they wrote is kept, said so, and arrives once."""

import os
import signal

from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, finish_work, go_ready, screen, wrap_up
from tests.e2e.test_widget import picture


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


class Line:
    """A page's way to the centre, which a test can cut: being offline alone would let an open socket live."""

    def __init__(self, page):
        self.page, self.is_cut, self.sockets = page, False, []
        page.route_web_socket("**/live/**", self._join)

    def _join(self, socket):
        if self.is_cut:
            socket.close()
            return
        self.sockets += [socket, socket.connect_to_server()]

    def cut(self):
        self.is_cut = True
        self.page.context.set_offline(True)
        for socket in self.sockets:
            socket.close()
        self.sockets.clear()

    def mend(self):
        self.is_cut = False
        self.page.context.set_offline(False)


def test_files_chosen_without_a_line_go_when_it_is_back(person, tmp_path):
    agent = person.staff("agent5", "en")
    visitor = Visitor(person("en"))
    lines = [Line(agent), Line(visitor.page)]
    agent.goto("/desk/")
    go_ready(agent)
    visitor.open_shop()
    visitor.write("May I see the plan?")
    accept(agent)
    agent_sees(agent, "May I see the plan?")
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(25_000_000)
    plan = {"name": "plan.png", "mimeType": "image/png", "buffer": picture()}

    # too large a one is refused with a reason and taken away; the rest waits with what was written beside it
    person.forgiving = True
    for line in lines:
        line.cut()
    expect(agent.locator(".banner")).to_be_visible()
    agent.locator("[data-attach]").set_input_files(tmp_path / "film.mp4")
    expect(agent.locator(".file-chip.failed")).to_contain_text("too large")
    agent.locator(".file-chip.failed button").click()
    expect(agent.locator(".file-chip")).to_have_count(0)
    agent.locator("[data-attach]").set_input_files([plan])
    expect(agent.locator(".file-chip.failed .bad")).to_be_visible()
    answer(agent, "Here it is.")
    expect(agent.locator("[data-unqueue]")).to_be_visible()
    screen(agent, "desk-lost-file-en")
    expect(visitor.widget.locator(".status.bad")).to_be_visible()
    visitor.widget.locator("input[type=file]").set_input_files([{**plan, "name": "mine.png"}])
    expect(visitor.widget.locator(".tray li.failed")).to_have_count(1)
    visitor.write("And this is mine.")
    expect(visitor.widget.locator(".line.sending .text")).to_have_text("And this is mine.")

    for line in lines:
        line.mend()
    visitor.sees("Here it is.")
    expect(visitor.widget.locator(".line.agent .file canvas")).to_have_count(1)
    agent_sees(agent, "And this is mine.")
    expect(visitor.widget.locator(".tray li:not(.failed)")).to_have_count(1)
    expect(visitor.widget.locator(".tray progress")).to_be_hidden()
    visitor.widget.locator(".send").click()
    expect(agent.locator(".bubble:not(.mine) .sent-file.picture img")).to_have_count(1)
    expect(agent.locator(".bubble.mine .sent-file.picture img")).to_have_count(1)
    expect(agent.locator(".bubble.pending, .bubble.failed, .file-chip")).to_have_count(0)
    person.forgiving = False
    wrap_up(agent)
    finish_work(agent)
