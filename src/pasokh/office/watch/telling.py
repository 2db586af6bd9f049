"""Notices about alarms that no single event of the log tells: a service level, a surge, an outcome that is owed."""

from collections.abc import Sequence
from typing import Protocol

from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.notices.actions import do_notify_who_may
from pasokh.office.notices.rules import ALARM_MS, STALE_MS, Kind
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope

_KINDS = {"level": Kind.LEVEL, "surge": Kind.SURGE, "wrap": Kind.WRAP}


class Raised(Protocol):
    """What is told of an alarm."""

    alarm: str
    kind: str
    queue: str
    agent: str
    detail: str
    raised_at: Instant


def tell_alarms(org: str, raised: Sequence[Raised]) -> None:
    """Tell all who may see the wall, each queue's kind once in a while; what is stale rings no more."""
    fresh = clock.now() - STALE_MS
    wanted = [alarm for alarm in raised if alarm.kind in _KINDS and alarm.raised_at >= fresh]
    if not wanted:
        return
    with organisation_scope(org):
        queues = {queue.key: queue.name for queue in Queue.objects.filter(key__in={a.queue for a in wanted})}
        names = dict(User.objects.filter(username__in={a.agent for a in wanted}).values_list("username", "name"))
        for alarm in wanted:
            params: dict[str, object] = {"queue": queues.get(alarm.queue, alarm.queue)}
            if alarm.kind == "wrap":
                params["agent"] = names.get(alarm.agent, alarm.agent)
            if alarm.kind == "surge":
                params["n"] = int(alarm.detail or 0)
            key = f"{alarm.kind}:{alarm.queue}:{alarm.raised_at // ALARM_MS}"
            do_notify_who_may(Right.WALL, _KINDS[alarm.kind], params, "/wall/", key=key)
