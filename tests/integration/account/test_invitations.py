"""Invitations: by mail, once, for 72 hours; sent again, withdrawn; nobody hands out more than they have."""

from typing import Any

import pytest
from tests.account_stage import attempt, invite, link_in, mails
from tests.office_stage import Office
from tests.security.browser import Browser, signed_in

from pasokh.kernel.errors import PasokhError
from pasokh.office.account.models import Invitation
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.role_actions import do_save_role
from pasokh.office.tenancy.scope import organisation_scope

PASSWORD = "a longer pass phrase"
FORM = {
    "name": "Sara Karimi",
    "email": "Sara.Karimi@example.org",
    "role": "agent",
    "language": "fa",
    "queues": ["help"],
}


def joining(**changed: str) -> dict[str, str]:
    return {
        "name": "Sara", "username": "sara.karimi", "language": "fa", "new": PASSWORD, "again": PASSWORD,
    } | changed  # fmt: skip


def asked(**changed: Any) -> str:
    """An administrator invites; the link's path."""
    response = signed_in("alpha-administrator").post("/setup/invitations/new/", FORM | changed)
    assert response.status_code == 302, response.context["form"].errors
    return link_in(mails("alpha", "account_invitation")[-1])


def test_whoever_is_invited_joins_with_a_name_of_their_own(office: Office) -> None:
    path = asked()
    mail = mails("alpha", "account_invitation")[-1]
    assert (mail.recipient, mail.language) == ("sara.karimi@example.org", "fa")
    browser = Browser()
    page = browser.get(path)
    assert page.context["form"]["username"].value() == "sara.karimi"
    refused = browser.post(path, joining(username="alpha-agent"))
    assert refused.context["form"].errors["username"]
    assert 'value="Sara"' in refused.content.decode()
    weak = browser.post(path, joining(new="password", again="password"))
    assert weak.context["form"].errors["new"]
    assert browser.post(path, joining())["Location"] == "/"
    assert browser.get("/desk/").status_code == 200
    with organisation_scope("alpha"):
        user = User.objects.get(username="sara.karimi")
        assert (user.email, user.role, user.handles_contacts) == ("sara.karimi@example.org", "agent", True)
        assert [m.queue.key for m in user.memberships.select_related("queue")] == ["help"]
    used = Browser().get(path)
    assert (used.status_code, used.context["code"]) == (410, "invitation.used")
    assert attempt(Browser(), "sara.karimi", PASSWORD).status_code == 302


def test_an_invitation_ends_after_72_hours_and_can_be_sent_again(office: Office) -> None:
    path = asked()
    office.now += 72 * 3_600_000
    assert Browser().get(path).context["code"] == "invitation.expired"
    assert Browser().post(path, joining()).context["code"] == "invitation.expired"
    administrator = signed_in("alpha-administrator")
    with organisation_scope("alpha"):
        number = Invitation.objects.get(email="sara.karimi@example.org").pk
    administrator.post("/setup/invitations/", {"invitation": str(number), "do": "again"})
    fresh = link_in(mails("alpha", "account_invitation")[-1])
    assert fresh != path
    assert Browser().get(path).context["code"] == "link.unknown"  # the old link is void
    assert Browser().get(fresh).status_code == 200
    administrator.post("/setup/invitations/", {"invitation": str(number), "do": "withdraw"})
    assert Browser().get(fresh).context["code"] == "invitation.withdrawn"
    states = {
        each["row"].email: each["state"] for each in administrator.get("/setup/invitations/").context["invitations"]
    }
    assert states["sara.karimi@example.org"] == "withdrawn"


def test_one_address_has_one_open_invitation_and_no_colleague(office: Office) -> None:
    asked()
    administrator = signed_in("alpha-administrator")
    again = administrator.post("/setup/invitations/new/", FORM)
    assert again.context["form"].errors["email"]
    colleague = administrator.post("/setup/invitations/new/", FORM | {"email": "alpha-supervisor@example.org"})
    assert colleague.context["form"].errors["email"]
    wrong = administrator.post("/setup/invitations/new/", FORM | {"email": "nonsense", "name": "نام نگه‌داشته"})
    assert wrong.context["form"].errors["email"]
    assert "نام نگه‌داشته" in wrong.content.decode()


def test_nobody_invites_into_a_role_beyond_their_own(office: Office) -> None:
    with organisation_scope("alpha"):
        do_save_role("system", "recruiter", {"en": "Recruiter"}, ["edit_people"])
        recruiter = do_create_user("system", "rita", PASSWORD, PersonDraft("Rita", "recruiter"))
        with pytest.raises(PasokhError) as refused:
            invite(recruiter, "boss@example.org", role="administrator")
    assert refused.value.code == "role.beyond_own"


def test_whoever_is_signed_in_is_asked_to_sign_out_first(office: Office) -> None:
    path = asked()
    stopped = signed_in("beta-agent").get(path)
    assert stopped.context["code"] == "account.sign_out_first"
