"""One spelling for every address, and the key of a customer who is known by an address alone. Pure."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from pasokh.i18n.digits import to_ascii
from pasokh.i18n.text import strip_invisible

REGIONS = {
    "Asia/Tehran": "IR", "Iran": "IR", "Europe/Kyiv": "UA", "Europe/Kiev": "UA", "Europe/Uzhgorod": "UA",
    "Europe/Zaporozhye": "UA", "Asia/Kabul": "AF", "Asia/Dushanbe": "TJ", "Europe/Istanbul": "TR",
    "Asia/Dubai": "AE", "Europe/Berlin": "DE", "Europe/Warsaw": "PL", "Europe/London": "GB",
}  # fmt: skip
"""Time zone → where its telephone numbers without a country code belong."""
CLASSES = ("", "silver", "gold", "vip")
"""How much a customer matters, least first; the first is an ordinary one."""
LONGEST = 200
_MAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,189}\.[^@\s<>.]{2,}")
_NUMBER = re.compile(r"(?:tel:|sip:)?\+?[\d\s().\-/]{5,}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is reached: `kind` is ``phone``, ``email`` or ``other``; `value` in its one spelling."""

    kind: str
    value: str


def region_of(zone: str, language: str = "") -> str | None:
    """Where telephone numbers without a country code belong: by the organisation's time zone, else its language."""
    return REGIONS.get(zone) or {"fa": "IR", "uk": "UA"}.get(language)


@lru_cache(maxsize=4_096)
def as_address(text: str, region: str | None = None) -> Address | None:
    """The address a person wrote in one spelling; None for nothing at all.

    A telephone number is E.164 (``+989121234567``) when it is possible in its country, else its digits; an e-mail
    address is case-folded; anything else stays as it is, without invisible characters.
    """
    plain = to_ascii(strip_invisible(text)).strip()[:LONGEST]
    if not plain:
        return None
    if _MAIL.fullmatch(plain):
        return Address("email", plain.casefold())
    if _NUMBER.fullmatch(plain):
        return Address("phone", _phone(plain, region))
    return Address("other", plain)


def customer_key(address: str, region: str | None = None) -> str:
    """The key of whoever has this address and no id of the core; empty without an address that tells people apart."""
    found = as_address(address, region)
    if found is None or found.kind == "other":
        return ""
    return f"at:{hashlib.sha256(found.value.encode()).hexdigest()[:32]}"


def _phone(text: str, region: str | None) -> str:
    text = text.removeprefix("tel:").removeprefix("sip:")
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", text)
    if not phonenumbers.is_possible_number(number):
        return re.sub(r"\D", "", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
