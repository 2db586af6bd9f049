"""Which number somebody means, and whether it may be called: E.164 whatever was typed, refusal unless allowed. Pure.

Numbers are read by `phonenumbers` (the metadata of Google's libphonenumber), after everything that is not a telephone
number has been refused: only digits, a leading ``+`` and the marks people put between digits ever get so far. What is
allowed are countries and kinds of numbers, never "everything but"; premium and satellite numbers are kinds nobody gets
by allowing a country.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
import phonenumbers
from msgspec import Meta
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from pasokh.i18n.digits import to_ascii
from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError

type Kind = Literal[
    "fixed", "mobile", "fixed_or_mobile", "free", "shared", "voip", "uan", "personal", "pager", "voicemail", "premium",
    "satellite", "unknown",
]  # fmt: skip
type Purpose = Literal["station", "callback", "transfer", "forward", "campaign"]
"""Who wants the call: a person at a station, or one of our own doings."""

E164 = Annotated[str, Meta(pattern=r"\A\+[1-9][0-9]{4,14}\Z")]
Prefix = Annotated[str, Meta(pattern=r"\A\+[1-9][0-9]{0,14}\Z")]
Country = Annotated[str, Meta(pattern=r"\A[A-Z]{2}\Z")]
Amount = Annotated[int, Meta(ge=0, le=10**18)]
"""Millionths of the policy's currency: a carrier's price may be a fraction of the smallest coin."""
Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
Seconds = Annotated[int, Meta(ge=1, le=3_600)]

LONGEST = 40
"""Characters anybody needs to write a number."""
ORDINARY: tuple[Kind, ...] = ("fixed", "mobile", "fixed_or_mobile", "free")
_SATELLITE = frozenset({870, 881, 882, 883})
"""Country codes of satellite and other global networks (ITU-T E.164, list of assigned codes)."""
_WRITTEN = re.compile(r"\+?[0-9][0-9 ()./\-\u00a0\u2010-\u2013]*|\+? ?\([0-9][0-9 ()./\-\u00a0\u2010-\u2013]*")
_CALLER = re.compile(r"\+?[0-9]{3,15}")
_LONGEST_SHORT = 6
_KINDS: dict[int, Kind] = {
    PhoneNumberType.FIXED_LINE: "fixed", PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile", PhoneNumberType.TOLL_FREE: "free",
    PhoneNumberType.PREMIUM_RATE: "premium", PhoneNumberType.SHARED_COST: "shared", PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal", PhoneNumberType.PAGER: "pager", PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}  # fmt: skip


class Destination(msgspec.Struct, frozen=True):
    """A number that can be called, whoever may."""

    number: str
    """E.164; of an emergency number the short digits themselves."""
    country: str
    """ISO 3166; empty for the numbers of no country."""
    kind: Kind
    emergency: bool = False
    said: str = ""
    """Its digits as people at home say them: with a leading 0 within the country, else with +."""


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a minute costs to numbers beginning so, and in which steps time is paid."""

    prefix: Prefix
    a_minute: Amount
    first_s: Seconds = 60
    """Paid as soon as somebody answers."""
    step_s: Seconds = 60
    """Then every further such span that has begun."""


class OutboundPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an organisation may call, and how much; nowhere, unless allowed here."""

    region: Country
    """Where numbers without a country code belong."""
    countries: tuple[Country, ...] = ()
    kinds: tuple[Kind, ...] = ORDINARY
    exactly: tuple[E164, ...] = ()
    """Numbers allowed whatever their country and kind, and though the metadata may not know them."""
    denied: tuple[Prefix, ...] = ()
    """Exceptions within what is allowed."""
    max_calls: Annotated[int, Meta(ge=0, le=100_000)] = 10
    """To the outside at once."""
    max_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 7_200
    max_forwards: Annotated[int, Meta(ge=0, le=10)] = 1
    """How often one call may be passed on to the outside."""
    currency: Currency = "EUR"
    """ISO 4217, of all amounts here."""
    calendar: Literal["gregorian", "jalali"] = "gregorian"
    """Whose months the month's limit is for."""
    spend_a_day: Amount | None = None
    spend_a_month: Amount | None = None
    prices: tuple[Price, ...] = ()
    """The longest prefix counts. With a limit of spending, what has no price is not called."""
    least_seconds: Annotated[int, Meta(ge=1, le=3_600)] = 60
    """A call the budget would not pay for so long is not begun."""
    cut: bool = False
    """Calls under way end when a limit is reached; otherwise they go on, and only new ones are refused."""


