"""From a switch's spool into the vault: what the role `recorder` does on every node with a switch.

Each step may be repeated, whatever dies in between: a fresh key into the row; the sealed file, written aside and named
when it is whole; the row as kept; the plain files removed. What lies in the spool decides what is to be done.
"""

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR, MINUTE, SECOND, Instant, Millis
from pasokh.office import clock
from pasokh.office.desk.selectors import story_of
from pasokh.office.notices.actions import do_notify_who_may
from pasokh.office.notices.rules import Kind
from pasokh.office.people.rules import Right
from pasokh.office.recordings.keys import wrapped_for
from pasokh.office.recordings.marks import marks_of, paused_ms
from pasokh.office.recordings.models import Node, Recording, State
from pasokh.office.rounds import organisations
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.telephony.recording.rules import LEAST_FREE_BYTES, Heard, findings, kept_until
from pasokh.telephony.recording.sound import to_stereo
from pasokh.telephony.recording.spool import SIDES, Side, Spool
from pasokh.telephony.recording.vault import Vault

log = logging.getLogger(__name__)

SIDE_MS: Millis = MINUTE
"""The second side of a recording is waited for so long."""
LOST_MS: Millis = 15 * MINUTE
"""A talk whose sound is nowhere so long after its end has none."""
FORGOTTEN_MS: Millis = 12 * HOUR
"""The same for one of which nobody heard the end."""
STRAY_MS: Millis = HOUR
"""A file without a row is told of after so long: the row may come back with the database."""
AGAIN_MS: Millis = 30 * SECOND
"""What could not be kept is tried again."""
NODE_SECONDS = 10.0
_ROWS = "SELECT id, organisation_id, state FROM recordings_recording WHERE id = ANY(%s)"
_OPEN = "SELECT DISTINCT organisation_id FROM recordings_recording WHERE state = 'recording' AND started_at < %s"


