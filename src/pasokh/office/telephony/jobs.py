"""The worker's part: blocks of callers whose time is over."""

import logging

import psycopg

from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.telephony.actions import do_lift_blocks
from pasokh.office.tenancy.scope import organisation_scope

log = logging.getLogger(__name__)
_OVER = "SELECT DISTINCT organisation_id FROM telephony_blockednumber WHERE until > 0 AND until <= %s"


def lift_due(connection: psycopg.Connection, now: Instant | None = None) -> int:
    """End every block whose time is over; `connection` acts as the engine's role. Returns how many.

    An organisation whose blocks cannot be lifted holds up no other.
    """
    moment = clock.now() if now is None else now
    lifted = 0
    for (org,) in connection.execute(_OVER, (moment,)).fetchall():
        try:
            with organisation_scope(org):
                lifted += do_lift_blocks(moment)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception:
            log.exception("blocked callers of organisation %s stay blocked", org)
    return lifted
