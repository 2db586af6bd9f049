"""Forged requests, pages without inline script, text of customers that is never markup."""

import re
import subprocess
import sys

from django.conf import settings
from tests.office_stage import Office
from tests.security.browser import Browser, signed_in


def test_writing_needs_the_page_s_token(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies["pasokh_session"] = browser.cookies["pasokh_session"].value
    for path in ("/logout/", "/language/", "/live/token", "/queues/help/close/", "/queues/help/",
                 "/agents/alpha-agent/", "/login/", "/api/v1/queues/help/close"):  # fmt: skip
        response = strict.post(path, {"language": "fa"})
        assert response.status_code == 403, path
        if path.startswith(("/api", "/live")):
            assert response.json()["error"]["code"] == "csrf.failed"
    assert strict.get("/audit/").status_code == 200  # still signed in


def test_pages_allow_no_inline_script_and_no_frame(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    for path in ("/desk/", "/wall/", "/queues/help/", "/agents/new/", "/audit/", "/contacts/alpha-c1/", "/demo/shop/"):
        response = browser.get(path)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        body = response.content.decode()
        assert not re.search(r"<[a-z][^>]*\son[a-z]+=", body), path
        assert not re.search(r"\sstyle=", body), path
        for script in re.findall(r"<script[^>]*>", body):
            assert "src=" in script or 'type="application/json"' in script


def test_text_of_customers_is_never_markup(office: Office) -> None:
    from tests.office_stage import chat

    from pasokh.office.worker import catch_up

    office.work("alpha", chat("alpha", 9, name="<img src=x onerror=alert(1)>", text="<script>alert(1)</script>"))
    catch_up("alpha")
    browser = signed_in("alpha-agent")
    for path in ("/contacts/", "/contacts/alpha-c9/"):
        body = browser.get(path).content.decode()
        assert "<img src=x" not in body
        assert "<script>alert" not in body


def test_cookies_are_kept_from_scripts_and_secure_behind_https() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"
    )
    env = {"DJANGO_SETTINGS_MODULE": "pasokh.office.settings", "PASOKH_PUBLIC_URL": "https://centre.example"}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True"] * 4
