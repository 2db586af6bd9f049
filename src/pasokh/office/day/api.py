"""The agent's own day as JSON."""

from django.http import HttpRequest
from ninja import Router, Schema

from pasokh.office import clock
from pasokh.office.answers import REFUSALS, requires
from pasokh.office.day.selectors import my_day
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right

router = Router(tags=["my day"])


class ReasonDayOut(Schema):
    """What was handled of one reason; `reason` is empty where none was given.

    `band` = [low, high] in ms, a bound that is not set null; null where there is none at all.
    """

    reason: str
    name: dict[str, str]
    n: int
    mean_ms: int | None
    band: list[int | None] | None


class SatisfactionOut(Schema):
    """The mean of `n` ratings of 1 to 5; null without any."""

    mean: float | None
    n: int


class BreakOut(Schema):
    """The break that goes on, or the next one."""

    at: int
    until: int
    name: str


class MyDayOut(Schema):
    """Since `since`, midnight in the organisation's zone."""

    since: int
    answered: int
    handled_ms: int
    by_reason: list[ReasonDayOut]
    satisfaction: SatisfactionOut
    next_break: BreakOut | None
    follow_ups_due: int


@router.get("/my-day", response={200: MyDayOut, **REFUSALS})
@requires(Right.DESK)
def day(request: HttpRequest) -> MyDayOut:
    """How the caller's day goes."""
    found = my_day(signed_in(request), clock.now())
    return MyDayOut(
        since=found.since,
        answered=found.answered,
        handled_ms=found.handled_ms,
        by_reason=[
            ReasonDayOut(
                reason=r.reason, name=r.name, n=r.n, mean_ms=r.mean_ms, band=list(r.band) if any(r.band) else None
            )
            for r in found.by_reason
        ],
        satisfaction=SatisfactionOut(mean=found.rating_mean, n=found.rating_n),
        next_break=BreakOut.from_orm(found.next_break) if found.next_break else None,
        follow_ups_due=found.follow_ups_due,
    )
