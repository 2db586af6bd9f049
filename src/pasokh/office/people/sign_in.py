"""Signing in: from a name to a person before any organisation is known, behind counted tries.

Row-level security hides every user until the organisation is set, which only the user's row tells. So there is one
narrow door: the policy `lookup_username` on `people_user` shows a transaction the one row whose username it names in
`app.login`. Nothing else of the organisation can be read that way, and the request role can do no more than that.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.http import HttpRequest

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.people.models import SignInTry, User
from pasokh.office.people.rules import ADDRESS, NAME, NAME_AND_ADDRESS, Limit, Tries, after_failure, wait_ms
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.middleware import SESSION_KEY, ZONE_KEY


class OrganisationBackend(BaseBackend):
    """Finds users within the scope's organisation; used by Django's sessions."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        username: str | None = None,
        password: str | None = None,
        **kwargs: object,  # noqa: ARG002
    ) -> User | None:
        """The active user with this name and password, in the open scope; takes as long for an unknown one."""
        user = User.objects.filter(username=username or "").first() if scope.current() else None
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password or "") and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The active user with this id, in the open scope."""
        if scope.current() is None:
            return None
        user = User.objects.select_related("organisation").filter(pk=user_id).first()
        return user if user is not None and user.is_active else None


@dataclass(frozen=True, slots=True)
class _Door:
    """One counter of failed tries."""

    key: str
    limit: Limit


def sign_in(request: HttpRequest, username: str, password: str) -> User:
    """Sign the browser in; raises `sign_in.too_many` (with seconds) or `sign_in.refused`.

    Failed tries are counted in transactions of their own, so that no later error forgets them.
    """
    name = username.strip().lower()[:60].replace("\x00", "")
    doors = _doors(name, str(request.META.get("REMOTE_ADDR", "")))
    now = clock.now()
    with _one_at_a_time(doors[0]):
        _refuse_shut(doors, now)
        user = _known(request, name, password)
        if user is None:
            _count_failure(doors, now)
            raise PasokhError("sign_in.refused")
        SignInTry.objects.filter(key=doors[0].key).delete()
        return user


def _known(request: HttpRequest, name: str, password: str) -> User | None:
    org = organisation_of(name)
    if org is None:
        make_password(password)  # takes as long as checking one
        return None
    with scope.organisation_scope(org):
        user = authenticate(request, username=name, password=password)
        if not isinstance(user, User):
            return None
        login(request, user)
        request.session[SESSION_KEY] = org
        request.session[ZONE_KEY] = user.organisation.zone
        return user


def organisation_of(username: str) -> str | None:
    """The organisation of a username, through the policy's narrow door."""
    if not username:
        return None
    with transaction.atomic():
        scope.set_local("app.login", username)
        return User.unfenced.filter(username=username).values_list("organisation_id", flat=True).first()


@contextmanager
def _one_at_a_time(door: _Door) -> Iterator[None]:
    """Guesses of one name from one address never run side by side, so none slips past the counter."""
    number = int(door.key[:15], 16)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise PasokhError("sign_in.too_many", seconds=1)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _doors(name: str, address: str) -> tuple[_Door, ...]:
    return (
        _Door(_hashed("pair", name, address), NAME_AND_ADDRESS),
        _Door(_hashed("name", name), NAME),
        _Door(_hashed("address", address), ADDRESS),
    )


def _hashed(*parts: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), "\x00".join(parts).encode(), hashlib.sha256).hex()


def _refuse_shut(doors: tuple[_Door, ...], now: Instant) -> None:
    known = SignInTry.objects.in_bulk([door.key for door in doors])
    longest = max((wait_ms(_tries(row), now) for row in known.values()), default=0)
    if longest:
        raise PasokhError("sign_in.too_many", seconds=-(-longest // 1_000))


def _count_failure(doors: tuple[_Door, ...], now: Instant) -> None:
    for door in sorted(doors, key=lambda door: door.key):  # one order, so that two counters never wait in a ring
        with transaction.atomic():
            SignInTry.objects.bulk_create([SignInTry(key=door.key)], ignore_conflicts=True)
            row = SignInTry.objects.select_for_update().get(key=door.key)
            row.count, row.since, row.shut_until = _plain(after_failure(_tries(row), door.limit, now))
            row.save()


def _tries(row: SignInTry) -> Tries:
    return Tries(row.count, row.since, row.shut_until)


def _plain(tries: Tries) -> tuple[int, Instant, Instant]:
    return tries.count, tries.since, tries.shut_until
