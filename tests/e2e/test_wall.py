"""The wall's picture: it keeps still, stays quick with many, is right in every language and after a sleep.

What supervisors do all day is walked in `test_day_supervisor`.
"""

import json

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import PASSWORD, finish_work, go_ready, screen, switch


def wall(person, language="en", path="/wall/", **look) -> Page:
    page = person.staff("supervisor", language, **look)
    page.goto("/wall/")
    if page.locator("html").get_attribute("lang") != language:
        switch(page, language)
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator(".tile, .agent, .wall-show .quiet").first.wait_for()
    return page


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


def test_a_screen_that_slept_is_right_again(person):
    page = person("en")
    page.clock.install()
    page.goto("/login/")
    page.fill("[name=username]", "supervisor")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    expect(page.locator("nav.rail")).to_be_visible()
    page.goto("/wall/?show=agents&screen=1")
    expect(page.locator(".live-sign.online")).to_be_visible()
    person.forgiving = True
    page.context.set_offline(True)
    desk = person.staff("agent6", "en")
    go_ready(desk)
    page.clock.fast_forward(90_000)
    expect(page.locator(".live-sign.online")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator(".live-sign.online")).to_be_visible()
    expect(page.locator("[data-agent=agent6]")).to_have_attribute("data-state", "ready")
    person.forgiving = False
    finish_work(desk)
    expect(page.locator("[data-agent=agent6]")).to_have_count(0)
