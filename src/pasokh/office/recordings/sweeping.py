"""Retention, and the vault beside its rows: what has no row goes, what has no file is told of; proofs on demand."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR, Millis
from pasokh.office import clock
from pasokh.office.recordings.actions import do_delete_due
from pasokh.office.recordings.keys import file_key
from pasokh.office.recordings.models import Recording, State
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.telephony.recording.sealed import Opened
from pasokh.telephony.recording.vault import Vault

log = logging.getLogger(__name__)

ORPHAN_MS: Millis = HOUR
"""A file without a row is left alone so long: its row may still be on the way."""
_DUE = """
SELECT DISTINCT organisation_id FROM recordings_recording
WHERE state IN ('kept', 'lost', 'unrecorded') AND hold_at = 0 AND retention_until > 0 AND retention_until <= %s
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did and found."""

    files_removed: int
    files_missing: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """A kept recording that cannot be played."""

    recording: str
    code: str


def delete_due(connection: psycopg.Connection, vault: Vault) -> int:
    """Delete what retention has let go in every organisation: the worker's part."""
    done = 0
    for (org,) in connection.execute(_DUE, (clock.now(),)).fetchall():
        with organisation_scope(org):
            names = do_delete_due(clock.now())
        for name in names:
            vault.remove(org, name)
        done += len(names)
    return done


def sweep(org: str, vault: Vault) -> Swept:
    """Remove sealed files that no kept row needs; count rows whose file is not there."""
    removed = 0
    with organisation_scope(org):
        for name in vault.kept(org, clock.now() - ORPHAN_MS):
            row = Recording.objects.filter(pk=name).only("state").first()
            if row is None or row.state in (State.DELETED, State.UNRECORDED):
                vault.remove(org, name)
                removed += 1
                log.warning("sealed recording %s had no row that needs it and is removed", name)
        missing = 0
        for row in Recording.objects.filter(state=State.KEPT).only("id").iterator():
            try:
                vault.open(org, row.id).close()
            except PasokhError:
                missing += 1
                log.error("the file of recording %s is not there", row.id)  # noqa: TRY400 - nothing more to say
    return Swept(removed, missing)


def check(org: str, vault: Vault) -> Iterator[Wrong]:
    """Open every kept recording of an organisation to its last byte; what cannot be played is told."""
    with organisation_scope(org):
        names = list(Recording.objects.filter(state=State.KEPT).order_by("started_at").values_list("id", flat=True))
    for name in names:
        with organisation_scope(org):
            row = Recording.objects.select_related("key").filter(pk=name, state=State.KEPT).first()
            if row is None:
                continue
            try:
                _read_whole(row, vault)
            except PasokhError as error:
                yield Wrong(name, error.code)


def _read_whole(row: Recording, vault: Vault) -> None:
    if vault.digest(row.organisation_id, row.id) != row.digest:
        raise PasokhError("recording.tampered", recording=row.id)
    with vault.open(row.organisation_id, row.id) as file:
        opened = Opened(file, file_key(row), row.id)
        for _ in opened.read(0, opened.size):
            pass
