"""The worker role: keeps the projections of every organisation up with the log.

The database's notices only wake it; what is to be done, each round finds out from the logs and cursors themselves.
So a lost notice, a lost connection or a killed worker costs time, never an event. Django must be set up.
"""

import logging
import threading
from collections.abc import Callable

import django.db
import psycopg
from django.conf import settings

from pasokh.office.configuration import Configuration, connection_parameters
from pasokh.office.desk import projection
from pasokh.office.hours.schedule import apply_due
from pasokh.office.people.sessions import SessionStore
from pasokh.office.settling import settle_answered
from pasokh.store import schema
from pasokh.store.bells import LOG

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""The longest a round waits for a notice before it looks anyway."""
SLICE_SECONDS = 0.2
"""How often a waiting worker asks whether to stop."""
CLEANING_ROUNDS = 1_000
_ANSWERED = """
SELECT DISTINCT s.organisation_id FROM audit_submission s JOIN command_inbox c
    ON c.shard = s.organisation_id AND c.key = s.key WHERE c.answered_at IS NOT NULL
"""
"""Organisations with a change that the engine has answered and no request has settled."""
_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, django.db.OperationalError, django.db.InterfaceError)


def run(
    stopping: Callable[[], bool], ready: Callable[[], None] = lambda: None, poll_seconds: float = POLL_SECONDS
) -> None:
    """Project until `stopping` says so; `ready` hears of the first finished round. A lost database is waited for."""
    configuration: Configuration = settings.CONFIGURATION
    conninfo = psycopg.conninfo.make_conninfo(**connection_parameters(configuration, schema.ENGINE))
    told = False

    def tell() -> None:
        nonlocal told
        if not told:
            told = True
            ready()

    try:
        while not stopping():
            try:
                with psycopg.connect(conninfo, autocommit=True) as connection:
                    connection.execute(f"LISTEN {LOG}")
                    _rounds(connection, stopping, tell, poll_seconds)
            except AWAY as error:
                log.warning("the database is away, the worker looks again: %s", error)
                django.db.connections.close_all()
                _wait(None, stopping, SLICE_SECONDS * 5)
    finally:
        django.db.connections.close_all()


def _rounds(
    connection: psycopg.Connection, stopping: Callable[[], bool], tell: Callable[[], None], poll_seconds: float
) -> None:
    seen: dict[str, int] = {}
    rounds = 0
    while not stopping():
        for org, head in connection.execute("SELECT org, seq FROM shard_head ORDER BY org").fetchall():
            if seen.get(org) != head and _caught_up(org, stopping):
                seen[org] = head
        for (org,) in connection.execute(_ANSWERED).fetchall():
            settle_answered(org)
        apply_due(connection)
        if rounds % CLEANING_ROUNDS == 0:
            SessionStore.clear_expired()
        rounds += 1
        tell()
        _wait(connection, stopping, poll_seconds)


def _caught_up(org: str, stopping: Callable[[], bool]) -> bool:
    """Bring one organisation up to date; one whose events cannot be folded holds up no other."""
    try:
        catch_up(org, stopping)
    except AWAY:
        raise
    except Exception:
        log.exception("the history of organisation %s stands still", org)
        return False
    return True


def catch_up(org: str, stopping: Callable[[], bool] = lambda: False) -> int:
    """Bring one organisation's projections to the log's end; returns the events applied."""
    done = 0
    while not stopping():
        applied = projection.advance(org)
        done += applied
        if applied < projection.BATCH:
            break
    return done


def _wait(connection: psycopg.Connection | None, stopping: Callable[[], bool], seconds: float) -> None:
    """Until the log was announced to have grown, `stopping` says so, or the time is over."""
    left = seconds
    while left > 0 and not stopping():
        if connection is None:
            _PAUSE.wait(SLICE_SECONDS)
        elif any(True for _ in connection.notifies(timeout=SLICE_SECONDS, stop_after=1)):
            return
        left -= SLICE_SECONDS
