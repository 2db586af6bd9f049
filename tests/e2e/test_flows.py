"""An administrator who knows no telephony: a flow in two languages, tried out, repaired, published, on a number."""

import re

from playwright.sync_api import expect

KEY = "evening"


def made(page, key=KEY):
    """A new flow in Persian and English, opened in its editor."""
    page.goto("/setup/flows/new/")
    page.fill("[name=key]", key)
    page.fill("[name=name_en]", "Evening line")
    page.fill("[name=name_fa]", "خط عصر")
    page.locator("[name=languages][value=uk]").uncheck()
    page.locator("form.form button.primary").click()
    expect(page.locator(".flow-card")).not_to_have_count(0)
    expect(page.locator(".flow-check.ok")).to_contain_text("nothing stands in the way")


def test_a_number_with_a_flow_in_two_languages_is_made_tried_repaired_and_published(person):
    page = person.staff("admin", "en", width=1440, height=900)
    made(page)

    # texts side by side, each in its own direction
    page.locator("#card-hello").click()
    expect(page.locator("#f-hello-say-text-fa")).to_have_attribute("dir", "rtl")
    page.fill("#f-hello-say-text-fa", "عصر به خیر.")
    page.fill("#f-hello-say-text-en", "Good evening.")
    expect(page.locator(".flow-title")).to_contain_text("Not saved yet")

    # unsaved work survives a reload
    page.wait_for_function("key => Object.keys(localStorage).some(k => k.endsWith(key))", arg=f".{KEY}")
    page.reload()
    expect(page.locator(".flow-said")).to_contain_text("is back")
    page.locator("#card-hello").click()
    expect(page.locator("#f-hello-say-text-en")).to_have_value("Good evening.")

    # a text left empty is told at its field, and gone once it is written
    page.fill("#f-hello-say-text-fa", "")
    expect(page.locator("#f-hello-say-text-fa-told")).to_be_visible()
    expect(page.locator(".flow-finding")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#card-bye").click()
    page.locator(".flow-finding").click()
    expect(page.locator("#f-hello-say-text-fa")).to_be_focused()
    page.fill("#f-hello-say-text-fa", "عصر به خیر.")
    expect(page.locator(".flow-check.ok")).to_be_visible()

    # the caller: hears it, waits, is offered something else, asks to be called back
    page.get_by_role("button", name="Try it out").click()
    side = page.locator(".flow-side")
    side.get_by_role("button", name="Call", exact=True).click()
    expect(side.locator(".flow-says").first).to_contain_text("عصر به خیر.")
    side.get_by_role("button", name="Do nothing").click()
    expect(side.locator(".flow-talk-lines")).to_contain_text("Waits in")
    expect(page.locator(".flow-card.here")).to_have_attribute("data-node", "line")
    side.locator(".flow-keypad").get_by_role("button", name="1", exact=True).click()
    side.locator(".flow-keypad").get_by_role("button", name="1", exact=True).click()
    expect(side.locator(".flow-talk-lines")).to_contain_text("Callback to")

    # keyboard: undo brings the old words back, redo the new ones
    side.get_by_role("button", name="Close").click()
    page.keyboard.press("Control+s")
    expect(page.locator(".flow-title")).to_contain_text("Everything is saved")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".flow-title")).to_contain_text("Version 1 is in use")

    # and a number that leads into it
    page.goto("/setup/numbers/new/")
    page.fill("[name=key]", "+98 21 9101 0909")
    page.select_option("[name=flow]", KEY)
    page.locator("form.form button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()
    row = page.locator("tr", has_text="0909")
    expect(row).to_contain_text("Evening line")
    expect(row).to_contain_text("فارسی")
    text = page.request.get(f"/setup/flows/{KEY}/export/").text()
    assert "Good evening." in text
    assert re.search(r'languages = \["fa", "en"\]', text)


def test_steps_are_added_named_renamed_and_undone_and_two_people_meet(person):
    page = person.staff("admin", "en", width=1440, height=900)
    made(page, "meeting")
    count = page.locator(".flow-card").count()
    page.locator("#card-hello").click()
    page.select_option("#f-hello-then", "+menu")
    expect(page.locator(".flow-card")).to_have_count(count + 1)
    expect(page.locator(".flow-finding")).not_to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".flow-card")).to_have_count(count)
    expect(page.locator(".flow-check.ok")).to_be_visible()
    page.locator("#card-message").click()
    page.locator("[data-node=message] .flow-more summary").click()
    page.fill("#f-message-name", "mailbox")
    page.keyboard.press("Tab")
    expect(page.locator("#card-mailbox")).to_be_visible()
    expect(page.locator(".flow-check.ok")).to_be_visible()

    other = person.staff("admin", "en", width=1440, height=900)
    other.goto("/setup/flows/meeting/")
    other.locator("#card-bye").click()
    other.fill("#f-bye-say-text-en", "Until tomorrow.")
    other.keyboard.press("Control+s")
    expect(other.locator(".flow-title")).to_contain_text("Everything is saved")

    person.forgiving = True  # the refused save is a 409, which a browser calls an error
    page.keyboard.press("Control+s")
    side = page.locator(".flow-side")
    expect(side).to_contain_text("Until tomorrow.")
    side.get_by_role("button", name="Bring both together").click()
    expect(page.locator("#card-mailbox")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator(".flow-title")).to_contain_text("Everything is saved")
    person.forgiving = False
    text = page.request.get("/setup/flows/meeting/export/").text()
    assert "Until tomorrow." in text
    assert "[nodes.mailbox]" in text
