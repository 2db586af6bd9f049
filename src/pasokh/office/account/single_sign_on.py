"""Single sign-on from the door's side: whose provider, the way there, and the person who comes back."""

import re
import secrets

from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import reverse

from pasokh.i18n.languages import as_language
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account import provider
from pasokh.office.account.entering import JOURNEY, enter, keep, kept
from pasokh.office.account.models import Identity, SignOn, SignOnDomain
from pasokh.office.account.provider import Journey, Person
from pasokh.office.account.rules import domain_of
from pasokh.office.account.sealing import unseal
from pasokh.office.account.selectors import sign_on
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.rules import Role
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.rules import check_organisation_id
from pasokh.office.tenancy.selectors import own_organisation

MOST_NAMES = 50
"""How many usernames are tried for somebody new."""


def organisation_for(who: str) -> str:
    """The organisation of a mail address's domain or of that id, if it has single sign-on; raises `sso.not_offered`."""
    typed = who.strip().lower()[:300].replace("\x00", "")
    domain = domain_of(typed)
    if domain:
        with transaction.atomic():
            scope.set_local("app.domain", domain)
            org = SignOnDomain.unfenced.filter(domain=domain).values_list("organisation_id", flat=True).first()
        typed = org or ""
    _provider_of(typed)
    return typed


def is_offered() -> bool:
    """Whether any organisation has single sign-on: before somebody says whose, no more is known at the door."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_sign_on_offered()")
        return bool(cursor.fetchone()[0])


def has_provider(org: str) -> bool:
    """Whether that organisation has single sign-on."""
    try:
        _provider_of(org)
    except PasokhError:
        return False
    return True


def begin(request: HttpRequest, org: str, target: str, hint: str = "") -> str:
    """Where the browser goes; raises `sso.not_offered`, and what `provider.discover` does."""
    settings = _provider_of(org)
    journey = provider.new_journey()
    url = provider.way_there(
        provider.discover(settings.issuer, https=request.is_secure()), settings.client, _back(request), journey, hint
    )
    keep(request, JOURNEY, {"org": org, "next": target, "state": journey.state, "nonce": journey.nonce,
                            "verifier": journey.verifier})  # fmt: skip
    return url


def finish(request: HttpRequest) -> tuple[User, str]:
    """Sign in who came back; the person and where they wanted to go.

    Raises `sign_in.start_again` (nothing was begun here), `sso.wrong_state`, `sso.refused_there`, what
    `provider.redeem` and `provider.read_token` raise, and `sso.mail_not_verified`, `sso.wrong_domain`,
    `sso.unknown_person`, `sso.two_people`.
    """
    begun = kept(request, JOURNEY)
    request.session.pop(JOURNEY)  # a journey ends here, whatever comes of it: its state is good once
    said = request.GET
    if not secrets.compare_digest(said.get("state", "").encode(), str(begun["state"]).encode()):
        raise PasokhError("sso.wrong_state")
    if "error" in said:
        raise PasokhError("sso.refused_there", why=re.sub(r"[^\w.: -]", "", said["error"])[:60])
    org, journey = str(begun["org"]), Journey(begun["state"], begun["nonce"], begun["verifier"])
    settings = _provider_of(org)
    found = provider.discover(settings.issuer, https=request.is_secure())
    secret = unseal(settings.secret).decode() if settings.secret else ""
    tokens = provider.redeem(found, settings.client, secret, _back(request), said.get("code", ""), journey)
    person = provider.read_token(found, settings.client, tokens, journey.nonce, clock.now())
    with scope.organisation_scope(org):
        user = _known(settings, person) or _new(settings, person)
        enter(request, user, "sso")
    return user, str(begun["next"])


def _provider_of(org: str) -> SignOn:
    try:
        check_organisation_id(org)
    except PasokhError as error:
        raise PasokhError("sso.not_offered", field="who") from error
    with scope.organisation_scope(org):
        settings = sign_on()
    if settings is None or not settings.is_on:
        raise PasokhError("sso.not_offered", field="who")
    return settings


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("sso_answer"))


def _known(settings: SignOn, person: Person) -> User | None:
    """The person of this subject, else the one with this address, who is bound to the subject from now on."""
    rows = Identity.objects.select_related("user__organisation").filter(issuer=settings.issuer, subject=person.subject)
    identity = rows.first()
    if identity is not None:
        if not identity.user.is_active:
            raise PasokhError("sso.unknown_person", email=person.email)
        return identity.user
    if not person.email_verified:
        raise PasokhError("sso.mail_not_verified", email=person.email)
    if domain_of(person.email) not in settings.domains:
        raise PasokhError("sso.wrong_domain", email=person.email)
    users = list(User.objects.select_related("organisation").filter(email__iexact=person.email)[:2])
    if len(users) > 1:
        raise PasokhError("sso.two_people", email=person.email)
    if not users:
        return None
    if not users[0].is_active:
        raise PasokhError("sso.unknown_person", email=person.email)
    _bind(settings, person, users[0])
    return users[0]


def _new(settings: SignOn, person: Person) -> User:
    if not settings.makes_people:
        raise PasokhError("sso.unknown_person", email=person.email)
    draft = PersonDraft(
        name=normalise(person.name) or person.email,
        role=settings.role,
        language=as_language(person.locale) or own_organisation().language,
        handles_contacts=settings.role == Role.AGENT.value,
        email=person.email,
    )
    for name in _names(person.wanted_name):
        try:
            user = do_create_user("sso", name, None, draft)
        except PasokhError as error:
            if error.code != "person.name_taken":
                raise
        else:
            _bind(settings, person, user)
            return user
    raise PasokhError("sso.unknown_person", email=person.email)


def _names(wanted: str) -> list[str]:
    """Usernames to try: the wanted one in allowed letters, then with numbers."""
    base = re.sub(r"[^a-z0-9._-]", "", wanted.partition("@")[0].lower()).strip("._-")[:50] or "person"
    return [base, *(f"{base}{number}" for number in range(2, MOST_NAMES))]


def _bind(settings: SignOn, person: Person, user: User) -> None:
    Identity.objects.create(
        organisation_id=user.organisation_id,
        user=user,
        issuer=settings.issuer,
        subject=person.subject,
        since=clock.now(),
    )
    name = f"user:{user.username}"
    do_record_change(name, "account.bind_identity", name, None, {"issuer": settings.issuer})
