"""Reads for the wall."""

from typing import Any

from django.db.models import Count, Min

from pasokh.kernel.time import DAY, Instant
from pasokh.office.desk.models import Incident, Visit
from pasokh.office.figure_alerts.sentences import rule_names
from pasokh.office.pauses.selectors import for_pages
from pasokh.office.people.models import Team, User
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.models import Client
from pasokh.office.voice_quality.selectors import line_names
from pasokh.office.watch.models import Alarm
from pasokh.office.watch.rules import same_quarters, usual_arrivals

MOST_ALARMS = 500


def alarms_since(begin: Instant) -> list[Alarm]:
    """Alarms that rose at or after `begin` or are on, the latest first."""
    rose = Alarm.objects.filter(raised_at__gte=begin) | Alarm.objects.filter(ended_at=0)
    return list(rose.order_by("-raised_at", "alarm")[:MOST_ALARMS])


def usual_by_queue(at: Instant) -> dict[str, float]:
    """Queue → mean arrivals in five minutes around the time of day of `at`, on its weekday in the last weeks.

    Weeks before the centre began to work count for nothing; while there is none at all, nothing is usual (empty).
    """
    first = Visit.objects.aggregate(first=Min("entered_at"))["first"]
    quarters = [(begin, end) for begin, end in same_quarters(at) if first is not None and end > first - first % DAY]
    counts = {queue: [0] * len(quarters) for queue in Queue.objects.values_list("key", flat=True)} if quarters else {}
    for number, (begin, end) in enumerate(quarters):
        found = Visit.objects.filter(counted=True, entered_at__gte=begin, entered_at__lt=end).exclude(how="refused")
        for queue, count in found.values_list("queue").annotate(count=Count("position")):
            counts.setdefault(queue, [0] * len(quarters))[number] = count
    return {queue: usual_arrivals(found) for queue, found in counts.items()}


def incidents_before(limit: int = 12) -> list[Incident]:
    """The latest incidents with different texts, for saying the same again."""
    kept: dict[str, Incident] = {}
    for incident in Incident.objects.order_by("-announced_at")[: limit * 5]:
        kept.setdefault(str(sorted(incident.texts.items())), incident)
    return list(kept.values())[:limit]


def names(language: str) -> dict[str, Any]:
    """What the live topic says by id only: teams, clients, people who are no agents, reasons for not being ready."""
    return {
        "teams": dict(Team.objects.order_by("key").values_list("key", "name")),
        "clients": dict(Client.objects.order_by("key").values_list("key", "name")),
        "people": dict(User.objects.filter(handles_contacts=False).values_list("username", "name")),
        "pauses": for_pages(),
        "lines": line_names(language) | rule_names(language),
    }
