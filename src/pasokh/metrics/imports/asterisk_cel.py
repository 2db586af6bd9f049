"""Asterisk's channel event log: ``Master.csv`` in the sample's order, or with a heading, or the database's table.

A call is what shares a linkedid; its customer's channel is the one that gave it its name. A wait is from entering the
queue to the bridge with somebody, by the events' own times.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.metrics.imports.asterisk_cdr import who
from pasokh.metrics.imports.legs import UNNUMBERED, Leg, Record, Refused, Span, between
from pasokh.metrics.imports.pieces import Cells, table
from pasokh.metrics.imports.values import instant

MASTER = (
    "eventtype",
    "eventtime",
    "cid_name",
    "cid_num",
    "cid_ani",
    "cid_rdnis",
    "cid_dnid",
    "exten",
    "context",
    "channame",
    "appname",
    "appdata",
    "amaflags",
    "accountcode",
    "uniqueid",
    "linkedid",
    "peer",
    "userfield",
    "userdeftype",
    "extra",
)
EVENTS = (
    "CHAN_START",
    "CHAN_END",
    "ANSWER",
    "HANGUP",
    "APP_START",
    "APP_END",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "CONF_ENTER",
    "CONF_EXIT",
    "PARK_START",
    "PARK_END",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "PICKUP",
    "FORWARD",
    "LINKEDID_END",
    "LOCAL_OPTIMIZE",
    "LOCAL_OPTIMIZE_BEGIN",
    "USER_DEFINED",
    "STREAM_BEGIN",
    "STREAM_END",
    "DTMF",
)


class _Event(Struct):
    """What an event says."""

    event: str
    at: int
    unique: str
    linked: str
    channel: str
    caller: str
    exten: str
    app: str
    data: str
    peer: str


class AsteriskCel:
    """Channel events."""

    name = "asterisk-cel"

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """See `Source`."""
        for found in table(path, (("eventtype", "eventtime", "uniqueid", "linkedid"),), MASTER):
            yield found if isinstance(found, Refused) else _record(*found, zone)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`. Calls that reach neither a queue nor anybody are legs of no queue."""
        events = [msgspec.json.decode(each, type=_Event) for each in records]
        started = {each.channel: each.at for each in reversed(events) if each.event == "CHAN_START"}
        legs: list[Leg] = []
        queue, at, call = "", events[0].at, events[0].linked
        customer = next((e.caller for e in events if e.unique == e.linked and e.caller), events[0].caller)
        waiting, leg = False, None
        connected, moved = 0, False
        for each in events:
            own = each.unique == each.linked
            if own and each.event == "APP_START" and each.app.lower() == "queue":
                queue, at, waiting = each.data.split(",")[0], each.at, True
            elif own and each.event == "BRIDGE_ENTER" and leg is None and (each.peer or not waiting):
                peer = each.peer.split(",")[0]
                leg = Leg(
                    call=call,
                    leg=f"{call}/{len(legs)}",
                    at_ms=at,
                    queue=queue or each.exten,
                    customer=customer,
                    agent=who(peer),
                    offers=1,
                    wait_ms=between(at, each.at),
                    ring_ms=between(started.get(peer), each.at),
                )
                legs.append(leg)
                connected, waiting, moved = each.at, False, False
            elif each.event in ("BLINDTRANSFER", "ATTENDEDTRANSFER") and leg is not None:
                moved = True
            elif own and leg is not None and each.event in ("BRIDGE_EXIT", "HANGUP", "CHAN_END", "LINKEDID_END"):
                leg.talk_ms, leg.ended_by = between(connected, each.at), "transfer" if moved else "other"
                queue, at, leg = "", each.at, None
            elif own and waiting and each.event in ("APP_END", "HANGUP", "CHAN_END"):
                gone = each.event != "APP_END" or _hung_up(events, each)
                legs.append(
                    Leg(
                        call=call,
                        leg=f"{call}/{len(legs)}",
                        at_ms=at,
                        queue=queue,
                        customer=customer,
                        how="abandoned" if gone else "timeout",
                        wait_ms=between(at, each.at),
                    )
                )
                queue, at, waiting = "", each.at, False
        if leg is not None:
            leg.over = False
        if waiting:
            legs.append(
                Leg(
                    call=call,
                    leg=f"{call}/{len(legs)}",
                    at_ms=at,
                    queue=queue,
                    customer=customer,
                    how="waiting",
                    over=False,
                )
            )
        if not legs:
            legs.append(
                Leg(
                    call=call,
                    leg=f"{call}/0",
                    at_ms=events[0].at,
                    customer=customer,
                    how="other",
                    wait_ms=between(events[0].at, events[-1].at),
                )
            )
        yield from legs


def _hung_up(events: Sequence[_Event], end: _Event) -> bool:
    """Whether the customer's channel was gone within a second of leaving the queue."""
    return any(e.unique == end.unique and e.event == "HANGUP" and abs(e.at - end.at) < 1000 for e in events)


def _record(line: int, cells: Cells, zone: ZoneInfo) -> Record | Refused:
    shown = ",".join(cells.values())
    event, at = cells["eventtype"].upper().removeprefix("AST_CEL_"), instant(cells["eventtime"], zone)
    if at is None:
        return Refused(line, "time", shown)
    if event not in EVENTS:
        return Refused(line, "event", shown)
    linked = cells["linkedid"] or cells["uniqueid"]
    if not linked:
        return Refused(line, "call", shown)
    found = _Event(
        event,
        at,
        cells["uniqueid"],
        linked,
        cells.get("channame", ""),
        cells.get("cid_num") or cells.get("cid_ani", ""),
        cells.get("exten", ""),
        cells.get("appname", ""),
        cells.get("appdata", ""),
        cells.get("peer", ""),
    )
    key = UNNUMBERED + "|".join((found.unique, event, cells["eventtime"], found.app, found.peer))
    return Record(line, linked, key, at, msgspec.json.encode(found))
