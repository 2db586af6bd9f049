"""The routing policy in a browser: rows, order by keys, a preview by the worker, versions; and the week's grid."""

import time

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen

LOOKS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 740, "dark": True}}
PREVIEW_SECONDS = 40
"""What is waited for on a busy machine; on a quiet one a day of 5,000 contacts takes at most 15 s."""


def test_an_edit_is_previewed_published_and_taken_back(person):
    page = person.staff("admin", "en", width=1440, height=900)
    page.goto("/queues/billing/")
    rows = page.locator("[data-rows=relax] .policy-row")
    before = rows.count()
    page.locator("[data-rows=relax] button[name=add]").click()
    expect(rows).to_have_count(before + 1)
    page.locator(f"[name=relax_{before + 1}_after_s]").fill("۵۰")
    page.locator(f"[name=relax_{before + 1}_lower_by]").fill("10")
    order = page.locator(".policy-order li")
    second = order.nth(1).locator(".check span").inner_text()
    order.nth(1).locator("button[data-step='-1']").focus()
    page.keyboard.press("Enter")
    expect(order.nth(0).locator(".check span")).to_have_text(second)
    page.locator("button[name=action][value=preview]").click()
    begun = time.monotonic()
    page.locator(".policy-facts, [role=alert]").first.wait_for(timeout=PREVIEW_SECONDS * 1000)
    if page.locator("button[value=drawn]").count():
        page.locator("button[value=drawn]").click()
    page.locator(".policy-table").first.wait_for(timeout=PREVIEW_SECONDS * 1000)
    print(f"preview after {time.monotonic() - begun:.1f} s")
    expect(page.locator(".policy-waits svg")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 2_600})
    screen(page, "policy-preview-en-wide")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(".policy-buttons a.primary").click()
    expect(page.locator(".policy-note")).to_be_visible()
    page.locator(".form-actions button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.goto("/queues/billing/versions/")
    expect(page.locator(".policy-versions > li").first).to_contain_text("50")
    screen(page, "policy-versions-en-wide", whole=True)
    page.locator(".policy-versions > li").nth(1).locator("form button").click()
    expect(page.locator(".messages .success")).to_be_visible()


def test_a_week_is_painted_with_keys_and_kept(person):
    page = person.staff("admin", "en", width=1440, height=900)
    page.goto("/hours/new/")
    page.fill("[name=key]", "night")
    page.fill("[name=name_en]", "Night shift")
    page.select_option("[name=zone]", "Europe/Kyiv")
    page.fill("[name=day_0]", "9:00–12:00")
    monday = page.locator(".hours-grid").first.locator("button")
    expect(monday.nth(18)).to_have_attribute("aria-pressed", "true")
    monday.nth(26).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[name=day_0]")).to_have_value("9:00–12:00, 13:00–14:00")
    page.locator(".hours-copy").first.click()
    expect(page.locator("[name=day_6]")).to_have_value("9:00–12:00, 13:00–14:00")
    page.locator("input[name=countries]").first.check()
    page.locator(".form-actions button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()
    expect(page.locator(".hours-ahead li")).to_have_count(14)


@pytest.mark.parametrize(("language", "look"), [("fa", "wide"), ("fa", "narrow"), ("en", "wide"), ("uk", "narrow")])
def test_the_screens(person, language, look):
    page = person.staff("admin", "en", **LOOKS[look])
    page.goto("/hours/")
    page.locator("nav.rail details summary").click()
    page.locator(f"nav.rail button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    if not page.locator(".hours-cards a").count():
        page.goto("/hours/new/")
        page.fill("[name=key]", "shop")
        page.fill("[name=name_en]", "Shop")
        for day in range(7):
            page.fill(f"[name=day_{day}]", "9–17")
        page.locator("input[name=countries]").first.check()
        page.locator(".form-actions button.primary").click()
    page.set_viewport_size({"width": LOOKS[look]["width"], "height": 3_400})  # the page scrolls inside: show all of it
    page.goto("/hours/")
    screen(page, f"hours-{language}-{look}")
    page.locator(".hours-cards a").first.click()
    page.locator(".hours-year").wait_for()
    screen(page, f"calendar-{language}-{look}")
    page.goto("/queues/support/")
    page.locator(".policy-summary li").first.wait_for()
    screen(page, f"policy-{language}-{look}")
    page.goto("/queues/support/versions/")
    screen(page, f"policy-versions-{language}-{look}")
    page.locator("nav.rail details summary").click()
    page.locator("nav.rail button[lang=en]").click()
