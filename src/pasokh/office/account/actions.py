"""Writes of a person's ways in: passwords, second factor, passkeys, addresses, sessions; audited."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest

from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.account import letters, passkeys
from pasokh.office.account.models import Browser, Credentials, Passkey, Ticket
from pasokh.office.account.rules import (
    MAIL_CHANGE_LIFE,
    MOST_PASSKEYS,
    RECOVERY_CODES,
    RESET_LIFE,
    TicketKind,
    matching_step,
    recovery_code,
    recovery_hash,
    token_hash,
)
from pasokh.office.account.sealing import derived_key, seal, unseal
from pasokh.office.account.selectors import credentials_of, duty_of, factors_of
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.models import User
from pasokh.office.post.rules import check_address
from pasokh.office.tenancy import scope
from pasokh.store import hints


# -- passwords ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_change_password(user: User, old: str, new: str, mark: str) -> None:
    """Change one's own password and end every other session.

    Raises `account.wrong_password`, `account.same_password`, `person.weak_password`. The caller keeps its own session
    by Django's `update_session_auth_hash`.
    """
    if user.has_usable_password():
        check_own_password(user, old, "old")
    if user.check_password(new):
        raise PasokhError("account.same_password", field="new")
    _set_password(user, new, "new")
    do_end_browsers(user, but=mark)
    do_settle_duty(user)


@transaction.atomic
def do_reset_password(ticket: Ticket, new: str) -> User:
    """Choose a password by a mail's link: every session and every other link ends. Raises `person.weak_password`."""
    user = ticket.user
    _set_password(user, new, "new")
    now = clock.now()
    Ticket.objects.filter(user=user, kind=TicketKind.RESET, used_at=0).update(used_at=now)
    do_end_browsers(user)
    return user


@transaction.atomic
def do_demand_new_password(actor: str, user: User) -> None:
    """Let a person change their password before anything else, wherever they are signed in and from now on."""
    kept = credentials_of(user, lock=True)
    if kept.must_change_password:
        return
    kept.must_change_password = True
    kept.save()
    do_settle_duty(user)
    do_record_change(actor, "account.demand_password", f"user:{user.username}", None, {"must_change_password": True})


@transaction.atomic
def do_send_reset(user: User, actor: str = "") -> None:
    """Send the link for a new password; an administrator's `actor` is recorded. Raises `account.no_address`."""
    if not user.email:
        raise PasokhError("account.no_address", field="email")
    ticket, token = _ticket(TicketKind.RESET, user, RESET_LIFE)
    letters.send_reset(ticket, token)
    if actor:
        do_record_change(actor, "account.send_reset", f"user:{user.username}", None, None)


def check_own_password(user: User, password: str, field: str) -> None:
    """Raises `account.wrong_password` naming the field."""
    if not user.check_password(password):
        raise PasokhError("account.wrong_password", field=field)


