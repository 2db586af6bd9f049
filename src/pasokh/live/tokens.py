"""Short-lived signed tokens: who stands behind a socket, and what that person may see."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pasokh.acd.model import Id
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, MINUTE, Instant, Millis

STAFF_LIFE: Millis = 5 * MINUTE
VISITOR_LIFE: Millis = 30 * DAY
LONGEST_TOKEN = 2_048

type Kind = Literal["staff", "visitor"]
type Role = Literal["agent", "supervisor", "visitor"]


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a token says. `origin` is the page's origin the socket must come from; empty = not from a browser."""

    kind: Literal["staff", "visitor"]
    org: Id
    """Organisation = shard."""
    subject: Id
    """Who it is: the user's id, or the contact's for a visitor. Idempotency keys of commands are kept apart by it."""
    role: Literal["agent", "supervisor", "visitor"]
    exp: Annotated[int, Meta(ge=0)]
    """Good before this instant (ms)."""
    agent: Id | None = None
    """The core's agent id, for staff who handle contacts."""
    contact: Id | None = None
    """The visitor's contact."""
    origin: Annotated[str, Meta(max_length=300)] = ""


class TokenSigner:
    """Issues and checks tokens `v1.CLAIMS.MAC` (base64url; HMAC-SHA-256).

    The first secret signs, all verify: put a new one in front to rotate, and drop the old when its tokens have expired.
    """

    def __init__(self, secrets: Sequence[str | bytes]) -> None:
        if not secrets or any(len(s) < 16 for s in secrets):
            raise PasokhError("token.weak_secret", least=16)
        raw = (s.encode() if isinstance(s, str) else s for s in secrets)
        self._keys = [hmac.digest(s, b"pasokh.live.token.v1", "sha256") for s in raw]

    def issue(self, claims: Claims) -> str:
        """A token that says `claims`; raises `token.malformed` for claims that `verify` would refuse."""
        data = msgspec.json.encode(claims)
        try:
            msgspec.json.decode(data, type=Claims)
        except msgspec.ValidationError as error:
            raise PasokhError("token.malformed", why=str(error)) from error
        body = b"v1." + _encode64(data)
        return (body + b"." + _encode64(self._mac(self._keys[0], body))).decode()

    def verify(self, token: str, now: Instant) -> Claims:
        """The claims of a good token; raises `token.malformed`, `token.forged` or `token.expired`."""
        if len(token) > LONGEST_TOKEN or not token.isascii() or token.count(".") != 2:
            raise PasokhError("token.malformed")
        body, _, mac64 = token.encode().rpartition(b".")
        mac = _decode64(mac64)
        matches = [hmac.compare_digest(self._mac(key, body), mac) for key in self._keys]
        if not any(matches):
            raise PasokhError("token.forged")
        version, _, claims64 = body.partition(b".")
        if version != b"v1":
            raise PasokhError("token.malformed")
        try:
            claims = msgspec.json.decode(_decode64(claims64), type=Claims)
        except msgspec.MsgspecError as error:
            raise PasokhError("token.malformed") from error
        _check_shape(claims)
        if claims.exp <= now:
            raise PasokhError("token.expired", expired_at=claims.exp)
        return claims

    def staff(
        self,
        *,
        org: str,
        user: str,
        agent: str | None,
        role: Literal["agent", "supervisor"],
        origin: str,
        now: Instant,
        life: Millis = STAFF_LIFE,
    ) -> tuple[str, Instant]:
        """A staff token and when it expires. `origin` is ``scheme://host[:port]`` of the page that asked for it."""
        exp = now + life
        claims = Claims(kind="staff", org=org, subject=user, agent=agent, role=role, origin=origin, exp=exp)
        return self.issue(claims), exp

    def visitor(
        self, *, org: str, contact: str, origin: str, now: Instant, life: Millis = VISITOR_LIFE
    ) -> tuple[str, Instant]:
        """A visitor's token and when it expires, bound to one contact and the widget page's origin."""
        exp = now + life
        claims = Claims(
            kind="visitor",
            org=org,
            subject=contact,
            contact=contact,
            role="visitor",
            origin=origin,
            exp=exp,
        )
        return self.issue(claims), exp

    @staticmethod
    def _mac(key: bytes, body: bytes) -> bytes:
        return hmac.digest(key, body, hashlib.sha256)


def _check_shape(claims: Claims) -> None:
    """A visitor has a contact and no agent; staff never have a contact."""
    if claims.kind == "visitor":
        good = claims.role == "visitor" and claims.contact is not None and claims.agent is None
    else:
        good = claims.role != "visitor" and claims.contact is None
    if not good:
        raise PasokhError("token.malformed")


def _encode64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode64(data: bytes) -> bytes:
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise PasokhError("token.malformed") from error
