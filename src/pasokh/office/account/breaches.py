"""Passwords that others have lost already, by k-anonymity: only the first five digits of a SHA-1 leave the house.

The format is that of Have I Been Pwned's Pwned Passwords (https://haveibeenpwned.com/API/v3#PwnedPasswords); a mirror
of one's own does as well. The list that ships (Django's 20,000 common passwords) is asked by a validator of its own
before this one.
"""

import hashlib
import logging

from django.conf import settings
from django.core.exceptions import ValidationError

from pasokh.kernel.errors import PasokhError
from pasokh.office.account.outgoing import Unreachable, fetch
from pasokh.office.errors import text_of

log = logging.getLogger(__name__)

SECONDS = 2.0
"""The longest a new password waits for the list."""


def times_seen(password: str, url: str) -> int | None:
    """In how many leaks the password was; None when the list is away or speaks nonsense."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    prefix, rest = digest[:5], digest[5:]
    try:
        body = fetch(f"{url.rstrip('/')}/{prefix}", SECONDS, headers={"Add-Padding": "true"}).decode("ascii")
        counts = dict(line.strip().split(":") for line in body.splitlines() if line.strip())
        return int(counts.get(rest, "0"))
    except (Unreachable, ValueError) as error:
        log.warning("the breach list is away, the password is taken unasked: %s", type(error).__name__)
        return None


class BreachListValidator:
    """Refuses a password of the list at `PASOKH_BREACH_LIST_URL`; without an address or an answer refuses nothing."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002 - Django's signature
        """Raises `ValidationError`."""
        url: str = settings.BREACH_LIST_URL
        count = times_seen(password, url) if url else None
        if count:
            raise ValidationError(text_of(PasokhError("password.leaked", n=count)), code="leaked")

    def get_help_text(self) -> str:
        """Django's signature."""
        return ""
