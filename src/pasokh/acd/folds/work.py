"""Capacity taken and given back, and what every way of handing a customer on has in common."""

from pasokh.acd.folds.setup import sync
from pasokh.acd.model import Phase
from pasokh.acd.state import Interaction, State
from pasokh.kernel.time import Instant, Millis


def take(state: State, agent_id: str, interaction: str) -> None:
    """The agent has one more."""
    agent = state.agents[agent_id]
    agent.work.append(interaction)
    sync(state, agent)


def release(state: State, agent_id: str | None, interaction: str, idle_at: Instant | None) -> None:
    """Give capacity back; `idle_at` moves the agent to the end of the idle line."""
    agent = state.agents.get(agent_id) if agent_id is not None else None
    if agent is None or interaction not in agent.work:
        return
    agent.work.remove(interaction)
    if idle_at is not None:
        agent.idle_since = idle_at
    sync(state, agent)


def hand_on(state: State, i: Interaction, agent_id: str, queue: str, talk_ms: Millis, at: Instant) -> None:
    """The agent's part is over: the talk counts as handled, whoever has the customer next."""
    state.agents[agent_id].talk_ms += talk_ms
    day = state.queues[queue].day
    day.handled += 1
    day.talk_ms += talk_ms
    day.hold_ms += i.hold_ms
    release(state, agent_id, i.id, at)
    i.help_since, i.help_question = 0, ""
    i.hold_ms = i.on_hold_since = i.telephone_lost = 0


def between(i: Interaction, at: Instant) -> None:
    """Nobody has it; the event that follows says what becomes of it."""
    i.phase, i.since, i.agent, i.deadline, i.not_before = Phase.SCHEDULED, at, None, 0, at
    i.telephone_lost = 0
