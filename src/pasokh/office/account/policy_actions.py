"""Writes of what the organisation asks of those who sign in, and of its single sign-on provider."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account import provider
from pasokh.office.account.actions import do_settle_duties
from pasokh.office.account.models import SignInPolicy, SignOn, SignOnDomain
from pasokh.office.account.sealing import seal
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.models import User
from pasokh.office.people.role_actions import check_grant, rights_of_role
from pasokh.office.tenancy import scope

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MOST_DOMAINS = 50


@dataclass(frozen=True, slots=True)
class SignOnDraft:
    """What an administrator says of the provider."""

    is_on: bool
    issuer: str
    client: str
    secret: str | None
    """None = as it was; empty = a public client."""
    domains: Iterable[str]
    makes_people: bool
    role: str


@transaction.atomic
def do_demand_second_factor(actor: User, roles: Iterable[str]) -> None:
    """From now on people of these roles need a second factor, also where they are signed in already.

    Raises `role.unknown`.
    """
    wanted = sorted(set(roles))
    for role in wanted:
        rights_of_role(role)
    policy = SignInPolicy.objects.select_for_update().first() or SignInPolicy(organisation_id=scope.required())
    before = sorted(policy.demanded_of)
    if before == wanted:
        return
    policy.demanded_of, policy.changed_at = wanted, clock.now()
    policy.save()
    do_record_change(f"user:{actor.username}", "sign_in.demand", "sign_in:policy", {"roles": before}, {"roles": wanted})
    changed = set(before) ^ set(wanted)
    do_settle_duties(User.objects.filter(role__in=changed, browsers__isnull=False).distinct())


@transaction.atomic
def do_save_sign_on(actor: User, draft: SignOnDraft) -> SignOn:
    """Set the provider up, change it, turn it on or off. Asks it for its configuration before it is turned on.

    Raises `sso.bad_domain`, `sso.too_many_domains`, `sso.no_domain`, `sso.domain_taken`, `sso.no_client`,
    `role.unknown`, `role.beyond_own`, and what `provider.discover` raises.
    """
    by = f"user:{actor.username}"
    domains = _domains(draft.domains)
    issuer, client = draft.issuer.strip(), draft.client.strip()
    check_grant(by, "", draft.role)
    if draft.is_on:
        if not client:
            raise PasokhError("sso.no_client", field="client")
        if not domains:
            raise PasokhError("sso.no_domain", field="domains")
        provider.discover(issuer, https=settings.PUBLIC_URL.startswith("https"))
    row = SignOn.objects.select_for_update().first() or SignOn(organisation_id=scope.required())
    before = _described(row) if row.pk else None
    row.is_on, row.issuer, row.client = draft.is_on, issuer, client
    row.domains, row.makes_people, row.role = domains, draft.makes_people, draft.role
    if draft.secret is not None:
        row.secret = seal(draft.secret.encode()) if draft.secret else ""
    row.changed_at = clock.now()
    row.save()
    _claim(domains if draft.is_on else [])
    do_record_change(by, "sign_in.provider", "sign_in:provider", before, _described(row))
    return row


def _domains(typed: Iterable[str]) -> list[str]:
    found = []
    for text in typed:
        domain = text.strip().lower().lstrip("@")
        if not domain:
            continue
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise PasokhError("sso.bad_domain", field="domains", value=text[:80]) from error
        if not _DOMAIN.fullmatch(domain):
            raise PasokhError("sso.bad_domain", field="domains", value=text[:80])
        found.append(domain)
    if len(found) > MOST_DOMAINS:
        raise PasokhError("sso.too_many_domains", field="domains", most=MOST_DOMAINS)
    return list(dict.fromkeys(found))


def _claim(domains: list[str]) -> None:
    """A domain leads to one organisation in the whole installation: the first that turned it on."""
    SignOnDomain.objects.exclude(domain__in=domains).delete()
    known = set(SignOnDomain.objects.values_list("domain", flat=True))
    for domain in domains:
        if domain in known:
            continue
        try:
            with transaction.atomic():
                SignOnDomain.objects.create(organisation_id=scope.required(), domain=domain)
        except IntegrityError as error:
            raise PasokhError("sso.domain_taken", field="domains", value=domain) from error


def _described(row: SignOn) -> dict[str, object]:
    """What the audit keeps: everything but the secret."""
    return {
        "is_on": row.is_on,
        "issuer": row.issuer,
        "client": row.client,
        "has_secret": bool(row.secret),
        "domains": row.domains,
        "makes_people": row.makes_people,
        "role": row.role,
    }
