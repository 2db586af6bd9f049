"""The only writer of recordings' rows in the office; the engine begins and ends them (`pasokh.ops.recordings`)."""

import secrets

from django.db import transaction
from django.db.models import F

from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, Instant
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.recordings.keys import do_make_key, opened
from pasokh.office.recordings.models import Access, ClientKey, Note, Recording, Rule, State
from pasokh.office.tenancy import scope
from pasokh.telephony.recording.rules import LONGEST_DAYS, Consent, Policy
from pasokh.telephony.recording.sealed import unwrap, wrap

LONGEST_NOTE, LONGEST_REASON, MOST_NOTES = 1_000, 400, 500
LISTENED_MS = 10 * MINUTE
"""Hearing on within this time is one access."""
SYSTEM = "system"


# -- rules -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_save_rule(actor: str, client: str, queue: str, policy: Policy) -> Rule:
    """Set how calls are recorded; raises `recording.bad_days`, `recording.rule_without_client`."""
    if not 1 <= policy.retention_days <= LONGEST_DAYS:
        raise PasokhError("recording.bad_days", field="retention_days", least=1, most=LONGEST_DAYS)
    if queue and not client:
        raise PasokhError("recording.rule_without_client", field="queue")
    row = Rule.objects.select_for_update().filter(client=client, queue=queue).first()
    before = _policy(row) if row is not None else None
    row = row or Rule(organisation_id=scope.required(), client=client, queue=queue)
    row.record, row.consent = policy.record, Consent(policy.consent).value
    row.retention_days, row.own = policy.retention_days, policy.own
    if _policy(row) != before:
        row.changed_at = clock.now()
        row.save()
        do_record_change(actor, "recording.rule", f"recording_rule:{client}/{queue}", before, _policy(row))
    return row


@transaction.atomic
def do_remove_rule(actor: str, client: str, queue: str) -> None:
    """Let what is above it hold."""
    row = Rule.objects.select_for_update().filter(client=client, queue=queue).first()
    if row is not None:
        row.delete()
        do_record_change(actor, "recording.rule_removed", f"recording_rule:{client}/{queue}", _policy(row), None)


def _policy(row: Rule) -> dict[str, object]:
    return {
        "record": row.record, "consent": row.consent, "retention_days": row.retention_days, "own": row.own,
    }  # fmt: skip


# -- what people do ----------------------------------------------------------------------------------------------------
@transaction.atomic
def do_note(person: User, row: Recording, at_ms: int, text: str) -> Note:
    """Say something about a moment; raises `recording.note_empty`, `recording.note_long`, `recording.too_many_notes`.

    A moment outside of the recording becomes the nearest one inside.
    """
    said = normalise(text).strip()
    if not said:
        raise PasokhError("recording.note_empty", field="text")
    if len(said) > LONGEST_NOTE:
        raise PasokhError("recording.note_long", field="text", most=LONGEST_NOTE)
    if row.notes >= MOST_NOTES:
        raise PasokhError("recording.too_many_notes", field="text", most=MOST_NOTES)
    at_ms = min(max(0, at_ms), row.length_ms)
    note = Note.objects.create(
        organisation_id=scope.required(), recording=row, at_ms=at_ms, text=said, by=person.username, at=clock.now()
    )
    Recording.objects.filter(pk=row.pk).update(notes=F("notes") + 1)
    return note


@transaction.atomic
def do_remove_note(person: User, row: Recording, number: int) -> None:
    """Take a note back: one's own, or with the right to hold anybody's. Raises `recording.not_your_note`."""
    note = Note.objects.filter(recording=row, pk=number).first()
    if note is None:
        return
    if note.by != person.username and not person.may(Right.HOLD_RECORDINGS):
        raise PasokhError("recording.not_your_note")
    note.delete()
    Recording.objects.filter(pk=row.pk, notes__gt=0).update(notes=F("notes") - 1)
    do_record_change(
        f"user:{person.username}", "recording.note_removed", f"recording:{row.id}",
        {"at_ms": note.at_ms, "text": note.text, "by": note.by}, None,
    )  # fmt: skip


@transaction.atomic
def do_hold(actor: str, row: Recording, reason: str) -> None:
    """Keep a recording whatever its retention; raises `recording.reason_needed`, `recording.is_deleted`."""
    said = normalise(reason).strip()[:LONGEST_REASON]
    if not said:
        raise PasokhError("recording.reason_needed", field="because")
    locked = Recording.objects.select_for_update().get(pk=row.pk)
    if locked.state == State.DELETED:
        raise PasokhError("recording.is_deleted")
    before = _held(locked)
    locked.hold_at, locked.hold_by, locked.hold_reason = locked.hold_at or clock.now(), actor, said
    locked.save(update_fields=["hold_at", "hold_by", "hold_reason"])
    do_record_change(actor, "recording.hold", f"recording:{row.id}", before, _held(locked))


