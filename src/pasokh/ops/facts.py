"""The role `facts`: keeps every organisation's facts up with its log, and puts days that are over into files.

It runs on one node: the files lie in that node's ``PASOKH_HOME/facts``, and whoever reads figures needs that folder.
Rounds come as those of the worker do; a lost notice or a killed process costs time, never a row. Django must be set up.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from pasokh.engine.days import known_zone
from pasokh.kernel.figures import Figures
from pasokh.kernel.time import Instant
from pasokh.metrics.today import sealing
from pasokh.metrics.today.following import BATCH, FactsProjection, advance
from pasokh.metrics.warehouse import Limits, Warehouse
from pasokh.office.rounds import AWAY, POLL_SECONDS, run_rounds
from pasokh.office.tenancy.models import Organisation
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store.bells import LOG

log = logging.getLogger(__name__)


def run(
    folder: Path, clock: Callable[[], Instant], stopping: Callable[[], bool], ready: Callable[[], None] = lambda: None,
    figures: Figures | None = None, poll_seconds: float = POLL_SECONDS,
) -> None:  # fmt: skip
    """Fold until `stopping` says so; `ready` hears of the first finished round. A lost database is waited for."""
    run_rounds([LOG], Rounds(folder, clock, stopping, figures), stopping, ready, poll_seconds)


class Rounds:
    """The role's rounds; remembers up to where each log was read."""

    def __init__(
        self, folder: Path, clock: Callable[[], Instant], stopping: Callable[[], bool] = lambda: False,
        figures: Figures | None = None,
    ) -> None:  # fmt: skip
        self._folder, self._clock, self._stopping, self._figures = folder, clock, stopping, figures
        self._facts = FactsProjection(zone_of)
        self._seen: dict[str, int] = {}

    def __call__(self, connection: psycopg.Connection) -> None:
        """Fold what is new of every organisation; one whose events cannot be folded holds up no other."""
        begun = time.monotonic()
        for org, head in connection.execute("SELECT org, seq FROM shard_head ORDER BY org").fetchall():
            try:
                if self._seen.get(org) != head and self._catch_up(connection, org):
                    self._seen[org] = head
                if self._seen.get(org) == head:
                    self._seal(connection, org)
            except AWAY:
                raise
            except Exception:
                log.exception("the facts of organisation %s stand still", org)
                if self._figures is not None:
                    self._figures.count("failures")
        if self._figures is not None:
            self._figures.count("rounds")
            self._figures.observe("round_ms", (time.monotonic() - begun) * 1_000)

    def _catch_up(self, connection: psycopg.Connection, org: str) -> bool:
        """Fold to the log's end; False when told to stop before."""
        while not self._stopping():
            with connection.transaction(), connection.cursor() as cursor:
                done = advance(cursor, self._facts, org)
            if self._figures is not None:
                self._figures.count("events", done)
            if done < BATCH:
                return True
        return False

    def _seal(self, connection: psycopg.Connection, org: str) -> None:
        now = self._clock()
        with connection.cursor() as cursor:
            before = sealing.due(cursor, org, now)
        if before is not None:
            warehouse = Warehouse(self._folder / org, Limits(memory="1GB", threads=1))
            days = sealing.seal(connection, warehouse, org, before, now)
            if self._figures is not None:
                self._figures.count("sealed_days", len(days))


def zone_of(org: str) -> str:
    """The zone an organisation works in, as the office keeps it; UTC where this machine does not know it."""
    with organisation_scope(org):
        found = Organisation.objects.filter(id=org).values_list("zone", flat=True).first()
    return known_zone(found or "UTC")
