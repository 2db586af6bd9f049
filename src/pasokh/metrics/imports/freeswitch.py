"""FreeSWITCH's call detail records: ``mod_xml_cdr``, ``mod_json_cdr``, or FusionPBX's ``v_xml_cdr`` as a table.

Variables: mod_callcenter's ``cc_…`` say when a member joined a queue and when somebody answered or it was given up.
The record of the member's channel is the leg; those of agents' channels (``cc_side`` agent, leg b) only tell how long
it rang.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.metrics.imports.legs import Leg, Record, Refused, Span, between
from pasokh.metrics.imports.pieces import elements, objects, table
from pasokh.metrics.imports.values import instant, outside, seconds

_NEEDS = (("start_epoch", "destination_number", "hangup_cause"), ("start_stamp", "destination_number", "hangup_cause"))
_LEFT = {"TIMEOUT": "timeout", "NO_AGENT_TIMEOUT": "no_agents", "BREAK_OUT": "abandoned", "EXIT_WITH_KEY": "key"}
_UNANSWERED = {
    "ORIGINATOR_CANCEL": "abandoned",
    "NO_ANSWER": "abandoned",
    "NO_USER_RESPONSE": "abandoned",
    "USER_BUSY": "no_agents",
    "CALL_REJECTED": "no_agents",
}


class _Cdr(Struct):
    """What a record says."""

    uuid: str
    member: bool
    """The customer's channel; else an agent's."""
    at: int
    answered_at: int | None
    ended_at: int
    direction: str
    customer: str
    queue: str
    joined_at: int | None
    served_at: int | None
    agent: str
    reason: str
    cause: str
    hold_ms: int
    ended_by: str


class FreeSwitch:
    """Call detail records of FreeSWITCH and FusionPBX."""

    name = "freeswitch"

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:
        """See `Source`. Calls between two extensions are ``internal``: no customer is in them."""
        with path.open("rb") as file:
            head = file.read(4096).lstrip()
        for found in _xml(path) if head.startswith(b"<") else _json(path) if head[:1] in b"{[" else table(path, _NEEDS):
            yield found if isinstance(found, Refused) else _record(*found, zone)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`."""
        cdrs = [msgspec.json.decode(each, type=_Cdr) for each in records]
        agents = [each for each in cdrs if not each.member]
        members = [each for each in cdrs if each.member] or agents[:1]
        for place, cdr in enumerate(members):
            answering = next((a for a in agents if a.answered_at and a is not cdr), None)
            connected = cdr.served_at if cdr.queue and cdr.joined_at else cdr.answered_at
            entered = cdr.joined_at or cdr.at
            talk = between(connected, cdr.ended_at)
            yield Leg(
                call=members[0].uuid,
                leg=cdr.uuid,
                at_ms=entered,
                queue=cdr.queue,
                direction=cdr.direction,
                customer=cdr.customer,
                how="answered" if connected else _how(cdr),
                offers=max(1 if connected else 0, len(agents)),
                agent=cdr.agent or (answering.agent if answering else ""),
                wait_ms=between(entered, connected or cdr.ended_at),
                ring_ms=between(answering.at, answering.answered_at) if answering else 0,
                talk_ms=max(0, talk - cdr.hold_ms),
                hold_ms=min(cdr.hold_ms, talk),
                holds=1 if cdr.hold_ms else 0,
                ended_by="transfer" if place + 1 < len(members) else cdr.ended_by,
            )


def _how(cdr: _Cdr) -> str:
    if cdr.queue and cdr.joined_at:
        return _LEFT.get(cdr.reason, "abandoned")
    return _UNANSWERED.get(cdr.cause, "other")


def _xml(path: Path) -> Iterator[tuple[int, Mapping[str, str]] | Refused]:
    for found in elements(path, "cdr"):
        if isinstance(found, Refused):
            yield found
            continue
        line, cdr = found
        values = {each.tag: unquote(each.text or "") for each in cdr.iterfind("variables/*")}
        profile = {each.tag: unquote(each.text or "") for each in cdr.iterfind("callflow[1]/caller_profile/*")}
        yield line, _with_profile(values, profile)