@dataclass
class Recorder:
    """One node's."""

    spool: Spool
    vault: Vault
    node: str
    least_free: int = LEAST_FREE_BYTES
    stopping: Callable[[], bool] = lambda: False
    _again: dict[str, Instant] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _noted_at: float = float("-inf")
    _searched_at: float = float("-inf")
    _refusing: bool = False

    def __call__(self, connection: psycopg.Connection) -> None:
        """One round: room is looked after, what is over is kept, what is missing is found out."""
        names = list(self.spool.names())
        rows = {name: (org, state) for name, org, state in connection.execute(_ROWS, (names,)).fetchall()}
        waiting = strays = 0
        for name in names:
            if self.stopping():
                return
            if name in rows:
                waiting += self._attend(name, *rows[name])
            else:
                strays += self._stray(name)
        self._note_node(connection, waiting, strays)
        if time.monotonic() - self._searched_at > MINUTE / SECOND:
            self._searched_at = time.monotonic()
            for (org,) in connection.execute(_OPEN, (clock.now() - LOST_MS,)).fetchall():
                self.find_lost(org, set(names))

    # -- one recording -----------------------------------------------------------------------------------------------
    def _attend(self, name: str, org: str, state: str) -> int:
        """1 where it is over and still waits."""
        now = clock.now()
        sides = self.spool.sides(name)
        if state in (State.KEPT, State.DELETED, State.UNRECORDED):
            if all(side.over(now) for side in sides.values()):
                self.spool.clear(name)  # kept before whoever kept it died; or never to be heard
            return 0
        if not _is_over(sides, now):
            return 0
        if self._again.get(name, 0) > now:
            return 1
        try:
            self.keep(org, name, sides)
        except PasokhError as error:
            self._again[name] = now + AGAIN_MS
            log.error("recording %s waits: %s", name, error)  # noqa: TRY400 - the code and its fields say it all
            self._alarm(org, "recording_stuck", {"reason": str(error)[:200]})
            return 1
        self._again.pop(name, None)
        return 0

    def keep(self, org: str, name: str, sides: dict[str, Side]) -> None:
        """Seal a recording that is over, note it, and remove its plain files; raises `PasokhError`."""
        with organisation_scope(org):
            row = Recording.objects.select_for_update().get(pk=name)
            key, row.wrapped_key, row.key = wrapped_for(name, row.client)
            row.save(update_fields=["wrapped_key", "key"])
        with self.vault.scratch() as plain:
            heard, peaks = to_stereo(sides, plain)
            size, digest = 0, ""
            if heard.length_ms:
                plain.seek(0)
                size, digest = self.vault.put(org, name, plain, key)
        with organisation_scope(org):
            row = Recording.objects.select_for_update().get(pk=name)
            self._judge(row, heard, sides)
            row.size, row.digest, row.peaks, row.kept_at = size, digest, peaks, clock.now()
            row.state = State.KEPT.value if size else State.LOST.value
            row.save()
        self.spool.clear(name)
        log.info("recording %s of %s is kept: %d ms, %s", name, org, heard.length_ms, row.findings or "sound")

    def _judge(self, row: Recording, heard: Heard, sides: dict[str, Side]) -> None:
        written = max(side.written_at for side in sides.values())
        ended = row.ended_at or written
        marks = marks_of(story_of(row.contact), row.interaction, row.started_at, heard.length_ms)
        row.ended_at, row.length_ms = ended, heard.length_ms
        row.findings = [each.value for each in findings(heard, max(0, ended - row.started_at), paused_ms(marks))]
        row.retention_until = kept_until(row.started_at, row.retention_days)
        row.agents = list(dict.fromkeys([*row.agents, *(mark.who for mark in marks if mark.kind == "agent")]))

    # -- what is not as it should be -----------------------------------------------------------------------------------
    def _stray(self, name: str) -> int:
        """1 for files that no row knows, once they are old enough; they are left alone."""
        sides = self.spool.sides(name).values()
        if not sides or clock.now() - max(side.written_at for side in sides) < STRAY_MS:
            return 0
        if name not in self._told:
            self._told.add(name)
            log.error("recording %s lies in the spool of %s and no row knows it", name, self.node)
        return 1

    def find_lost(self, org: str, here: set[str]) -> int:
        """Note recordings of which there is no sound anywhere; returns how many. Told to who looks after the set-up."""
        now = clock.now()
        with organisation_scope(org):
            open_ = Recording.objects.select_for_update(skip_locked=True).filter(state=State.RECORDING)
            gone = [
                row
                for row in open_.filter(started_at__lt=now - LOST_MS)
                if row.id not in here and self._may_judge(row, now)
            ]
            for row in gone:
                row.state = State.LOST.value
                row.retention_until = kept_until(row.started_at, row.retention_days)
                row.save(update_fields=["state", "retention_until"])
                log.error("recording %s of %s has no sound", row.id, org)
        if gone:
            self._alarm(org, "recording_lost", {"n": len(gone)})
        return len(gone)

    def _may_judge(self, row: Recording, now: Instant) -> bool:
        """Whether its sound should be here by now; where several nodes led the call, another one may still have it."""
        nodes = row.node.split(",")
        if row.node and self.node not in nodes:
            return False
        return (len(nodes) == 1 and 0 < row.ended_at < now - LOST_MS) or row.started_at < now - FORGOTTEN_MS

    def _alarm(self, org: str, kind: str, params: dict[str, object]) -> None:
        """At most once a kind and hour."""
        key = f"{kind}:{self.node}:{clock.now() // HOUR}"
        with organisation_scope(org):
            do_notify_who_may(Right.EDIT_SETUP, Kind(kind), params, "/recordings/?state=lost", key=key)

    # -- room ----------------------------------------------------------------------------------------------------------
    def _note_node(self, connection: psycopg.Connection, waiting: int, strays: int) -> None:
        free = min(_free(self.spool.folder), self.vault.free_bytes())
        refusing = free < self.least_free
        if refusing == self._refusing and time.monotonic() - self._noted_at < NODE_SECONDS:
            return
        self._noted_at = time.monotonic()
        Node.objects.update_or_create(
            name=self.node,
            defaults={
                "free_bytes": free, "refusing": refusing, "waiting": waiting, "strays": strays, "seen_at": clock.now(),
            },
        )  # fmt: skip
        if refusing and not self._refusing:
            log.error("%s has room for %d MB only: nothing new is recorded", self.node, free >> 20)
            for org in organisations(connection):
                self._alarm(org, "recording_full", {"node": self.node, "free_mb": free >> 20})
        self._refusing = refusing


def _is_over(sides: dict[str, Side], now: Instant) -> bool:
    if not all(side.over(now) for side in sides.values()):
        return False
    written = max(side.written_at for side in sides.values())
    return len(sides) == len(SIDES) or now - written > SIDE_MS


def _free(folder: Path) -> int:
    """What the disk of a folder takes, as far up as there is one."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
