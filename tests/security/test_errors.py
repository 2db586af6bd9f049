"""Errors of one shape in every language, and a crash that leaves nothing half-done."""

import json

import pytest
from tests.office_stage import Office
from tests.security.browser import signed_in

from pasokh.office.people.models import User
from pasokh.office.tenancy.scope import organisation_scope


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
