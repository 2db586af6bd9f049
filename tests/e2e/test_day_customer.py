"""A customer's days: told the truth while nobody is there, helped, asked how it was, back tomorrow, and after hours."""

import json

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, accept, agent_sees, answer, finish_work, go_ready, only, screen, wrap_up
from tests.e2e.test_widget import options, picture

SHORT = {"ideal": 1, "good": 2, "offer": 3, "alarm": 4, "never": 9}
USUAL = {"never": 60, "alarm": 45, "offer": 40, "good": 30, "ideal": 20}
WORDS = {
    "fa": {
        "agent": "agent1", "name": "نیلوفر", "alone": "کسی هست؟", "next": "نفر بعدی شمایید.", "choice": "callback",
        "where": "۰۹۱۲۱۲۳۴۵۶۷", "read_as": "09121234567", "order": "۱۰۲۴۵", "hello": "گلدانم شکسته رسید 🙂",
        "more": "لعابش ترک دارد", "reply": "درود بر شما", "asks": "عکسش را می‌فرستید؟", "score": "خوب",
        "mail": "niloofar@example.com", "late": "گلدان من کجاست؟", "soon": "فردا می‌رسد.",
    },
    "en": {
        "agent": "agent5", "name": "Rosa", "alone": "Is anybody there?", "next": "You are next.", "choice": "message",
        "where": "rosa@example.net", "read_as": "rosa@example.net", "order": "10245", "hello": "My vase is broken 🙂",
        "more": "The glaze is cracked", "reply": "Good day", "asks": "Could you send a picture?", "score": "Good",
        "mail": "rosa@example.com", "late": "Where is my vase?", "soon": "It arrives tomorrow.",
    },
}  # fmt: skip


def set_ladder(admin, rungs):
    """Publish the support queue with other rungs, as an administrator does."""
    admin.goto("/queues/support/")
    for rung, seconds in rungs.items():
        admin.fill(f"[name=ladder_{rung}_s]", str(seconds))
    admin.click(".form-actions button.primary")
    expect(admin.locator(".messages .success")).to_be_visible()


