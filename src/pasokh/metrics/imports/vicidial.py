"""VICIdial's tables written out with their headings.

``vicidial_closer_log`` is inbound, ``vicidial_log`` outbound, ``vicidial_agent_log`` what agents did with their time
and how long they wrapped up. Columns as in its ``MySQL_AST_CREATE_tables.sql``. ``length_in_sec`` of an inbound call
has its wait in it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.metrics.imports.legs import Leg, Record, Refused, Span
from pasokh.metrics.imports.pieces import Cells, table
from pasokh.metrics.imports.values import instant, seconds

_NEEDS = (
    ("closecallid", "campaign_id", "call_date", "length_in_sec", "queue_seconds", "user"),
    ("uniqueid", "campaign_id", "call_date", "length_in_sec", "status", "user"),
    ("agent_log_id", "user", "event_time", "pause_sec", "wait_sec", "talk_sec", "dispo_sec"),
)
_NOBODY = {"", "VDAD", "VDCL"}
"""Users that VICIdial writes where no agent had the call."""
_LEFT = {
    "ABANDON": "abandoned",
    "CALLER": "abandoned",
    "QUEUETIMEOUT": "timeout",
    "HOLDTIME": "timeout",
    "NOAGENT": "no_agents",
    "HOLDRECALLXFER": "moved",
}


class _Row(Struct):
    """A row of any of the three; what it does not say is 0 or empty."""

    table: str
    number: str
    call: str
    at: int
    user: str
    queue: str = ""
    customer: str = ""
    status: str = ""
    term: str = ""
    wait: int = 0
    length: int = 0
    transferred: bool = False
    pause: int = 0
    talk: int = 0
    wrap: int = 0
    reason: str = ""
    team: str = ""


class ViciDial:
    """VICIdial's logs."""

    name = "vicidial"

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """See `Source`."""
        for found in table(path, _NEEDS):
            yield found if isinstance(found, Refused) else _record(*found, zone)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`. An agent's row gives the wrap-up of the call it names."""
        rows = [msgspec.json.decode(each, type=_Row) for each in records]
        wraps = {row.user: row.wrap for row in rows if row.table == "agent"}
        for row in rows:
            if row.table == "agent":
                yield from _spans(row)
                continue
            inbound, somebody = row.table == "closer", row.user not in _NOBODY
            yield Leg(
                call=row.call,
                leg=f"{row.table}/{row.number}",
                at_ms=row.at,
                queue=row.queue,
                direction="in" if inbound else "out",
                customer=row.customer,
                how="answered" if somebody else _LEFT.get(row.term, "other"),
                agent=row.user if somebody else "",
                offers=1 if somebody else 0,
                wait_ms=row.wait,
                talk_ms=max(0, row.length - row.wait) if somebody else 0,
                wrap_ms=wraps.get(row.user, 0) if somebody else 0,
                ended_by="transfer"
                if row.transferred
                else {"AGENT": "agent", "CALLER": "customer"}.get(row.term, "other"),
                outcome=row.status,
            )


def _spans(row: _Row) -> Iterator[Span]:
    at = row.at
    for state, ms in (("away", row.pause), ("idle", row.wait), ("busy", row.talk + row.wrap)):
        if ms:
            yield Span(
                agent=row.user,
                state=state,
                from_ms=at,
                ms=ms,
                team=row.team,
                reason=row.reason if state == "away" else "",
            )
        at += ms


def _record(line: int, cells: Cells, zone: ZoneInfo) -> Record | Refused:
    shown = ",".join(cells.values())
    agent, closer = "agent_log_id" in cells, "closecallid" in cells
    at = instant(cells.get("start_epoch", ""), zone) or instant(cells["event_time" if agent else "call_date"], zone)
    if at is None:
        return Refused(line, "time", shown)
    if agent:
        number = cells["agent_log_id"]
        row = _Row(
            "agent",
            number,
            cells.get("uniqueid") or f"agent/{number}",
            at,
            cells["user"],
            wait=seconds(cells["wait_sec"]),
            pause=seconds(cells["pause_sec"]),
            talk=seconds(cells["talk_sec"]),
            wrap=seconds(cells["dispo_sec"]),
            reason=cells.get("sub_status", ""),
            team=cells.get("user_group", ""),
        )
        if not row.user:
            return Refused(line, "agent", shown)
    else:
        number = cells["closecallid"] if closer else cells["uniqueid"]
        row = _Row(
            "closer" if closer else "out",
            number,
            cells.get("uniqueid") or number,
            at,
            cells["user"],
            queue=cells["campaign_id"],
            customer=cells.get("phone_number", ""),
            status=cells.get("status", ""),
            term=cells.get("term_reason", "").upper(),
            wait=seconds(cells.get("queue_seconds", "")),
            length=seconds(cells["length_in_sec"]),
            transferred=cells.get("xfercallid", "0") not in ("", "0"),
        )
        if not number:
            return Refused(line, "call", shown)
    return Record(line, row.call, f"{row.table}/{number}", at, msgspec.json.encode(row))
