"""Colleagues and supervisors in a conversation: a note that names somebody, files, whispers, reading along."""

from pathlib import Path

from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, finish_work, go_ready, screen, wrap_up

PICTURE = Path(__file__).parents[2] / "docs/pictures/shop.png"

WHISPER = """async ([interaction, text]) => {
  const csrf = document.cookie.match(/pasokh_csrf=([^;]+)/)[1];
  const { token } = await (await fetch('/live/token', { method: 'POST', headers: { 'X-CSRFToken': csrf } })).json();
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/live/socket');
  const answers = [];
  await new Promise((resolve, reject) => {
    socket.onerror = reject;
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token, topics: { team: null } }));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === 'welcome') {
        const id = Math.random().toString(36).slice(2);
        socket.send(JSON.stringify({ type: 'do', id: 'a' + id, command: { type: 'monitor.start', interaction } }));
        const message = 'w-' + id;
        socket.send(JSON.stringify({ type: 'do', id: 'b' + id,
          command: { type: 'message.post', interaction, message, text, author: 'whisper' } }));
      }
      if (frame.type === 'answer') answers.push(frame.ok);
      if (answers.length === 2) resolve();
    };
  });
  socket.close();
  return answers;
}"""


def test_notes_name_colleagues_files_go_along_supervisors_whisper(person):
    agent, colleague = (person.staff(name, "en") for name in ("agent5", "agent6"))
    for page in (agent, colleague):
        page.goto("/desk/")
    go_ready(agent)
    visitor = Visitor(person("en"))
    visitor.open_shop()
    visitor.write("The bowl arrived broken.")
    accept(agent)
    agent_sees(agent, "The bowl arrived broken.")
    go_ready(colleague)

    # a note names a colleague from the list
    agent.keyboard.press("Alt+n")
    field = agent.locator(".composer textarea")
    field.press_sequentially("Ask @")
    rows = agent.locator(".suggest-row")
    expect(rows).not_to_have_count(0)
    screen(agent, "desk-mention-en")
    name = "James Wood"
    field.press_sequentially("James")
    expect(rows).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value(f"Ask @{name} ")
    field.press_sequentially("about glaze")
    field.press("Enter")
    expect(agent.locator(".bubble.note .mention")).to_have_text(f"@{name}")
    agent.keyboard.press("Alt+n")

    # a file: shown before it is sent, too large ones refused with a reason
    agent.locator("[data-attach]").set_input_files(
        [{"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"0" * (21 * 1_048_576)}]
    )
    expect(agent.locator(".file-chip.failed")).to_contain_text("too large")
    agent.locator(".file-chip.failed button").click()
    agent.locator("[data-attach]").set_input_files(PICTURE)
    expect(agent.locator(".file-chip img")).to_be_visible()
    expect(agent.locator(".file-chip .file-name")).to_contain_text("kB")
    answer(agent, "This one?")
    expect(agent.locator(".bubble.mine .sent-file.picture img")).to_be_visible()
    visitor.sees("This one?")

    # a supervisor reads along and whispers: the agent sees both, the customer neither
    supervisor = person.staff("supervisor", "en")
    interaction = agent.locator("[data-interaction]").get_attribute("data-interaction")
    assert supervisor.evaluate(WHISPER, [interaction, "Offer a new bowl."]) == [True, True]
    expect(agent.locator(".thread-strip.along")).to_be_visible()
    expect(agent.locator(".bubble.whisper .body")).to_have_text("Offer a new bowl.")
    expect(visitor.widget.get_by_text("Offer a new bowl.")).to_have_count(0)
    screen(agent, "desk-whisper-en")
    wrap_up(agent)
    for page in (agent, colleague):
        finish_work(page)


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
