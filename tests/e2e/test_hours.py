"""The week's grid: painted with keys, copied to the other days, kept."""

from playwright.sync_api import expect


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
