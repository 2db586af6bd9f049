"""Narrow doors before any organisation is known, and two tenants' ways in kept apart."""

from typing import Any

import pytest
from django.db import connection, transaction
from tests.account_stage import attempt, link_in, mails, shown_code, with_codes
from tests.office_stage import PASSWORD, Office
from tests.security.browser import Browser, signed_in

from pasokh.office.account.models import Browser as SignedIn
from pasokh.office.account.models import Credentials, Invitation, Passkey, Ticket
from pasokh.office.people.models import Session, User
from pasokh.office.tenancy.checks import tenant_tables
from pasokh.office.tenancy.scope import organisation_scope, set_local


def visible(setting: str, value: str) -> dict[str, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        set_local(setting, value)
        counts = {}
        for model in tenant_tables():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            counts[model._meta.db_table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count}


def test_each_door_shows_one_row_and_lets_nobody_write(office: Office) -> None:
    with organisation_scope("beta"):
        ticket, invitation = Ticket.objects.get(), Invitation.objects.get()
    doors = {
        ("app.credential", "beta-credential"): "account_passkey",
        ("app.token", ticket.token_hash): "account_ticket",
        ("app.token", invitation.token_hash): "account_invitation",
        ("app.domain", "beta.example"): "account_signondomain",
        ("app.mail", "beta-supervisor@example.org"): "people_user",
    }
    for (setting, value), table in doors.items():
        assert visible(setting, value) == {table: 1}
        with transaction.atomic(), connection.cursor() as cursor:
            set_local(setting, value)
            cursor.execute(f"UPDATE {table} SET organisation_id = organisation_id")
            assert cursor.rowcount == 0
    for setting in ("app.credential", "app.token", "app.domain", "app.mail"):
        assert visible(setting, "") == {}


def test_nobody_ends_sessions_or_passkeys_of_the_other_tenant(office: Office) -> None:
    theirs = signed_in("beta-agent")
    with organisation_scope("beta"):
        browser, passkey = SignedIn.objects.get(user__username="beta-agent").pk, Passkey.objects.get().pk
    mine = signed_in("alpha-administrator")
    mine.post("/account/sessions/", {"browser": str(browser)})
    mine.post("/agents/alpha-agent/access/", {"do": "end", "browser": str(browser)})
    assert mine.post("/agents/beta-agent/access/", {"do": "end"}).status_code == 404
    mine.post("/account/passkeys/", {"do": "remove", "passkey": str(passkey)})
    mine.post("/account/passkeys/", {"do": "rename", "passkey": str(passkey), "name": "mine"})
    assert theirs.get("/desk/").status_code == 200
    with organisation_scope("beta"):
        assert Passkey.objects.get().name == "beta key"


def test_nobody_ends_a_colleagues_session_as_their_own(office: Office) -> None:
    theirs, mine = signed_in("alpha-supervisor"), signed_in("alpha-agent")
    with organisation_scope("alpha"):
        number = SignedIn.objects.filter(user__username="alpha-supervisor").latest("id").pk
    mine.post("/account/sessions/", {"browser": str(number)})
    assert theirs.get("/wall/").status_code == 200


def test_invitations_of_the_other_tenant_cannot_be_withdrawn(office: Office) -> None:
    with organisation_scope("beta"):
        number = Invitation.objects.get().pk
    browser = signed_in("alpha-administrator")
    for do in ("again", "withdraw"):
        browser.post("/setup/invitations/", {"invitation": str(number), "do": do})
    with organisation_scope("beta"):
        kept = Invitation.objects.get()
        assert (kept.sent, kept.withdrawn_at) == (1, 0)


def test_a_half_signed_in_browser_opens_nothing(office: Office) -> None:
    with_codes("alpha")
    browser = Browser()
    attempt(browser, "alpha-agent")
    for path in ("/desk/", "/contacts/", "/account/", "/account/sessions/"):
        assert browser.get(path)["Location"].startswith("/login/"), path
    for path in ("/api/v1/me", "/api/v1/contacts"):
        assert browser.get(path).status_code == 401


def test_a_mark_alone_or_of_another_person_opens_nothing(office: Office) -> None:
    one, two = signed_in("alpha-agent"), signed_in("alpha-supervisor")
    session = two.session
    session["browser"] = one.session["browser"]
    session.save()
    assert two.get("/wall/").status_code == 302


def test_a_second_step_cannot_be_taken_to_another_person(office: Office) -> None:
    with_codes("alpha")
    with organisation_scope("beta"):
        beta = User.objects.get(username="beta-agent")
    browser = Browser()
    attempt(browser, "alpha-agent")
    answer = browser.post("/sign-in/second/", {"code": shown_code(office.now), "user": str(beta.pk), "org": "beta"})
    assert answer.status_code == 302
    assert browser.get("/api/v1/me").json()["username"] == "alpha-agent"


def test_secrets_lie_sealed_or_hashed(office: Office) -> None:
    with_codes("alpha", "supervisor", ("abcde-fghjk",))
    Browser().post("/forgotten/", {"who": "alpha-supervisor"})
    token = link_in(mails("alpha", "account_reset")[-1]).split("/")[2]
    with organisation_scope("alpha"):
        rows = str([list(Credentials.objects.values()), list(Ticket.objects.values()), list(SignedIn.objects.values())])
        assert not Session.objects.exists()
    for secret in (token, "abcde-fghjk", "abcdefghjk", "a secret of 20 bytes", PASSWORD):
        assert secret not in rows


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{", "null", '{"answer": null}', '{"answer": {}}', '{"answer": {"id": "x", "rawId": "y"}}',
        '{"answer": {"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "!"}}}',
    ],
)  # fmt: skip
def test_rubbish_for_a_passkey_is_refused_not_crashed_on(office: Office, body: str) -> None:
    browser = Browser(HTTP_ACCEPT="application/json")
    signed = signed_in("alpha-agent", HTTP_ACCEPT="application/json")

    def post(who: Any, path: str) -> Any:
        return who.post(path, body, content_type="application/json")

    assert post(browser, "/sign-in/passkey/").status_code in {200, 400}
    for path in ("/account/passkeys/", "/account/confirm/"):
        assert post(signed, path).status_code in {200, 400}, path
