"""The supervisor at the wall: what is burning, reading along, switching, telling; and a picture that keeps still."""

import json

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, finish_work, go_ready, screen, wrap_up


def wall(person, language="en", path="/wall/", **look) -> Page:
    page = person.staff("supervisor", language, **look)
    page.goto("/wall/")
    if page.locator("html").get_attribute("lang") != language:
        switch(page, language)
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator(".tile, .agent, .wall-show .quiet").first.wait_for()
    return page


def switch(page, language):
    page.locator("nav.rail details summary").last.click()
    page.locator(f"nav.rail button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def talk(person, agent, name, text) -> tuple[Page, Visitor]:
    """An agent and a customer who write to each other."""
    desk = person.staff(agent, "en")
    go_ready(desk)
    visitor = Visitor(person("en"))
    visitor.open_shop()
    visitor.call_me(name)
    visitor.write(text)
    accept(desk)
    return desk, visitor


def leave(desk):
    wrap_up(desk)
    finish_work(desk)


def test_reading_along_whispering_and_helping(person):
    desk, visitor = talk(person, "agent5", "Rosa", "My parcel is lost")
    boss = wall(person, path="/wall/?show=agents")
    card = boss.locator("[data-agent=agent5] .agent-in")
    expect(card).to_contain_text("Rosa")
    card.click()
    boss.locator("[data-work] [data-along]").click()
    expect(boss.locator(".along-log")).to_contain_text("My parcel is lost")
    boss.locator("#whisper").fill("Offer a refund at once")
    boss.locator("#whisper").press("Enter")
    expect(boss.locator(".said.by-whisper")).to_contain_text("Offer a refund at once")
    answer(desk, "I am sorry to hear that")
    agent_sees(desk, "I am sorry to hear that")
    expect(boss.locator(".said.by-agent")).to_contain_text("I am sorry to hear that")
    visitor.sees("I am sorry to hear that")
    expect(visitor.widget).not_to_contain_text("refund")  # a whisper never leaves the centre
    screen(boss, "wall-along-en-wide")
    boss.locator(".drawer-tools .button.plain").last.click()
    expect(boss.locator(".wall-drawer")).to_have_count(0)
    leave(desk)


def test_a_forced_sign_out_asks_first_and_presence_can_be_taken_back(person):
    desk = person.staff("agent6", "en")
    go_ready(desk)
    boss = wall(person, path="/wall/?show=agents&q=james")
    boss.locator("[data-agent=agent6] .agent-in").click()
    boss.locator("#set-not-ready").select_option("lunch")
    expect(boss.locator("[data-agent=agent6]")).to_have_attribute("data-state", "not_ready")
    boss.locator(".wall-toast .button.compact").first.click()  # take it back
    expect(boss.locator("[data-agent=agent6]")).to_have_attribute("data-state", "ready")
    boss.locator(".drawer-tools .button.plain.danger").click()
    boss.locator("[data-confirm]").click()
    expect(boss.locator("[data-agent=agent6]")).to_have_count(0)


def test_queue_switches_incidents_and_staffing(person):
    boss = wall(person)
    boss.locator("[data-queue=billing] .tile-open").click()
    boss.locator(".drawer-tools .button").nth(1).click()
    boss.locator(".overflow-choice .check").first.locator("input").check()
    boss.locator(".overflow-choice .button.primary").click()
    expect(boss.locator("[data-queue=billing] .badge.accent")).to_be_visible()
    boss.locator(".wall-toast .button.compact").first.click()
    expect(boss.locator("[data-queue=billing] .badge.accent")).to_have_count(0)
    screen(boss, "wall-queue-en-wide")
    boss.locator(".drawer-tools .button").nth(2).click()
    boss.locator("#incident-en").fill("Payments are down; we are on it.")
    boss.locator("#incident-fa").fill("پرداخت قطع است؛ در حال رسیدگی هستیم.")
    screen(boss, "wall-incident-en-wide")
    boss.locator(".incident-form .button.primary").click()
    expect(boss.locator("[data-incident]")).to_contain_text("Payments are down")
    expect(boss.locator("[data-queue=billing] .badge.warn")).to_be_visible()
    boss.locator("[data-incident] .button").click()
    expect(boss.locator("[data-incident]")).to_have_count(0)
    boss.keyboard.press("Escape")
    expect(boss.locator(".wall-drawer")).to_have_count(0)


def test_an_alarm_is_attended_to_and_everybody_sees_who(person):
    desk = person.staff("agent6", "en")
    go_ready(desk)
    finish_work(desk)  # nobody is ready any more; where nobody ever was, nothing alarms
    boss, other = wall(person), person.staff("admin", "en")
    other.goto("/wall/")
    expect(boss.locator(".alarm-line[data-alarm^='empty:']")).to_be_visible()
    boss.locator(".wall-tools .button").first.click()
    row = boss.locator(".alarms li").first
    name = row.get_attribute("data-alarm")
    row.locator(".button").click()
    expect(boss.locator(f"[data-alarm='{name}'] .quiet")).to_be_visible()
    other.locator(".wall-tools .button").first.click()
    expect(other.locator(f".alarms [data-alarm='{name}'] .quiet")).to_be_visible()
    boss.locator(".wall-drawer .segmented button").last.click()
    expect(boss.locator(".alarms.past li").first).to_be_visible()
    screen(boss, "wall-alarms-en-wide")


def test_figures_open_lists_as_long_as_they_are(person):
    desk, _ = talk(person, "agent5", "Ines", "Where is my invoice?")
    boss = wall(person)
    expect(boss.locator("[data-queue=support] .tile-small .figure").first).not_to_contain_text("–")
    figures = boss.locator(".tile-small a.figure")
    expect(figures.first).to_be_visible()
    links = figures.evaluate_all("all => all.map(a => [a.getAttribute('href'), a.querySelector('.value').innerText])")
    links += boss.locator(".tile-main a.figure:first-child").evaluate_all(
        "all => all.map(a => [a.getAttribute('href'), a.querySelector('.value').innerText])"
    )
    counted = {href: int(said) for href, said in links if said.strip().isdecimal()}
    assert max(counted.values()) >= 1
    for href, said in counted.items():
        boss.goto(href)
        expect(boss.locator("table.contacts-list tbody tr")).to_have_count(said)
    leave(desk)


MEASURE = """() => { window.shifts = []; window.changes = 0;
  const rtl = document.dir === 'rtl';
  // Chromium calls it a shift when a text read from the right grows to the left; what counts is where it begins.
  const moved = (a, b) => Math.abs(a.top - b.top) > 1 || Math.abs(rtl ? a.right - b.right : a.left - b.left) > 1;
  new PerformanceObserver(list => { for (const e of list.getEntries()) for (const s of e.sources)
    if (moved(s.previousRect, s.currentRect))
      window.shifts.push(`${s.node?.parentElement?.className} > ${s.node?.className ?? s.node?.data}`); })
    .observe({type: 'layout-shift', buffered: false});
  new MutationObserver(() => window.changes++).observe(document.getElementById('wall'),
    {subtree: true, characterData: true, childList: true}); }"""


class Between:
    """Sits between a page and the centre's socket, and says things of its own to the page."""

    def __init__(self, page: Page):
        self.page, self.snapshot, self.socket = page, None, None
        page.route_web_socket("**/live/socket", self._join)

    def _join(self, socket):
        self.socket = socket
        centre = socket.connect_to_server()
        centre.on_message(lambda text: self._pass(socket, text))

    def _pass(self, socket, text):
        frame = json.loads(text)
        if frame["type"] == "snapshot" and frame["topic"] == "wall":
            self.snapshot = frame
        socket.send(text)

    def known(self):
        while self.snapshot is None:
            self.page.wait_for_timeout(50)
        return self.snapshot["keys"]

    def patch(self, **keys):
        """Keys that are None are gone."""
        changed = {key: value for key, value in keys.items() if value is not None}
        gone = [key for key, value in keys.items() if value is None]
        frame = {"type": "patch", "topic": "wall", "cursor": self.snapshot["cursor"], "set": changed, "del": gone}
        self.socket.send(json.dumps(frame))

    def drawn(self):
        """Until the browser has drawn what was said."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_nothing_moves_while_figures_change(person, language):
    boss = wall(person, language)
    between = Between(boss)
    boss.goto("/wall/")
    boss.locator(".tile").first.wait_for()
    keys = between.known()
    queues = {key: value for key, value in keys.items() if key.startswith("q:")}
    boss.evaluate(MEASURE)
    now = boss.evaluate("Date.now()")
    for turn in range(60):
        n = (0, 7, 48, 120, 9)[turn % 5]
        changed = {}
        for key, queue in queues.items():
            changed[key] = {
                **queue, "waiting": n, "answered": n * 13, "abandoned": n, "ready": n, "busy": n, "agents": n * 2,
                "longest_since": now - n * 7_000 if n else None, "alarm_at": now if n else None,
                "never_at": now + 9_000 if n else None, "answered_wait_ms": n * 9_000, "open": turn % 2 == 0,
                "overflow_now": [] if turn % 3 else ["sales"],
                "sl": {**queue["sl"], "value": 1 / n if n else None, "n": n},
                "now": [now - now % 900_000, n, n, n, n, n, 0.5, n],
            }  # fmt: skip
            alarm = {
                "id": f"empty:{queue['id']}:{turn}", "kind": "empty", "queue": queue["id"], "interaction": "",
                "agent": "", "since": now - 5_000, "urgent": True, "detail": "", "acknowledged": None,
            }  # fmt: skip
            changed[f"x:empty:{queue['id']}"] = alarm if turn % 4 == 0 else None
        between.patch(**changed)
        between.drawn()
    assert boss.evaluate("window.changes") >= 60
    assert boss.evaluate("window.shifts") == []


def test_five_hundred_agents_and_sixty_queues_stay_smooth(person):
    boss = wall(person)
    between = Between(boss)
    boss.goto("/wall/?show=agents")
    queue = next(value for key, value in between.known().items() if key.startswith("q:"))

    def agent(n, answered=0):
        return {
            "id": f"x{n}", "name": f"Agent {n:03}", "team": f"t{n % 9}", "queues": ["support"], "presence": "ready",
            "reason": "", "since": 1, "idle_since": 1, "answered": answered, "missed": 0, "handle_ms": 0, "work": [],
        }  # fmt: skip

    between.patch(
        **{f"a:x{n}": agent(n) for n in range(500)},
        **{f"q:x{n}": {**queue, "id": f"x{n}", "name": {"en": f"Queue {n:02}"}} for n in range(60)},
    )
    expect(boss.locator("[data-agent=x0]")).to_be_visible()
    assert int(boss.locator(".agents").get_attribute("data-count")) >= 500
    assert boss.locator(".agent").count() < 200  # only those near the window are drawn
    boss.locator("#main").evaluate("main => main.scrollTo(0, 1e6)")
    boss.locator("#main").evaluate("main => main.scrollTo(0, 1e6)")
    expect(boss.locator("[data-agent=x499]")).to_be_attached()
    costs = {}
    for show in ("agents", "queues"):
        if show == "queues":
            boss.locator(".wall-controls .segmented button").first.click()
            expect(boss.locator(".tile")).to_have_count(60 + len([k for k in between.known() if k.startswith("q:")]))
        session = boss.context.new_cdp_session(boss)
        session.send("Performance.enable")
        before = busy_seconds(session)
        for turn in range(30):
            between.patch(
                **{f"a:x{n}": agent(n, turn + 1) for n in range(turn, 500, 12)},
                **{
                    f"q:x{n}": {**queue, "id": f"x{n}", "name": {"en": f"Queue {n:02}"}, "answered": turn}
                    for n in range(60)
                },
            )
            between.drawn()
        costs[show] = (busy_seconds(session) - before) / 30 * 1_000
    print({show: f"{cost:.1f} ms a patch of 40 agents and 60 queues" for show, cost in costs.items()})
    assert max(costs.values()) < 100


def busy_seconds(session) -> float:
    """What the page's main thread has worked so far."""
    return next(m["value"] for m in session.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")


@pytest.mark.parametrize(
    ("language", "look"),
    [
        ("fa", {"width": 1440, "height": 900}),
        ("en", {"width": 360, "height": 740, "dark": True}),
        ("uk", {"width": 1440, "height": 900, "dark": True}),
    ],
)
def test_every_part_in_every_language(person, language, look):
    page = wall(person, language, **look)
    size = "narrow" if look["width"] < 500 else "wide"
    for show in ("queues", "teams", "agents", "clients"):
        page.goto(f"/wall/?show={show}")
        page.locator(f"[data-show={show}] > :not(:empty)").first.wait_for()
        screen(page, f"wall-{show}-{language}-{size}")
    page.locator(".wall-tools .button").nth(1).click()
    screen(page, f"wall-incident-{language}-{size}")


def test_a_wall_screen_goes_round_and_has_no_controls(person):
    page = wall(person, path="/wall/?show=queues,teams&every=5s&screen=1", width=3840, height=2160, dark=True)
    expect(page.locator("[data-show=queues], [data-show=teams]")).to_have_count(1)
    first = page.locator(".wall-show").get_attribute("data-show")
    other = "teams" if first == "queues" else "queues"
    expect(page.locator(f"[data-show={other}]")).to_be_visible()
    assert (
        page.locator(".wall button:visible, .wall select:visible, .wall input:visible, nav.rail:visible").count() == 0
    )
    expect(page.locator("[data-show=queues] .tile").first).to_be_visible()
    tall = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile-main .value')).fontSize)")
    assert tall >= 100  # a hand's breadth on a wall of 4K: read from five metres
    screen(page, "wall-screen-en-4k")
