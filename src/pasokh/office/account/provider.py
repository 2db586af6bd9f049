"""The organisation's side of OpenID Connect Core 1.0: discovery, the way there, and what comes back.

Code flow with PKCE (S256), state and nonce. ID tokens must be signed with a key of the provider's own (no HMAC, no
`none`).
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant
from pasokh.office.account.outgoing import Unreachable, fetch_object

SECONDS = 6.0
LEEWAY_SECONDS = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True, slots=True)
class Provider:
    """What discovery tells."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    """Where more of the person stands; empty = nowhere."""
    basic: bool
    """Whether the client says who it is in the header; else in the form."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to the provider and back: what has to come back with the person."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What came for the code."""

    identity: str
    access: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who the provider says it is."""

    subject: str
    email: str
    email_verified: bool
    name: str
    wanted_name: str
    locale: str


def discover(issuer: str, *, https: bool) -> Provider:
    """The provider's endpoints; raises `sso.unreachable`, `sso.wrong_issuer`, `sso.insecure`."""
    check_secure(issuer, https=https)
    try:
        said = fetch_object(f"{issuer.rstrip('/')}/.well-known/openid-configuration", SECONDS)
    except Unreachable as error:
        raise PasokhError("sso.unreachable", field="issuer", why=str(error)) from error
    if str(said.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise PasokhError("sso.wrong_issuer", field="issuer", said=str(said.get("issuer", ""))[:200])
    authorization, token, keys = (
        str(said.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    userinfo = str(said.get("userinfo_endpoint") or "")
    for endpoint in (authorization, token, keys, *([userinfo] if userinfo else [])):
        check_secure(endpoint, https=https)
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(str(said["issuer"]), authorization, token, keys, userinfo, "client_secret_basic" in methods)


def check_secure(url: str, *, https: bool) -> None:
    """Raises `sso.insecure` for anything but https; a centre that is itself not on https may ask its own machine."""
    parts = urlsplit(url)
    own = not https and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and own)):
        raise PasokhError("sso.insecure", field="issuer", value=url[:200])


def new_journey() -> Journey:
    """Fresh secrets of one journey."""
    return Journey(*(secrets.token_urlsafe(32) for _ in range(3)))


def way_there(provider: Provider, client: str, back: str, journey: Journey, hint: str = "") -> str:
    """Where the browser goes."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "scope": "openid email profile",
        "client_id": client,
        "redirect_uri": back,
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"login_hint": hint} if hint else {}),
    }
    glue = "&" if "?" in provider.authorization else "?"
    return f"{provider.authorization}{glue}{urlencode(asked)}"


def redeem(provider: Provider, client: str, secret: str, back: str, code: str, journey: Journey) -> Tokens:
    """What a code is good for; raises `sso.code_refused` (the provider says no), `sso.unreachable`."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": journey.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if secret and provider.basic:
        pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client, **({"client_secret": secret} if secret else {})}
    try:
        said = fetch_object(provider.token, SECONDS, urlencode(form).encode(), headers)
    except Unreachable as error:
        if error.status in {400, 401, 403}:
            raise PasokhError("sso.code_refused", why=_reason(error.body)) from error
        raise PasokhError("sso.unreachable", why=str(error)) from error
    token = said.get("id_token")
    if not isinstance(token, str):
        raise PasokhError("sso.bad_token", why="id_token")
    return Tokens(token, str(said.get("access_token") or ""))


def read_token(provider: Provider, client: str, tokens: Tokens, nonce: str, now: Instant) -> Person:
    """Who a good ID token speaks of; a provider that keeps the address elsewhere is asked there.

    Raises `sso.wrong_signature`, `sso.wrong_issuer`, `sso.wrong_audience`, `sso.expired`, `sso.replayed` (its nonce is
    not this journey's), `sso.bad_token`, `sso.unreachable`.
    """
    try:
        keys = KeySet.import_key_set(fetch_object(provider.keys, SECONDS))  # type: ignore[arg-type]
    except Unreachable as error:
        raise PasokhError("sso.unreachable", why=str(error)) from error
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise PasokhError("sso.bad_token", why="jwks") from error
    try:
        claims = jwt.decode(tokens.identity, keys, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise PasokhError("sso.wrong_signature") from error
    _check_claims(claims, provider, client, nonce, now)
    if "email" not in claims and provider.userinfo and tokens.access:
        claims = {**_more(provider, tokens.access, str(claims["sub"])), **claims}
    return _person(claims)


def _more(provider: Provider, access: str, subject: str) -> dict[str, Any]:
    """What the provider says elsewhere of the same person (OpenID Connect Core 1.0, 5.3)."""
    try:
        said = fetch_object(provider.userinfo, SECONDS, headers={"Authorization": f"Bearer {access}"})
    except Unreachable as error:
        raise PasokhError("sso.unreachable", why=str(error)) from error
    if said.get("sub") != subject:
        raise PasokhError("sso.bad_token", why="sub")
    return said


def _check_claims(claims: Mapping[str, Any], provider: Provider, client: str, nonce: str, now: Instant) -> None:
    registry = jwt.JWTClaimsRegistry(
        now=now // SECOND,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        registry.validate(dict(claims))
    except ExpiredTokenError as error:
        raise PasokhError("sso.expired") from error
    except (InvalidClaimError, MissingClaimError) as error:
        code = {"iss": "sso.wrong_issuer", "aud": "sso.wrong_audience", "nonce": "sso.replayed"}.get(error.claim or "")
        if code == "sso.wrong_issuer":
            raise PasokhError(code, field="issuer", said=str(claims.get("iss", ""))[:200]) from error
        raise PasokhError(code) if code else PasokhError("sso.bad_token", why=error.claim or "") from error
    except JoseError as error:
        raise PasokhError("sso.bad_token", why=error.error) from error
    party = claims.get("azp")
    if party is not None and party != client:
        raise PasokhError("sso.wrong_audience")


def _person(claims: Mapping[str, Any]) -> Person:
    def said(name: str, longest: int) -> str:
        value = claims.get(name)
        return value[:longest] if isinstance(value, str) else ""

    email = said("email", 254).strip().lower()
    return Person(
        subject=str(claims["sub"])[:255],
        email=email,
        email_verified=claims.get("email_verified", True) in {True, "true"},
        name=said("name", 200),
        wanted_name=said("preferred_username", 200) or email.partition("@")[0],
        locale=said("locale", 20),
    )


def _reason(body: object) -> str:
    if isinstance(body, dict):
        return str(body.get("error", ""))[:60]
    return ""
