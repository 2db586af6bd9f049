"""A drawn day for a centre that has no record yet: its own queues and people, customers from a scenario.

Assumed: calls (chats where nobody takes calls) from 8 to 20 o'clock with a hump at noon, talks lognormal with a mean of
4 minutes (Brown et al. 2005), 20 s of wrap-up, patience as R3 gives it, load about nine tenths of what the people can.
"""

from collections.abc import Sequence

from pasokh.acd.model import AgentConfig, Channel, QueueConfig, Requirement
from pasokh.kernel.errors import PasokhError
from pasokh.office.people.models import User
from pasokh.office.people.selectors import agent_config
from pasokh.twin.scenario import Arrivals, Constant, Group, Lognormal, Scenario, Shift, Times

TALK_S, WRAP_UP_S, LOAD = 240.0, 20.0, 0.9
_HUMP = (0.0,) * 8 + (0.6, 0.85, 1.1, 1.25, 1.2, 1.1, 1.05, 1.0, 1.0, 0.9, 0.7, 0.5) + (0.0,) * 4
"""Share of the mean rate by hour of the day."""


def drawn_day(queues: Sequence[QueueConfig], seed: int = 1) -> Scenario:
    """The scenario; raises `policy.nobody_to_draw` where no agent serves any queue."""
    people = [agent_config(user) for user in User.objects.filter(handles_contacts=True, is_active=True)]
    known = {queue.id for queue in queues}
    serving = [agent for agent in people if known & set(agent.queues)]
    if not serving:
        raise PasokhError("policy.nobody_to_draw", fix="give somebody a queue")
    voice = any(agent.capacity.voice for agent in serving)
    served = [queue for queue in queues if any(queue.id in agent.queues for agent in serving)]
    return Scenario(
        queues=tuple(queues),
        groups=tuple(_group(agent, known) for agent in serving),
        arrivals=tuple(stream for queue in served for stream in _arrivals(queue, serving, voice)),
        service=(Times(Lognormal(TALK_S, 1.0)),),
        wrap_up=(Times(Constant(WRAP_UP_S)),),
        seed=seed,
    )


def _group(agent: AgentConfig, known: set[str]) -> Group:
    return Group(
        id=agent.id,
        count=1,
        queues=tuple(queue for queue in agent.queues if queue in known),
        skills=agent.skills,
        capacity=agent.capacity,
        shifts=(Shift("08:00", "20:00"),),
    )


def _arrivals(queue: QueueConfig, agents: list[AgentConfig], voice: bool) -> list[Arrivals]:
    """An agent's time is shared evenly among the queues; customers' languages likewise."""
    hands = sum(
        (1 if voice else agent.capacity.text) / len(agent.queues) for agent in agents if queue.id in agent.queues
    )
    rate = LOAD * hands * 3_600 / (TALK_S + WRAP_UP_S)
    skills = [skill for skill in dict.fromkeys(queue.languages.values()) if any(skill in a.skills for a in agents)]
    needs: list[tuple[Requirement, ...]] = [(Requirement(skill),) for skill in skills] or [()]
    return [
        Arrivals(
            queue.id,
            Channel.VOICE if voice else Channel.CHAT,
            name=f"{queue.id}/{number}",
            per_interval=tuple(share * rate / len(needs) for share in _HUMP),
            requires=asked,
        )
        for number, asked in enumerate(needs)
    ]
