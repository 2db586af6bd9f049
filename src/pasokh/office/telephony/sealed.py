"""Passwords of carriers and telephones: made, sealed and opened under the centre's secret."""

import secrets

from django.conf import settings

from pasokh.telephony.sealing import Seal

PASSWORD_BYTES = 18


def fresh_password() -> str:
    """144 random bits in plain characters, which every telephone can be told."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def seal(plain: str) -> str:
    """The password as it is stored."""
    return Seal(settings.SECRET_KEY).close(plain)


def unseal(sealed: str) -> str:
    """What was sealed; raises `telephony.sealed_elsewhere`."""
    return Seal(settings.SECRET_KEY).open(sealed)