class Usage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organisation is using up at the moment; a call under way counts with what it has cost so far."""

    calls: int = 0
    spent_today: int = 0
    spent_this_month: int = 0


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wish to call the outside."""

    text: str
    """As typed, spoken or stored."""
    purpose: Purpose
    own: frozenset[str] = frozenset()
    """E.164 of the numbers that lead to this centre."""
    via: tuple[str, ...] = ()
    """E.164 the call has come over: its caller first, then each number it was passed on to."""
    blocked: frozenset[str] = frozenset()
    """E.164 that must not be called."""


class Permit(msgspec.Struct, frozen=True):
    """The call may be made, for at most so long."""

    destination: Destination
    max_seconds: int
    price: Price | None
    """None where no price is known."""


def read_number(text: str, region: str) -> Destination:
    """The number a person means, with Persian or other digits, ``+``, ``00``, a leading 0, or the marks between digits.

    Raises `PasokhError` ``dial.empty too_long bad_characters short_number not_a_number`` with ``field="number"``.
    """
    if len(text) > LONGEST * 4:
        raise PasokhError("dial.too_long", **_shown(text), most=LONGEST)
    plain = to_ascii(strip_invisible(text)).strip(" \u00a0")
    if not plain:
        raise PasokhError("dial.empty", **_shown(text))
    if len(plain) > LONGEST:
        raise PasokhError("dial.too_long", **_shown(text), most=LONGEST)
    if not _WRITTEN.fullmatch(plain):
        raise PasokhError("dial.bad_characters", **_shown(text))
    digits = re.sub(r"[^0-9]", "", plain)
    international = plain.startswith("+")
    if not international and len(digits) <= _LONGEST_SHORT:
        if _is_emergency(digits, region):
            return Destination(digits, region, "unknown", emergency=True, said=digits)
        raise PasokhError("dial.short_number", **_shown(text))
    number = _parsed(f"+{digits}" if international else _with_plus(digits), region)
    if number is None:
        raise PasokhError("dial.not_a_number", **_shown(text))
    return _destination(number, region)


def permit(request: Request, policy: OutboundPolicy, usage: Usage) -> Permit:
    """Leave to call, with the longest time it may take; raises `PasokhError` ``dial.*`` with ``field="number"``.

    Emergency numbers are for people at a station, who may always call them; nothing of ours dials them by itself.
    """
    destination = read_number(request.text, policy.region)
    if destination.emergency:
        if request.purpose != "station":
            raise PasokhError("dial.emergency", **_shown(request.text))
        return Permit(destination, policy.max_seconds, None)
    number = destination.number
    if number in request.own:
        raise PasokhError("dial.own_number", **_shown(request.text))
    if number in request.via:
        raise PasokhError("dial.loop", **_shown(request.text))
    if request.purpose in {"forward", "transfer"} and len(request.via) > policy.max_forwards:
        raise PasokhError("dial.too_many_forwards", **_shown(request.text), most=policy.max_forwards)
    if number in request.blocked:
        raise PasokhError("dial.blocked", **_shown(request.text))
    _allowed(request, destination, policy)
    if usage.calls >= policy.max_calls:
        raise PasokhError("dial.too_many_calls", **_shown(request.text), most=policy.max_calls)
    return _within_budget(request, destination, policy, usage)


def caller_number(text: str, region: str) -> str:
    """The E.164 of a caller's number as carriers write it; empty when it is withheld or none."""
    plain = to_ascii(strip_invisible(text)).strip().removeprefix("tel:").removeprefix("sip:").split("@", 1)[0]
    if not _CALLER.fullmatch(plain):
        return ""
    digits = plain.removeprefix("+")
    if plain.startswith("+"):
        number = _parsed(plain, region)
    else:
        number = _parsed(_with_plus(digits), region)
        if number is None and not digits.startswith("0"):  # many carriers leave the + away
            number = _parsed(f"+{digits}", region)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number is not None else ""


