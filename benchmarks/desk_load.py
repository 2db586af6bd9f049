"""A desk on a cold cache, and every staff page, while 500 agents on real sockets work a centre of 10 chats a second.

python -m benchmarks.desk_load [--agents 500] [--rate 10] [--runs 30] [--times 30]

A desk: a browser context nothing was ever loaded in, the session's cookie alone, a customer who rings; from the start
of the navigation until Accept is painted enabled, and, as it is pressed that moment, until the answer can be typed.
Pages: one after another over HTTP with a session, by three people, all of them in a round, under the same load once the
browser is closed; for the record beside the browser too, which takes most of a core for itself. Centre, load and
browser share the machine's cores.
"""

import argparse
import http.client
import os
import random
import shutil
import sys
import threading
import time
import uuid
from collections import defaultdict
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from benchmarks.busy_centre import BusyCentre, busy_centre
from benchmarks.busy_names import AGENT, ORG, PASSWORD, QUEUE
from benchmarks.machine import report, spread
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel

DESK_MS = 1_500.0
PAGE_P95_MS = 300.0
PAUSE_S = 0.05
SUPERVISOR = (
    "/wall/", "/contacts/", "/contacts/?state=answered&queue=support", "/contacts/?q=order",
    "/follow-ups/", "/customers/", "/notices/", "/notices/settings/", "/account/", "/account/sessions/",
)  # fmt: skip
ADMINISTRATOR = (
    "/setup/", "/agents/", "/agents/?q=agent", "/agents/load007/", "/agents/new/", "/queues/", "/queues/support/",
    "/queues/support/versions/", "/hours/", "/breaks/", "/audit/", "/setup/canned/", "/setup/exchange/",
    "/setup/mail/", "/setup/invitations/", "/setup/sign-in/", "/setup/organisation/", "/setup/skills/",
    "/setup/outcomes/", "/setup/reasons/", "/setup/teams/", "/setup/roles/", "/setup/clients/", "/setup/widgets/",
)  # fmt: skip
CONTACT = "/contacts/ID/"
"""One of the contacts the list shows."""

