"""An administrator's morning: a team, a skill, a person, a canned answer, then everything as one file."""

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen

LOOKS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 740, "dark": True}}


@pytest.mark.parametrize(("language", "look"), [("fa", "wide"), ("en", "narrow")])
def test_from_a_team_to_the_file(person, language, look):
    page = person.staff("admin", language, **LOOKS[look])
    tag = f"{language}-{look}"
    page.goto("/setup/")
    screen(page, f"setup-{tag}")

    for place, name in (("teams", "Night"), ("skills", "Warranty")):
        page.goto(f"/setup/{place}/new/")
        page.fill("[name=key]", f"{name.lower()}-{language}")
        page.fill("[name=name_en]", name)
        page.fill("[name=name_fa]", "شب")
        page.click(".form-actions .primary")
        expect(page.locator("table.list")).to_contain_text(f"{name.lower()}-{language}")

    page.goto("/agents/new/")
    page.fill("[name=username]", f"nova-{language}")
    page.fill("[name=name]", "نوا كريمي")
    page.select_option("[name=team]", f"night-{language}")
    page.fill(f"[name=skill_warranty-{language}]", "۷۰")
    screen(page, f"person-new-{tag}")
    page.click(".form-actions .primary")
    page.goto("/agents/?q=نوا کریمی")
    expect(page.locator("table.list")).to_contain_text(f"nova-{language}")
    page.locator(f"input[value=nova-{language}]").check()
    expect(page.locator("[data-ticked]")).to_be_visible()
    screen(page, f"people-{tag}")

    page.goto("/setup/canned/new/")
    page.fill("[name=title]", "Hello")
    page.fill("[name=shortcut]", f"hello-{language}")
    page.fill("[name=text_en]", "Hello {custmer}")
    person.forgiving = True  # a refused form is a 400, which a browser calls an error
    page.click(".form-actions .primary")
    expect(page.locator(".field.wrong .errorlist")).to_contain_text("{customer}")
    expect(page.locator("[name=text_en]")).to_have_value("Hello {custmer}")
    person.forgiving = False
    page.fill("[name=text_en]", "Hello ")
    page.locator("[name=text_en]").press("End")
    page.locator("[data-insert=customer]").click()
    expect(page.locator("[name=text_en]")).to_have_value("Hello {customer}")
    page.click(".form-actions .primary")
    expect(page.locator("table.list")).to_contain_text(f"hello-{language}")

    page.goto("/setup/exchange/")
    with page.expect_download() as download:
        page.locator(".setup-cards form button").click()
    text = download.value.path().read_text("utf-8")
    assert f"nova-{language}:" in text
    assert f"hello-{language}:" in text

    page.goto("/setup/exchange/import/")
    changed = text.replace(f"  nova-{language}:\n    name: نوا کریمی", f"  nova-{language}:\n    name: Nova Karimi")
    assert changed != text
    page.set_input_files("[name=file]", {"name": "c.yaml", "mimeType": "text/yaml", "buffer": changed.encode()})
    page.click(".form-actions .primary")
    expect(page.locator(".plan-changed ins")).to_have_text("Nova Karimi")
    screen(page, f"plan-{tag}")
    page.locator(".form-actions .primary").click()
    expect(page.locator(".messages li.success")).to_be_visible()
