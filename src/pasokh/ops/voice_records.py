"""Where engines keep what happened to calls: the office's tables of steps and legs, one statement a batch."""

from collections.abc import Sequence
from typing import Self

import msgspec

from pasokh.kernel.time import Instant
from pasokh.store.postgres.database import Database
from pasokh.telephony.exchange.journal import LegRow, StepRow, chunks

_STEPS = """
INSERT INTO voice_quality_steps (organisation_id, call, interaction, at, steps)
SELECT org, call, interaction, at, steps FROM json_to_recordset(%s::json)
    AS r (org text, call text, interaction text, at bigint, steps jsonb)
"""
_COLUMNS = tuple(name for name in LegRow.__struct_fields__ if name != "org")
_KINDS: dict[object, str] = {Instant: "bigint", int: "bigint", bool: "boolean", str: "text"}
_TYPED = ", ".join(
    f"{field.name} {_KINDS[field.type]}" for field in msgspec.structs.fields(LegRow) if field.name != "org"
)
_LEGS = (
    f"INSERT INTO voice_quality_leg (organisation_id, {', '.join(_COLUMNS)})"  # noqa: S608 - names of our own
    f" SELECT org, {', '.join(_COLUMNS)} FROM json_to_recordset(%s::json) AS r (org text, {_TYPED})"
    " ON CONFLICT (organisation_id, channel) DO NOTHING"
)


class VoiceRecords:
    """`pasokh.telephony.exchange.journal.Sink` on PostgreSQL, acting as the engine's role."""

    def __init__(self, dsn: str) -> None:
        self._database = Database(dsn, connections=1, patience=5.0)

    async def __aenter__(self) -> Self:
        await self._database.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()

    async def write(self, steps: Sequence[StepRow], legs: Sequence[LegRow]) -> None:
        """Keep them; raises ``store.unavailable``. A lost answer may repeat steps, never legs."""
        if steps:
            rows = [
                {"org": org, "call": call, "interaction": interaction, "at": kept[0].at, "steps": kept}
                for (org, call, interaction), kept in chunks(steps).items()
            ]
            await self._database.run(_STEPS, (msgspec.json.encode(rows).decode(),))
        if legs:
            await self._database.run(_LEGS, (msgspec.json.encode(legs).decode(),))
