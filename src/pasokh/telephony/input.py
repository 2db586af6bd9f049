"""What may reach a switch: nothing that could be read as more than it is, whichever switch it is."""

import re
from collections.abc import Iterable

from pasokh.telephony.port import SwitchRefusedError

_ITEM = re.compile(r"[^,\x00-\x1f]+")
_MEANS = re.compile(r'[,"\\()\[\]{}]')
"""What Asterisk reads in a list of arguments, unless a backslash is before it."""
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
"""No functions: setting some of them runs programs."""
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,500}")
_DIGITS = re.compile(r"[0-9A-D*#]{1,64}")
_UNSAFE_NAME = re.compile(r'[\x00-\x1f"<>\\]+')
_UNSAFE_NUMBER = re.compile(r"[^0-9+*#]+")


def joined(items: Iterable[str]) -> str:
    """A list separated by commas; ``switch.bad_item`` for what would become more items than it is."""
    listed = list(items)
    for item in listed:
        if not _ITEM.fullmatch(item):
            raise SwitchRefusedError("switch.bad_item", item=item)
    return ",".join(listed)


def one_argument(value: str) -> str:
    """A text as one of several arguments of a function of the switch, whatever it holds."""
    return _MEANS.sub(r"\\\g<0>", value)


def check_variable(name: str) -> None:
    """``switch.bad_variable`` for what is not the name of a plain variable."""
    if not _VARIABLE.fullmatch(name):
        raise SwitchRefusedError("switch.bad_variable", name=name)


def check_header(name: str, value: str) -> None:
    """``switch.bad_header`` for what is not one header of one line."""
    if not _HEADER.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        raise SwitchRefusedError("switch.bad_header", name=name)


def check_digits(digits: str) -> None:
    """``switch.bad_digits`` for what is not keys."""
    if not _DIGITS.fullmatch(digits):
        raise SwitchRefusedError("switch.bad_digits", digits=digits)


def caller_id(number: str, name: str) -> str:
    """Number and name in one header's text; whatever else is in them is left out."""
    number, name = _UNSAFE_NUMBER.sub("", number), _UNSAFE_NAME.sub(" ", name).strip()
    return f'"{name}" <{number}>' if name else number
