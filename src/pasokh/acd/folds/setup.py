"""Folding what is configured, and how agents come and go."""

from collections.abc import Callable
from typing import Any

from pasokh.acd import events as ev
from pasokh.acd import levels
from pasokh.acd.derived import Derived, forget
from pasokh.acd.folds.spending import begin_day
from pasokh.acd.model import Presence
from pasokh.acd.state import Agent, Queue, QueueDay, State
from pasokh.kernel.time import Instant


def queue_defined(state: State, e: ev.QueueDefined, at: Instant) -> None:
    """A queue or a new version of it."""
    queue = state.queues.get(e.queue.id)
    if queue is None:
        state.queues[e.queue.id] = Queue(e.queue, number=len(state.queues))
    else:
        queue.config = e.queue
        levels.judge(queue, at)
        for i in state.interactions.values():
            if i.queue == e.queue.id:  # relaxations the new policy grants later must fire again
                i.step = min(i.step, sum(at - i.queued_at >= r.after_ms for r in e.queue.policy.relaxations))
    forget(state)


def queue_opened(state: State, e: ev.QueueOpened, _: Instant) -> None:
    """Contacts may come in."""
    state.queues[e.queue].open = True


def queue_closed(state: State, e: ev.QueueClosed, _: Instant) -> None:
    """No new contact may."""
    state.queues[e.queue].open = False


def agent_defined(state: State, e: ev.AgentDefined, at: Instant) -> None:
    """An agent or a change of one."""
    agent = state.agents.get(e.agent.id)
    if agent is None:
        state.agents[e.agent.id] = Agent(e.agent, number=state.agents_numbered, since=at)
        state.agents_numbered += 1
    else:
        agent.config = e.agent
    forget(state)


def agent_retired(state: State, e: ev.AgentRetired, _: Instant) -> None:
    """An agent is gone."""
    del state.agents[e.agent]
    forget(state)


def day_started(state: State, e: ev.DayStarted, at: Instant) -> None:
    """Counters of the day restart."""
    state.day = e.day
    for queue in state.queues.values():
        queue.day = QueueDay()
        queue.low_since = queue.lost_since = queue.lost_calls = 0
    for agent in state.agents.values():
        agent.answered = agent.missed = agent.talk_ms = agent.wrap_up_ms = 0
        sync(state, agent)
    state.acknowledged.clear()
    begin_day(state, at)


def sync(state: State, agent: Agent) -> None:
    """Tell the choosing tables that an agent changed."""
    if isinstance(state.cache, Derived):
        state.cache.tables.sync_agent(state, agent)


def agent_signed_in(state: State, e: ev.AgentSignedIn, at: Instant) -> None:
    """Present, not ready."""
    agent = state.agents[e.agent]
    agent.presence, agent.reason, agent.since = Presence.NOT_READY, "", at
    sync(state, agent)


def agent_signed_out(state: State, e: ev.AgentSignedOut, at: Instant) -> None:
    """Gone for now."""
    agent = state.agents[e.agent]
    agent.presence, agent.reason, agent.since = Presence.OFFLINE, "", at
    sync(state, agent)


def presence_changed(state: State, e: ev.PresenceChanged, at: Instant) -> None:
    """Ready or not."""
    agent = state.agents[e.agent]
    agent.presence = Presence.READY if e.ready else Presence.NOT_READY
    agent.reason, agent.since = e.reason, at
    if e.ready:
        agent.idle_since = at
    sync(state, agent)


# Each fold takes exactly its own event, which a dict cannot say; hence Any.
FOLDS: dict[type, Callable[[State, Any, Instant], None]] = {
    ev.QueueDefined: queue_defined,
    ev.QueueOpened: queue_opened,
    ev.QueueClosed: queue_closed,
    ev.AgentDefined: agent_defined,
    ev.AgentRetired: agent_retired,
    ev.DayStarted: day_started,
    ev.AgentSignedIn: agent_signed_in,
    ev.AgentSignedOut: agent_signed_out,
    ev.PresenceChanged: presence_changed,
}
