"""Telephony of the demonstration. Plain data, so that the command line can print it without Django."""

from typing import NamedTuple

CARRIER = "loopback"
CARRIER_ADDRESS = "127.0.0.2"
"""Whoever calls from this address of the machine is the demonstration's carrier."""


class Line(NamedTuple):
    """A number of the demonstration, with the languages it speaks, the first one first."""

    number: str
    flow: str
    last_resort: str
    client: str
    languages: tuple[str, ...]


LINES = (
    Line("+982191010101", "shop", "support", "own", ("fa", "uk", "en")),
    Line("+380440010101", "line-uk", "support", "own", ("uk",)),
    Line("+442079460101", "shop", "support", "own", ("en", "fa", "uk")),
    Line("+982191010202", "florist", "golbarg", "golbarg", ("fa",)),
)
COUNTRIES = ("GB", "IR", "UA")
"""Where the demonstration may call, so that callbacks can be agreed on; its carrier leads nowhere."""


def caller_command(address: str, port: int, number: str) -> str:
    """How to call a number from a terminal of the same machine."""
    return f"sipp {address}:{port} -i {CARRIER_ADDRESS} -s {number.lstrip('+')} -sn uac -m 1 -d 120000"
