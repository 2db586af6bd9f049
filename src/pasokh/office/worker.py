"""The worker role: keeps the projections of every organisation up with the log.

The database's notices only wake it; what is to be done, each round finds out from the logs and cursors themselves.
So a lost notice, a lost connection or a killed worker costs time, never an event. Django must be set up.
"""

import logging
import time
from collections.abc import Callable, Sequence

import psycopg

from pasokh.kernel.figures import Figures, label
from pasokh.office.children import Children
from pasokh.office.desk import projection
from pasokh.office.exchange.jobs import IMPORTS
from pasokh.office.figure_alerts import jobs as alert_jobs
from pasokh.office.figures.jobs import REPORTS
from pasokh.office.hours.schedule import apply_due
from pasokh.office.notices import jobs as notice_jobs
from pasokh.office.notices import projection as notices_projection
from pasokh.office.people.republish import republish_teams
from pasokh.office.people.sessions import SessionStore
from pasokh.office.policy.jobs import PREVIEWS
from pasokh.office.post import projection as post_projection
from pasokh.office.recordings.sweeping import delete_due
from pasokh.office.recordings.vault import vault
from pasokh.office.rounds import AWAY, POLL_SECONDS, run_rounds
from pasokh.office.settling import settle_answered
from pasokh.office.telephony import spending as spending_projection
from pasokh.office.telephony.jobs import lift_due
from pasokh.office.voice_quality import jobs as voice_jobs
from pasokh.office.watch import projection as watch_projection
from pasokh.office.watch.surges import Surges
from pasokh.store.bells import LOG

log = logging.getLogger(__name__)

CLEANING_ROUNDS = 1_000
PROJECTIONS: tuple[Callable[[str], int], ...] = (
    projection.advance,
    watch_projection.advance,
    notices_projection.advance,
    post_projection.advance,
    spending_projection.advance,
)
"""Each brings its tables a batch further, with a cursor of its own."""
_BEHIND = """
SELECT c.name, sum(greatest(h.seq - c.seq, 0)) FROM projection_cursor c JOIN shard_head h ON h.shard = c.shard
GROUP BY c.name ORDER BY c.name
"""
_ANSWERED = """
SELECT DISTINCT s.organisation_id FROM audit_submission s JOIN command_inbox c
    ON c.shard = s.organisation_id AND c.key = s.key WHERE c.answered_at IS NOT NULL
"""
"""Organisations with a change that the engine has answered and no request has settled."""


def run(
    stopping: Callable[[], bool],
    ready: Callable[[], None] = lambda: None,
    poll_seconds: float = POLL_SECONDS,
    figures: Figures | None = None,
) -> None:
    """Project until `stopping` says so; `ready` hears of the first finished round. A lost database is waited for."""
    children = [Children(PREVIEWS), Children(IMPORTS), Children(REPORTS)]
    try:
        run_rounds([LOG], Rounds(stopping, children, figures), stopping, ready, poll_seconds)
    finally:
        for each in children:
            each.stop()


class Rounds:
    """The worker's rounds; remembers up to where each log was read."""

    def __init__(
        self,
        stopping: Callable[[], bool] = lambda: False,
        children: Sequence[Children] = (),
        figures: Figures | None = None,
    ) -> None:
        self._stopping, self._figures = stopping, figures
        self._children = children
        self._seen: dict[str, int] = {}
        self._republished: set[str] = set()
        self._surges = Surges()
        self._sounds = voice_jobs.Sounds()
        self._alerts = alert_jobs.FigureAlerts()
        self._done = 0

    def __call__(self, connection: psycopg.Connection) -> None:
        """Project what is new, then whatever is due."""
        begun = time.monotonic()
        for org, head in connection.execute("SELECT org, seq FROM shard_head ORDER BY org").fetchall():
            if self._seen.get(org) != head:
                if _caught_up(org, self._stopping):
                    self._seen[org] = head
                elif self._figures is not None:
                    self._figures.count("failures")
            self._republish(connection, org)
        for (org,) in connection.execute(_ANSWERED).fetchall():
            settle_answered(org)
        apply_due(connection)
        lift_due(connection)
        self._surges.turn(connection)
        self._sounds.turn(connection)
        self._alerts.turn(connection)
        notice_jobs.turn(connection)
        for each in self._children:
            each.turn(connection)
        if self._done % CLEANING_ROUNDS == 0:
            SessionStore.clear_expired()
            notice_jobs.clean(connection)
            voice_jobs.clean(connection)
            alert_jobs.clean(connection)
            delete_due(connection, vault())
        self._done += 1
        if self._figures is not None:
            self._count(self._figures, connection, begun)

    def _count(self, figures: Figures, connection: psycopg.Connection, begun: float) -> None:
        figures.count("rounds")
        figures.observe("round_ms", (time.monotonic() - begun) * 1_000)
        for name, behind in connection.execute(_BEHIND).fetchall():
            figures.set("behind_events", int(behind), label(projection=name))

    def _republish(self, connection: psycopg.Connection, org: str) -> None:
        """Once for each organisation in a worker's life; one that cannot be read holds up no other."""
        if org in self._republished:
            return
        self._republished.add(org)
        try:
            republish_teams(connection, org)
        except AWAY:
            self._republished.discard(org)
            raise
        except Exception:
            log.exception("agents of organisation %s are not published with their teams", org)


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
        applied = max(advance(org) for advance in PROJECTIONS)
        done += applied
        if applied < projection.BATCH:
            break
    return done
