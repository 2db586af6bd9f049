"""Passwords of carriers and telephones at rest, for processes with Django and without."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pasokh.kernel.errors import PasokhError


class Seal:
    """Authenticated encryption (Fernet) under a key of the centre's secret for telephony alone (HKDF, RFC 5869)."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), 32, None, b"pasokh.telephony.sealed.v1").derive(secret.encode())
        self._box = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, plain: str) -> str:
        """The text, sealed."""
        return self._box.encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed; raises `telephony.sealed_elsewhere` when the centre's secret is another one now."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise PasokhError("telephony.sealed_elsewhere") from error
