"""The wallboard: topic `wall`, one scope for the organisation."""

from collections.abc import Iterable

from pasokh.acd.model import Presence
from pasokh.acd.state import Interaction
from pasokh.kernel.time import Millis
from pasokh.live.team_view import longest_since
from pasokh.live.views import EVERY, ServiceLevel
from pasokh.live.world import Change, World


class WallView:
    """Queues with the day's figures and the longest waiter, agents with their states and work."""

    topic = "wall"
    interval_ms: Millis = 100

    def __init__(self, service_level: ServiceLevel) -> None:
        self._service_level = service_level

    def contacts(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002 - the view's shape
        """None: the wall shows no messages."""
        return ()

    def keys(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002
        """The day, `q:` of every queue, `a:` of every signed-in agent."""
        yield "day"
        for queue in world.state.queues:
            yield f"q:{queue}"
        for name, agent in world.state.agents.items():
            if agent.presence is not Presence.OFFLINE:
                yield f"a:{name}"

    def value(self, world: World, scope: str, key: str) -> object | None:  # noqa: ARG002
        """The value of one key."""
        if key == "day":
            return {"day": world.state.day}
        kind, _, name = key.partition(":")
        return self._queue(world, name) if kind == "q" else _agent(world, name)

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:  # noqa: ARG002
        """Keys that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for queue in change.queues:
            yield EVERY, f"q:{queue}"
        for agent in change.agents:
            yield EVERY, f"a:{agent}"

    def _queue(self, world: World, name: str) -> object | None:
        queue = world.state.queues.get(name)
        if queue is None:
            return None
        config, day = queue.config, queue.day
        value, n = self._service_level(day)
        since = longest_since(world, name)
        return {
            "id": name,
            "name": config.name,
            "client": config.client,
            "open": queue.open,
            "waiting": len(world.waiting.get(name, ())),
            "longest_since": since,
            "alarm_at": since + config.ladder.alarm_ms if since is not None else None,
            "never_at": since + config.ladder.never_ms if since is not None else None,
            "entered": day.entered,
            "answered": day.answered,
            "abandoned": day.abandoned,
            "left_otherwise": day.left_otherwise,
            "sl": {
                "formula": self._service_level.id,
                "version": self._service_level.version,
                "threshold_ms": config.target_ms,
                "target_permille": config.target_permille,
                "value": value,
                "n": n,
            },
            "asa_ms": day.answered_wait_ms // day.answered if day.answered else None,
            **_staff(world, name),
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
        "presence": str(agent.presence),
        "reason": agent.reason,
        "since": agent.since,
        "idle_since": agent.idle_since,
        "answered": agent.answered,
        "work": [_work(world, world.state.interactions[item]) for item in agent.work],
    }


def _work(world: World, i: Interaction) -> dict[str, object]:
    return {
        "interaction": i.id,
        "channel": str(i.channel),
        "queue": i.queue,
        "phase": str(i.phase),
        "since": i.since,
        "customer_name": world.state.contacts[i.contact].customer_name,
        "on_hold_since": i.on_hold_since or None,
    }