@transaction.atomic
def do_release_hold(actor: str, row: Recording) -> None:
    """Let retention decide again."""
    locked = Recording.objects.select_for_update().get(pk=row.pk)
    if locked.hold_at:
        before = _held(locked)
        Recording.objects.filter(pk=row.pk).update(hold_at=0, hold_by="", hold_reason="")
        do_record_change(actor, "recording.release", f"recording:{row.id}", before, {"held": False})


def _held(row: Recording) -> dict[str, object]:
    return {"held": bool(row.hold_at), "reason": row.hold_reason, "by": row.hold_by}


@transaction.atomic
def do_note_listening(person: User, row: Recording) -> None:
    """Remember that somebody hears a recording; going on with it is the same hearing."""
    since = clock.now() - LISTENED_MS
    mine = Access.objects.filter(recording=row, what="listen", by=person.username, at__gt=since)
    if not mine.exists():
        Access.objects.create(
            organisation_id=scope.required(), recording=row, what="listen", by=person.username, at=clock.now()
        )


@transaction.atomic
def do_note_download(person: User, row: Recording, why: str) -> Access:
    """Remember who takes a recording out and why, before they get it; raises `recording.reason_needed`."""
    said = normalise(why).strip()[:LONGEST_REASON]
    if not said:
        raise PasokhError("recording.reason_needed", field="why")
    access = Access.objects.create(
        organisation_id=scope.required(), recording=row, what="download", by=person.username, at=clock.now(), why=said,
        mark=secrets.randbits(48),
    )  # fmt: skip
    do_record_change(
        f"user:{person.username}", "recording.download", f"recording:{row.id}", None, {"why": said, "mark": access.mark}
    )
    return access


# -- the end -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_delete_due(now: Instant, most: int = 500) -> list[str]:
    """Delete what retention has let go and nobody holds; returns the names whose files go once this is committed.

    The key and what was said go first, in one commit with the record of it: a file without its key opens no more, and
    is swept where nobody comes to remove it.
    """
    due = Recording.objects.select_for_update(skip_locked=True).filter(
        state__in=(State.KEPT, State.LOST, State.UNRECORDED), hold_at=0, retention_until__gt=0,
        retention_until__lte=now,
    )  # fmt: skip
    rows = list(due.order_by("retention_until")[:most])
    for row in rows:
        _delete(row, now)
    return [row.id for row in rows]


def _delete(row: Recording, now: Instant) -> None:
    before = {
        "state": row.state, "sha256": row.digest, "started_at": row.started_at, "length_ms": row.length_ms,
        "retention_until": row.retention_until,
    }  # fmt: skip
    row.state, row.deleted_at, row.wrapped_key, row.key = State.DELETED.value, now, b"", None
    row.peaks, row.number, row.notes = b"", "", 0
    row.save()
    Note.objects.filter(recording=row).delete()
    do_record_change(SYSTEM, "recording.delete", f"recording:{row.id}", before, {"state": State.DELETED.value})


# -- keys --------------------------------------------------------------------------------------------------------------
def do_rotate_keys(actor: str, client: str = "", batch: int = 500) -> int:
    """Give clients (one, or all) new keys and wrap their recordings' keys anew; returns how many recordings.

    May be repeated after whatever went wrong: an old key goes when nothing hangs on it any more.
    """
    keys = ClientKey.objects.filter(retired_at=0)
    done = 0
    for key in list(keys.filter(client=client) if client else keys):
        with transaction.atomic():
            ClientKey.objects.filter(pk=key.pk).update(retired_at=clock.now())
            fresh = do_make_key(key.client)
            do_record_change(
                actor, "recording.rotate", f"recording_key:{key.client}", {"key": key.pk}, {"key": fresh.pk}
            )
    for old in list(ClientKey.objects.exclude(retired_at=0)):
        if client and old.client != client:
            continue
        fresh = ClientKey.objects.get(client=old.client, retired_at=0)
        old_key, new_key = opened(old), opened(fresh)
        while True:
            with transaction.atomic():
                rows = list(Recording.objects.select_for_update().filter(key=old).order_by("id")[:batch])
                for row in rows:
                    row.wrapped_key = wrap(unwrap(bytes(row.wrapped_key), old_key, row.id), new_key, row.id)
                    row.key = fresh
                    row.save(update_fields=["wrapped_key", "key"])
            done += len(rows)
            if not rows:
                break
        old.delete()
    return done
