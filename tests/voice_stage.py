"""A call's steps and legs in the office's tables, as an engine leaves them there."""

import asyncio
from collections.abc import Sequence

from pasokh.ops.voice_records import VoiceRecords
from pasokh.telephony.exchange.journal import LegRow, Step, StepRow


def keep(dsn: str, steps: Sequence[StepRow] = (), legs: Sequence[LegRow] = ()) -> None:
    """Write as the engine does; `dsn` acts as the engine's role."""

    async def write() -> None:
        async with VoiceRecords(dsn) as records:
            await records.write(steps, legs)

    asyncio.run(write())


def a_call(org: str, call: str, interaction: str, at: int, agent: str) -> tuple[list[StepRow], list[LegRow]]:
    """A caller who came by a carrier, was connected with an agent, and hung up; the agent's own line was bad."""

    def row(after: int, kind: str, role: str, person: str = "", **more: object) -> StepRow:
        channel = f"{call}-in" if role == "caller" else f"a-{call}"
        step = Step(at=at + after, kind=kind, channel=channel, role=role, person=person, **more)  # type: ignore[arg-type]
        return StepRow(org=org, call=call, interaction=interaction if after > 1_000 else "", step=step)

    steps = [
        row(0, "caller.entered", "caller"),
        row(4, "asked", "caller", what="answer", took_ms=3),
        row(900, "digit.received", "caller"),
        row(1_500, "asked", "agent", agent, what="originate", took_ms=12),
        row(1_600, "channel.state", "agent", agent, what="ringing"),
        row(4_000, "leg.entered", "agent", agent),
        row(4_020, "asked", "agent", agent, what="add", took_ms=2),
        row(4_030, "bridge.entered", "agent", agent),
        row(4_031, "bridge.entered", "caller"),
        row(5_000, "asked", "agent", agent, what="hold", error="switch.refused"),
        row(6_000, "told.by.another.release", "agent", agent),
        row(64_000, "channel.gone", "caller", cause=16),
        row(64_100, "channel.gone", "agent", agent, cause=16),
    ]
    shared = {"org": org, "call": call, "interaction": interaction, "answered": True, "codec": "alaw", "node": "n1"}
    legs = [
        LegRow(
            **shared, channel=f"{call}-in", role="caller", trunk="main", began_at=at, ended_at=at + 64_000,
            received=3_000, sent=2_990, received_jitter_us=2_000, received_score=440, by_phone=True, cause=16,
            here="10.0.0.1:10000", there="203.0.113.7:4000", sip_call_id=f"{call}@203.0.113.7",
        ),
        LegRow(
            **shared, channel=f"a-{call}", role="agent", person=agent, station="desk7", began_at=at + 1_500,
            ended_at=at + 64_100, received=2_700, sent=3_000, received_lost=300, received_jitter_us=31_000,
            received_score=305, sip_call_id=f"{call}-agent", cause=16,
        ),
    ]  # type: ignore[arg-type]  # fmt: skip
    return steps, legs
