"""Counted tries at every door, so that nobody guesses or floods: by name and address, by name, by address.

Keys are keyed hashes; counting happens in transactions of its own, so that no later error forgets a failure.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.account.rules import DoorLimits
from pasokh.office.people.models import SignInTry
from pasokh.office.people.rules import Limit, Tries, after_failure, wait_ms

GUESSES = frozenset({
    "sign_in.refused", "second_step.wrong_code", "passkey.refused", "passkey.unknown", "account.wrong_password",
})  # fmt: skip
"""Refusals that mean a guess was wrong; any other is somebody's honest mistake."""


@dataclass(frozen=True, slots=True)
class _Counter:
    key: str
    limit: Limit


@contextmanager
def guarded(kind: str, limits: DoorLimits, name: str, request: HttpRequest) -> Iterator[None]:
    """Around one guess: a refusal of `GUESSES` inside counts as a failure; success forgets this name's failures.

    Raises `sign_in.too_many` (seconds) while the door is shut. Guesses of one name from one address never run side by
    side, so none slips past the counter.
    """
    counters = _counters(kind, limits, name, address_of(request))
    now = clock.now()
    with _one_at_a_time(counters[0]):
        _refuse_shut(counters, now)
        try:
            yield
        except PasokhError as error:
            if error.code in GUESSES:
                _count(counters, now)
            raise
        SignInTry.objects.filter(key=counters[0].key).delete()


def pass_through(kind: str, limits: DoorLimits, name: str, request: HttpRequest) -> None:
    """Count one use of a door, whatever comes of it; raises `sign_in.too_many` when it is shut."""
    counters = _counters(kind, limits, name, address_of(request))
    now = clock.now()
    _refuse_shut(counters, now)
    _count(counters, now)


def address_of(request: HttpRequest) -> str:
    """Where the request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))[:60]


@contextmanager
def _one_at_a_time(counter: _Counter) -> Iterator[None]:
    number = int(counter.key[:15], 16)
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


def _counters(kind: str, limits: DoorLimits, name: str, address: str) -> tuple[_Counter, ...]:
    return (
        _Counter(_hashed(kind, "pair", name, address), limits.pair),
        _Counter(_hashed(kind, "name", name), limits.name),
        _Counter(_hashed(kind, "address", address), limits.address),
    )


def _hashed(*parts: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), "\x00".join(parts).encode(), hashlib.sha256).hex()


def _refuse_shut(counters: tuple[_Counter, ...], now: Instant) -> None:
    known = SignInTry.objects.in_bulk([counter.key for counter in counters])
    longest = max((wait_ms(_tries(row), now) for row in known.values()), default=0)
    if longest:
        raise PasokhError("sign_in.too_many", seconds=-(-longest // 1_000))


def _count(counters: tuple[_Counter, ...], now: Instant) -> None:
    for counter in sorted(counters, key=lambda each: each.key):  # one order, so that two never wait in a ring
        with transaction.atomic():
            SignInTry.objects.bulk_create([SignInTry(key=counter.key)], ignore_conflicts=True)
            row = SignInTry.objects.select_for_update().get(key=counter.key)
            tries = after_failure(_tries(row), counter.limit, now)
            row.count, row.since, row.shut_until = tries.count, tries.since, tries.shut_until
            row.save()


def _tries(row: SignInTry) -> Tries:
    return Tries(row.count, row.since, row.shut_until)
