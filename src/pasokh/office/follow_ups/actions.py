"""Asks the core to set and close follow-ups; it holds them, so its answer decides."""

import uuid

from pasokh.acd.commands import CloseFollowUp, SetFollowUp
from pasokh.acd.model import FollowUp as Promise
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import inbox
from pasokh.office.audit.actions import do_await_answer, do_record_change
from pasokh.office.audit.models import Submission
from pasokh.office.desk.models import FollowUp
from pasokh.office.desk.selectors import contact_by_id
from pasokh.office.follow_ups.selectors import follow_up_by_id
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right

LONGEST_NOTE = 1_000
LONGEST_RESULT = 200


def do_set_follow_up(person: User, contact: str, owner: str, due_at: Instant, note: str) -> str:
    """Promise the customer of a contact something; returns the follow-up's id.

    Raises `contact.unknown`, `follow_up.unknown_owner`, `follow_up.note_too_long`.
    """
    found = contact_by_id(contact)
    number = f"f-{uuid.uuid4().hex}"
    _submit_set(person, Promise(number, known_owner(owner), due_at, _note(note)), found.id, None)
    return number


def do_change_follow_up(
    person: User, follow_up: str, *, owner: str | None = None, due_at: Instant | None = None, note: str | None = None
) -> FollowUp:
    """Give a follow-up to somebody else, move it, or word it anew; a closed one is open again.

    Raises `follow_up.unknown`, `follow_up.not_yours`, `follow_up.unknown_owner`, `follow_up.note_too_long`.
    """
    row = follow_up_by_id(follow_up)
    check_may_touch(person, row)
    promise = Promise(
        row.id,
        row.owner if owner is None else known_owner(owner),
        row.due_at if due_at is None else due_at,
        row.note if note is None else _note(note),
    )
    _submit_set(person, promise, row.contact, _plain(row))
    return row


def do_close_follow_up(person: User, follow_up: str, result: str = "") -> FollowUp:
    """The promise is kept, or needless.

    Raises `follow_up.unknown`, `follow_up.not_yours`, `follow_up.result_too_long`.
    """
    row = follow_up_by_id(follow_up)
    check_may_touch(person, row)
    if len(result) > LONGEST_RESULT:
        raise PasokhError("follow_up.result_too_long", field="result", most=LONGEST_RESULT, length=len(result))
    command = CloseFollowUp(row.id, person.username, result)
    actor = f"user:{person.username}"
    target = f"follow_up:{row.id}"
    do_record_change(actor, "follow_up.close", target, _plain(row), {"result": result})
    do_await_answer(inbox.submit(command, actor), actor, "follow_up.close", target, _plain(row), None)
    return row


def do_revert_follow_up(submission: Submission, error: PasokhError) -> bool:  # noqa: ARG001 - every revert's signature
    """Nothing to take back: only the core's answer changes a follow-up."""
    return False


def check_may_touch(person: User, row: FollowUp) -> None:
    """Agents touch what is theirs or what they promised; supervisors everything. Raises `follow_up.not_yours`."""
    if person.username not in {row.owner, row.set_by} and not person.may(Right.WALL):
        raise PasokhError("follow_up.not_yours", field="follow_up")


def known_owner(owner: str) -> str:
    """The username of an agent; raises `follow_up.unknown_owner`."""
    if not User.objects.filter(username=owner, is_active=True, handles_contacts=True).exists():
        raise PasokhError("follow_up.unknown_owner", field="owner", value=owner[:60])
    return owner


def _submit_set(person: User, promise: Promise, contact: str, before: dict[str, object] | None) -> None:
    actor, target = f"user:{person.username}", f"follow_up:{promise.id}"
    after = {"contact": contact, "owner": promise.owner, "due_at": promise.due_at, "note": promise.note}
    do_record_change(actor, "follow_up.set", target, before, after)
    key = inbox.submit(SetFollowUp(promise, contact, person.username), actor)
    do_await_answer(key, actor, "follow_up.set", target, before, after)


def _note(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise PasokhError("follow_up.note_too_long", field="note", most=LONGEST_NOTE, length=len(note))
    return note


def _plain(row: FollowUp) -> dict[str, object]:
    return {
        "contact": row.contact, "owner": row.owner, "due_at": row.due_at, "note": row.note, "closed_at": row.closed_at,
    }  # fmt: skip
