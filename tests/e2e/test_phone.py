"""A call through everything: the street (SIPp), Asterisk, the flow, the core, and an agent's telephone in Chromium.

The fake microphone of Chromium beeps, SIPp plays a tone: both directions are heard and counted.
"""

import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.call_agreement import Agreement
from tests.e2e.conftest import (
    PASSWORD,
    PATIENCE_MS,
    People,
    accept,
    chromium,
    end_talk,
    go_ready,
    screen,
    tidy_up,
    wrap_up,
)
from tests.e2e.test_wall import Between
from tests.integration.ops.test_call_records import Records
from tests.line_voice import StreetCaller
from tests.polling import until
from tests.switch_stage import needs_asterisk, needs_sipp
from tests.telephony.sipp import phone

from pasokh.ops.switch.state import read_state

pytestmark = [needs_asterisk, needs_sipp, pytest.mark.timeout(400)]
LINE = "982191010202"
"""The florist's: a Persian greeting, then her queue."""
MICROPHONE = (
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
)  # fmt: skip
LONG_MS = 90_000
ORDERS = "982191010303"
ORDERS_FLOW = """
id = "orders"
start = "hello"
languages = ["fa"]

[nodes.hello]
kind = "menu"
choices = { 1 = "order", 2 = "queue" }
otherwise = "queue"
say = { text = { fa = "سلام. برای پیگیری سفارش، یک. برای گفت‌وگو، دو." } }

[nodes.order]
kind = "collect"
into = "order"
least = 4
most = 6
then = "queue"
otherwise = "queue"
say = { text = { fa = "شمارهٔ سفارش را وارد کنید." } }

[nodes.queue]
kind = "queue"
queue = "golbarg"
attributes = ["order"]
otherwise = "message"
after = "survey"
offer = { after_s = 30, ways = [{ key = "2", way = "message", then = "message" }] }

[nodes.message]
kind = "voicemail"
queue = "golbarg"
then = "bye"

[nodes.survey]
kind = "survey"
id = "after-call"
then = "bye"

[[nodes.survey.questions]]
id = "satisfied"
keys = "12345"
say = { text = { fa = "از یک تا پنج، چقدر راضی بودید؟" } }

[nodes.bye]
kind = "hang_up"
say = { text = { fa = "خدانگهدار." } }
"""


class Voiced(Records):
    """A centre with calls on ports of its own."""

    def started(self):
        self.start()
        home = self.home / "asterisk/keeper.json"
        self.until(lambda: (state := read_state(home)) and state.asterisk and state.applied_at, 90)
        self.until(lambda: "is there again" in self.log or "switch.unreachable" not in self.log, 60)
        self.keep_open("golbarg")
        return self


@pytest.fixture(scope="module")
def voiced():
    if chromium() is None:
        pytest.skip("no Chromium")
    with Voiced() as made:
        yield made.started()