def let_in(admin, centre, is_open):
    """Open or close the support queue by hand, until the widget's settings say so."""
    here, back = ("open", "close") if is_open else ("close", "open")
    admin.goto("/queues/")
    admin.locator(f"form[action='/queues/support/{here}/'] button").click()
    expect(admin.locator(f"form[action='/queues/support/{back}/'] button")).to_be_visible()

    def said():
        status, body = centre.ask("/chat/v1/config?key=demo-shop&language=en", origin=centre.url) or (0, "")
        return status == 200 and json.loads(body)["open"] is is_open

    centre.until(said)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_nobody_is_there(person, post, language):
    words = WORDS[language]
    admin = person.staff("admin", "en")
    set_ladder(admin, SHORT)
    try:
        wall = person.staff("supervisor", "fa", dark=True)
        wall.goto("/wall/")
        visitor = Visitor(person(language, width=360, height=740))
        visitor.open_shop()
        visitor.call_me(words["name"])
        visitor.write(words["alone"])
        # the place is certain; how long it takes nobody can know yet, so nothing is said of it
        expect(visitor.widget.locator(".place")).to_have_text(words["next"])
        tile = wall.locator(".tile[data-queue=support]")
        expect(tile).to_have_class("tile alarm")
        expect(tile.locator(".tile-alarm")).to_be_visible()
        screen(wall, "wall-alarm-fa")

        # another way, with the place kept
        choices = visitor.widget.locator(".card .btn")
        expect(choices).to_have_count(3)
        screen(visitor.page, f"day-alternatives-{language}-narrow")
        choices.nth(0 if words["choice"] == "callback" else 1).click()
        address = visitor.widget.locator("[name=address]")
        expect(address).to_be_visible()
        if words["choice"] == "message":
            visitor.widget.locator("[name=text]").fill(words["late"])
        address.fill("nowhere")
        visitor.widget.locator(".card .btn.main").click()
        expect(visitor.widget.locator(".field .bad:visible")).to_have_count(1)
        address.fill(words["where"])
        visitor.widget.locator(".card .btn.main").click()
        expect(visitor.status).to_contain_text(words["read_as"])
        screen(visitor.page, f"day-chosen-{language}-narrow")
        visitor.page.reload()
        expect(visitor.status).to_contain_text(words["read_as"])
    finally:
        set_ladder(admin, USUAL)

    # whoever comes to work has it first
    agent = person.staff(words["agent"], language)
    go_ready(agent)
    accept(agent)
    expect(agent.locator(".desk-details")).to_contain_text(words["read_as"])
    if words["choice"] == "message":
        agent_sees(agent, words["late"])
        answer(agent, words["soon"])
        assert words["soon"] in post.to(words["where"])
    wrap_up(agent)
    finish_work(agent)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_day_in_the_shop(person, post, language, tmp_path):
    words = WORDS[language]
    agent = person.staff(words["agent"], language)
    go_ready(agent)
    page = person(language)
    options(page, prechat=[{"key": "name", "required": True}, {"key": "order", "required": False}])
    visitor = Visitor(page)
    visitor.open_shop()
    assert page.evaluate("Object.keys(localStorage)") == []  # nothing is kept before the first message

    # who it is, then what it is about
    visitor.widget.locator("[name=order]").fill(words["order"])
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator("[name=name]")).to_have_attribute("aria-invalid", "true")
    expect(visitor.widget.locator("[name=order]")).to_have_value(words["order"])
    screen(page, f"day-form-{language}")
    visitor.widget.locator("[name=name]").fill(words["name"])
    visitor.widget.locator(".card .btn.main").click()
    visitor.write(words["hello"])
    visitor.sees(words["hello"])
    expect(agent.locator(".offer:visible .offer-who")).to_have_text(words["name"])
    accept(agent)
    agent_sees(agent, words["hello"])
    expect(agent.locator(".bubble .body", has_text="10245")).to_have_count(1)
    expect(visitor.widget.locator(".line.event")).to_have_count(1)

    # each sees the other write, and what was read
    agent.locator(".composer textarea").press_sequentially(words["reply"][:4])
    expect(visitor.widget.locator(".writing")).to_be_visible()
    answer(agent, words["reply"])
    visitor.sees(words["reply"])
    expect(visitor.widget.locator(".writing")).to_be_hidden()
    expect(agent.locator(".receipt")).to_be_visible()
    visitor.widget.locator(".write textarea").press_sequentially(words["more"][:4])
    expect(agent.locator(".typing-line .typing-dots")).to_be_visible()
    visitor.write(words["more"])
    agent_sees(agent, words["more"])
    expect(visitor.widget.locator("p.seen")).to_be_visible()

    # another page, a second tab, a reload: the conversation is there, once, and goes on
    page.goto("/demo/shop/?item=mug")
    visitor.sees(words["reply"])
    other = page.context.new_page()
    other.goto("/demo/shop/")
    second = Visitor(other)
    second.open_chat()
    second.sees(words["more"])
    second.write("2")
    visitor.sees("2")
    other.close()
    page.reload()
    for text in (words["hello"], words["reply"], words["more"], "2"):
        visitor.sees(text)
    screen(page, f"day-chat-{language}")

    # pictures go both ways; one that is too large is refused before it is sent, too long a text is said, not cut
    answer(agent, words["asks"])
    visitor.sees(words["asks"])
    (tmp_path / "vase.png").write_bytes(picture())
    with (tmp_path / "huge.pdf").open("wb") as huge:
        huge.truncate(25_000_000)
    visitor.widget.locator("input[type=file]").set_input_files([tmp_path / "vase.png", tmp_path / "huge.pdf"])
    expect(visitor.widget.locator(".compose .bad")).to_contain_text("huge.pdf")
    expect(visitor.widget.locator(".tray li")).to_have_count(1)
    expect(visitor.widget.locator(".tray canvas")).to_be_visible()
    expect(visitor.widget.locator(".tray progress")).to_be_hidden()
    screen(page, f"day-file-{language}")
    visitor.widget.locator(".send").click()
    expect(visitor.widget.locator(".line.customer.there .file canvas")).to_have_count(1)
    expect(agent.locator(".bubble:not(.mine) .sent-file.picture img")).to_be_visible()
    agent.locator("[data-attach]").set_input_files(tmp_path / "vase.png")
    expect(agent.locator(".file-chip img")).to_be_visible()
    expect(agent.locator(".file-chip progress")).to_have_count(0)
    agent.locator(".composer-foot .button.primary").click()
    theirs = visitor.widget.locator(".line.agent .file")
    expect(theirs.locator("canvas")).to_have_count(1)
    with page.expect_download() as saved:
        theirs.click()
    assert saved.value.suggested_filename == "vase.png"
    visitor.widget.locator(".write textarea").fill("x" * 4_001)
    expect(visitor.widget.locator(".count.bad")).to_be_visible()
    expect(visitor.widget.locator(".send")).to_be_disabled()
    visitor.widget.locator(".write textarea").fill("")

    # the end: a rating, and the conversation by e-mail
    wrap_up(agent)
    visitor.widget.locator(".stars input").nth(3).check(force=True)
    expect(visitor.widget.locator(".said")).to_have_text(words["score"])
    screen(page, f"day-rating-{language}")
    visitor.widget.locator(".rate .btn.main").click()
    expect(visitor.widget.locator(".over")).to_be_visible()
    visitor.widget.locator(".over .btn:not(.main)").click()
    address = visitor.widget.locator("[name=address]")
    address.fill("nobody")
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator(".field .bad")).to_be_visible()
    address.fill(words["mail"])
    visitor.widget.locator(".card .btn.main").click()
    expect(visitor.widget.locator(".over .lead").last).to_contain_text(words["mail"])
    mail = post.to(words["mail"])
    for text in (words["hello"], words["reply"], words["asks"], "vase.png"):
        assert text in mail

    # tomorrow: the same browser, a new conversation, the earlier one to read again
    page.reload()
    visitor.open_chat()
    visitor.widget.locator(".over .btn.main").click()
    visitor.widget.locator(".log > button.text").click()
    expect(visitor.widget.locator(".past .text", has_text=only(words["reply"]))).to_have_count(1)
    expect(visitor.widget.locator(".past .file canvas")).to_have_count(2)
    with page.expect_download() as saved:
        visitor.widget.locator(".past .file").first.click()
    assert saved.value.suggested_filename == "vase.png"
    screen(page, f"day-earlier-{language}")
    finish_work(agent)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_after_hours(person, centre, post, language):
    words = WORDS[language]
    admin = person.staff("admin", "en")
    try:
        let_in(admin, centre, is_open=False)
        visitor = Visitor(person(language, dark=True))
        visitor.open_shop()
        expect(visitor.widget.locator("[name=text]")).to_be_visible()
        expect(visitor.widget.locator(".write")).to_be_hidden()
        visitor.widget.locator("[name=text]").fill(words["late"])
        visitor.widget.locator(".card .btn.main").click()
        expect(visitor.widget.locator(".field .bad:visible")).to_have_count(1)
        visitor.widget.locator("[name=email]").fill(f"late.{words['mail']}")
        screen(visitor.page, f"day-after-hours-{language}")
        visitor.widget.locator(".card .btn.main").click()
        expect(visitor.widget.locator(".card.done")).to_contain_text(words["mail"])
        screen(visitor.page, f"day-message-kept-{language}")
    finally:
        let_in(admin, centre, is_open=True)
    agent = person.staff(words["agent"], language)
    go_ready(agent)
    accept(agent)
    agent_sees(agent, words["late"])
    answer(agent, words["soon"])
    mail = post.to(f"late.{words['mail']}")
    assert words["soon"] in mail
    assert words["late"] in mail
    wrap_up(agent)
    finish_work(agent)
