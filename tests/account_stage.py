"""The account on the stage: what each tenant has of ways in, and how a test signs in, reads mail and shows codes."""

import re
from typing import Any

from tests.office_stage import PASSWORD
from tests.security.browser import Browser

from pasokh.office.account import actions
from pasokh.office.account.models import Browser as SignedIn
from pasokh.office.account.models import Credentials, Identity, Passkey, SignOn, SignOnDomain
from pasokh.office.account.policy_actions import do_demand_second_factor
from pasokh.office.account.rules import CODE_DIGITS, code_at
from pasokh.office.account.sealing import seal
from pasokh.office.people.models import User
from pasokh.office.post.models import Mail
from pasokh.office.tenancy.scope import organisation_scope

SECRET = b"a secret of 20 bytes"
ACCOUNT_FOR_ALL = {
    "/sign-in/second/", "/sign-in/passkey/", "/sign-in/sso/", "/sign-in/sso-answer/", "/sign-in/sso/nowhere/",
    "/forgotten/", "/new-password/alpha-token/", "/new-address/alpha-token/", "/invitation/alpha-token/", "/account/",
    "/account/password/", "/account/second-factor/", "/account/passkeys/", "/account/sessions/", "/account/confirm/",
}  # fmt: skip
"""Doors, links and pages of one's own: no right opens them."""


def furnish_account(org: str) -> None:
    """One row of every kind, in the scope of the organisation; nobody's way in changes."""
    user = administrator = User.objects.get(username=f"{org}-administrator")
    spare = User.objects.get(username=f"{org}-supervisor")
    of_org: dict[str, Any] = {"organisation_id": org}
    Credentials.objects.create(**of_org, user=user, password_changed_at=1)
    Passkey.objects.create(
        **of_org, user=user, credential=f"{org}-credential", public=b"", name=f"{org} key", created_at=1
    )
    SignedIn.objects.create(**of_org, user=spare, mark=f"{org}-mark", how="password", since=1, seen_at=1)
    SignOn.objects.create(**of_org, issuer=f"https://{org}.example", client=f"{org}-client", domains=[f"{org}.example"])
    SignOnDomain.objects.create(**of_org, domain=f"{org}.example")
    Identity.objects.create(**of_org, user=user, issuer=f"https://{org}.example", subject=f"{org}-subject", since=1)
    do_demand_second_factor(administrator, ["auditor"])
    User.objects.filter(pk=spare.pk).update(email=f"{spare.username}@example.org")
    spare.refresh_from_db()
    actions.do_send_reset(spare)
    invite(administrator)


def invite(by: User, email: str = "", **more: Any) -> Any:
    """Somebody is asked to join."""
    from pasokh.office.account.invitation_actions import InvitationDraft, do_invite

    org = by.organisation_id
    role = more.pop("role", "agent")
    return do_invite(by, InvitationDraft(f"{org} new", email or f"{org}-new@example.org", role, **more))


def attempt(browser: Browser, username: str, password: str = PASSWORD, **more: Any) -> Any:
    """Name and password at the door."""
    return browser.post("/login/", {"username": username, "password": password, **more.pop("data", {})}, **more)


def with_codes(org: str, role: str = "agent", recovery: tuple[str, ...] = ()) -> User:
    """The person has an authenticator app with `SECRET`."""
    from pasokh.office.account.rules import recovery_hash
    from pasokh.office.account.sealing import derived_key

    with organisation_scope(org):
        user = User.objects.get(username=f"{org}-{role}")
        hashes = [recovery_hash(code, derived_key("recovery")) for code in recovery]
        Credentials.objects.update_or_create(
            user=user,
            defaults={"organisation_id": org, "one_time_secret": seal(SECRET), "one_time_since": 1, "recovery": hashes},
        )
    return user


def shown_code(now: int) -> str:
    """What the app shows."""
    code = code_at(SECRET, now)
    assert len(code) == CODE_DIGITS
    return code


def mails(org: str, template: str = "") -> list[Mail]:
    """What is in the outbox, the oldest first."""
    with organisation_scope(org):
        rows = Mail.objects.order_by("id")
        return list(rows.filter(template=template) if template else rows)


def link_in(mail: Mail) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.text)
    assert found, mail.text
    return found[1]
