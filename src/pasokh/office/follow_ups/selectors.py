"""Reads of follow-ups."""

from dataclasses import dataclass

from django.db.models import Count, Q

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.kernel.time import Instant
from pasokh.office.crm.selectors import names_by_key
from pasokh.office.desk.models import FollowUp

PAGE = 100


@dataclass(frozen=True, slots=True)
class Owed:
    """What an owner has open, and how much of it is late."""

    owner: str
    open: int
    overdue: int


def follow_up_by_id(follow_up: str) -> FollowUp:
    """One follow-up; raises `follow_up.unknown`."""
    row = FollowUp.objects.filter(id=follow_up).first() if ID_PATTERN.fullmatch(follow_up) else None
    if row is None:
        raise PasokhError("follow_up.unknown", field="follow_up", follow_up=follow_up[:80])
    return row


def open_follow_ups(
    owner: str | None = None, *, after: tuple[Instant, str] | None = None, limit: int = PAGE
) -> list[FollowUp]:
    """Open ones by due time, so what is late comes first; `after` = (due time, id) of the last one seen."""
    rows = FollowUp.objects.filter(closed_at=0).order_by("due_at", "id")
    if owner:
        rows = rows.filter(owner=owner)
    if after is not None:
        due_at, number = after
        rows = rows.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, id__gt=number))
    return _named(list(rows[:limit]))


def closed_follow_ups(owner: str | None, limit: int = 20) -> list[FollowUp]:
    """The latest closed ones."""
    rows = FollowUp.objects.filter(closed_at__gt=0).order_by("-closed_at", "id")
    return _named(list((rows.filter(owner=owner) if owner else rows)[:limit]))


def _named(rows: list[FollowUp]) -> list[FollowUp]:
    """The rows, with the name that staff have given since to a visitor who had none."""
    names = names_by_key({row.customer for row in rows if row.customer and not row.customer_name})
    for row in rows:
        row.customer_name = row.customer_name or names.get(row.customer, "")
    return rows


def follow_ups_of_contact(contact: str) -> list[FollowUp]:
    """A contact's, open ones first."""
    rows = FollowUp.objects.filter(contact=contact).order_by("due_at", "id")
    return sorted(rows, key=lambda row: row.closed_at > 0)


def owed_by_owner(now: Instant) -> list[Owed]:
    """What every owner has open, most overdue first."""
    counted = (
        FollowUp.objects.filter(closed_at=0)
        .values("owner")
        .annotate(n=Count("id"), late=Count("id", filter=Q(due_at__lt=now)))
    )
    found = [Owed(row["owner"], row["n"], row["late"]) for row in counted]
    return sorted(found, key=lambda owed: (-owed.overdue, -owed.open, owed.owner))


def due_before(owner: str, instant: Instant) -> int:
    """How many open ones an owner has due before an instant."""
    return FollowUp.objects.filter(owner=owner, closed_at=0, due_at__lt=instant).count()
