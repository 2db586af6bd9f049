"""Reads of what was noted of calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from pasokh.kernel.time import HOUR, Instant
from pasokh.office.telephony.models import Station, Trunk
from pasokh.office.tenancy import scope
from pasokh.office.voice_quality.models import BrowserLeg, Leg, Steps
from pasokh.office.voice_quality.rules import FAIR_SCORE, HEARD_AFTER_MS

MOST_ROWS = 2_000


def calls_of(contact: str, interactions: Iterable[str]) -> set[str]:
    """The calls that a contact's interactions were part of; the contact's own id is that of its first call."""
    mine = Q(call=contact) | Q(interaction__in=list(interactions))
    found: set[str] = set(Steps.objects.filter(mine).exclude(call="").values_list("call", flat=True).distinct())
    found.update(Leg.objects.filter(mine).exclude(call="").values_list("call", flat=True).distinct())
    return found


def steps_of(calls: Iterable[str], interactions: Iterable[str]) -> list[dict[str, Any]]:
    """Every step of these calls and interactions."""
    mine = Q(call__in=list(calls)) | Q(interaction__in=list(interactions))
    rows = Steps.objects.filter(mine).order_by("at", "id").values_list("steps", flat=True)[:MOST_ROWS]
    return [step for steps in rows for step in steps if isinstance(step, dict)]


def legs_of(calls: Iterable[str], interactions: Iterable[str]) -> list[Leg]:
    """Every leg of these calls and interactions, in the order they ended."""
    mine = Q(call__in=list(calls)) | Q(interaction__in=list(interactions))
    return list(Leg.objects.filter(mine).order_by("ended_at", "channel")[:MOST_ROWS])


def browser_legs_of(legs: Sequence[Leg]) -> list[BrowserLeg]:
    """What agents' browsers told of these legs."""
    ids = [leg.sip_call_id for leg in legs if leg.sip_call_id and leg.person]
    return list(BrowserLeg.objects.filter(sip_call_id__in=ids)) if ids else []


def is_known(contact: str, interactions: Iterable[str]) -> bool:
    """Whether anything was noted of a contact's calls."""
    mine = Q(call=contact) | Q(interaction__in=list(interactions))
    return Steps.objects.filter(mine).exists() or Leg.objects.filter(mine).exists()


def line_names(language: str) -> dict[str, str]:
    """What people call a carrier or telephone, by its name on the switch."""
    found = {}
    for trunk in Trunk.objects.all():
        known = trunk.name if isinstance(trunk.name, dict) else {}
        found[trunk.site_key] = str(known.get(language) or known.get("en") or next(iter(known.values()), trunk.key))
    for station in Station.objects.select_related("user"):
        found[station.site_key] = f"{station.user.name} · {station.name}" if station.name else station.user.name
    return found


def legs_between(after: Instant, until: Instant) -> list[Leg]:
    """Legs that ended after one instant and not after another, in that order."""
    found = Leg.objects.filter(ended_at__gt=after, ended_at__lte=until).order_by("ended_at", "channel")
    return list(found[:MOST_JUDGED])


@dataclass(frozen=True, slots=True)
class Line:
    """How the legs of one carrier or telephone sounded in an hour, or all together (`hour` 0)."""

    name: str
    hour: Instant
    legs: int
    bad: int
    score: int
    """The mean of what was received, hundredths."""
    worst: int
    lost_permille: int
    jitter_us: int
    round_trip_us: int


_LINES = """
SELECT {name}, {hour}, count(*),
  count(*) FILTER (WHERE least(nullif(received_score, 0), nullif(sent_score, 0)) < %(fair)s
    OR (received = 0 AND ended_at - began_at >= %(silent)s)),
  coalesce(avg(nullif(received_score, 0)), 0)::int,
  coalesce(percentile_disc(0.05) WITHIN GROUP (ORDER BY nullif(received_score, 0)), 0)::int,
  coalesce(sum(received_lost) * 1000 / nullif(sum(received + received_lost), 0), 0)::int,
  coalesce(avg(received_jitter_us), 0)::bigint, coalesce(avg(nullif(round_trip_us, 0)), 0)::bigint
FROM voice_quality_leg
WHERE organisation_id = %(org)s AND answered AND {name} <> '' AND ended_at >= %(begin)s
GROUP BY 1, 2 ORDER BY {order} LIMIT %(most)s
"""
MOST_LINES = 500
MOST_JUDGED = 50_000


def lines_by(column: str, begin: Instant, *, hourly: bool = False) -> list[Line]:
    """By ``trunk``, ``station`` or ``node``, the worst first; `hourly` splits them by hour, in order."""
    if column not in ("trunk", "station", "node"):
        raise ValueError(column)
    hour = f"ended_at - ended_at %% {HOUR}" if hourly else "0::bigint"
    query = _LINES.format(name=column, hour=hour, order="2, 1" if hourly else "4 DESC, 3 DESC, 1")
    with connection.cursor() as cursor:
        given: dict[str, str | int] = {
            "org": scope.required(),
            "begin": begin,
            "fair": FAIR_SCORE,
            "silent": HEARD_AFTER_MS,
            "most": MOST_LINES,
        }
        cursor.execute(query, given)
        return [Line(*row) for row in cursor.fetchall()]
