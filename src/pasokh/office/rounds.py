"""The loop of roles that work beside the web: a round whenever a notice comes, and now and then without one.

The database's notices only wake; what is to be done, each round finds out from the tables. So a lost notice, a lost
connection or a killed process costs time, never work. Django must be set up.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

import django.db
import psycopg
from django.conf import settings

from pasokh.kernel.time import Instant, Millis
from pasokh.office import clock
from pasokh.office.configuration import Configuration, connection_parameters
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""The longest a round waits for a notice before it looks anyway."""
SLICE_SECONDS = 0.2
"""How often who waits asks whether to stop."""
_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, django.db.OperationalError, django.db.InterfaceError)

type Round = Callable[[psycopg.Connection], None]
"""One round's work; the connection sees every organisation, autocommits, and belongs to the loop."""


def organisations(connection: psycopg.Connection) -> Iterator[str]:
    """All of them, in order."""
    for (org,) in connection.execute("SELECT org FROM shard_head ORDER BY org").fetchall():
        yield org


class Lookout:
    """Looks at every organisation now and then; one that cannot be looked at keeps nobody from the others."""

    every_ms: Millis
    what: str
    """For the log: what is not seen where a look fails."""

    def __init__(self) -> None:
        self._due: Instant = 0

    def turn(self, connection: psycopg.Connection) -> None:
        """Look at every organisation, when it is time to."""
        now = clock.now()
        if now < self._due:
            return
        self._due = now + self.every_ms
        for org in organisations(connection):
            try:
                with organisation_scope(org):
                    self.look(org, now)
            except AWAY:
                raise
            except Exception:
                log.exception("%s of organisation %s: not seen", self.what, org)

    def look(self, org: str, now: Instant) -> int:
        """One look, in the organisation's scope; returns how much was said."""
        raise NotImplementedError


def run_rounds(
    bells: Sequence[str],
    one_round: Round,
    stopping: Callable[[], bool],
    ready: Callable[[], None] = lambda: None,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Go round until `stopping` says so; `ready` hears of the first round done. A lost database is waited for."""
    configuration: Configuration = settings.CONFIGURATION
    conninfo = psycopg.conninfo.make_conninfo(**connection_parameters(configuration, schema.ENGINE))
    told = False
    try:
        while not stopping():
            try:
                with psycopg.connect(conninfo, autocommit=True) as connection:
                    for bell in bells:
                        connection.execute(f"LISTEN {bell}")
                    while not stopping():
                        one_round(connection)
                        if not told:
                            told = True
                            ready()
                        _wait(connection, stopping, poll_seconds)
            except AWAY as error:
                log.warning("the database is away, looking again soon: %s", error)
                django.db.connections.close_all()
                _wait(None, stopping, SLICE_SECONDS * 5)
    finally:
        django.db.connections.close_all()


def _wait(connection: psycopg.Connection | None, stopping: Callable[[], bool], seconds: float) -> None:
    """Until a bell rang, `stopping` says so, or the time is over."""
    left = seconds
    while left > 0 and not stopping():
        if connection is None:
            _PAUSE.wait(SLICE_SECONDS)
        elif any(True for _ in connection.notifies(timeout=SLICE_SECONDS, stop_after=1)):
            return
        left -= SLICE_SECONDS
