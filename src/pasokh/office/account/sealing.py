"""Secrets at rest: sealed under a key derived from the centre's secret, opened only where they are used."""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from pasokh.kernel.errors import PasokhError


def seal(plain: bytes) -> str:
    """Authenticated encryption (AES-128-CBC with HMAC-SHA-256, the Fernet format)."""
    return _box().encrypt(plain).decode()


def unseal(sealed: str) -> bytes:
    """What was sealed; raises `account.sealed_elsewhere` when the centre's secret is another one now."""
    try:
        return _box().decrypt(sealed.encode())
    except InvalidToken as error:
        raise PasokhError("account.sealed_elsewhere") from error


def fresh_secret(length: int) -> bytes:
    """Random bytes."""
    return secrets.token_bytes(length)


def derived_key(purpose: str) -> bytes:
    """32 bytes of the centre's secret for one purpose alone (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, None, f"pasokh.account.{purpose}.v1".encode()).derive(settings.SECRET_KEY.encode())


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("sealed")))
