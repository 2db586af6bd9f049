"""The one-time link to an empty installation: signed, and good only as long as there is no organisation. Pure."""

import base64
import hashlib
import hmac

from pasokh.kernel.time import DAY, Instant

LIFE_MS = 7 * DAY
_SALT = b"pasokh.welcome\0"


def welcome_token(secret: str, now: Instant) -> str:
    """A token made at `now`."""
    moment = str(now)
    return f"{moment}.{_sign(secret, moment)}"


def is_good(token: str, secret: str, now: Instant) -> bool:
    """Whether the token is ours and not older than `LIFE_MS`."""
    moment, _, signature = token.partition(".")
    if not moment.isascii() or not moment.isdecimal() or len(moment) > 16:
        return False
    fresh = 0 <= now - int(moment) + DAY <= LIFE_MS + DAY
    return hmac.compare_digest(signature.encode(), _sign(secret, moment).encode()) and fresh


def _sign(secret: str, moment: str) -> str:
    digest = hmac.digest(secret.encode(), _SALT + moment.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
