"""What may be sent to whom, when it is tried again, and when that ends. Pure."""

import hashlib
import re
from email.headerregistry import Address
from enum import StrEnum

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR, MINUTE, SECOND, Instant, Millis


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    """A process has it; one that dies leaves it here until `due_at`."""
    SENT = "sent"
    DEAD = "dead"
    """Given up; a person may send it again or discard it."""
    DISCARDED = "discarded"


BACKOFF: tuple[Millis, ...] = (
    15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
)  # fmt: skip
"""Pauses after the first, second … failed try; after the last one it is dead: about 22 hours in all."""
MOST_TRIES = len(BACKOFF) + 1
LEASE_MS: Millis = 3 * MINUTE
"""How long one try may take before another process takes the mail up; above every limit of the transport."""

_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,190}\.[^\s@<>()\[\]\\,;:\".]{2,63}")
_KEY = re.compile(r"[\x21-\x7e]{1,160}")


def next_try(attempts: int, now: Instant) -> Instant | None:
    """When a mail is tried again that has failed `attempts` times; None = never."""
    return now + BACKOFF[attempts - 1] if attempts < MOST_TRIES else None


def check_address(text: str, field: str = "to") -> str:
    """A mail address with its domain in ASCII; raises `mail.bad_address` naming the field."""
    cleaned = text.strip().strip("\u200c\u200e\u200f\u202a\u202b\u202c")
    if len(cleaned) > 254 or not cleaned.isprintable() or not _ADDRESS.fullmatch(cleaned):
        raise PasokhError("mail.bad_address", field=field, value=text[:100])
    local, _, domain = cleaned.rpartition("@")
    try:
        known = Address(username=local, domain=domain.encode("idna").decode("ascii").lower())
    except (ValueError, UnicodeError) as error:
        raise PasokhError("mail.bad_address", field=field, value=text[:100]) from error
    if not local.isascii() or ".." in local or local.startswith(".") or local.endswith("."):
        raise PasokhError("mail.bad_address", field=field, value=text[:100])
    return f"{known.username}@{known.domain}"


def checked_mail_from(given: str) -> str:
    """`PASOKH_MAIL_FROM` as it may stand in a mail, or empty; raises `settings.bad_mail_from`."""
    try:
        return check_address(given) if given else ""
    except PasokhError as error:
        raise PasokhError("settings.bad_mail_from", name="PASOKH_MAIL_FROM", value=given[:100]) from error


def default_mail_from(host: str) -> str:
    """An address at the centre's host, where that can be one."""
    try:
        return check_address(f"pasokh@{host}")
    except PasokhError:
        return "pasokh@localhost.localdomain"


def check_mail_key(key: str) -> str:
    """The key of a mail: 1–160 visible ASCII characters; raises `mail.bad_key`."""
    if not _KEY.fullmatch(key):
        raise PasokhError("mail.bad_key", value=key[:160])
    return key


def message_id(organisation: str, key: str, host: str) -> str:
    """The Message-ID of a mail: the same for the same organisation and key, and telling nothing of either."""
    return f"<{hashlib.sha256(f'{organisation}\0{key}'.encode()).hexdigest()[:40]}@{host}>"
