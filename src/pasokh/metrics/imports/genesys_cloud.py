"""Genesys Cloud's conversation details: what ``POST /api/v2/analytics/conversations/details/query`` and its jobs give.

A conversation has participants, those have sessions, those have segments. A stay in a queue is a session of an ``acd``
participant; the ``agent`` who took it from there has the talk, hold and wrap-up.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pasokh.metrics.imports.legs import Leg, Record, Refused, Span, between
from pasokh.metrics.imports.pieces import decoded
from pasokh.metrics.imports.values import instant

NEAR_MS = 5_000
"""Between a queue's end and the agent's alert."""
UTC = ZoneInfo("UTC")


class _Segment(Struct, rename="camel"):
    segment_type: str
    segment_start: str
    segment_end: str | None = None
    queue_id: str | None = None
    disconnect_type: str | None = None
    wrap_up_code: str | None = None

    @property
    def begin(self) -> int:
        return instant(self.segment_start, UTC) or 0

    @property
    def end(self) -> int | None:
        return instant(self.segment_end or "", UTC)

    @property
    def ms(self) -> int:
        return between(self.begin, self.end)


class _Session(Struct, rename="camel"):
    media_type: str | None = None
    direction: str | None = None
    ani: str | None = None
    segments: list[_Segment] = []


class _Participant(Struct, rename="camel"):
    purpose: str | None = None
    participant_name: str | None = None
    user_id: str | None = None
    sessions: list[_Session] = []


class _Conversation(Struct, rename="camel"):
    conversation_id: str
    conversation_start: str
    conversation_end: str | None = None
    originating_direction: str | None = None
    participants: list[_Participant] = []


class _Work(Struct):
    """An agent's session: when it rang, and what followed."""

    who: str
    queue: str
    begun: int
    leg: Leg
    taken: bool = False


class GenesysCloud:
    """Conversation details."""

    name = "genesys-cloud"

    def read(self, path: Path, zone: ZoneInfo) -> Iterator[Record | Refused]:  # noqa: ARG002 - its times are UTC
        """See `Source`. Of two exports of a conversation the one that knows its end, or more of it, counts."""
        for found in decoded(
            path, ("conversations",), _Conversation, lambda each: instant(each.conversation_start, UTC)
        ):
            if isinstance(found, Refused):
                yield found
                continue
            line, at, whole = found
            version = instant(whole.conversation_end or "", UTC) or 0
            yield Record(line, whole.conversation_id, whole.conversation_id, at, msgspec.json.encode(whole), version)

    def legs(self, records: Sequence[bytes]) -> Iterator[Leg | Span]:
        """See `Source`."""
        for data in records:
            yield from _legs(msgspec.json.decode(data, type=_Conversation))


def _legs(whole: _Conversation) -> Iterator[Leg]:
    call, over = whole.conversation_id, whole.conversation_end is not None
    sessions = [(p, s) for p in whole.participants for s in p.sessions if s.segments]
    customer = next((s.ani or "" for p, s in sessions if p.purpose in ("customer", "external")), "").removeprefix(
        "tel:"
    )
    media = next((s.media_type for _, s in sessions if s.media_type), "voice")
    direction = "out" if whole.originating_direction == "outbound" else "in"
    names = {seg.queue_id: p.participant_name or seg.queue_id for p, s in sessions if p.purpose == "acd"
             for seg in s.segments if seg.queue_id}  # fmt: skip
    works = [w for p, s in sessions if p.purpose in ("agent", "user") for w in [_work(call, p, s)] if w is not None]
    works.sort(key=lambda work: work.begun)
    given: list[Leg] = []
    for participant, session in sorted(sessions, key=lambda each: each[1].segments[0].begin):
        if participant.purpose != "acd":
            continue
        first, last = session.segments[0], session.segments[-1]
        left = last.end
        work = next((w for w in works if not w.taken and first.begin <= w.begun and w.queue in ("", first.queue_id)
                     and (left is None or w.begun <= left + NEAR_MS)), None)  # fmt: skip
        if work is not None:
            work.taken = True
            leg, wait = work.leg, between(first.begin, work.leg.at_ms)
        else:
            leg, wait = Leg(call=call, leg="", at_ms=0, how=_how(last, over)), between(first.begin, left)
        leg.at_ms, leg.wait_ms, leg.queue = first.begin, wait, names.get(first.queue_id or "", "") or ""
        given.append(leg)
    given += [work.leg for work in works if not work.taken]
    if not given:
        begun = instant(whole.conversation_start, UTC) or 0
        given = [
            Leg(
                call=call,
                leg="",
                at_ms=begun,
                how="other",
                wait_ms=between(begun, instant(whole.conversation_end or "", UTC)),
            )
        ]
    given.sort(key=lambda each: each.at_ms)
    answered = [each for each in given if each.how == "answered"]
    for place, leg in enumerate(given):
        leg.leg, leg.customer, leg.direction, leg.over = f"{call}/{place}", customer, direction, over
        leg.channel = "chat" if media in ("chat", "message") else media or "voice"
        if leg in answered[:-1] and leg.ended_by in ("other", "transfer"):
            leg.ended_by = "transfer"
        yield leg


def _work(call: str, participant: _Participant, session: _Session) -> _Work | None:
    """An agent's session in which something was said; None where it only rang."""
    talks = [s for s in session.segments if s.segment_type == "interact"]
    if not talks:
        return None
    holds = [s for s in session.segments if s.segment_type == "hold"]
    wraps = [s for s in session.segments if s.segment_type == "wrapup"]
    rings = [s for s in session.segments if s.segment_type in ("alert", "contacting", "dialing")]
    ended = talks[-1].disconnect_type or ""
    by = (
        "transfer"
        if "transfer" in ended
        else {"peer": "customer", "client": "agent", "endpoint": "agent"}.get(ended, "other")
    )
    who = participant.participant_name or participant.user_id or ""
    leg = Leg(
        call=call, leg="", at_ms=talks[0].begin, agent=who, offers=1, ring_ms=sum(s.ms for s in rings),
        talk_ms=sum(s.ms for s in talks), hold_ms=sum(s.ms for s in holds), holds=len(holds),
        wrap_ms=sum(s.ms for s in wraps), ended_by=by,
        outcome=next((s.wrap_up_code for s in reversed(wraps) if s.wrap_up_code), "") or "",
    )  # fmt: skip
    return _Work(who, talks[0].queue_id or "", session.segments[0].begin, leg)


def _how(last: _Segment, over: bool) -> str:
    kind = last.disconnect_type or ""
    if "transfer" in kind.lower():
        return "moved"
    if last.end is None and not over:
        return "waiting"
    return {"timeout": "timeout", "error": "lost", "system": "lost"}.get(kind, "abandoned")
