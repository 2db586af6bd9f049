"""Who a visitor is over days: a pass kept in the visitor's browser, which nobody can write but the centre."""

import base64
import hashlib
import hmac
from collections.abc import Callable

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, Instant, Millis

PASS_LIFE: Millis = 180 * DAY
LONGEST_PASS = 200
PREFIX = "visitor-"


def is_visitor(customer: str | None) -> bool:
    """Whether the customer came through a widget, so that a socket of theirs says whether they are there."""
    return customer is not None and customer.startswith(PREFIX)


class VisitorPasses:
    """Issues and reads passes `v1.ID.EXPIRES.MAC`, good for one organisation and one page's origin."""

    def __init__(self, secret: bytes, clock: Callable[[], Instant], life: Millis = PASS_LIFE) -> None:
        self._mac_key = hmac.digest(secret, b"pasokh.webchat.visitor.v1", "sha256")
        self._id_key = hmac.digest(secret, b"pasokh.webchat.visitor.id", "sha256")
        self._clock, self._life = clock, life

    def newcomer(self, org: str, start: str) -> str:
        """The visitor of a conversation begun without a pass: the same for the same start."""
        return f"{PREFIX}{hashlib.blake2b(f'{org}\0{start}'.encode(), key=self._id_key, digest_size=12).hexdigest()}"

    def issue(self, org: str, origin: str, visitor: str) -> str:
        """A pass that says `visitor`, good from now on for its whole life."""
        expires = self._clock() + self._life
        return f"v1.{visitor}.{expires}.{self._mac(org, origin, visitor, expires)}"

    def read(self, org: str, origin: str, given: str) -> str:
        """Whose pass it is; `visitor.forged` for anything not issued here for this page, `visitor.expired`."""
        version, _, rest = given[:LONGEST_PASS].partition(".")
        visitor, _, rest = rest.partition(".")
        number, _, mac = rest.partition(".")
        if version != "v1" or not (number.isascii() and number.isdecimal()) or not given.isascii():
            raise PasokhError("visitor.forged")
        if not hmac.compare_digest(mac, self._mac(org, origin, visitor, int(number))):
            raise PasokhError("visitor.forged")
        if int(number) <= self._clock():
            raise PasokhError("visitor.expired")
        return visitor

    def _mac(self, org: str, origin: str, visitor: str, expires: Instant) -> str:
        said = "\0".join((org, origin, visitor, str(expires))).encode()
        return base64.urlsafe_b64encode(hmac.digest(self._mac_key, said, "sha256")[:24]).decode()
