"""Reads of an agent's day, from the history; and of the plan of breaks."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from pasokh.i18n.dates import local
from pasokh.kernel.time import Instant, Millis
from pasokh.office.day.models import BreakPlan
from pasokh.office.day.rules import Break, NextBreak, next_break
from pasokh.office.desk.asked import day_range
from pasokh.office.desk.models import Contact, Visit
from pasokh.office.follow_ups.selectors import due_before
from pasokh.office.people.models import User
from pasokh.office.supervise.models import Reason
from pasokh.office.tenancy import scope
from pasokh.office.vocabulary.selectors import Band, bands

_HANDLED = """
SELECT coalesce(sum((CASE WHEN ended_at = 0 THEN %(now)s ELSE ended_at END) - greatest(started_at, %(since)s)), 0)
FROM desk_segment
WHERE organisation_id = %(org)s AND agent = %(agent)s AND kind IN ('talk', 'hold', 'consult', 'wrap_up')
    AND started_at >= %(reach)s AND started_at < %(now)s AND (ended_at = 0 OR ended_at > %(since)s)
"""
"""`reach`: nothing that began more than a day before the day is worth looking for."""
_BY_REASON = """
SELECT i.topic, count(*), avg(own.length)::bigint
FROM desk_interaction i
JOIN LATERAL (
    SELECT sum(s.ended_at - s.started_at) AS length FROM desk_segment s
    WHERE s.organisation_id = i.organisation_id AND s.contact = i.contact AND s.interaction = i.id
        AND s.agent = %(agent)s AND s.ended_at > 0 AND s.kind IN ('talk', 'hold', 'wrap_up')
) own ON true
WHERE i.organisation_id = %(org)s AND i.agent = %(agent)s AND i.outcome_at >= %(since)s AND i.outcome_at < %(until)s
    AND i.kind <> 'consult'
GROUP BY i.topic ORDER BY count(*) DESC, i.topic
"""


@dataclass(frozen=True, slots=True)
class ReasonDay:
    """What an agent handled of one reason: its mean handling time, and the band that is normal."""

    reason: str
    name: dict[str, str]
    n: int
    mean_ms: Millis | None
    band: Band


@dataclass(frozen=True, slots=True)
class MyDay:
    """An agent's day since midnight in the organisation's zone."""

    since: Instant
    answered: int
    handled_ms: Millis
    by_reason: list[ReasonDay]
    rating_mean: float | None
    """Of 1 to 5; None without a rating."""
    rating_n: int
    next_break: NextBreak | None
    follow_ups_due: int
    """Open ones that are due before the day ends, late ones included."""


def my_day(person: User, now: Instant) -> MyDay:
    """How an agent's day goes."""
    zone = timezone.get_current_timezone_name()
    since, until = day_range(local(now, zone).date(), zone)
    org = scope.required()
    scores = list(
        Contact.objects.filter(
            rated_agent=person.username, rating__gt=0, rated_at__gte=since, rated_at__lt=until
        ).values_list("rating", flat=True)
    )
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {
            "org": org, "agent": person.username, "since": since, "until": until, "now": now,
            "reach": since - 86_400_000,
        }  # fmt: skip
        cursor.execute(_HANDLED, asked)
        handled = int(cursor.fetchone()[0])
        cursor.execute(_BY_REASON, asked)
        counted = cursor.fetchall()
    return MyDay(
        since=since,
        answered=Visit.objects.filter(
            agent=person.username, how="answered", ended_at__gte=since, ended_at__lt=until
        ).count(),
        handled_ms=handled,
        by_reason=_with_bands(counted),
        rating_mean=round(sum(scores) / len(scores), 2) if scores else None,
        rating_n=len(scores),
        next_break=next_break(breaks_of(person), now, zone),
        follow_ups_due=due_before(person.username, until),
    )


def breaks_of(person: User) -> list[Break]:
    """A person's own planned breaks, and those of the team."""
    rows = BreakPlan.objects.filter(Q(person=person) | Q(team_id=person.team_id, team__isnull=False))
    return [Break(row.weekday, row.begins, row.ends, row.name) for row in rows]


def all_breaks() -> list[BreakPlan]:
    """The whole plan, by whom, weekday and time."""
    rows = BreakPlan.objects.select_related("person", "team")
    return sorted(rows, key=lambda row: (row.team.key if row.team else "", row.person.name if row.person else "",
                                         row.weekday, row.begins))  # fmt: skip


def _with_bands(counted: list[tuple[str, int, int | None]]) -> list[ReasonDay]:
    names = dict(Reason.objects.values_list("key", "name"))
    held = bands()
    return [ReasonDay(key, names.get(key, {}), n, mean, held.get(key, (None, None))) for key, n, mean in counted]
