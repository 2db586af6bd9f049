"""The wallboard: topic `wall`, one scope for the organisation."""

from collections.abc import Iterable

import msgspec

from pasokh.acd.model import Phase, Presence
from pasokh.acd.state import Interaction
from pasokh.kernel.time import Millis
from pasokh.live import alarms
from pasokh.live.intervals import STEP, SURGE_STEP, Interval
from pasokh.live.team_view import longest_since
from pasokh.live.views import EVERY, ServiceLevel
from pasokh.live.world import Change, World

_WAITING = (Phase.QUEUED, Phase.OFFERED)


class WallView:
    """Queues with the day's figures and the day in quarters, agents with their work, who waits, what alarms."""

    topic = "wall"
    interval_ms: Millis = 100

    def __init__(self, service_level: ServiceLevel) -> None:
        self._service_level = service_level

    def contacts(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002 - the view's shape
        """None: the wall shows no messages."""
        return ()

    def keys(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002
        """The day; `q:` and `s:` of every queue, `a:` of every signed-in agent, `w:` of who waits, `x:`, `n:`."""
        yield "day"
        for queue in world.state.queues:
            yield f"q:{queue}"
            yield f"s:{queue}"
        for name, agent in world.state.agents.items():
            if agent.presence is not Presence.OFFLINE:
                yield f"a:{name}"
        for names in world.waiting.values():
            for name in names:
                yield f"w:{name}"
        for kind, name in alarms.keys_now(world):
            yield f"x:{kind}:{name}"
        for incident in world.state.incidents:
            yield f"n:{incident}"

    def value(self, world: World, scope: str, key: str) -> object | None:  # noqa: ARG002
        """The value of one key."""
        if key == "day":
            return {"day": world.state.day, "complete": world.intervals.complete}
        kind, _, name = key.partition(":")
        match kind:
            case "q":
                return self._queue(world, name)
            case "s":
                return self._series(world, name)
            case "a":
                return _agent(world, name)
            case "w":
                return _waiting(world, name)
            case "x":
                return self._alarm(world, *name.split(":", 1))
            case _:
                return _incident(world, name)

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:  # noqa: ARG002
        """Keys that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for queue in change.queues:
            yield EVERY, f"q:{queue}"
        for queue in change.intervals:
            yield EVERY, f"q:{queue}"
            yield EVERY, f"s:{queue}"
        for agent in change.agents:
            yield EVERY, f"a:{agent}"
        for name in change.interactions:
            yield EVERY, f"w:{name}"
        for kind, name in alarms.keys_touched(change):
            yield EVERY, f"x:{kind}:{name}"
        if change.alarms:
            yield EVERY, f"x:{EVERY}"
        for incident in change.incidents:
            yield EVERY, f"n:{incident}"

    def _queue(self, world: World, name: str) -> object | None:
        queue = world.state.queues.get(name)
        if queue is None:
            return None
        config, day = queue.config, queue.day
        value, n = self._service_level(day)
        since = longest_since(world, name)
        intervals = world.intervals.by_queue.get(name)
        arrivals = world.intervals.arrivals.get(name)
        return {
            "id": name,
            "name": config.name,
            "client": config.client,
            "open": queue.open,
            "overflow_now": list(config.overflow_now),
            "waiting": len(world.waiting.get(name, ())),
            "longest_since": since,
            "alarm_at": since + config.ladder.alarm_ms if since is not None else None,
            "never_at": since + config.ladder.never_ms if since is not None else None,
            "entered": day.entered,
            "answered": day.answered,
            "abandoned": day.abandoned,
            "left_otherwise": day.left_otherwise,
            "moved_out": day.moved_out,
            "lost": day.lost,
            "sl": {
                "formula": self._service_level.id,
                "version": self._service_level.version,
                "threshold_ms": config.target_ms,
                "target_permille": config.target_permille,
                "value": value,
                "n": n,
            },
            "asa_ms": day.answered_wait_ms // day.answered if day.answered else None,
            "answered_wait_ms": day.answered_wait_ms,
            "handled": day.handled,
            "handle_ms": day.talk_ms + day.wrap_up_ms,
            "now": self._point(max(intervals), intervals[max(intervals)]) if intervals else None,
            "arrivals": {"at": arrivals[0] * SURGE_STEP, "count": arrivals[1]} if arrivals else None,
            **_staff(world, name),
        }

    def _series(self, world: World, name: str) -> object | None:
        """The day's intervals before the latest one, which is the queue's own `now`: so this changes rarely."""
        intervals = world.intervals.by_queue.get(name)
        if not intervals or name not in world.state.queues:
            return None
        return [self._point(number, intervals[number]) for number in sorted(intervals)[:-1]]

    def _point(self, number: int, interval: Interval) -> list[object]:
        """`[from, entered, answered, abandoned, most waiting, waiting at its end, service level, n]`."""
        day = interval.counts
        value, n = self._service_level(day)
        share = None if value is None else round(value, 4)
        return [number * STEP, day.entered, day.answered, day.abandoned, interval.waiting, interval.level, share, n]

    def _alarm(self, world: World, kind: str, name: str) -> object | None:
        alarm = alarms.alarm_at(world, kind, name)
        if alarm is None:
            return None
        known = world.state.acknowledged.get(alarm.id)
        return {
            **msgspec.structs.asdict(alarm),
            "acknowledged": {"by": known.by, "at": known.at} if known is not None else None,
        }


def _staff(world: World, queue: str) -> dict[str, object]:
    """Signed-in agents serving a queue, and of them those ready without work and those with work."""
    agents = ready = busy = 0
    for agent in world.state.agents.values():
        if agent.presence is Presence.OFFLINE or queue not in agent.config.queues:
            continue
        agents += 1
        busy += bool(agent.work)
        ready += agent.presence is Presence.READY and not agent.work
    return {"agents": agents, "ready": ready, "busy": busy}


def _agent(world: World, name: str) -> object | None:
    agent = world.state.agents.get(name)
    if agent is None or agent.presence is Presence.OFFLINE:
        return None
    return {
        "id": name,
        "name": agent.config.name,
        "team": agent.config.team,
        "queues": list(agent.config.queues),
        "presence": str(agent.presence),
        "reason": agent.reason,
        "since": agent.since,
        "idle_since": agent.idle_since,
        "answered": agent.answered,
        "missed": agent.missed,
        "handle_ms": agent.talk_ms + agent.wrap_up_ms,
        "work": [_work(world, world.state.interactions[item]) for item in agent.work],
    }


def _work(world: World, i: Interaction) -> dict[str, object]:
    return {
        "interaction": i.id,
        "contact": i.contact,
        "kind": i.kind,
        "channel": str(i.channel),
        "queue": i.queue,
        "phase": str(i.phase),
        "since": i.since,
        "customer_name": world.state.contacts[i.contact].customer_name,
        "on_hold_since": i.on_hold_since or None,
        "help_since": i.help_since or None,
        "monitors": list(i.monitors),
    }


def _waiting(world: World, name: str) -> object | None:
    i = world.state.interactions.get(name)
    if i is None or i.kind == "consult" or i.phase not in _WAITING:
        return None
    contact = world.state.contacts[i.contact]
    return {
        "interaction": i.id,
        "contact": i.contact,
        "kind": i.kind,
        "channel": str(i.channel),
        "queue": i.queue,
        "phase": str(i.phase),
        "queued_at": i.queued_at,
        "priority": i.priority,
        "customer_name": contact.customer_name,
        "language": contact.language,
        "away_since": i.away_since or None,
    }


def _incident(world: World, name: str) -> object | None:
    incident = world.state.incidents.get(name)
    if incident is None:
        return None
    return {
        "id": incident.id,
        "queues": list(incident.queues),
        "texts": dict(incident.texts),
        "since": incident.since,
        "by": incident.by,
    }