@pytest.fixture(scope="module")
def talkers(voiced):
    """A browser with a microphone."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", *MICROPHONE]
        )
        yield opened
        opened.close()


@pytest.fixture
def floor(talkers, voiced):
    """People at desks; whoever is left at the end goes home."""
    made = People(talkers, voiced)
    yield made
    heard = list(made.complaints)
    made.leave()
    tidy_up(voiced)
    assert heard == []


@contextmanager
def caller(voiced, hold_ms=LONG_MS):
    """Somebody calls the florist and speaks."""
    with phone(SimpleNamespace(run=voiced.home, sip=voiced.udp), "speaks", LINE, hold_ms=hold_ms) as made:
        yield made


def at_desk(floor, who, language="fa", **look) -> Page:
    """Signed in, the telephone registered."""
    page = floor.staff(who, language, **look)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/desk/")
    expect(page.locator("[data-phone=registered]")).to_be_visible(timeout=PATIENCE_MS * 2)
    return page


def sound(page: Page) -> dict:
    """Counters of the call in the browser."""
    return page.evaluate("window.pasokhSound()") or {"received": 0, "sent": 0, "energy": 0}


def both_ways(page: Page):
    """Sound comes and goes, and what comes is no silence."""
    before = sound(page)
    until(
        lambda: (
            (now := sound(page))["received"] > before["received"] + 50
            and now["sent"] > before["sent"] + 50
            and now["energy"] > before["energy"] + 0.001
        ),
        60,
        told=lambda: (
            before,
            sound(page),
            page.evaluate("window.pasokhSound()"),
            page.locator(".call-panel").all_inner_texts(),
        ),
    )


def in_call(page: Page):
    expect(page.locator("[data-phone=talking]")).to_be_visible(timeout=PATIENCE_MS * 2)
    expect(page.locator(".call-panel")).to_be_visible()


def test_a_call_is_answered_held_consulted_and_handed_over(floor, voiced):
    first = at_desk(floor, "agent1")
    go_ready(first)
    with caller(voiced):
        expect(first.locator(".offer:visible .call-facts").first).to_contain_text("+98")
        accept(first)
        in_call(first)
        both_ways(first)
        screen(first, "phone-call-fa")
        first.locator("[data-hold]").click()
        first.locator("[data-reason=lookup]").click()
        expect(first.locator(".call-held")).to_be_visible()
        assert voiced.events("hold.started")[-1]["reason"] == "lookup"
        first.locator("[data-unhold]").click()
        expect(first.locator("[data-hold]")).to_be_visible()
        both_ways(first)
        first.locator("[data-pay]").click()
        expect(first.locator("[data-record]")).to_have_count(0)
        first.locator("[data-pay-done]:not([disabled])").click()
        expect(first.locator("[data-pay]")).to_be_visible()
        paused, resumed = voiced.events("recording.paused")[-1], voiced.events("recording.resumed")[-1]
        assert (paused["reason"], resumed["interaction"]) == ("card", paused["interaction"])

        second = at_desk(floor, "agent2")
        go_ready(second)
        consult(first, second, "agent2")
        both_ways(second)
        both_ways(first)
        first.locator("[data-party=both]").click()
        expect(first.locator("[data-party=both][aria-pressed=true]")).to_be_visible()
        both_ways(second)
        first.locator(".thread-strip.consulting .button.primary").click()
        expect(first.locator("[data-phone=registered]")).to_be_visible()
        expect(second.locator("[data-hold]")).to_be_visible()
        both_ways(second)
        assert voiced.events("call.telephone_lost") == [], "the helper's telephone is in the customer's talk already"
        wrap_up(second)
        expect(second.locator("[data-phone=registered]")).to_be_visible()


def test_a_whole_call_and_everybody_who_keeps_count_of_it(floor, voiced):
    """Through a Persian menu by keys, served, held, handed on after asking, recorded, rated; all figures are one."""
    voiced.change("line", f"+{ORDERS}", "golbarg", ORDERS_FLOW)
    voiced.until(lambda: f"{ORDERS}" in voiced.files(), 30)
    known = len(voiced.events("call.arrived"))
    first, second = at_desk(floor, "agent1"), at_desk(floor, "agent2")
    with StreetCaller(voiced.udp, ORDERS, "+989121230001", hertz=300) as street:
        street.press("1")
        call = voiced.until(lambda: voiced.events("call.arrived")[known:], 30)[0]["contact"]
        voiced.until(
            lambda: any(e["step"] == "order" for e in voiced.events("call.stepped") if e["contact"] == call), 30
        )
        street.press("4711#")
        opened = voiced.until(lambda: [e for e in voiced.events("contact.opened") if e["contact"] == call], 30)[0]
        assert (opened["queue"], opened["language"], opened["subject"]) == ("golbarg", "fa", "order: 4711")
        go_ready(first)
        accept(first)
        in_call(first)
        expect(first.locator("[data-greeting]:visible").first).to_contain_text("گل‌فروشی گلبرگ، بفرمایید")
        both_ways(first)
        first.locator("[data-hold]").click()
        first.locator("[data-reason=lookup]").click()
        expect(first.locator(".call-held")).to_be_visible()
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 2.0 and street.voice.loud_s(began) > 0.5, 20)  # music
        first.locator("[data-unhold]").click()
        expect(first.locator("[data-hold]")).to_be_visible()
        both_ways(first)
        go_ready(second)
        consult(first, second, "agent2")
        both_ways(second)
        first.locator(".thread-strip.consulting .button.primary").click()
        expect(second.locator("[data-hold]")).to_be_visible()
        both_ways(second)
        end_talk(second)
        voiced.until(
            lambda: any(e["step"] == "survey" for e in voiced.events("call.stepped") if e["contact"] == call), 30
        )
        street.press("5")
        assert street.over.wait(30), "thanked and let go"
    wrap_up(second)
    voiced.until(lambda: [e for e in voiced.events("interaction.closed") if e["contact"] == call], 30)
    agreement = Agreement(voiced, call)
    agreement.switch_agrees()
    agreement.history_and_facts_agree()
    boss = floor.staff("supervisor", "fa")
    between = Between(boss)
    boss.goto("/wall/")
    boss.locator(".tile").first.wait_for()
    agreement.wall_agrees(between.known()["q:golbarg"])
    agreement.recording_agrees()


def stepped(voiced, call, step):
    """Whether the caller came to a step of the flow."""
    return any((each["contact"], each["step"]) == (call, step) for each in voiced.events("call.stepped"))


def consult(asking: Page, asked: Page, who: str):
    """The first asks the second, who takes it."""
    asking.locator(".thread-tools button", has=asking.locator("svg")).nth(0).click()
    asking.locator(f"#target-agent\\:{who} + label").click()
    asking.locator("dialog.handover button[type=submit]").click()
    asked.locator("[data-accept]:visible").first.click()
    in_call(asked)
    expect(asking.locator("[data-party=helper][aria-pressed=true]")).to_be_visible()


HEARD = """async sound => {
    const data = await (await fetch(sound.src)).arrayBuffer();
    const heard = (await new OfflineAudioContext(1, 1, 8000).decodeAudioData(data)).getChannelData(0);
    return Math.sqrt(heard.reduce((sum, each) => sum + each * each, 0) / heard.length);
}"""


def test_a_message_a_caller_left_is_heard_at_the_desk_and_in_the_history(floor, voiced):
    spool = voiced.home / "asterisk/spool/recording"
    known = len(voiced.events("interaction.queued"))
    with StreetCaller(voiced.udp, LINE) as street:
        voiced.until(lambda: voiced.events("interaction.queued")[known:], 30)
        street.press("2")
        left = voiced.until(lambda: [path for path in spool.glob("v-*") if path.stat().st_size > 40_000], 30)[0]
        street.press("#")
        assert street.over.wait(30)
        until(lambda: not left.exists(), 30)
    page = at_desk(floor, "agent1")
    go_ready(page)
    accept(page)
    sound = page.locator(".sent-sound audio")
    page.wait_for_function("() => document.querySelector('.sent-sound audio')?.duration > 2", timeout=PATIENCE_MS)
    told, size = page.evaluate(
        "async sound => [sound.duration, (await (await fetch(sound.src)).arrayBuffer()).byteLength]",
        sound.element_handle(),
    )
    assert told == pytest.approx((size - 44) / 16_000, abs=0.1), "as long as what was spoken"
    assert sound.evaluate(HEARD) > 0.05, "no silence"
    sound.evaluate("sound => { sound.currentTime = 1; return sound.play() }")
    page.wait_for_function("() => document.querySelector('.sent-sound audio').currentTime > 1.3", timeout=PATIENCE_MS)
    sound.evaluate("sound => sound.pause()")
    expect(page.locator(".thread-strip[role=note]")).to_contain_text("982155501")
    expect(page.locator(".composer-foot .segmented")).to_have_count(0)
    screen(page, "message-heard-fa")
    contact = voiced.events("interaction.started")[-1]["contact"]
    wrap_up(page)
    page.set_viewport_size({"width": 360, "height": 760})
    page.goto(f"/contacts/{contact}/")
    page.wait_for_function("() => document.querySelector('.sent-sound audio')?.duration > 2", timeout=PATIENCE_MS)
    screen(page, "message-in-history-fa-360", whole=True)


def test_a_page_loaded_anew_takes_its_call_back(floor, voiced):
    page = at_desk(floor, "agent1", "en")
    go_ready(page)
    with caller(voiced):
        accept(page)
        in_call(page)
        both_ways(page)
        page.reload()
        in_call(page)
        both_ways(page)
        assert voiced.events("call.telephone_back")[-1]["agent"] == "agent1"
        end_talk(page)
        wrap_up(page)


def test_the_web_process_may_go_while_they_talk(floor, voiced):
    page = at_desk(floor, "agent1", "en")
    go_ready(page)
    with caller(voiced):
        accept(page)
        in_call(page)
        both_ways(page)
        floor.forgiving = True
        web = next(pid for role, pid in voiced.children().items() if role.startswith("web"))
        import os
        import signal

        os.kill(web, signal.SIGKILL)
        both_ways(page)  # sound does not pass the office
        voiced.until(lambda: voiced.ask("/login/"), 60)
        expect(page.locator(".live-sign.online")).to_be_visible(timeout=PATIENCE_MS * 3)
        both_ways(page)
        lost = [each for each in voiced.events("call.telephone_lost") if each["agent"] == "agent1"]
        end_talk(page)
        wrap_up(page)
        assert len(lost) <= 1, "only the page that was loaded anew before"
        expect(page.locator("[data-phone=registered]")).to_be_visible(timeout=PATIENCE_MS * 3)


def test_without_a_microphone_nobody_becomes_ready(voiced, talkers):
    context = talkers.new_context(base_url=voiced.url, locale="fa-IR", viewport={"width": 360, "height": 760})
    page = context.new_page()
    refuse = "Promise.reject(new DOMException('no', window.refusal || 'NotAllowedError'))"
    page.add_init_script(f"navigator.mediaDevices.getUserMedia = () => {refuse}")
    page.goto("/login/")
    page.fill("[name=username]", "agent1")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.goto("/desk/")
    expect(page.locator("[data-phone=registered]")).to_be_visible(timeout=PATIENCE_MS * 2)
    page.locator(".desk-bar > .button.primary").click()
    page.locator(".presence > .button.primary").click()
    dialog = page.locator("dialog.phone-dialog")
    expect(dialog).to_be_visible()
    refused = dialog.locator("[role=alert]").inner_text()
    screen(page, "phone-no-microphone-fa-360")
    page.evaluate("window.refusal = 'NotFoundError'")
    dialog.locator(".button.primary").click()
    expect(dialog.locator("[role=alert]")).not_to_have_text(refused)
    dialog.locator(".button.plain").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".presence-button.not_ready")).to_be_visible()
    page.goto("about:blank")
    context.close()
    tidy_up(voiced)


def test_one_tab_has_the_telephone_and_the_other_may_take_it(floor):
    page = at_desk(floor, "agent2", "en")
    other = page.context.new_page()
    other.goto("/desk/")
    expect(other.locator("[data-phone=off]")).to_be_visible(timeout=PATIENCE_MS * 2)
    other.locator(".desk-bar > .button.primary").click()
    other.locator("[data-take-phone]").click()
    expect(other.locator("[data-phone=registered]")).to_be_visible(timeout=PATIENCE_MS * 2)
    expect(page.locator("[data-phone=off]")).to_be_visible()