def is_blocked(caller: str, blocked: Iterable[str], *, anonymous: bool = False) -> bool:
    """Whether a caller (E.164, empty = withheld) is kept out: by number, by a prefix with ``*``, or as `anonymous`."""
    if not caller:
        return anonymous
    return any(caller.startswith(entry[:-1]) if entry.endswith("*") else caller == entry for entry in blocked)


def price_of(number: str, policy: OutboundPolicy) -> Price | None:
    """What a number (E.164) costs: the longest beginning counts; None where none fits."""
    fitting = (price for price in policy.prices if number.startswith(price.prefix))
    return max(fitting, key=lambda price: len(price.prefix), default=None)


def calling_codes(policy: OutboundPolicy) -> tuple[str, ...]:
    """The country codes the policy may reach, for the switch's own, coarser fence."""
    codes = {str(phonenumbers.country_code_for_region(country)) for country in policy.countries} - {"0"}
    return tuple(sorted(codes))


# -- reading -----------------------------------------------------------------------------------------------------------
def _with_plus(digits: str) -> str:
    return f"+{digits[2:]}" if digits.startswith("00") else digits


@lru_cache(maxsize=8_192)
def _parsed(text: str, region: str) -> PhoneNumber | None:
    """The number, if it can be one at all: right length and a country code that exists.

    With a plus no region is given, or the library would take a wrong country code for a number at home.
    """
    try:
        number = phonenumbers.parse(text, None if text.startswith("+") else region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return number


def _destination(number: PhoneNumber, region: str) -> Destination:
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(number) or ""
    if country == "001":
        country = ""
    home = country == region
    said = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if home else e164
    kind: Kind = _KINDS.get(phonenumbers.number_type(number), "unknown")
    if number.country_code in _SATELLITE:
        kind = "satellite"
    return Destination(e164, country, kind, said=re.sub(r"[^0-9+]", "", said))


@lru_cache(maxsize=1_024)
def _is_emergency(digits: str, region: str) -> bool:
    return phonenumbers.is_emergency_number(digits, region)


# -- allowing ----------------------------------------------------------------------------------------------------------
def _allowed(request: Request, destination: Destination, policy: OutboundPolicy) -> None:
    number, kind = destination.number, destination.kind
    if any(number.startswith(prefix) for prefix in policy.denied):
        raise PasokhError("dial.denied", **_shown(request.text))
    if number in policy.exactly:
        return
    if kind == "unknown":
        raise PasokhError("dial.not_a_number", **_shown(request.text))
    if kind in {"premium", "satellite"} and kind not in policy.kinds:
        raise PasokhError("dial.premium" if kind == "premium" else "dial.satellite", **_shown(request.text))
    if destination.country not in policy.countries and not (kind in policy.kinds and not destination.country):
        raise PasokhError("dial.country_not_allowed", **_shown(request.text), country=destination.country or "–")
    if kind not in policy.kinds:
        raise PasokhError("dial.kind_not_allowed", **_shown(request.text), kind=kind)


def _within_budget(request: Request, destination: Destination, policy: OutboundPolicy, usage: Usage) -> Permit:
    price = price_of(destination.number, policy)
    limits = (
        ("dial.spent_today", policy.spend_a_day, usage.spent_today),
        ("dial.spent_this_month", policy.spend_a_month, usage.spent_this_month),
    )
    seconds = policy.max_seconds
    for code, limit, spent in limits:
        if limit is None:
            continue
        if price is None:
            raise PasokhError("dial.no_price", **_shown(request.text))
        lasts = _lasts(price, limit - spent)
        if lasts is not None and lasts < policy.least_seconds:
            raise PasokhError(code, **_shown(request.text))
        if lasts is not None and policy.cut:
            seconds = min(seconds, lasts)
    return Permit(destination, seconds, price)


def _lasts(price: Price, left: int) -> int | None:
    """Seconds that are paid for by what is `left`; None = for ever."""
    if not price.a_minute:
        return None
    paid = max(0, left) * 60 // price.a_minute
    return 0 if paid < price.first_s else price.first_s + (paid - price.first_s) // price.step_s * price.step_s


def _shown(text: str) -> dict[str, object]:
    """The field of a refusal, with what was asked for as it can be shown."""
    shown = "".join(c if c.isprintable() else "?" for c in strip_invisible(text)[:LONGEST])
    return {"field": "number", "number": shown}
