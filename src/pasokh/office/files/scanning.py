"""Lets the scanner look at what came in, and sweeps: `connect`'s part."""

import logging
from collections.abc import Callable

import psycopg

from pasokh.channels.files.ports import Scanner, Storage
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.files.actions import do_record_scan, do_sweep
from pasokh.office.files.models import File
from pasokh.office.files.rules import SCAN_LEASE_MS, FileState, next_scan
from pasokh.office.rounds import organisations
from pasokh.office.tenancy.scope import organisation_scope

log = logging.getLogger(__name__)

_DUE = (
    "SELECT DISTINCT organisation_id FROM files_file WHERE state = 'scanning' AND due_at <= %s ORDER BY organisation_id"
)


def scan_due(
    connection: psycopg.Connection,
    scanner: Scanner | None,
    kept_in: Storage,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Scan what waits in any organisation; returns how many were looked at. A scanner that is away only delays.

    Without a scanner files that still wait for one are let out: it was turned off on purpose.
    """
    looked = 0
    for (org,) in connection.execute(_DUE, (clock.now(),)).fetchall():
        while not stopping():
            file = _claimed(org)
            if file is None:
                break
            try:
                found = _looked_at(scanner, kept_in, file)
            except PasokhError as error:
                log.warning("a file waits for the scanner: %s", error)
                with organisation_scope(org):
                    File.objects.filter(pk=file.pk).update(due_at=next_scan(file.scans, clock.now()))
                if error.code == "scanner.unreachable":
                    return looked
                continue
            with organisation_scope(org):
                do_record_scan(file, found)
            if found:
                log.warning("file %s is withheld: %s", file.pk, found)
            looked += 1
    return looked


def sweep(connection: psycopg.Connection, kept_in: Storage) -> int:
    """Remove what nobody uses in every organisation."""
    removed = 0
    for org in organisations(connection):
        with organisation_scope(org):
            removed += do_sweep(kept_in)
    return removed


def _claimed(org: str) -> File | None:
    with organisation_scope(org):
        now = clock.now()
        due = File.objects.filter(state=FileState.SCANNING.value, due_at__lte=now)
        file = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        if file is not None:
            file.due_at, file.scans = now + SCAN_LEASE_MS, min(file.scans + 1, 1_000)
            file.save(update_fields=["due_at", "scans"])
        return file


def _looked_at(scanner: Scanner | None, kept_in: Storage, file: File) -> str:
    if scanner is None:
        return ""
    with kept_in.open(file.organisation_id, file.digest) as content:
        return scanner.scan(content)
