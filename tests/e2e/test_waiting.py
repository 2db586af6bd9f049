"""Nobody is there: the customer is told so honestly and offered another way, the wallboard alarms before a minute."""

from playwright.sync_api import expect
from tests.e2e.conftest import Visitor, screen

SHORT = {"ideal": 1, "good": 2, "offer": 3, "alarm": 4, "never": 9}


def set_ladder(admin, rungs):
    """Publish the support queue with other rungs, as an administrator does."""
    admin.goto("/queues/support/")
    for rung, seconds in rungs.items():
        admin.fill(f"[name=ladder_{rung}_s]", str(seconds))
    admin.click(".form-actions button.primary")
    expect(admin.locator(".messages .success")).to_be_visible()


def test_another_way_is_offered_and_the_wall_alarms(person):
    admin = person.staff("admin", "en")
    set_ladder(admin, SHORT)
    try:
        wall = person.staff("supervisor", "fa", dark=True)
        visitor = Visitor(person("fa", width=360, height=740))
        visitor.open_shop()
        visitor.write("کسی هست؟")
        expect(visitor.status).to_contain_text("منتظر")
        tile = wall.locator(".tile[data-queue=support]")
        expect(tile).to_have_class("tile alarm")
        expect(tile.locator(".tile-alarm")).to_be_visible()
        screen(wall, "wall-alarm-fa")
        choices = visitor.widget.locator(".card .btn")
        expect(choices).to_have_count(3)
        screen(visitor.page, "shop-alternatives-fa-narrow")
        choices.first.click()
        visitor.widget.locator(".card input").fill("۰۹۱۲۱۲۳۴۵۶۷")
        visitor.widget.locator(".card .btn.main").click()
        expect(visitor.status).to_contain_text("09121234567")
        screen(visitor.page, "shop-callback-fa-narrow")
        visitor.page.reload()
        expect(visitor.status).to_contain_text("09121234567")
    finally:
        set_ladder(admin, {"never": 60, "alarm": 45, "offer": 40, "good": 30, "ideal": 20})
