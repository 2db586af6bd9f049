"""The worker's part: carriers and telephones that turn bad are told to the core, and old figures are forgotten."""

import logging
from typing import cast

import psycopg

from pasokh.acd.commands import EndFault, NoteFault
from pasokh.acd.commands.supervision import FaultKind
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.office import inbox
from pasokh.office.rounds import Lookout, organisations
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.voice_quality.actions import do_forget_old
from pasokh.office.voice_quality.judging import FORGOTTEN_MS, Judge
from pasokh.office.voice_quality.selectors import legs_between
from pasokh.office.watch.models import Alarm

log = logging.getLogger(__name__)

EVERY_MS: Millis = 10 * SECOND
LATE_MS: Millis = 5 * SECOND
"""Engines write a leg so long after its end at most; what comes later still is not judged."""
KINDS = ("carrier_sound", "station_sound", "silent")
_ACTOR = "worker"


def clean(connection: psycopg.Connection) -> None:
    """Forget what is old in every organisation."""
    for org in organisations(connection):
        with organisation_scope(org):
            do_forget_old()


class Sounds(Lookout):
    """Looks every few seconds at the legs that ended; after a start at those of the last hours."""

    every_ms = EVERY_MS
    what = "the sound of calls"

    def __init__(self) -> None:
        super().__init__()
        self._judges: dict[str, tuple[Judge, Instant]] = {}

    def look(self, org: str, now: Instant) -> int:
        """Say what turned bad and what is good again, in the organisation's scope; returns how much was said."""
        judge, seen = self._judges.get(org, (Judge(), now - FORGOTTEN_MS))
        until = now - LATE_MS
        for leg in legs_between(seen, until):
            judge.take(leg)
        self._judges[org] = (judge, max(seen, until))
        wanted = judge.faults(now)
        told = {(alarm.kind, alarm.detail): alarm.alarm for alarm in Alarm.objects.filter(kind__in=KINDS, ended_at=0)}
        said = 0
        for (kind, name), since in wanted.items():
            if (kind, name) not in told:
                said += _say(NoteFault(cast("FaultKind", kind), name, since), f"fault.{kind}.{name}.{since}")
        for (kind, name), alarm in told.items():
            if (kind, name) not in wanted:
                said += _say(EndFault(cast("FaultKind", kind), name), f"fault.end.{alarm}")
        return said


def _say(command: NoteFault | EndFault, key: str) -> int:
    try:
        inbox.submit(command, _ACTOR, key)
    except PasokhError as error:
        log.info("a fault was told before: %s", error.code)
        return 0
    return 1
