"""Who may do what; the door; forged requests; errors of one shape."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.account_stage import ACCOUNT_FOR_ALL
from tests.office_stage import PASSWORD, ROLES, Office
from tests.security.browser import HOST, Browser, signed_in

from pasokh.live.tokens import TokenSigner
from pasokh.office.api import api
from pasokh.office.people.models import Session, User
from pasokh.office.people.rules import RIGHTS, Right, Role
from pasokh.office.tenancy.scope import organisation_scope

GET, POST, PATCH, DELETE = "get", "post", "patch", "delete"


def named(place: str, key: str, right: Right, *, moves: bool = False) -> dict[tuple[str, str], Right]:
    """The doors of a kind of named things in administration."""
    item = f"/setup/{place}/{key}/"
    found = {(GET, f"/setup/{place}/"): Right.READ_SETUP, (GET, f"/setup/{place}/new/"): right, (GET, item): right,
             (POST, f"{item}archive/"): right, (POST, f"{item}restore/"): right}  # fmt: skip
    return found | ({(POST, f"{item}move/"): right} if moves else {})


DOORS: dict[tuple[str, str], Right] = {
    (GET, "/desk/"): Right.DESK,
    (GET, "/contacts/"): Right.CONTACTS,
    (GET, "/contacts/alpha-c1/"): Right.CONTACTS,
    (POST, "/contacts/alpha-c1/follow-ups/"): Right.CONTACTS,
    (GET, "/contacts/export.csv"): Right.WALL,
    (GET, "/customers/"): Right.CONTACTS,
    (GET, "/customers/1/"): Right.CONTACTS,
    (POST, "/customers/1/merge/"): Right.WALL,
    (POST, "/customers/1/part/"): Right.WALL,
    (GET, "/follow-ups/"): Right.CONTACTS,
    (GET, "/follow-ups/alpha-f1/"): Right.CONTACTS,
    (POST, "/follow-ups/alpha-f1/done/"): Right.CONTACTS,
    (POST, "/follow-ups/alpha-f1/reopen/"): Right.CONTACTS,
    (GET, "/breaks/"): Right.OPERATE_QUEUES,
    (POST, "/breaks/1/drop/"): Right.OPERATE_QUEUES,
    (GET, "/wall/"): Right.WALL,
    (GET, "/queues/"): Right.READ_SETUP,
    (GET, "/queues/help/"): Right.EDIT_SETUP,
    (GET, "/queues/new/"): Right.EDIT_SETUP,
    (POST, "/queues/help/draft/"): Right.EDIT_SETUP,
    (GET, "/queues/help/versions/"): Right.READ_SETUP,
    (GET, "/queues/help/versions/1/"): Right.READ_SETUP,
    (POST, "/queues/help/versions/1/return/"): Right.EDIT_SETUP,
    (GET, "/queues/help/previews/1/"): Right.EDIT_SETUP,
    (GET, "/queues/help/previews/1/state/"): Right.EDIT_SETUP,
    (POST, "/queues/help/previews/1/again/"): Right.EDIT_SETUP,
    (POST, "/queues/help/previews/1/cancel/"): Right.EDIT_SETUP,
    (GET, "/hours/"): Right.READ_SETUP,
    (GET, "/welcome/"): Right.EDIT_SETUP,
    (GET, "/welcome/state/"): Right.EDIT_SETUP,
    (GET, "/welcome/try/"): Right.EDIT_SETUP,
    (POST, "/welcome/chat/"): Right.EDIT_SETUP,
    (POST, "/hours/assign/"): Right.EDIT_SETUP,
    (GET, "/hours/new/"): Right.EDIT_SETUP,
    (GET, "/hours/help/"): Right.EDIT_SETUP,
    (POST, "/hours/help/day/"): Right.EDIT_SETUP,
    (POST, "/hours/help/remove/"): Right.EDIT_SETUP,
    (POST, "/queues/help/open/"): Right.OPERATE_QUEUES,
    (POST, "/queues/help/close/"): Right.OPERATE_QUEUES,
    (GET, "/agents/"): Right.READ_SETUP,
    (GET, "/agents/new/"): Right.EDIT_PEOPLE,
    (GET, "/agents/alpha-agent/"): Right.EDIT_PEOPLE,
    (POST, "/agents/alpha-agent/switch/"): Right.EDIT_PEOPLE,
    (POST, "/agents/bulk/"): Right.EDIT_PEOPLE,
    (GET, "/agents/alpha-agent/access/"): Right.WALL,
    (GET, "/setup/invitations/"): Right.EDIT_PEOPLE,
    (GET, "/setup/invitations/new/"): Right.EDIT_PEOPLE,
    (GET, "/setup/sign-in/"): Right.EDIT_ROLES,
    (GET, "/setup/"): Right.READ_SETUP,
    (GET, "/setup/organisation/"): Right.EDIT_SETUP,
    **named("clients", "north", Right.EDIT_SETUP),
    **named("skills", "spare", Right.EDIT_SETUP),
    **named("outcomes", "rare", Right.EDIT_SETUP, moves=True),
    **named("reasons", "why", Right.EDIT_SETUP, moves=True),
    **named("pauses", "lunch", Right.EDIT_SETUP, moves=True),
    **named("teams", "empty", Right.EDIT_PEOPLE),
    **named("roles", "auditor", Right.EDIT_ROLES),
    **named("widgets", "alpha-spare", Right.EDIT_SETUP),
    (GET, "/setup/canned/"): Right.DESK,
    (GET, "/setup/canned/new/"): Right.DESK,
    (GET, "/setup/canned/1/"): Right.EDIT_ANSWERS,
    (POST, "/setup/canned/1/archive/"): Right.EDIT_ANSWERS,
    (GET, "/setup/exchange/"): Right.EXCHANGE,
    (POST, "/setup/exchange/export/"): Right.EXCHANGE,
    (GET, "/setup/exchange/import/"): Right.EXCHANGE,
    (GET, "/setup/exchange/people/"): Right.EXCHANGE,
    (GET, "/setup/exchange/people/example/"): Right.EXCHANGE,
    (GET, "/setup/exchange/1/"): Right.EXCHANGE,
    (POST, "/setup/exchange/1/apply/"): Right.EXCHANGE,
    (GET, "/setup/exchange/1/state/"): Right.EXCHANGE,
    (POST, "/setup/exchange/1/drop/"): Right.EXCHANGE,
    (GET, "/setup/mail/"): Right.EDIT_SETUP,
    (GET, "/setup/mail/sender/"): Right.EDIT_SETUP,
    (POST, "/setup/mail/test/"): Right.EDIT_SETUP,
    (POST, "/setup/mail/1/retry/"): Right.EDIT_SETUP,
    (POST, "/setup/mail/1/discard/"): Right.EDIT_SETUP,
    (GET, "/audit/table/"): Right.AUDIT,
    (GET, "/api/v1/canned"): Right.DESK,
    (POST, "/api/v1/canned/1/used"): Right.DESK,
    (GET, "/audit/"): Right.AUDIT,
    (GET, "/api/v1/agents"): Right.READ_SETUP,
    (GET, "/api/v1/agents/alpha-agent"): Right.READ_SETUP,
    (GET, "/api/v1/queues"): Right.READ_SETUP,
    (GET, "/api/v1/queues/help"): Right.READ_SETUP,
    (POST, "/api/v1/queues/help/open"): Right.OPERATE_QUEUES,
    (POST, "/api/v1/queues/help/close"): Right.OPERATE_QUEUES,
    (GET, "/api/v1/figures/today"): Right.WALL,
    (GET, "/api/v1/contacts"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/interactions"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/messages"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/explanation"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/card"): Right.CONTACTS,
    (POST, "/contacts/alpha-c1/customer/"): Right.CONTACTS,
    (POST, "/api/v1/contacts/alpha-c1/customer"): Right.CONTACTS,
    (DELETE, "/api/v1/contacts/alpha-c1/customer"): Right.CONTACTS,
    (GET, "/api/v1/customers"): Right.CONTACTS,
    (GET, "/styleguide/"): Right.READ_SETUP,
    (GET, "/api/v1/customers/1"): Right.CONTACTS,
    (PATCH, "/api/v1/customers/1"): Right.CONTACTS,
    (GET, "/api/v1/follow-ups"): Right.CONTACTS,
    (POST, "/api/v1/follow-ups"): Right.CONTACTS,
    (POST, "/api/v1/follow-ups/alpha-f1/close"): Right.CONTACTS,
    (GET, "/api/v1/my-day"): Right.DESK,
    (GET, "/api/v1/wall/names"): Right.WALL,
    (GET, "/api/v1/wall/alarms"): Right.WALL,
    (GET, "/api/v1/wall/usual"): Right.WALL,
    (GET, "/api/v1/wall/incidents"): Right.WALL,
    (GET, "/api/v1/wall/agents/alpha-agent"): Right.STAFF_QUEUES,
    (POST, "/api/v1/wall/agents/alpha-agent"): Right.STAFF_QUEUES,
    (POST, "/api/v1/wall/queues/help/overflow"): Right.OPERATE_QUEUES,
}
BODIES: dict[str, Any] = {
    "/contacts/alpha-c1/follow-ups/": {
        "owner": "alpha-agent", "day": "2033-05-04", "time": "10:00", "note": "calls again", "due": "own",
    },
    "/contacts/alpha-c1/customer/": {"customer": "1"},
    "/api/v1/contacts/alpha-c1/customer": {"customer": 1},
    "/agents/alpha-agent/switch/": {"active": "1"},
    "/api/v1/customers/1": {"notes": "writes early"},
    "/api/v1/follow-ups": {"contact": "alpha-c1", "owner": "alpha-agent", "due_at": 2_000_000_000_000, "note": "calls"},
    "/api/v1/follow-ups/alpha-f1/close": {"result": "done"},
    "/api/v1/wall/agents/alpha-agent": {"queues": ["help"], "skills": {"talk": 50}},
    "/api/v1/wall/queues/help/overflow": {"to": []},
}  # fmt: skip
"""What is sent where an empty body would be refused before or after the right was asked for."""
ABSENT = {"/customers/1/merge/": 404, "/api/v1/contacts/alpha-c1/customer": 400}
"""The stage has nothing to do it to (no other customer, no nameless visitor): what whoever has the right is told."""


def knock(browser: Browser, method: str, path: str) -> Any:
    """Try a door with what it wants to be told."""
    body = BODIES.get(path)
    if body is not None and method != GET and path.startswith("/api/"):
        return getattr(browser, method)(path, body, content_type="application/json")
    return getattr(browser, method)(path, body) if method == POST and body else getattr(browser, method)(path)


FOR_ALL = ACCOUNT_FOR_ALL | {
    "/", "/notices/", "/notices/read/", "/notices/settings/", "/api/v1/notices", "/api/v1/notices/read",
    "/files/v1/upload", "/files/v1/alpha-file", "/files/v1/alpha-file/preview", "/files/v1/alpha-file/state",
    "/login/", "/welcome/start/alpha-token/", "/logout/", "/language/", "/demo/shop/", "/live/token",
    "/api/v1/me", "/api/v1/openapi.json", "/api/v1/",
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_its_doors(office: Office, role: str) -> None:
    browser = signed_in(f"alpha-{role}")
    for (method, path), right in DOORS.items():
        response = knock(browser, method, path)
        expected = {200, 202, 204, 302, ABSENT.get(path, 200)} if right in RIGHTS[Role(role)] else {403}
        assert response.status_code in expected, (role, path, response.status_code)


def test_nobody_opens_any(shared_office: Office) -> None:
    for method, path in DOORS:
        response = knock(Browser(), method, path)
        if path.startswith("/api/"):
            assert (response.status_code, response.json()["error"]["code"]) == (401, "sign_in.required")
        else:
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/login/")


def test_the_matrix_names_every_address() -> None:
    from tests.security.test_tenants import OWN, addresses, filled

    named = {path for _, path in DOORS} | FOR_ALL
    assert {filled(route, OWN | {"key": "help"}) for route in addresses()} <= named


def test_the_matrix_names_every_operation() -> None:
    from tests.security.test_tenants import OWN

    ids = {**OWN, "key": "help"}
    operations = {
        (method, path.format(**ids))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    assert {door for door in operations if door[1] not in FOR_ALL} <= set(DOORS)


def test_a_person_put_out_is_out_at_once(office: Office) -> None:
    browser = signed_in("alpha-agent")
    with organisation_scope("alpha"):
        User.objects.filter(username="alpha-agent").update(is_active=False)
    assert browser.get("/desk/").status_code == 302


# -- the door ----------------------------------------------------------------------------------------------------------
def attempt(name: str, password: str = "wrong", address: str = "10.0.0.1") -> Any:
    return Browser().post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def test_the_door_shuts_after_five_wrong_passwords_and_opens_again(office: Office) -> None:
    assert [attempt("alpha-agent").status_code for _ in range(5)] == [400] * 5
    shut = attempt("alpha-agent", PASSWORD)
    assert shut.status_code == 429
    assert 290 <= int(shut["Retry-After"]) <= 300
    assert attempt("alpha-agent", PASSWORD, "10.0.0.2").status_code == 302
    office.now += 301_000
    assert attempt("alpha-agent", PASSWORD).status_code == 302


def test_unknown_names_are_refused_like_known_ones(office: Office) -> None:
    unknown, known = (attempt(name).content.decode() for name in ("nobody-at-all", "alpha-agent"))
    clean = [
        re.sub(r'value="[^"]*"|content="[^"]*"', "", page).replace("nobody-at-all", "") for page in (unknown, known)
    ]
    assert clean[0] == clean[1].replace("alpha-agent", "")
    for _ in range(4):
        attempt("nobody-at-all")
    assert attempt("nobody-at-all").status_code == 429


def test_one_address_cannot_try_many_names(office: Office) -> None:
    codes = [attempt(f"name-{n}").status_code for n in range(51)]
    assert codes[:50] == [400] * 50
    assert codes[50] == 429


def test_signing_in_makes_a_new_session_and_out_removes_it(office: Office) -> None:
    browser = Browser()
    browser.cookies["pasokh_session"] = "a" * 32
    browser.post("/login/", {"username": "alpha-agent", "password": PASSWORD})
    key = browser.cookies["pasokh_session"].value
    assert key != "a" * 32
    browser.post("/logout/")
    again = Browser()
    again.cookies["pasokh_session"] = key
    assert again.get("/desk/").status_code == 302


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "../../etc", '"\\000"', "é" * 32, "a" * 4_000])
def test_forged_session_keys_are_no_session(shared_office: Office, key: str) -> None:
    response = Browser().get("/desk/", HTTP_COOKIE=f"pasokh_session={key}")
    assert response.status_code == 302


def test_one_session_cannot_see_another(office: Office) -> None:
    signed_in("alpha-agent")
    signed_in("alpha-supervisor")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_session")
        assert cursor.fetchone() == (0,)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\t//evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(office: Office, target: str) -> None:
    entered = Browser().post("/login/", {"username": "alpha-agent", "password": PASSWORD, "next": target})
    assert entered["Location"] == "/"
    spoken = Browser().post("/language/", {"language": "fa", "next": target})
    assert spoken["Location"] == "/"


def test_own_addresses_are_followed(office: Office) -> None:
    entered = Browser().post("/login/", {"username": "alpha-agent", "password": PASSWORD, "next": "/contacts/?q=a"})
    assert entered["Location"] == "/contacts/?q=a"


# -- forged requests ---------------------------------------------------------------------------------------------------
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


# -- tokens and errors -------------------------------------------------------------------------------------------------
def test_the_live_token_says_who_asked(office: Office) -> None:
    for role in ROLES:
        response = signed_in(f"alpha-{role}").post("/live/token", HTTP_ORIGIN=f"http://{HOST}")
        claims = TokenSigner([settings.SECRET_KEY]).verify(response.json()["token"], office.now)
        assert claims.org == "alpha"
        assert claims.subject == f"alpha-{role}"
        assert claims.role == ("agent" if role == "agent" else "supervisor")
        assert claims.agent == ("alpha-agent" if role == "agent" else None)
        assert claims.origin == f"http://{HOST}"
        assert response.json()["expires_at"] == office.now + 300_000
    assert Browser().post("/live/token").status_code == 401


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/contacts/none", 404, "contact.unknown"),
        ("/api/v1/contacts?limit=0", 400, "request.invalid"),
        ("/api/v1/contacts?before=x", 400, "request.invalid"),
        ("/api/v1/contacts?before=99999999999999999999999", 400, "request.invalid"),
        ("/api/v1/agents/none", 404, "person.unknown"),
        ("/api/v1/queues/none", 404, "setup.unknown_queue"),
        ("/api/v1/nothing", 404, "page.unknown"),
        ("/api/v1/contacts/%00", 404, "contact.unknown"),
    ],
)
@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_errors_have_one_shape_in_every_language(
    shared_office: Office, path: str, status: int, code: str, language: str
) -> None:
    response = signed_in("alpha-administrator").get(path, HTTP_ACCEPT_LANGUAGE=language, HTTP_COOKIE_EXTRA="")
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert set(error) - {"field"} == {"code", "params", "message"}
    assert error["message"]
    assert error["message"] != code


@pytest.mark.parametrize("path", ["/contacts/?before=x", "/contacts/?q=%00", "/audit/?before=-1", "/contacts/%00/"])
def test_bad_addresses_get_a_page_not_a_crash(shared_office: Office, path: str) -> None:
    assert signed_in("alpha-administrator").get(path).status_code in {200, 400, 404}


def test_a_crash_rolls_back_and_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from pasokh.office.supervise import views

    def crash(actor: str, key: str) -> None:
        User.objects.update(name="half done")
        raise ZeroDivisionError

    monkeypatch.setattr(views, "do_open_queue", crash)
    browser = signed_in("alpha-supervisor", raise_request_exception=False)
    response = browser.post("/queues/help/open/")
    assert response.status_code == 500
    assert "page.failed" in response.content.decode()
    with organisation_scope("alpha"):
        assert not User.objects.filter(name="half done").exists()


def test_json_is_json(shared_office: Office) -> None:
    me = signed_in("alpha-agent").get("/api/v1/me").json()
    assert me["organisation"] == "alpha"
    assert me["rights"] == ["contacts", "desk"]
    assert json.dumps(me)
