"""Lost passwords: asked by five digits of a hash of a real server; a server that is away holds nobody up."""

import hashlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from tests.account_provider import Quiet, served
from tests.office_stage import PASSWORD, Office
from tests.security.browser import signed_in

LOST = "correct horse staple"


class List:
    """What the list answers, and what it was asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.status = 200
        digest = hashlib.sha1(LOST.encode(), usedforsecurity=False).hexdigest().upper()
        self.body = f"{'0' * 35}:3\r\n{digest[5:]}:52\r\n{'F' * 35}:0"


@pytest.fixture
def breaches(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[List]:
    made = List()

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            made.paths.append(self.path)
            self.answer(made.body.encode(), made.status, "text/plain")

    with served(Handler) as url:
        monkeypatch.setattr(settings, "BREACH_LIST_URL", f"{url}/range/", raising=False)
        yield made


def change_to(password: str) -> Any:
    form = {"old": PASSWORD, "new": password, "again": password}
    return signed_in("alpha-agent").post("/account/password/", form)


def test_a_lost_password_is_refused_and_only_five_digits_left_the_house(breaches: List) -> None:
    page = change_to(LOST)
    assert "52" in str(page.context["form"].errors["new"])
    digest = hashlib.sha1(LOST.encode(), usedforsecurity=False).hexdigest().upper()
    assert breaches.paths == [f"/range/{digest[:5]}"]


def test_a_password_nobody_lost_is_taken(breaches: List) -> None:
    assert change_to("nobody ever lost this one").status_code == 302


@pytest.mark.parametrize(("status", "body"), [(503, ""), (200, "<html>nonsense</html>"), (302, "")])
def test_a_list_that_is_away_or_raves_blocks_nobody_and_is_logged(
    breaches: List, caplog: pytest.LogCaptureFixture, status: int, body: str
) -> None:
    breaches.status, breaches.body = status, body
    with caplog.at_level(logging.WARNING, "pasokh.office.account.breaches"):
        assert change_to(LOST).status_code == 302
    assert "breach list is away" in caplog.text
    assert LOST not in caplog.text


def test_the_list_that_ships_is_asked_without_any_server(office: Office) -> None:
    page = change_to("password123")
    assert page.context["form"].errors["new"]
