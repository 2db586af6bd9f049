"""What of a SIP message an agent's browser sends must hold before it reaches the switch. Pure."""

import re
from typing import Final

from pasokh.kernel.errors import PasokhError

METHODS: Final = frozenset({"REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "INFO", "UPDATE", "OPTIONS", "PRACK"})
"""A telephone's own. Calls are moved by the core: no REFER; nothing is watched or written over SIP."""
MOST_HEADERS: Final = 100
_FIRST = re.compile(r"([A-Z]{3,12}) (sips?:\S{1,500}) SIP/2\.0|SIP/2\.0 ([1-6][0-9]{2}) .{0,200}")
_USER = re.compile(r"<?\s*sips?:([^@;>\s]{1,100})@", re.IGNORECASE)
_ACCOUNT = re.compile(r'\busername="([^"]{0,200})"', re.IGNORECASE)
_SHORT: Final = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "v": "via"}


def check_message(text: str, station: str) -> None:
    """Pass a station's own request, an answer, or a keep-alive.

    Raises ``phone.malformed`` (what is wrong), ``phone.method``, ``phone.not_yours`` (speaks for another station).
    """
    if not text.strip("\r\n"):
        return
    head = text.partition("\r\n\r\n")[0].split("\r\n")
    first = _FIRST.fullmatch(head[0])
    if first is None:
        raise PasokhError("phone.malformed", why="first line")
    headers = _headers(head[1:])
    if first[1] is None:
        return
    if first[1] not in METHODS:
        raise PasokhError("phone.method", method=first[1])
    for name in ("from", "to") if first[1] == "REGISTER" else ("from",):
        users = [_USER.search(value) for value in headers.get(name, ())]
        if len(users) != 1 or users[0] is None:
            raise PasokhError("phone.malformed", why=name)
        if users[0][1] != station:
            raise PasokhError("phone.not_yours", station=users[0][1][:60])
    for name in ("authorization", "proxy-authorization"):
        for value in headers.get(name, ()):
            account = _ACCOUNT.search(value)
            if account is None or account[1] != station:
                raise PasokhError("phone.not_yours", station=account[1][:60] if account is not None else "")


def _headers(lines: list[str]) -> dict[str, list[str]]:
    if len(lines) > MOST_HEADERS:
        raise PasokhError("phone.malformed", why="headers")
    found: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.lstrip() or "\n" in line or "\x00" in line:
            raise PasokhError("phone.malformed", why="header")
        key = name.strip().lower()
        found.setdefault(_SHORT.get(key, key), []).append(value.strip())
    return found
