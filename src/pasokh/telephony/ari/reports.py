"""Reads what a leg's hang-up handler tells (`pasokh.telephony.config.reporting`): facts in one order, all as text."""

from collections.abc import Sequence
from typing import Final

from pasokh.telephony.events import MediaReport

REPORT: Final = "report"
"""First argument of a channel that only comes to tell how it was; dialled numbers never look like it."""
_WRAPPED = 1 << 31
"""Asterisk subtracts unsigned: packets that came twice give nearly 2^32 lost ones."""
_LONGEST = 200


def read_report(told: Sequence[str], technology: str) -> tuple[str, MediaReport]:
    """The leg it serves and the report; what is missing or unreadable counts as nothing told.

    In Asterisk's words ``txjitter`` is what it measured itself of what it got, ``rxjitter`` what the far side says.
    """
    serves, rtcp, here, there, codec, call_id, answer, source, cause = [*told, *[""] * 9][:9]
    said = dict(pair.split("=", 1) for pair in rtcp.split(";") if "=" in pair)
    sent_jitter, sent_lost, round_trip = _ms(said, "rxjitter"), _count(said, "rlp"), _ms(said, "rtt")
    return serves.removesuffix(";2"), MediaReport(
        codec=codec.strip("()").partition("|")[0][:20],
        received=_count(said, "rxcount"),
        sent=_count(said, "txcount"),
        received_lost=_count(said, "lp"),
        sent_lost=sent_lost,
        received_jitter_ms=_ms(said, "txjitter"),
        sent_jitter_ms=sent_jitter,
        round_trip_ms=round_trip,
        heard=bool(sent_jitter or sent_lost or round_trip),
        here=here[:_LONGEST],
        there=there[:_LONGEST],
        sip_call_id=call_id[:_LONGEST],
        sip_answer=answer[:_LONGEST],
        by_phone=bool(source) and source == technology,
        cause=int(cause) if cause.isascii() and cause.isdigit() and len(cause) < 4 else 0,
    )


def _count(said: dict[str, str], name: str) -> int:
    value = said.get(name, "")
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 12 else 0
    return number if number < _WRAPPED else 0


def _ms(said: dict[str, str], name: str) -> float:
    """Seconds as text → milliseconds; senseless ones are nothing."""
    try:
        value = float(said.get(name, "0")) * 1_000
    except ValueError:
        return 0.0
    return round(value, 3) if 0 <= value < 60_000 else 0.0
