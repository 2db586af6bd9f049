"""Amounts of money as people write and read them. Kept as millionths of a currency, since carriers charge fractions."""

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.digits import parse_decimal
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.rules import region_of

CURRENCIES = ("IRR", "UAH", "USD", "EUR", "GBP", "AED", "TRY", "PLN")
"""As people choose them (ISO 4217); another one comes with the configuration file."""
MOST = 10**18
_DECIMALS = 6
_UNIT = 1_000_000
_WITHOUT_COINS = frozenset({"IRR"})
_OF_REGION = {"IR": "IRR", "UA": "UAH", "US": "USD", "GB": "GBP", "AE": "AED", "TR": "TRY", "PL": "PLN"}


def currency_of(zone: str, language: str) -> str:
    """What people at a place most likely pay in."""
    return _OF_REGION.get(region_of(zone, language) or "", "EUR")


def minor_digits(currency: str) -> int:
    """Decimals of its smallest coin."""
    return 0 if currency in _WITHOUT_COINS else 2


def read_amount(text: str, field: str) -> int:
    """Millionths of what was typed, in any digits; raises `money.bad_amount`."""
    try:
        value, decimals = parse_decimal(text.strip())
    except PasokhError as error:
        raise PasokhError("money.bad_amount", field=field, value=text[:40]) from error
    unit = int("1".ljust(_DECIMALS - min(decimals, _DECIMALS) + 1, "0"))
    if value < 0 or decimals > _DECIMALS or value * unit > MOST:
        raise PasokhError("money.bad_amount", field=field, value=text[:40])
    return value * unit


def typed_amount(amount: int) -> str:
    """An amount as a field shows it: ``0.85``, ``12000``."""
    whole, rest = divmod(amount, _UNIT)
    return f"{whole}.{rest:06}".rstrip("0") if rest else str(whole)


def shown_amount(amount: int, currency: str, language: str) -> str:
    """An amount rounded to the smallest coin, with its currency: ``12.50 UAH``, ``۱۲٬۰۰۰ ریال``."""
    digits = minor_digits(currency)
    unit = 10_000 if digits else _UNIT
    plain = numbers.number((amount + unit // 2) // unit, language, digits)
    name = message(f"money.{currency}", language) if currency in CURRENCIES else currency
    return message("money.amount", language, amount=plain, currency=name)
