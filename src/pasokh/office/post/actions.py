"""The only writer of the outbox. The mail stands or falls with the caller's transaction; `connect` sends it."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from pasokh.channels.mail.ports import Enclosed
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.post.letters import render_letter
from pasokh.office.post.models import Mail, MailFile, Sender
from pasokh.office.post.rules import MailState, check_address, check_mail_key, message_id
from pasokh.office.post.selectors import sender_name
from pasokh.office.tenancy import scope

MOST_ENCLOSED = 8 * 1024 * 1024
"""Bytes of all files of a mail: mail servers take 10 MB of what grows by a third on the way."""
BELL = "pasokh_post"
"""The notice that wakes `connect`."""


def do_send_mail(
    to: str, template: str, language: str, context: Mapping[str, object], *, key: str, files: Sequence[Enclosed] = ()
) -> Mail:
    """Put a mail into the outbox of the scope's organisation, in the running transaction; `key` makes it idempotent.

    Templates and the special fields of `context` (`link`, `lines`) are told of in `letters`. The same key again gives
    the mail that exists, whatever the rest says. Raises `mail.bad_address` (field `to`), `mail.bad_key`,
    `mail.unknown_template`, `mail.bad_link`, `mail.too_large` where its `files` are more than `MOST_ENCLOSED`.
    """
    if sum(len(each.content) for each in files) > MOST_ENCLOSED:
        raise PasokhError("mail.too_large", most_mb=MOST_ENCLOSED // 1024 // 1024)
    org = scope.required()
    check_mail_key(key)
    known = Mail.objects.filter(key=key).first()
    if known is not None:
        return known
    address = check_address(to)
    letter = render_letter(template, language, context, sender_name(language))
    now = clock.now()
    mail, created = Mail.objects.get_or_create(
        organisation_id=org,
        key=key,
        defaults={
            "message_id": message_id(org, key, urlsplit(settings.PUBLIC_URL).hostname or "localhost"),
            "recipient": address,
            "template": template,
            "language": language,
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "due_at": now,
            "created_at": now,
        },
    )
    if created:
        MailFile.objects.bulk_create(
            MailFile(organisation_id=org, mail=mail, name=each.name, media_type=each.media_type, content=each.content)
            for each in files
        )
        _ring()
    return mail


@transaction.atomic
def do_retry_mail(actor: str, number: int) -> Mail:
    """Try a dead or waiting mail again now; raises `mail.unknown`, and `mail.not_dead` for any other."""
    mail = _known(number)
    if mail.state not in {MailState.DEAD, MailState.WAITING}:
        raise PasokhError("mail.not_dead", state=mail.state)
    before = {"state": mail.state, "attempts": mail.attempts}
    mail.state, mail.attempts, mail.due_at = MailState.WAITING.value, 0, clock.now()
    mail.save(update_fields=["state", "attempts", "due_at"])
    do_record_change(actor, "mail.retry", f"mail:{mail.pk}", before, {"state": mail.state, "attempts": 0})
    _ring()
    return mail


@transaction.atomic
def do_discard_mail(actor: str, number: int) -> Mail:
    """Never send a dead or waiting mail, and erase what it says; raises as `do_retry_mail`."""
    mail = _known(number)
    if mail.state not in {MailState.DEAD, MailState.WAITING}:
        raise PasokhError("mail.not_dead", state=mail.state)
    before = {"state": mail.state}
    mail.state, mail.text, mail.html = MailState.DISCARDED.value, "", ""
    mail.save(update_fields=["state", "text", "html"])
    MailFile.objects.filter(mail=mail).delete()
    do_record_change(actor, "mail.discard", f"mail:{mail.pk}", before, {"state": mail.state})
    return mail


@transaction.atomic
def do_save_sender(actor: str, address: str, name: str, reply_to: str, expected_change: int | None = None) -> None:
    """Set the address the organisation's mails come from; an empty one goes back to the installation's.

    Raises `mail.bad_address` naming `address` or `reply_to`, and `setup.changed_meanwhile`.
    """
    org = scope.required()
    sender = Sender.objects.select_for_update().first()
    if expected_change is not None and expected_change != (sender.changed_at if sender else 0):
        raise PasokhError("setup.changed_meanwhile", field="version", target="sender")
    before = None if sender is None else _described(sender)
    if not address.strip():
        if sender is not None:
            sender.delete()
            do_record_change(actor, "sender.save", "sender", before, None)
        return
    sender = sender or Sender(organisation_id=org)
    sender.address = check_address(address, "address")
    sender.name = normalise(name)[:200]
    sender.reply_to = check_address(reply_to, "reply_to") if reply_to.strip() else ""
    if before != _described(sender):
        sender.changed_at = max(clock.now(), sender.changed_at + 1)
        sender.save()
        do_record_change(actor, "sender.save", "sender", before, _described(sender))


def _described(sender: Sender) -> dict[str, object]:
    return {"address": sender.address, "name": sender.name, "reply_to": sender.reply_to}


def _known(number: int) -> Mail:
    mail = Mail.objects.select_for_update().filter(pk=number).first()
    if mail is None:
        raise PasokhError("mail.unknown")
    return mail


def _ring() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [BELL])
