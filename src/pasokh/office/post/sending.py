"""Takes mails that are due out of the outbox and hands them over: `connect`'s part.

A mail is claimed in one transaction, sent in none, and recorded in another. A process killed in between leaves the
claim, which ends by itself; the next try carries the same Message-ID. Two processes never send one mail at one time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from django.conf import settings

from pasokh.channels.mail.ports import FINAL, Enclosed, MailTransport, Parcel
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.post.models import Mail, MailFile
from pasokh.office.post.rules import LEASE_MS, MOST_TRIES, MailState, next_try
from pasokh.office.post.selectors import own_sender, sender_name
from pasokh.office.tenancy.scope import organisation_scope

log = logging.getLogger(__name__)

_DUE = (
    "SELECT DISTINCT organisation_id FROM post_mail"
    " WHERE state IN ('waiting', 'sending') AND due_at <= %s ORDER BY organisation_id"
)
AWAY = frozenset({"mail.unreachable", "mail.file_failed"})
"""Errors that the next mail would meet too."""

type OnDeath = Callable[[Mail], None]
"""Called in the transaction that gives a mail up."""


@dataclass(frozen=True, slots=True)
class _Claim:
    number: int
    attempts: int
    parcel: Parcel


def send_due(
    connection: psycopg.Connection,
    transport: MailTransport | None,
    stopping: Callable[[], bool] = lambda: False,
    on_death: OnDeath = lambda _: None,
) -> int:
    """Send what is due in any organisation; returns how many were taken. Without a transport everything waits.

    Stops early when the way out is closed: the rest would only fail alike.
    """
    if transport is None:
        return 0
    sent = 0
    for (org,) in connection.execute(_DUE, (clock.now(),)).fetchall():
        while not stopping():
            claim = _claimed(org, on_death)
            if claim is None:
                break
            error = _tried(transport, claim.parcel)
            _record(org, claim, error, on_death)
            if error is None:
                sent += 1
            elif error.code in AWAY:
                log.warning("mail waits: %s", error)
                return sent
    return sent


def _claimed(org: str, on_death: OnDeath) -> _Claim | None:
    """The organisation's next due mail, taken for `LEASE_MS`."""
    with organisation_scope(org):
        while True:
            now = clock.now()
            due = Mail.objects.filter(state__in=[MailState.WAITING.value, MailState.SENDING.value], due_at__lte=now)
            mail = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
            if mail is None:
                return None
            if mail.attempts >= MOST_TRIES:  # whoever had it last died each time
                _bury(mail, mail.reason or "interrupted", on_death)
                continue
            mail.state, mail.attempts, mail.due_at = MailState.SENDING.value, mail.attempts + 1, now + LEASE_MS
            mail.save(update_fields=["state", "attempts", "due_at"])
            return _Claim(mail.pk, mail.attempts, _parcel(mail))


def _parcel(mail: Mail) -> Parcel:
    sender = own_sender()
    return Parcel(
        message_id=mail.message_id,
        sender=sender.address if sender is not None else settings.CONFIGURATION.mail_from,
        sender_name=sender_name(mail.language),
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        at=mail.created_at,
        reply_to=sender.reply_to if sender is not None else "",
        files=tuple(
            Enclosed(each.name, each.media_type, bytes(each.content))
            for each in MailFile.objects.filter(mail=mail).order_by("id")
        ),
    )


def _tried(transport: MailTransport, parcel: Parcel) -> PasokhError | None:
    try:
        transport.deliver(parcel)
    except PasokhError as error:
        return error
    except Exception as error:  # a mail that cannot even be written must not hold up the others
        log.exception("a mail could not be composed")
        return PasokhError("mail.refused", reason=f"{type(error).__name__}: {error}"[:300])
    return None


def _record(org: str, claim: _Claim, error: PasokhError | None, on_death: OnDeath) -> None:
    with organisation_scope(org):
        mail = Mail.objects.select_for_update().get(pk=claim.number)
        if mail.state != MailState.SENDING or mail.attempts != claim.attempts:
            return  # too late: another process has taken it up
        now = clock.now()
        if error is None:
            mail.state, mail.sent_at, mail.reason, mail.text, mail.html = MailState.SENT.value, now, "", "", ""
            mail.save(update_fields=["state", "sent_at", "reason", "text", "html"])
            MailFile.objects.filter(mail=mail).delete()
            return
        mail.reason = message(error.code, "en", **error.params)[:400]
        again = None if error.code in FINAL else next_try(mail.attempts, now)
        if again is None:
            _bury(mail, mail.reason, on_death)
            return
        mail.state, mail.due_at = MailState.WAITING.value, again
        mail.save(update_fields=["state", "due_at", "reason"])


def _bury(mail: Mail, reason: str, on_death: OnDeath) -> None:
    mail.state, mail.reason = MailState.DEAD.value, reason
    mail.save(update_fields=["state", "reason"])
    on_death(mail)
