"""How queues' business hours stand, as the office keeps them, for processes that know no Django (web chat, channels).

Area of use: a widget that must say "closed, we open on Saturday at 9:00" asks `OfficeHours.hours(org, queue)`. The rows
are kept true by the worker at every boundary (`pasokh.office.hours.actions.do_apply_hours`).
"""

import time

import msgspec
import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

FRESH_SECONDS = 2.0
"""How long an answer is used again."""
_QUERY = (
    "SELECT q.organisation_id, q.key, h.open_now, h.changes_at, h.next_opening, h.zone, q.is_open"
    " FROM supervise_queue q LEFT JOIN hours_queuehours h ON h.queue_id = q.id"
)


class Hours(msgspec.Struct, frozen=True):
    """How a queue's hours stand."""

    kept: bool
    """Whether it keeps a calendar at all; without one the rest is unknown."""
    planned_open: bool = True
    """What the calendar says for now."""
    changes_at: Instant | None = None
    """When that ends; None = not in sight."""
    next_opening: Instant | None = None
    """When it opens next; None = not in sight."""
    zone: str = ""
    """The zone the calendar is written in."""
    is_open: bool = True
    """What was last asked of the engine, by the calendar or by hand."""


class OfficeHours:
    """Reads every queue's hours at once, at most every `FRESH_SECONDS`; `dsn` acts as the engine's role."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._known: dict[tuple[str, str], Hours] = {}
        self._read_at = float("-inf")

    async def hours(self, org: str, queue: str) -> Hours:
        """How a queue's hours stand; one the office does not know keeps none. Raises ``store.unavailable``."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, connect_timeout=5) as connection:
                    rows = await (await connection.execute(_QUERY)).fetchall()
            except psycopg.Error as error:
                raise PasokhError("store.unavailable") from error
            self._known = {
                (org_, key): Hours(
                    zone is not None, bool(planned or zone is None), changes, opening, zone or "", is_open
                )
                for org_, key, planned, changes, opening, zone, is_open in rows
            }
            self._read_at = time.monotonic()
        return self._known.get((org, queue), Hours(kept=False))
