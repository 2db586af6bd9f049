"""Follow-ups as JSON."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from pasokh.kernel.errors import PasokhError
from pasokh.office.answers import REFUSALS, requires
from pasokh.office.follow_ups.actions import do_change_follow_up, do_close_follow_up, do_set_follow_up
from pasokh.office.follow_ups.selectors import follow_ups_of_contact, open_follow_ups
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right

router = Router(tags=["follow-ups"])

Key = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_.:\-]*$")]
Due = Annotated[int, Field(ge=1, le=2**53)]


class FollowUpOut(Schema):
    """What is owed to a customer. `closed_at` is 0 while it is open."""

    id: str
    contact: str
    customer: str
    customer_name: str
    queue: str
    owner: str
    due_at: int
    note: str
    set_by: str
    set_at: int
    closed_at: int
    closed_by: str
    result: str


class FollowUpsOut(Schema):
    """A page by due time; `next_after` asks for the next one."""

    follow_ups: list[FollowUpOut]
    next_after: str | None


class Ask(Schema):
    """Whose: `owner` (supervisors; empty = everybody's, an agent sees the own), or all of one contact."""

    owner: Key = ""
    contact: Key = ""
    after: Annotated[str, Field(pattern=r"^\d{1,18} [A-Za-z0-9_.:\-]{1,80}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class FollowUpIn(Schema):
    """A new follow-up of `contact`; with `id` a change of a known one, which opens it again if it was closed."""

    id: Key = ""
    contact: Key = ""
    owner: Key = ""
    """Empty = the caller, or whoever owns it."""
    due_at: Due | None = None
    note: Annotated[str, Field(max_length=1_000)] | None = None


class FollowUpId(Schema):
    """Its id; the core's answer is on its way."""

    id: str


class ResultIn(Schema):
    """What came of it."""

    result: Annotated[str, Field(max_length=200)] = ""


@router.get("/follow-ups", response={200: FollowUpsOut, **REFUSALS})
@requires(Right.CONTACTS)
def follow_ups(request: HttpRequest, ask: Query[Ask]) -> FollowUpsOut:
    """Open follow-ups by due time, or all of one contact."""
    person = signed_in(request)
    if ask.contact:
        rows = follow_ups_of_contact(ask.contact)
        return FollowUpsOut(follow_ups=[FollowUpOut.from_orm(row) for row in rows], next_after=None)
    owner = ask.owner if person.may(Right.WALL) else person.username
    after = None
    if ask.after is not None:
        due_at, _, number = ask.after.partition(" ")
        after = (int(due_at), number)
    rows = open_follow_ups(owner, after=after, limit=ask.limit + 1)
    more = rows[ask.limit - 1] if len(rows) > ask.limit else None
    return FollowUpsOut(
        follow_ups=[FollowUpOut.from_orm(row) for row in rows[: ask.limit]],
        next_after=None if more is None else f"{more.due_at} {more.id}",
    )


@router.post("/follow-ups", response={202: FollowUpId, **REFUSALS})
@requires(Right.CONTACTS)
def set_follow_up(request: HttpRequest, given: FollowUpIn) -> Status[FollowUpId]:
    """Ask the core to set, change or reopen a follow-up."""
    person = signed_in(request)
    if given.id:
        row = do_change_follow_up(
            person, given.id, owner=given.owner or None, due_at=given.due_at, note=given.note
        )  # fmt: skip
        return Status(202, FollowUpId(id=row.id))
    if given.due_at is None:
        raise PasokhError("request.invalid", field="due_at", reason="missing")
    number = do_set_follow_up(person, given.contact, given.owner or person.username, given.due_at, given.note or "")
    return Status(202, FollowUpId(id=number))


@router.post("/follow-ups/{follow_up}/close", response={202: FollowUpId, **REFUSALS})
@requires(Right.CONTACTS)
def close_follow_up(request: HttpRequest, follow_up: str, given: ResultIn) -> Status[FollowUpId]:
    """Ask the core to close a follow-up."""
    return Status(202, FollowUpId(id=do_close_follow_up(signed_in(request), follow_up, given.result).id))
