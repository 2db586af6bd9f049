"""What happened to calls on the switch, step by step, for whoever looks for a fault later; and how each leg sounded.

The log holds what was decided; this holds what the switch did and was asked to do. It is no truth of anything: nobody
waits for it, it may lack steps (told in figures), and it is forgotten after some weeks.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

log = logging.getLogger(__name__)

MOST_KEPT = 20_000
"""Steps and legs waiting to be written; while the database is away the oldest of them are lost."""
BATCH = 500
EVERY_S = 0.5
RETRY_S = 5.0
MOST_STEPS = 500
"""Of one call: a caller who plays with a menu for ever does not fill the table."""
REMEMBERED = 5_000
"""So many latest calls are counted."""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened, or (`kind` ``asked``) that the engine asked of the switch."""

    at: Instant
    kind: str
    channel: str = ""
    role: str = ""
    """Whose channel: `pasokh.telephony.exchange.legs.Role`."""
    person: str = ""
    """The agent or supervisor; never a number."""
    what: str = ""
    """The operation asked for, a state, an outcome."""
    cause: int = 0
    took_ms: int = 0
    error: str = ""


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step and whose it is."""

    org: str
    call: str
    interaction: str
    step: Step


class LegRow(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg sounded; lengths in microseconds, scores in hundredths, 0 = not known."""

    org: str
    channel: str
    call: str = ""
    interaction: str = ""
    role: str = ""
    person: str = ""
    station: str = ""
    trunk: str = ""
    node: str = ""
    began_at: Instant = 0
    ended_at: Instant
    answered: bool = False
    codec: str = ""
    received: int = 0
    sent: int = 0
    received_lost: int = 0
    sent_lost: int = 0
    received_jitter_us: int = 0
    sent_jitter_us: int = 0
    round_trip_us: int = 0
    received_score: int = 0
    sent_score: int = 0
    here: str = ""
    there: str = ""
    sip_call_id: str = ""
    sip_answer: str = ""
    by_phone: bool = False
    cause: int = 0


class Sink(Protocol):
    """Where it is kept."""

    async def write(self, steps: Sequence[StepRow], legs: Sequence[LegRow]) -> None:
        """Keep them; raises `PasokhError` ``store.unavailable`` when it cannot now, nothing being kept then."""


@dataclass(slots=True)
class JournalCounts:
    """What became of what was noted."""

    kept: int = 0
    lost: int = 0
    """For want of room, or because the call had enough steps."""


class Journal:
    """Keeps rows until they are written, beside the calls: nothing here ever waits for the database."""

    def __init__(self, sink: Sink, most: int = MOST_KEPT) -> None:
        self._sink, self._most = sink, most
        self._rows: deque[StepRow | LegRow] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._of_call: dict[tuple[str, str], int] = {}
        self.counts = JournalCounts()

    def step(self, org: str, call: str, interaction: str, step: Step) -> None:
        """Note a step of a call."""
        key = (org, call or interaction)
        number = self._of_call.pop(key, 0) + 1
        self._of_call[key] = number
        if len(self._of_call) > REMEMBERED:
            del self._of_call[next(iter(self._of_call))]
        if number > MOST_STEPS:
            self.counts.lost += 1
            return
        self._add(StepRow(org=org, call=call, interaction=interaction, step=step))

    def leg(self, row: LegRow) -> None:
        """Note how a leg sounded."""
        self._add(row)

    def _add(self, row: StepRow | LegRow) -> None:
        if len(self._rows) >= self._most:
            self._rows.popleft()
            self.counts.lost += 1
        self._rows.append(row)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="journal of calls")

    async def close(self) -> None:
        """Write what is left, once; what cannot be written is lost."""
        if self._writing is not None:
            self._writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writing
        with contextlib.suppress(PasokhError):
            while self._rows:
                await self._write_some()

    async def _write_all(self) -> None:
        await asyncio.sleep(EVERY_S)
        while self._rows:
            try:
                await self._write_some()
            except PasokhError as error:
                log.warning("steps of calls cannot be kept now: %s", error.code)
                await asyncio.sleep(RETRY_S)
            except Exception:
                log.exception("steps of calls are lost")
                self.counts.lost += len(self._rows)
                self._rows.clear()

    async def _write_some(self) -> None:
        batch = [self._rows.popleft() for _ in range(min(BATCH, len(self._rows)))]
        try:
            await self._sink.write(
                [row for row in batch if isinstance(row, StepRow)], [row for row in batch if isinstance(row, LegRow)]
            )
        except (PasokhError, asyncio.CancelledError):
            self._rows.extendleft(reversed(batch))
            raise
        self.counts.kept += len(batch)


class Nowhere:
    """A sink for engines without a place to write to."""

    async def write(self, steps: Sequence[StepRow], legs: Sequence[LegRow]) -> None:
        """Forget them."""


def chunks(steps: Iterable[StepRow]) -> Mapping[tuple[str, str, str], list[Step]]:
    """Steps by organisation, call and interaction, in order: one row each."""
    found: dict[tuple[str, str, str], list[Step]] = {}
    for row in steps:
        found.setdefault((row.org, row.call, row.interaction), []).append(row.step)
    return found
