"""The only writer of files. The row comes first and the content second; what a broken commit leaves is swept."""

import tempfile
import uuid
from pathlib import Path

from django.db import connection, transaction

from pasokh.channels.files.kinds import judge
from pasokh.channels.files.names import clean_name, extension_of
from pasokh.channels.files.ports import LARGEST, Storage
from pasokh.channels.files.previews import Size, draw_preview
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.kernel.time import DAY, Instant
from pasokh.office import clock
from pasokh.office.files.keeping import is_scanned
from pasokh.office.files.models import File
from pasokh.office.files.rules import ORPHAN_MS, UNUSED_MS, FileState, check_quota
from pasokh.office.tenancy import scope

BELL = "pasokh_files"
"""The notice that wakes `connect` to scan."""
VISITOR = "visitor"


@transaction.atomic
def do_keep_file(
    kept_in: Storage, source: Path, name: str, *, contact: str, by: str, inside: bool = False, name_it: str = ""
) -> File:
    """Take in the file at `source` for a contact of the scope's organisation; `name_it` is an id somebody else gave.

    Raises `file.empty`, `file.too_large`, what `judge` raises, `file.too_many` for a visitor, `file.not_kept`, and
    `file.bad_contact`. Nothing is left behind then.
    """
    org = scope.required()
    if not ID_PATTERN.fullmatch(contact):
        raise PasokhError("file.bad_contact", field="contact")
    size = source.stat().st_size
    if size == 0:
        raise PasokhError("file.empty", field="file")
    if size > LARGEST:
        raise PasokhError("file.too_large", field="file", most=LARGEST >> 20)
    now = clock.now()
    if by == VISITOR:
        _check_quota(contact, size, now)
    kind = judge(source, name)
    given = extension_of(name)
    with tempfile.TemporaryDirectory(prefix="pasokh-preview-") as folder:
        drawn = Path(folder) / "preview"
        shown = draw_preview(source, drawn) if kind.previewed else Size(0, 0)
        file = File.objects.create(
            id=name_it or uuid.uuid4().hex,
            organisation_id=org,
            contact=contact,
            inside=inside,
            by=by,
            name=clean_name(name, given if given in kind.extensions else kind.extensions[0]),
            media_type=kind.media_type,
            size=size,
            width=shown.width,
            height=shown.height,
            state=(FileState.SCANNING if is_scanned() else FileState.CLEAN).value,
            due_at=now,
            at=now,
        )
        file.digest = kept_in.put(org, source)
        file.preview = kept_in.put(org, drawn) if kind.previewed else ""
    file.save(update_fields=["digest", "preview"])
    if file.state == FileState.SCANNING:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [BELL])
    return file


@transaction.atomic
def do_record_scan(file: File, found: str) -> None:
    """Let a file out, or withhold it and every other with the same content."""
    same = File.objects.filter(digest=file.digest)
    if found:
        same.update(state=FileState.INFECTED.value, found=found)
    else:
        same.filter(state=FileState.SCANNING.value).update(state=FileState.CLEAN.value)


def do_sweep(kept_in: Storage) -> int:
    """Forget files that no message has taken, and contents without a row; returns how many were removed."""
    org = scope.required()
    now = clock.now()
    unused, _ = File.objects.filter(attached_at=0, at__lt=now - UNUSED_MS).delete()
    removed = unused
    for digest in kept_in.kept(org, now - ORPHAN_MS):
        if not File.objects.filter(digest=digest).exists() and not File.objects.filter(preview=digest).exists():
            kept_in.remove(org, digest)
            removed += 1
    return removed


def _check_quota(contact: str, size: int, now: Instant) -> None:
    """One upload of a contact at a time, so that many at once cannot slip past."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"files {scope.required()} {contact}"])
    mine = File.objects.filter(contact=contact, by=VISITOR, at__gt=now - DAY).order_by("-at")
    check_quota(list(mine.values_list("at", "size")), size, now)
