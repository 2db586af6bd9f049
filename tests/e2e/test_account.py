"""Coming in as people do: password and code, passkey, company account."""

import base64
import re
import time
from urllib.parse import urlsplit

import oidc_provider_mock
import pytest
from playwright.sync_api import Page, expect
from tests.account_provider import put
from tests.e2e.conftest import PASSWORD, screen

from pasokh.office.account.rules import code_at


def here(people, page: Page, path: str) -> str:
    """The address under the name `localhost`: browsers bind passkeys to names, never to numbers."""
    return f"http://localhost:{urlsplit(people.centre.url).port}{path}"


def come_in(page: Page, address: str, username: str) -> None:
    page.goto(address)
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_codes_are_set_up_by_the_picture_s_secret_and_asked_for_at_the_door(people) -> None:
    page = people.staff("agent5", "en")
    page.goto("/account/second-factor/")
    screen(page, "account-factor-off-en")
    page.click("button[value=begin]")
    expect(page.locator(".qr-card svg")).to_be_visible()
    screen(page, "account-factor-picture-en", whole=True)
    page.locator("details summary").last.click()
    secret = base64.b32decode(re.sub(r"\s", "", page.locator("code.secret").inner_text()))
    people.forgiving = True  # a refused form is a 400 in the console
    page.fill("[name=code]", "12")
    page.click("button[value=confirm]")
    expect(page.locator(".errorlist")).to_be_visible()
    people.forgiving = False
    page.fill("[name=code]", code_at(secret, now_ms()))
    page.click("button[value=confirm]")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    screen(page, "account-recovery-en")

    door = people("fa", width=360, height=740)
    come_in(door, "/login/", "agent5")
    expect(door.locator("[name=code]")).to_be_focused()
    screen(door, "account-second-step-fa-360")
    door.fill("[name=code]", codes[0])
    door.click("form button.primary")
    expect(door.locator("nav.rail")).to_be_visible()


def test_a_passkey_is_made_and_lets_in_without_a_name(people) -> None:
    page = people("en")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    come_in(page, here(people, page, "/login/"), "agent6")
    expect(page.locator("nav.rail")).to_be_visible()
    page.goto(here(people, page, "/account/passkeys/"))
    page.fill("[data-passkey-name]", "لپ‌تاپ من")
    page.click("[data-passkey=create]")
    expect(page.locator(".account-list li")).to_contain_text("لپ‌تاپ من")
    screen(page, "account-passkeys-en")
    page.goto(here(people, page, "/account/sessions/"))
    screen(page, "account-sessions-en")

    page.context.clear_cookies()
    page.goto(here(people, page, "/login/?next=/account/sessions/"))
    page.click("[data-passkey=get]")
    expect(page.locator(".account-list li").first).to_contain_text("passkey")
    assert page.url.endswith("/account/sessions/")

    # Somebody removes it here; the browser still offers it, and is told that it is not known.
    page.goto(here(people, page, "/account/passkeys/"))
    page.locator("details.ask summary").click()
    page.click("button[value=remove]")
    expect(page.locator(".account-list")).to_have_count(0)
    page.context.clear_cookies()
    page.goto(here(people, page, "/login/"))
    people.forgiving = True  # the refusal is a 400 in the console
    page.click("[data-passkey=get]")
    expect(page.locator("[data-passkey-error]")).to_contain_text("not known")


@pytest.fixture(scope="module")
def provider():
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


def test_a_company_account_opens_the_centre(people, provider) -> None:
    put(f"{provider}/users/sara", {"sub": "sara", "email": "sara@clay.example", "email_verified": True,
                                   "name": "سارا کریمی", "locale": "fa"})  # fmt: skip
    admin = people.staff("admin", "en")
    admin.goto("/setup/sign-in/")
    admin.check("[name=is_on]")
    admin.fill("[name=issuer]", provider)
    admin.fill("[name=client]", "pasokh")
    admin.fill("[name=secret]", "a client's secret")
    admin.fill("[name=domains]", "clay.example")
    admin.check("[name=makes_people]")
    admin.click("button[value=provider]")
    expect(admin.locator(".messages")).to_contain_text("Saved")
    screen(admin, "account-sign-in-settings-en", whole=True)

    page = people("fa")
    page.goto("/login/")
    page.click("a[href*='/sign-in/sso/']")
    page.fill("[name=who]", "sara@clay.example")
    screen(page, "account-sso-fa")
    people.forgiving = True  # what the provider's own page lacks is not ours
    page.click("form button.primary")
    page.wait_for_url(f"{provider}/oauth2/authorize**")
    page.fill("[name=sub]", "sara")
    page.locator("button[type=submit], input[type=submit]").first.click()
    expect(page.locator("nav.rail")).to_be_visible()
    people.forgiving = False
    expect(page.locator("html")).to_have_attribute("lang", "fa")

    stranger = people("fa", width=360, height=740)
    people.forgiving = True  # a way in that leads nowhere is a 4xx, which a browser calls an error
    stranger.goto("/sign-in/sso/nowhere/")
    screen(stranger, "account-stopped-fa-360", whole=True)
    people.forgiving = False
