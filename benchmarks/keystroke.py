"""From Enter in one browser to the text painted in the other, desk and widget, beside 500 agents at work.

python -m benchmarks.keystroke [--agents 500] [--rate 10] [--messages 400]

Two browsers, each with its own processes: an agent's desk and the demonstration shop with the widget. A message's time
runs from the keydown of Enter there to the frame after the one that painted the text here; both clocks are the
machine's. Centre, load and browsers share the cores.
"""

import argparse
import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from benchmarks.busy_centre import BusyCentre, busy_centre
from benchmarks.busy_names import AGENT
from benchmarks.desk_load import chromium, signed_in
from benchmarks.machine import report, spread
from playwright.sync_api import Locator, Page, sync_playwright

REACH_P99_MS = 300.0
LOST_S = 20.0
WATCH = """
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const seen = (window.seen = {});
  window.pressed = {};
  addEventListener("keydown", (event) => {
    const field = event.composedPath()[0];
    if (event.key === "Enter" && field instanceof HTMLTextAreaElement) window.pressed[field.value] = now();
  }, true);
  const look = (root) => {
    for (const each of root.querySelectorAll(".bubble:not(.mine) .body, .line.there .text")) {
      const text = each.textContent.trim();
      if (!text.startsWith("k-") || text in seen) continue;
      seen[text] = 0;
      requestAnimationFrame(() => setTimeout(() => { seen[text] = now(); }, 0));
    }
  };
  const watch = (root) => new MutationObserver(() => look(root))
    .observe(root, { subtree: true, childList: true, characterData: true });
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    return root;
  };
  watch(document);
})();
"""


def passed(sender: Page, field: Locator, reader: Page, text: str) -> float | None:
    """Send one message; how long it took in ms, or None when it never came."""
    field.fill(text)
    field.press("Enter")
    for _ in range(int(LOST_S * 50)):
        at = reader.evaluate("(text) => window.seen[text] || 0", text)
        if at:
            return float(at) - float(sender.evaluate("(text) => window.pressed[text]", text))
        reader.wait_for_timeout(20)
    return None


def talk(busy: BusyCentre, desk: Page, shop: Page, messages: int) -> dict[str, list[float | None]]:
    """A customer writes, the agent takes it, then they write in turns."""
    chosen = random.Random(1)
    shop.goto("/demo/shop/")
    widget = shop.locator("pasokh-chat")
    widget.locator(".launch").click()
    writing = widget.locator(".write textarea")
    writing.fill("Hello, where is my parcel?")
    writing.press("Enter")
    desk.goto("/desk/")
    desk.locator("[data-accept]:visible").first.click()
    answering = desk.locator(".composer textarea:visible").first
    answering.wait_for()
    took: dict[str, list[float | None]] = {"to_desk": [], "to_widget": []}
    turns: list[tuple[str, Callable[[str], float | None]]] = [
        ("to_desk", lambda text: passed(shop, writing, desk, text)),
        ("to_widget", lambda text: passed(desk, answering, shop, text)),
    ]
    for n in range(messages):
        if n == 10:
            busy.mark()  # the first ones warm the browsers up, and are counted all the same
        direction, send = turns[n % 2]
        took[direction].append(send(f"k-{n:04d} and some words as people write them"))
        shop.wait_for_timeout(chosen.uniform(20, 160))
    return took


def main() -> int:
    """Measure, report; 1 when the figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10.0, help="chats that begin a second")
    parser.add_argument("--messages", type=int, default=400, help="both ways together")
    parser.add_argument("--warm", type=float, default=60.0, help="seconds of work before measuring")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    with busy_centre(given.agents, given.rate, given.warm) as busy, sync_playwright() as playwright:
        program, flags = chromium(), ["--no-sandbox", "--disable-dev-shm-usage"]
        first, second = (playwright.chromium.launch(executable_path=program, args=flags) for _ in range(2))
        cookies = signed_in(first, busy.url, AGENT)
        desk, shop = (
            browser.new_context(base_url=busy.url, locale="en-GB", viewport={"width": 1280, "height": 900})
            for browser in (first, second)
        )
        desk.add_cookies(cookies)  # type: ignore[arg-type]
        for context in (desk, shop):
            context.add_init_script(WATCH)
        took = talk(busy, desk.new_page(), shop.new_page(), given.messages)
        cores = busy.cores()
        first.close()
        second.close()
        crowd: dict[str, Any] = {}
        with suppress(ValueError):
            crowd = busy.end()
    came = {way: [value for value in values if value is not None] for way, values in took.items()}
    lost = sum(value is None for values in took.values() for value in values)
    both = spread([value for values in came.values() for value in values])
    reached = not lost and both["p99"] is not None and both["p99"] <= REACH_P99_MS
    report(
        "keystroke",
        parameters=vars(given),
        keystroke_to_painted_ms=both,
        by_direction_ms={way: spread(values) for way, values in came.items()},
        lost=lost,
        cores=cores,
        crowd=crowd,
        load_average={"before": round(before, 1), "after": round(os.getloadavg()[0], 1)},
        reach={"p99_ms": REACH_P99_MS},
        reached=reached,
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
