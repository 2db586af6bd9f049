"""What the browser's telephone tells of its own sound."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from pasokh.office.answers import REFUSALS, requires
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right
from pasokh.office.voice_quality.actions import Measured, do_keep_browser_report

router = Router(tags=["phone"])

Count = Annotated[int, Field(ge=0, le=2**40)]
Minute = Annotated[int, Field(ge=0, le=60_000_000)]
"""Microseconds, at most a minute."""


class Report(Schema):
    """What `RTCPeerConnection.getStats()` says of one call so far, counted from its beginning."""

    sip_call_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    """Of the SIP dialog: joins this with what the switch measured."""
    received: Count
    """Packets (`inbound-rtp.packetsReceived`)."""
    received_lost: Annotated[int, Field(ge=-(2**31), le=2**40)] = 0
    """`packetsLost`; below 0 where packets came twice."""
    jitter_us: Minute = 0
    round_trip_us: Minute = 0
    concealed_permille: Annotated[int, Field(ge=0, le=1_000)] = 0
    silent_ms: Annotated[int, Field(ge=0, le=86_400_000)] = 0
    """How long the microphone gave nothing."""
    network: Annotated[str, Field(max_length=16, pattern=r"^[a-z0-9-]*$")] = ""


class Kept(Schema):
    """It is kept."""

    kept: bool


@router.post("/phone/quality", response={200: Kept, 429: REFUSALS[400], **REFUSALS})
@requires(Right.DESK)
def quality(request: HttpRequest, payload: Report) -> Kept:
    """Tell how a call of one's own sounds in the browser: every 10 to 15 seconds, and once at its end."""
    do_keep_browser_report(
        signed_in(request).username,
        Measured(
            sip_call_id=payload.sip_call_id,
            received=payload.received,
            received_lost=max(0, payload.received_lost),
            jitter_us=payload.jitter_us,
            round_trip_us=payload.round_trip_us,
            concealed_permille=payload.concealed_permille,
            silent_ms=payload.silent_ms,
            network=payload.network,
        ),
    )
    return Kept(kept=True)
