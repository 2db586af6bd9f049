"""What the account promises: lifetimes, limits, links, one-time codes, devices, who may act on whom. Pure."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from pasokh.i18n.digits import to_ascii
from pasokh.kernel.time import HOUR, MINUTE, SECOND, Instant, Millis
from pasokh.office.people.rules import Limit, Right

INVITATION_LIFE: Millis = 72 * HOUR
RESET_LIFE: Millis = HOUR
MAIL_CHANGE_LIFE: Millis = 24 * HOUR
SESSION_LIFE: Millis = 12 * HOUR
PENDING_LIFE: Millis = 10 * MINUTE
"""How long a first step (password, redirect to a provider, passkey challenge) waits for its second."""
CONFIRMED_LIFE: Millis = 20 * MINUTE
"""How long after showing who one is the second factor, passkeys and the address may be changed."""
SEEN_EVERY: Millis = MINUTE
"""How often a session notes that it was seen."""

STEP: Millis = 30 * SECOND
CODE_DIGITS = 6
SECRET_BYTES = 20
RECOVERY_CODES = 10
MOST_PASSKEYS = 20


class Duty(StrEnum):
    """What a signed-in person has to do before anything else."""

    PASSWORD = "password"  # noqa: S105 - a word
    SECOND_FACTOR = "second_factor"


class TicketKind(StrEnum):
    """What a link from a mail is good for."""

    RESET = "reset"
    MAIL = "mail"


# -- doors -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How often one name from one address, one name, and one address may try."""

    pair: Limit
    name: Limit
    address: Limit


SIGN_IN = DoorLimits(
    Limit(5, 10 * MINUTE, 5 * MINUTE), Limit(20, 30 * MINUTE, 10 * MINUTE), Limit(50, 10 * MINUTE, 10 * MINUTE)
)
SECOND_STEP = DoorLimits(
    Limit(5, 10 * MINUTE, 5 * MINUTE), Limit(10, HOUR, 30 * MINUTE), Limit(50, 10 * MINUTE, 10 * MINUTE)
)
"""10 guesses an hour at 1 in 333,333 (three steps count): a thousandth of a chance in two weeks, and it shows."""
LETTER = DoorLimits(Limit(3, HOUR, HOUR), Limit(6, HOUR, HOUR), Limit(30, HOUR, HOUR))
"""Asking for a mail: counts every use, not failures."""
LINK = DoorLimits(
    Limit(20, 10 * MINUTE, 10 * MINUTE), Limit(20, 10 * MINUTE, 10 * MINUTE), Limit(40, 10 * MINUTE, 10 * MINUTE)
)
"""Opening links: a token has 256 bits, so this only spares the database."""
CEREMONY = DoorLimits(Limit(30, 10 * MINUTE, 5 * MINUTE), Limit(10_000, MINUTE, MINUTE), Limit(60, 10 * MINUTE, MINUTE))
"""Beginning a passkey or a redirect to a provider."""


# -- links -------------------------------------------------------------------------------------------------------------
def token_hash(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def domain_of(address: str) -> str:
    """The domain of a mail address, in lower case; empty when it is none."""
    local, at, domain = address.strip().rpartition("@")
    return domain.lower() if local and at else ""


# -- one-time codes (RFC 6238) -----------------------------------------------------------------------------------------
def step_of(now: Instant) -> int:
    """The 30-second step of an instant."""
    return now // STEP


def matching_step(secret: bytes, code: str, now: Instant, last_used: int) -> int | None:
    """The step whose code this is: the running one or a neighbour, later than the last used one; else None."""
    typed = to_ascii("".join(code.split())).replace("-", "")
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    one_time = TOTP(secret, CODE_DIGITS, SHA1(), STEP // SECOND)  # noqa: S303 - what every authenticator app does
    found = None
    for step in (step_of(now) - 1, step_of(now), step_of(now) + 1):
        try:
            one_time.verify(typed.encode(), step * STEP // SECOND)
        except InvalidToken:
            continue
        if step > last_used:
            found = step
    return found


def code_at(secret: bytes, now: Instant) -> str:
    """The code an authenticator app shows."""
    return TOTP(secret, CODE_DIGITS, SHA1(), STEP // SECOND).generate(now // SECOND).decode()  # noqa: S303 - as above


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    return TOTP(secret, CODE_DIGITS, SHA1(), STEP // SECOND).get_provisioning_uri(account, issuer)  # noqa: S303 - as above


def spoken_secret(secret: bytes) -> str:
    """The secret for typing: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


# -- recovery codes ----------------------------------------------------------------------------------------------------
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that looks like something else."""


def recovery_code(random: bytes) -> str:
    """A code of ten characters (49 bits) from sixteen random bytes: ``abcde-fghjk``."""
    number = int.from_bytes(random)
    text = ""
    for _ in range(10):
        number, index = divmod(number, len(_ALPHABET))
        text += _ALPHABET[index]
    return f"{text[:5]}-{text[5:]}"


def recovery_hash(code: str, secret: bytes) -> str:
    """What is kept of a recovery code, however it was typed."""
    typed = re.sub(r"[^a-z0-9]", "", to_ascii(code).lower())
    return hmac.digest(secret, typed.encode(), "sha256").hex()


# -- devices -----------------------------------------------------------------------------------------------------------
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(user_agent: str) -> str:
    """A browser and its system in two words: ``Firefox · Windows``; empty when neither is known."""
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


# -- who may act on whom -----------------------------------------------------------------------------------------------
def may_end_sessions(actor: frozenset[Right], target: frozenset[Right]) -> bool:
    """Whether somebody may sign another person out: who edits people anybody's, who sees the wall those who do not."""
    return Right.EDIT_PEOPLE in actor or (Right.WALL in actor and Right.WALL not in target)