WATCH = """
(() => {
  const painted = (name) => requestAnimationFrame(() => setTimeout(() => { window[name] ??= performance.now(); }, 0));
  let pressed = false;
  const look = () => {
    const shown = (each) => each.checkVisibility();
    const button = [...document.querySelectorAll("[data-accept]:not([disabled])")].find(shown);
    if (button && !pressed) {
      pressed = true;
      painted("acceptAt");
      button.click();
    }
    const field = [...document.querySelectorAll(".thread .composer textarea:not([disabled])")].find(shown);
    if (pressed && field && !window.fieldSeen) {
      window.fieldSeen = true;
      painted("answerAt");
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})();
"""
STEPS = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const end = (name) => Math.max(0, ...performance.getEntriesByType("resource")
    .filter((each) => each.name.includes(name)).map((each) => each.responseEnd));
  return {page: page.responseEnd, script: end("desk.js"), chunks: end("/chunks/"), style: end("style.css"),
    ready: page.domContentLoadedEventEnd, token: end("/live/token"), accept: window.acceptAt, answer: window.answerAt,
    requests: performance.getEntriesByType("resource").length,
    bytes: performance.getEntriesByType("resource").reduce((sum, each) => sum + each.transferSize, page.transferSize)};
}"""


def chromium() -> str:
    """The browser's program."""
    found = os.environ.get("PASOKH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("no Chromium: apt-get install chromium, or name one in PASOKH_CHROMIUM")
    return found


def signed_in(browser: Browser, url: str, username: str) -> list[dict[str, Any]]:
    """The cookies of somebody who signed in at the door."""
    context = browser.new_context(base_url=url, locale="en-GB")
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.wait_for_selector("nav.rail")
    cookies = [dict(cookie) for cookie in context.cookies()]
    context.close()
    return cookies


def ring(busy: BusyCentre) -> str:
    """A customer comes whom only the browser's agent serves; the interaction that rings there now."""
    contact = f"bench-{uuid.uuid4().hex[:10]}"
    first = f"{contact}.i"
    busy.ask(
        cmd.OpenContact(
            contact, first, Channel.CHAT, QUEUE, customer=contact, customer_name="Olena Bondar", language="en",
            subject="Order 4821",
        ),
        cmd.PostMessage(first, f"{contact}.m", "customer", contact, "Hello, where is my parcel?"),
    )  # fmt: skip
    return first


def open_desk(busy: BusyCentre, context: BrowserContext) -> dict[str, float]:
    """Open the desk in a fresh context, take what rings; the steps in ms from the start of the navigation."""
    first = ring(busy)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto("/desk/", wait_until="commit")
    page.locator(".thread .composer textarea").first.wait_for(timeout=20_000)
    while not page.evaluate("window.answerAt"):  # the policy of the page forbids Playwright's own way of waiting
        page.wait_for_timeout(20)
    steps = page.evaluate(STEPS)
    busy.ask(cmd.EndInteraction(first, AGENT))
    return dict(steps)


class Reader(threading.Thread):
    """Somebody who goes through the pages with a session, one after another, until told to stop."""

    def __init__(self, url: str, cookies: list[dict[str, Any]], pages: tuple[str, ...], times: int) -> None:
        super().__init__(daemon=True)
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._cookie = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)
        self._pages, self._times = list(pages), times
        self._random = random.Random(1)
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        self.wrong: list[str] = []
        self.sizes: dict[str, int] = {}
        self.stopping = threading.Event()

    def run(self) -> None:
        """At least so many rounds."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        rounds = 0
        while not self.stopping.is_set() or rounds < self._times:
            for page in self._random.sample(self._pages, len(self._pages)):
                path = self._contact or "/contacts/" if page == CONTACT else page
                begun = time.perf_counter()
                connection.request("GET", path, headers={"Cookie": self._cookie, "Accept": "text/html"})
                answer = connection.getresponse()
                body = answer.read()
                self.took[page].append((time.perf_counter() - begun) * 1_000)
                self.sizes[page] = len(body)
                if answer.status != 200:
                    self.wrong.append(f"{path}: {answer.status} {answer.headers.get('Location', '')}")
                if page == "/contacts/":
                    self._remember(body.decode())
                time.sleep(PAUSE_S)
            rounds += 1
        connection.close()

    _contact = ""

    def _remember(self, listed: str) -> None:
        """A contact of the list, to be opened."""
        known = [part.split("/")[0] for part in listed.split('href="/contacts/')[1:]]
        found = [each for each in known if each and not each.startswith(("?", "export", '"'))]
        if found:
            self._contact = f"/contacts/{self._random.choice(found)}/"


def measure(busy: BusyCentre, runs: int, times: int) -> dict[str, Any]:
    """Desks with people going through the pages beside them, then the people alone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        agent, supervisor, boss = (signed_in(browser, busy.url, name) for name in (AGENT, "supervisor", "admin"))
        sessions = ((supervisor, (*SUPERVISOR, CONTACT)), (boss, ADMINISTRATOR), (agent, ("/desk/",)))
        busy.mark()
        beside = [Reader(busy.url, cookies, pages, 1) for cookies, pages in sessions]
        for reader in beside:
            reader.start()
        desks = []
        for _ in range(runs):
            context = browser.new_context(base_url=busy.url, locale="en-GB", viewport={"width": 1440, "height": 900})
            context.add_cookies(agent)  # type: ignore[arg-type]
            desks.append(open_desk(busy, context))
            context.close()
        for reader in beside:
            reader.stopping.set()
            reader.join()
        browser.close()
    readers = [Reader(busy.url, cookies, pages, times) for cookies, pages in sessions]
    for reader in readers:
        reader.stopping.set()  # after so many rounds
        reader.start()
    for reader in readers:
        reader.join()
    cores = busy.cores()
    took = {page: values for reader in readers for page, values in reader.took.items()}
    sizes = {page: size for reader in readers for page, size in reader.sizes.items()}
    return {
        "desk_ms": {step: spread([desk[step] for desk in desks]) for step in desks[0]},
        "pages_ms": spread([value for values in took.values() for value in values]),
        "pages_beside_a_browser_ms": spread(
            [value for reader in beside for values in reader.took.values() for value in values]
        ),
        "by_page_ms": {page: {**spread(values), "bytes": sizes[page]} for page, values in sorted(took.items())},
        "wrong": [each for reader in (*beside, *readers) for each in reader.wrong][:10],
        "cores": cores,
    }


def main() -> int:
    """Measure, report; 1 when a figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10.0, help="chats that begin a second")
    parser.add_argument("--runs", type=int, default=30, help="desks opened")
    parser.add_argument("--times", type=int, default=30, help="requests of each page, at least")
    parser.add_argument("--warm", type=float, default=60.0, help="seconds of work before measuring")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    with busy_centre(given.agents, given.rate, given.warm) as busy:
        figures = measure(busy, given.runs, given.times)
        crowd: dict[str, Any] = {}
        with suppress(ValueError):
            crowd = busy.end()
    accept, answer = figures["desk_ms"]["accept"], figures["desk_ms"]["answer"]
    slowest = max(page["p95"] for page in figures["by_page_ms"].values())
    reached = (
        accept["p95"] <= DESK_MS and figures["pages_ms"]["p95"] <= PAGE_P95_MS and not figures["wrong"]
    )  # fmt: skip
    report(
        "desk_load",
        parameters=vars(given),
        organisation=ORG,
        desk_usable_ms=accept,
        desk_answer_can_be_typed_ms=answer,
        slowest_page_p95_ms=slowest,
        **figures,
        crowd=crowd,
        load_average={"before": round(before, 1), "after": round(os.getloadavg()[0], 1)},
        reach={"desk_p95_ms": DESK_MS, "page_p95_ms": PAGE_P95_MS},
        reached=reached,
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
