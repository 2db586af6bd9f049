"""The steps of coming in: password, passkey or provider, a second step where it is due, a session with its mark."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import authenticate, login
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account import passkeys
from pasokh.office.account.actions import do_use_code, do_use_passkey
from pasokh.office.account.doors import address_of, guarded
from pasokh.office.account.models import Browser, Passkey
from pasokh.office.account.rules import PENDING_LIFE, SECOND_STEP, SESSION_LIFE, SIGN_IN, device_of
from pasokh.office.account.selectors import duty_of, factors_of, passkeys_of
from pasokh.office.people.models import User
from pasokh.office.people.sign_in import organisation_of
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.middleware import SESSION_KEY, ZONE_KEY

MARK = "browser"
"""Where the session keeps which `Browser` it is."""
CONFIRMED = "confirmed_at"
"""Where the session keeps when the person last showed who they are."""
PENDING = "pending"
CHALLENGE = "challenge"
JOURNEY = "journey"


def first_step(request: HttpRequest, username: str, password: str, target: str) -> User | None:
    """Sign the browser in; None when a second step is due, which the session now waits for.

    Raises `sign_in.too_many` (seconds) or `sign_in.refused`, the same for a wrong password and an unknown name.
    """
    name = username.strip().lower()[:60].replace("\x00", "")
    with guarded("password", SIGN_IN, name, request):
        org = organisation_of(name)
        if org is None:
            make_password(password)  # takes as long as checking one
            raise PasokhError("sign_in.refused")
        with scope.organisation_scope(org):
            user = authenticate(request, username=name, password=password)
            if not isinstance(user, User):
                raise PasokhError("sign_in.refused")
            if not factors_of(user).second_step:
                enter(request, user, "password")
                return user
    keep(request, PENDING, {"org": org, "user": user.pk, "username": name, "next": target})
    return None


def second_step_by_code(request: HttpRequest, code: str) -> tuple[User, str]:
    """Finish with a one-time or recovery code; the person and where they wanted to go.

    Raises `sign_in.start_again`, `second_step.wrong_code`, `sign_in.too_many`.
    """
    waiting = kept(request, PENDING)
    with guarded("second", SECOND_STEP, waiting["username"], request), scope.organisation_scope(waiting["org"]):
        user = _pending_user(waiting)
        enter(request, user, f"password+{do_use_code(user, code)}")
    return user, str(waiting["next"])


def second_step_methods(request: HttpRequest) -> tuple[bool, bool]:
    """Whether the person may finish with a code, and with a passkey; raises `sign_in.start_again`."""
    waiting = kept(request, PENDING)
    with scope.organisation_scope(waiting["org"]):
        factors = factors_of(_pending_user(waiting))
    return factors.one_time, factors.passkeys > 0


def passkey_options(request: HttpRequest) -> dict[str, Any]:
    """What the browser's authenticator is asked: for the second step its person's passkeys, else whichever it has."""
    known: list[Passkey] = []
    if PENDING in request.session:
        waiting = kept(request, PENDING)
        with scope.organisation_scope(waiting["org"]):
            known = passkeys_of(_pending_user(waiting))
    options, state = passkeys.begin_assertion(request, known)
    keep(request, CHALLENGE, {"state": state})
    return options


def enter_by_passkey(request: HttpRequest, answer: Mapping[str, Any]) -> tuple[User, str]:
    """Sign in with a passkey, alone or as the second step; the person and where they wanted to go.

    Raises `sign_in.start_again`, `passkey.refused`, `sign_in.too_many`.
    """
    state = kept(request, CHALLENGE)["state"]
    request.session.pop(CHALLENGE)  # a challenge is good for one answer
    waiting = kept(request, PENDING) if PENDING in request.session else None
    with guarded("passkey", SECOND_STEP if waiting else SIGN_IN, waiting["username"] if waiting else "", request):
        credential = passkeys.credential_of(answer)
        org = passkeys.organisation_of_passkey(credential)
        if org is None or (waiting is not None and org != waiting["org"]):
            raise PasokhError("passkey.unknown")
        with scope.organisation_scope(org):
            user = do_use_passkey(request, credential, state, answer)
            if waiting is not None and user.pk != waiting["user"]:
                raise PasokhError("passkey.unknown")
            enter(request, user, "password+passkey" if waiting else "passkey")
    return user, str(waiting["next"]) if waiting else ""


def enter(request: HttpRequest, user: User, how: str) -> None:
    """Sign the browser in, in the scope of the person's organisation: a new session, its mark, what is due first."""
    now = clock.now()
    login(request, user)
    for left in (PENDING, CHALLENGE, JOURNEY):
        request.session.pop(left, None)
    request.session.set_expiry(None)
    request.session[SESSION_KEY] = user.organisation_id
    request.session[ZONE_KEY] = user.organisation.zone
    request.session[MARK] = mark = secrets.token_urlsafe(24)
    request.session[CONFIRMED] = now
    Browser.objects.filter(user=user, since__lte=now - SESSION_LIFE).delete()
    Browser.objects.create(
        organisation_id=user.organisation_id,
        user=user,
        mark=mark,
        device=device_of(request.headers.get("User-Agent", "")),
        address=address_of(request),
        how=how,
        since=now,
        seen_at=now,
        duty=duty_of(user),
    )


def keep(request: HttpRequest, what: str, value: dict[str, Any]) -> None:
    """Let the browser's session, which is nobody's yet or its person's, remember a half-done step for ten minutes."""
    if SESSION_KEY not in request.session:
        request.session.set_expiry(PENDING_LIFE // 1_000)
    request.session[what] = {**value, "at": clock.now()}


def kept(request: HttpRequest, what: str) -> dict[str, Any]:
    """What `keep` remembered; raises `sign_in.start_again` when there is nothing, or it is too old."""
    value = request.session.get(what)
    if not isinstance(value, dict) or not 0 <= clock.now() - value["at"] < PENDING_LIFE:
        request.session.pop(what, None)
        raise PasokhError("sign_in.start_again")
    return value


def _pending_user(waiting: Mapping[str, Any]) -> User:
    user = User.objects.select_related("organisation").filter(pk=waiting["user"], is_active=True).first()
    if user is None:
        raise PasokhError("sign_in.start_again")
    return user