def _json(path: Path) -> Iterator[tuple[int, Mapping[str, str]] | Refused]:
    for found in objects(path):
        if isinstance(found, Refused):
            yield found
            continue
        line, data = found
        try:
            whole = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
            values = _texts(whole.get("variables", msgspec.Raw(data)))
            flow = msgspec.json.decode(
                whole.get("callflow", msgspec.Raw(b"[]")), type=list[dict[str, msgspec.Raw]] | dict[str, msgspec.Raw]
            )
            first = flow[0] if isinstance(flow, list) and flow else flow if isinstance(flow, dict) else {}
            yield line, _with_profile(values, _texts(first.get("caller_profile", msgspec.Raw(b"{}"))))
        except msgspec.DecodeError as error:
            yield Refused(line, "record", f"{error}: {data[:300].decode(errors='replace')}")


def _texts(raw: bytes | msgspec.Raw) -> dict[str, str]:
    """An object's plain values as texts; numbers as they are written."""
    found = msgspec.json.decode(raw, type=dict[str, object])
    return {
        name: unquote(value) if isinstance(value, str) else str(value)
        for name, value in found.items()
        if isinstance(value, str | int | float)
    }


def _with_profile(values: dict[str, str], profile: Mapping[str, str]) -> Mapping[str, str]:
    for name in ("caller_id_number", "destination_number"):
        values[name] = values.get(name) or profile.get(name, "")
    return values


def _time(values: Mapping[str, str], name: str, zone: ZoneInfo) -> int | None:
    """The finest of ``…_uepoch``, ``…_epoch`` and ``…_stamp``; 0 means never."""
    for ending in ("uepoch", "epoch", "stamp"):
        said = values.get(f"{name}_{ending}", "")
        if said and said != "0":
            return instant(said, zone)
    return None


def _record(line: int, values: Mapping[str, str], zone: ZoneInfo) -> Record | Refused:
    uuid = values.get("xml_cdr_uuid") or values.get("uuid") or values.get("call_uuid") or ""
    shown = ", ".join(f"{name}={values[name]}" for name in sorted(values)[:40] if values[name])
    at, ended = _time(values, "start", zone), _time(values, "end", zone)
    if at is None:
        return Refused(line, "time", shown)
    if not uuid:
        return Refused(line, "call", shown)
    side = values.get("cc_side", "")
    joined = _time({"x_epoch": values.get("cc_queue_joined_epoch", "")}, "x", zone)
    member = side != "agent" and values.get("leg", "a") != "b"
    caller, called = values.get("caller_id_number", ""), values.get("destination_number", "")
    queue = values.get("cc_queue", "").partition("@")[0] if joined or side else ""
    said = values.get("call_direction") or values.get("direction", "")
    direction = (
        "in"
        if queue or (said == "inbound" and outside(caller))
        else "out"
        if outside(called)
        else "in"
        if outside(caller)
        else ""
    )
    if member and not direction:
        return Refused(line, "internal", shown)
    cause = values.get("hangup_cause", "")
    gone = values.get("sip_hangup_disposition", "")
    cdr = _Cdr(
        uuid,
        member,
        at,
        _time(values, "answer", zone),
        ended or at + seconds(values.get("duration", "")),
        direction or "in",
        called if direction == "out" else caller,
        queue if queue or direction == "out" else called,
        joined,
        _time({"x_epoch": values.get("cc_queue_answered_epoch", "")}, "x", zone),
        (
            values.get("cc_agent") or values.get("last_sent_callee_id_number") or (caller if direction == "out" else "")
        ).partition("@")[0],
        values.get("cc_cancel_reason", ""),
        cause,
        seconds(values.get("hold_accum_seconds", "")),
        "customer" if gone in ("recv_bye", "recv_cancel") else "agent" if gone.startswith("send_") else "other",
    )
    call = (
        uuid
        if member
        else next(
            (values[n] for n in ("cc_member_session_uuid", "originating_leg_uuid", "bridge_uuid") if values.get(n)),
            uuid,
        )
    )
    return Record(line, call, uuid, at, msgspec.json.encode(cdr))
