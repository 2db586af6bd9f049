"""Cumulative layout shift over 60 live updates: 0 for the wallboard, at most 0.1 for a conversation at desk and widget.

A real centre with drawn traffic: the wallboard changes by itself. Then one without: in a conversation longer than its
window the customer writes 60 messages while the desk is watched, then the agent 60 while the widget is watched. Counted
is the browser's own layout-shift value (Chromium, without what follows a key or click of the same page).
"""

import argparse
import sys
import time
from itertools import count

from benchmarks.machine import report
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.e2e.conftest import LOCALES, PASSWORD, Visitor, accept, answer, chromium, go_ready
from tests.integration.ops.centre import Centre

UPDATES = 60
MOST = {"wall": 0.0, "desk": 0.1, "widget": 0.1}
PATIENCE_MS = 180_000
WATCH = """(root) => { window.shift = 0; window.moved = []; window.updates = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.shift += entry.value;
    for (const {node} of entry.sources) moved.push(node?.className || node?.parentElement?.className || '?'); } })
    .observe({type: 'layout-shift', buffered: false});
  const widget = document.querySelector('pasokh-chat');
  new MutationObserver(() => window.updates++).observe(widget ? widget.shadowRoot : document.querySelector(root),
    {subtree: true, childList: true, characterData: true}); }"""
READ = (
    "new Promise(done => requestAnimationFrame(() => setTimeout(() => done([shift, moved.slice(0, 5), updates]), 50)))"
)


def figures(page: Page) -> dict[str, object]:
    """What was watched came to."""
    shift, moved, updates = page.evaluate(READ)
    return {"shift": round(shift, 4), "updates": updates, "moved": moved}


def wall(page: Page) -> dict[str, object]:
    """The wallboard while the centre works."""
    page.goto("/wall/")
    page.locator(".tile").first.wait_for()
    page.wait_for_timeout(1_000)
    page.evaluate(WATCH, "#wall")
    deadline = time.monotonic() + PATIENCE_MS / 1_000
    while page.evaluate("window.updates") < UPDATES and time.monotonic() < deadline:
        page.wait_for_timeout(250)  # the policy of the page forbids Playwright's own way of waiting
    return figures(page)


def conversation(agent: Page, visitor: Visitor) -> tuple[dict[str, object], dict[str, object]]:
    """Desk and widget while the other side writes."""
    go_ready(agent)
    visitor.open_shop()
    visitor.call_me("Alice Brown")
    visitor.write("Hello")
    accept(agent)
    numbers = count(1)
    for _ in range(15):
        visitor.write(f"Line {next(numbers)}")
        answer(agent, f"Line {next(numbers)}")
    settle(agent, visitor, numbers)
    agent.evaluate(WATCH, "#desk, #main")
    for _ in range(UPDATES):
        visitor.write(f"Line {next(numbers)}")
    expect(agent.locator(".bubble .body", has_text=f"Line {next(numbers) - 1}")).to_have_count(1)
    desk = figures(agent)
    visitor.page.evaluate(WATCH, "body")
    for _ in range(UPDATES):
        answer(agent, f"Line {next(numbers)}")
    visitor.sees(f"Line {next(numbers) - 1}")
    return desk, figures(visitor.page)


def settle(agent: Page, visitor: Visitor, numbers: "count[int]") -> None:
    """Until both sides have all that was written."""
    last = f"Line {next(numbers)}"
    answer(agent, last)
    visitor.sees(last)


def opened(browser: Browser, centre: Centre, username: str = "") -> Page:
    """A page of somebody, signed in where there is a name."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=LOCALES["en"], base_url=centre.url)
    context.add_cookies([{"name": "pasokh_language", "value": "en", "url": centre.url}])
    made = context.new_page()
    if username:
        made.goto("/login/")
        made.fill("[name=username]", username)
        made.fill("[name=password]", PASSWORD)
        made.click("form button.primary")
        made.locator("nav.rail").wait_for()
    return made


def main() -> int:
    """Run it; 0 when nothing moved."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    found: dict[str, dict[str, object]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        with Centre() as busy:
            busy.start("--demo-traffic")
            found["wall"] = wall(opened(browser, busy, "admin"))
        with Centre() as quiet:  # drawn agents would take the customer
            quiet.start()
            agent = opened(browser, quiet, "agent5")
            agent.goto("/desk/")
            found["desk"], found["widget"] = conversation(agent, Visitor(opened(browser, quiet)))
        browser.close()
    reached = all(
        float(str(each["shift"])) <= MOST[name] and int(str(each["updates"])) >= UPDATES for name, each in found.items()
    )
    report("layout_shift", **found, reached=reached)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