def _set_password(user: User, password: str, field: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasokhError("person.weak_password", field=field, reason=" ".join(error.messages)) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    kept, now = credentials_of(user, lock=True), clock.now()
    kept.must_change_password, kept.password_changed_at = False, now
    kept.save()
    do_record_change(f"user:{user.username}", "account.change_password", f"user:{user.username}", None, None)
    letters.send_warning(user, "password_changed", str(now))


# -- the address -------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_ask_for_mail(user: User, address: str) -> None:
    """Send a link to a new address; it counts once it was opened. Raises `mail.bad_address` (field `email`)."""
    checked = check_address(address.strip().lower(), "email")
    ticket, token = _ticket(TicketKind.MAIL, user, MAIL_CHANGE_LIFE, checked)
    letters.send_confirmation(ticket, token)


@transaction.atomic
def do_confirm_mail(ticket: Ticket) -> User:
    """The new address is the person's own from now on; the old one is told."""
    user, before = ticket.user, ticket.user.email
    user.email = ticket.address
    user.save(update_fields=["email"])
    Ticket.objects.filter(user=user, kind=TicketKind.MAIL, used_at=0).update(used_at=clock.now())
    if before and before != user.email:
        letters.send_warning(user, "mail_changed", str(ticket.pk), before)
    name = f"user:{user.username}"
    do_record_change(name, "account.change_mail", name, {"email": before}, {"email": user.email})
    return user


@transaction.atomic
def do_remove_mail(user: User) -> None:
    """The person has no address any more; the old one is told."""
    before, user.email = user.email, ""
    user.save(update_fields=["email"])
    letters.send_warning(user, "mail_changed", str(clock.now()), before)
    name = f"user:{user.username}"
    do_record_change(name, "account.change_mail", name, {"email": before}, {"email": ""})


def _ticket(kind: TicketKind, user: User, life: int, address: str = "") -> tuple[Ticket, str]:
    token, now = secrets.token_urlsafe(32), clock.now()
    ticket = Ticket.objects.create(
        organisation_id=scope.required(),
        kind=kind.value,
        token_hash=token_hash(token),
        user=user,
        address=address,
        created_at=now,
        expires_at=now + life,
    )
    return ticket, token


# -- second factor -----------------------------------------------------------------------------------------------------
@transaction.atomic
def do_turn_on_codes(user: User, secret: bytes, code: str) -> list[str]:
    """Ask for codes of an authenticator app from now on; the recovery codes, shown once.

    Raises `second_step.wrong_code` (field `code`) unless the app shows the right one already.
    """
    step = matching_step(secret, code, clock.now(), 0)
    if step is None:
        raise PasokhError("second_step.wrong_code", field="code")
    kept = credentials_of(user, lock=True)
    kept.one_time_secret, kept.one_time_since, kept.one_time_step = seal(secret), clock.now(), step
    codes = _renew_recovery(kept)
    _record_own(user, "account.codes_on")
    letters.send_warning(user, "codes_on", str(kept.one_time_since))
    do_settle_duty(user)
    return codes


@transaction.atomic
def do_turn_off_codes(user: User, actor: str = "") -> None:
    """Ask for no codes any more; an administrator's `actor` helps somebody who lost the telephone.

    Raises `second_step.demanded` when a person's role needs what they would take away.
    """
    kept, factors = credentials_of(user, lock=True), factors_of(user)
    if not kept.one_time_secret:
        return
    if not actor and factors.demanded and not factors.passkeys:
        raise PasokhError("second_step.demanded")
    kept.one_time_secret, kept.one_time_since, kept.recovery = "", 0, []
    kept.save()
    _record_own(user, "account.codes_off", actor)
    letters.send_warning(user, "codes_off", str(clock.now()))
    do_settle_duty(user)


@transaction.atomic
def do_renew_recovery(user: User) -> list[str]:
    """New recovery codes, shown once; the old ones are void. Raises `second_step.off` without codes."""
    kept = credentials_of(user, lock=True)
    if not kept.one_time_secret:
        raise PasokhError("second_step.off")
    codes = _renew_recovery(kept)
    _record_own(user, "account.renew_recovery")
    return codes


def do_use_code(user: User, typed: str) -> str:
    """`code` or `recovery`, whichever it was; used up from now on. Raises `second_step.wrong_code` (field `code`)."""
    kept = credentials_of(user, lock=True)
    if kept.one_time_secret:
        step = matching_step(unseal(kept.one_time_secret), typed, clock.now(), kept.one_time_step)
        if step is not None:
            kept.one_time_step = step
            kept.save(update_fields=["one_time_step"])
            return "code"
        hashed = recovery_hash(typed, derived_key("recovery"))
        if hashed in kept.recovery:
            kept.recovery = [each for each in kept.recovery if each != hashed]
            kept.save(update_fields=["recovery"])
            letters.send_warning(user, "recovery_used", str(clock.now()))
            return "recovery"
    raise PasokhError("second_step.wrong_code", field="code")


def _renew_recovery(kept: Credentials) -> list[str]:
    codes = [recovery_code(secrets.token_bytes(16)) for _ in range(RECOVERY_CODES)]
    kept.recovery = [recovery_hash(code, derived_key("recovery")) for code in codes]
    kept.save()
    return codes


# -- passkeys ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_add_passkey(request: HttpRequest, user: User, state: object, answer: Mapping[str, Any], name: str) -> Passkey:
    """Keep a new passkey; raises `passkey.refused`, `passkey.too_many`, `passkey.known`."""
    if Passkey.objects.filter(user=user).count() >= MOST_PASSKEYS:
        raise PasokhError("passkey.too_many", most=MOST_PASSKEYS)
    data = passkeys.finish_registration(request, state, answer)
    credential = passkeys.encoded(data.credential_id)
    if passkeys.organisation_of_passkey(credential) is not None:
        raise PasokhError("passkey.known")
    passkey = Passkey.objects.create(
        organisation_id=scope.required(),
        user=user,
        credential=credential,
        public=bytes(data),
        name=normalise(name)[:80] or "Passkey",
        created_at=clock.now(),
    )
    _record_own(user, "account.add_passkey")
    letters.send_warning(user, "passkey_added", str(passkey.pk))
    do_settle_duty(user)
    return passkey


@transaction.atomic
def do_rename_passkey(user: User, number: int, name: str) -> None:
    """Call a passkey something else; raises `passkey.unknown`."""
    if not Passkey.objects.filter(user=user, pk=number).update(name=normalise(name)[:80] or "Passkey"):
        raise PasokhError("passkey.unknown")


@transaction.atomic
def do_remove_passkey(user: User, number: int) -> None:
    """Forget a passkey; raises `passkey.unknown`, and `second_step.demanded` for the last factor that a role needs."""
    passkey = Passkey.objects.filter(user=user, pk=number).first()
    if passkey is None:
        raise PasokhError("passkey.unknown")
    factors = factors_of(user)
    if factors.demanded and not factors.one_time and factors.passkeys == 1:
        raise PasokhError("second_step.demanded")
    passkey.delete()
    _record_own(user, "account.remove_passkey")
    letters.send_warning(user, "passkey_removed", str(number))


def do_use_passkey(request: HttpRequest, credential: str, state: object, answer: Mapping[str, Any]) -> User:
    """The active person whose passkey answered well; raises `passkey.refused`, `passkey.unknown`."""
    passkey = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("user__organisation")
        .filter(credential=credential)
        .first()
    )
    if passkey is None or not passkey.user.is_active:
        raise PasokhError("passkey.unknown")
    passkey.counter = passkeys.check_assertion(request, state, passkey, answer)
    passkey.used_at = clock.now()
    passkey.save(update_fields=["counter", "used_at"])
    return passkey.user


# -- sessions ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_end_browsers(user: User, *, but: str = "", only: int | None = None, actor: str = "") -> int:
    """Sign a person out everywhere, or everywhere `but` the browser with that mark, or in the `only` one; how many."""
    rows = Browser.objects.filter(user=user).exclude(mark=but)
    ended, _ = (rows if only is None else rows.filter(pk=only)).delete()
    if ended:
        with connection.cursor() as cursor:
            hints.publish_end(cursor, user.organisation_id, user.username, clock.now())
    if actor and ended:
        do_record_change(actor, "account.end_sessions", f"user:{user.username}", None, {"ended": ended})
    return ended


def do_settle_duty(user: User) -> None:
    """Write anew what the person has to do first, wherever they are signed in."""
    duty = duty_of(user)
    Browser.objects.filter(user=user).exclude(duty=duty).update(duty=duty)


def do_settle_duties(users: Iterable[User]) -> None:
    """The same for many."""
    for user in users:
        do_settle_duty(user)


def _record_own(user: User, action: str, actor: str = "") -> None:
    name = f"user:{user.username}"
    do_record_change(actor or name, action, name, None, None)
