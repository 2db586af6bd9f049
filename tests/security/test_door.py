"""The door: wrong passwords, sessions, where one is sent afterwards, and the live token."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.office_stage import PASSWORD, ROLES, Office
from tests.security.browser import HOST, Browser, signed_in

from pasokh.live.tokens import TokenSigner
from pasokh.office.people.models import Session, User
from pasokh.office.tenancy.scope import organisation_scope


def test_a_person_put_out_is_out_at_once(office: Office) -> None:
    browser = signed_in("alpha-agent")
    with organisation_scope("alpha"):
        User.objects.filter(username="alpha-agent").update(is_active=False)
    assert browser.get("/desk/").status_code == 302


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
