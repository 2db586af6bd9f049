"""Asterisk's call detail records: ``Master.csv``, ``cdr_custom`` with a heading, or the database's table written out.

A record is one attempt to connect two parties; those of one linkedid are one call. Waits are as exact as the dialplan
is: where it answers before the queue, Asterisk's records begin to count there, and `queue_log` or CEL know better.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.metrics.imports.legs import UNNUMBERED, Leg, Record, Refused, Span, between
from pasokh.metrics.imports.pieces import Cells, table
from pasokh.metrics.imports.values import instant, number, outside, seconds

MASTER = (
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
)
"""Columns of Master.csv, which has no heading; the last two where cdr.conf says so."""
_NEEDS = (("src", "dst", "disposition", "calldate", "channel"), ("src", "dst", "disposition", "start", "channel"))
_NOBODY = {"NO ANSWER": "abandoned", "BUSY": "no_agents", "CONGESTION": "no_agents", "FAILED": "lost"}


class _Attempt(Struct):
    """What a record says."""

    at: int
    answered_at: int | None
    ended_at: int
    direction: str
    customer: str
    queue: str
    app: str
    agent: str
    """Empty where nobody was rung."""
    channel: str
    disposition: str


class AsteriskCdr:
    """Call detail records."""

    name = "asterisk-cdr"

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """See `Source`. Calls between two extensions are ``internal``: no customer is in them."""
        for found in table(path, _NEEDS, MASTER):
            yield found if isinstance(found, Refused) else _record(*found, zone)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`. Who was rung in vain is an offer; who answered is a leg, one after another is a transfer."""
        attempts = [msgspec.json.decode(each, type=_Attempt) for each in records]
        talked = [each for each in attempts if each.agent and each.disposition == "ANSWERED"]
        first = attempts[0]
        rung = [each for each in attempts if each.agent and each.disposition != "ANSWERED"]
        call = first.channel
        for place, each in enumerate(talked):
            at = (
                min([each.at, *(r.at for r in rung if r.queue == each.queue and r.at <= each.at)])
                if not place
                else each.at
            )
            connected = each.answered_at or each.at
            yield Leg(
                call=call,
                leg=f"{call}/{place}",
                at_ms=at,
                queue=each.queue,
                direction=first.direction,
                customer=first.customer,
                agent=each.agent,
                offers=1 + (len(rung) if not place else 0),
                wait_ms=between(at, connected),
                talk_ms=between(connected, each.ended_at),
                ended_by="transfer" if place + 1 < len(talked) else "other",
            )
        if talked:
            return
        last = max(attempts, key=lambda each: each.ended_at)
        how = "abandoned" if last.app == "queue" or not last.agent else _NOBODY.get(last.disposition, "other")
        if not last.agent and last.app != "queue":
            how = "message" if last.app == "voicemail" else "other"
        yield Leg(
            call=call,
            leg=f"{call}/0",
            at_ms=first.at,
            queue=last.queue,
            direction=first.direction,
            customer=first.customer,
            how=how,
            offers=len(rung),
            wait_ms=between(first.at, last.ended_at),
        )


def _record(line: int, cells: Cells, zone: ZoneInfo) -> Record | Refused:
    shown = ",".join(cells.values())
    at = instant(cells.get("calldate") or cells.get("start", ""), zone)
    if at is None:
        return Refused(line, "time", shown)
    if cells["disposition"].upper() not in {"ANSWERED", *_NOBODY}:
        return Refused(line, "disposition", shown)
    app, target = cells.get("lastapp", "").lower(), cells["dst"]
    queued = app == "queue"
    direction = "in" if outside(cells["src"]) or queued else "out" if outside(target) else ""
    if not direction:
        return Refused(line, "internal", shown)
    ended = instant(cells.get("end", ""), zone) or at + seconds(cells.get("duration", ""))
    talked = seconds(cells.get("billsec", ""))
    answered = instant(cells.get("answer", ""), zone) or (ended - talked if talked else None)
    inward = direction == "in"
    attempt = _Attempt(
        at,
        answered,
        ended,
        direction,
        cells["src"] if inward else target,
        cells.get("lastdata", "").split(",")[0] if queued else target if inward else "",
        app,
        who(cells.get("dstchannel", "") if inward else cells["channel"]),
        cells["channel"],
        cells["disposition"].upper(),
    )
    call = cells.get("linkedid") or cells.get("uniqueid") or f"{cells['channel']}@{at}"
    attempt.channel = call
    key = UNNUMBERED + "|".join(
        (call, cells.get("sequence", ""), cells["channel"], cells.get("dstchannel", ""), str(at), str(ended))
    )
    return Record(line, call, key, at + number(cells.get("sequence", "")) % 1000, msgspec.json.encode(attempt))


def who(channel: str) -> str:
    """The person of a channel: ``PJSIP/101-0000001c`` and ``Local/101@from-queue-0001;1`` are 101."""
    return channel.partition("/")[2].partition("@")[0].rpartition("-")[0] or channel.partition("/")[2].partition("@")[0]
