"""Whom work can be handed to: topic `team`, one scope for the organisation."""

from collections.abc import Iterable

from pasokh.acd.model import Presence
from pasokh.kernel.time import Instant, Millis
from pasokh.live.views import EVERY
from pasokh.live.world import Change, World


class TeamView:
    """Queues with their waiting, and signed-in agents with their presence."""

    topic = "team"
    interval_ms: Millis = 500

    def contacts(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002 - the view's shape
        """None."""
        return ()

    def keys(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002
        """`q:` of every queue, `t:` of every signed-in agent."""
        for queue in world.state.queues:
            yield f"q:{queue}"
        for name, agent in world.state.agents.items():
            if agent.presence is not Presence.OFFLINE:
                yield f"t:{name}"

    def value(self, world: World, scope: str, key: str) -> object | None:  # noqa: ARG002
        """The value of one key."""
        kind, _, name = key.partition(":")
        return _queue(world, name) if kind == "q" else _agent(world, name)

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:  # noqa: ARG002
        """Keys that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for queue in change.queues:
            yield EVERY, f"q:{queue}"
        for agent in change.agents:
            yield EVERY, f"t:{agent}"


def longest_since(world: World, queue: str) -> Instant | None:
    """Since when the customer who has waited longest in a queue waits; who took a callback or message is served."""
    interactions = world.state.interactions
    waiting = (interactions[name] for name in world.waiting.get(queue, ()))
    return min((i.queued_at for i in waiting if i.kind == "contact"), default=None)


def _queue(world: World, name: str) -> object | None:
    queue = world.state.queues.get(name)
    if queue is None:
        return None
    return {
        "id": name,
        "name": queue.config.name,
        "client": queue.config.client,
        "open": queue.open,
        "waiting": len(world.waiting.get(name, ())),
        "longest_since": longest_since(world, name),
    }


def _agent(world: World, name: str) -> object | None:
    agent = world.state.agents.get(name)
    if agent is None or agent.presence is Presence.OFFLINE:
        return None
    return {
        "id": name,
        "name": agent.config.name,
        "presence": str(agent.presence),
        "busy": bool(agent.work),
    }
