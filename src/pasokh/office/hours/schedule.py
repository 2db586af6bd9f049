"""The worker's part: which organisations have a boundary due, and acting on it, each by itself."""

import logging

import psycopg

from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.hours.actions import do_apply_hours
from pasokh.office.tenancy.scope import organisation_scope

log = logging.getLogger(__name__)
_DUE = "SELECT DISTINCT organisation_id FROM hours_queuehours WHERE due_at <= %s"


def apply_due(connection: psycopg.Connection, now: Instant | None = None) -> int:
    """Open and close every queue whose boundary has come; `connection` acts as the engine's role.

    Returns how many were switched. An organisation whose hours cannot be read holds up no other.
    """
    moment = clock.now() if now is None else now
    switched = 0
    for (org,) in connection.execute(_DUE, (moment,)).fetchall():
        try:
            with organisation_scope(org):
                switched += do_apply_hours(moment)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception:
            log.exception("the business hours of organisation %s stand still", org)
    return switched
