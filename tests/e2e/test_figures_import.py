"""The wizard of imports: a table is brought, its columns corrected, its rows looked at, imported and taken back."""

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen
from tests.import_samples import GENERIC


@pytest.mark.parametrize(("language", "width"), [("fa", 360), ("en", 1280)])
def test_a_table_is_brought_looked_at_imported_and_taken_back(person, tmp_path, language, width):
    page = person.staff("admin", language, width=width, height=800)
    file = tmp_path / f"calls-{language}.csv"
    file.write_text(GENERIC + f"{width};soon;1;q;;Missed;0:30;0:00\n", "utf-8")
    page.goto("/figures/import/")
    page.set_input_files("[name=file]", file)
    page.select_option("[name=kind]", "csv")
    screen(page, f"figures_import_{language}", whole=True)
    page.locator("form[enctype] button.primary").click()
    expect(page.locator("[name='column.at']")).to_have_value("date")
    expect(page.locator("table").first).to_contain_text("Ann")
    expect(page.locator("table").nth(1)).to_contain_text("soon")
    screen(page, f"figures_import_look_{language}", whole=True)
    page.locator("button[value=import]").click()
    row = page.locator("tr", has_text=file.name)
    expect(row).to_be_visible()
    row.locator("button").click()
    expect(page.locator(".messages .success")).to_contain_text(file.name)
    expect(page.locator("tr", has_text=file.name)).to_have_count(0)
