"""Who may take what, straight from configurations: written anew, so that it can find the routing tables wrong."""

from pasokh.acd.model import Channel, Presence
from pasokh.acd.routing.tables import Tables
from pasokh.acd.state import Agent, Interaction, State
from pasokh.kernel.time import Instant

_VOICE = frozenset({Channel.VOICE, Channel.CALLBACK})
_TEXT = frozenset({Channel.CHAT, Channel.MESSENGER})


def class_of(channel: Channel) -> int:
    """What a channel draws on: 0 voice, 1 text, 2 mail."""
    return 0 if channel in _VOICE else 1 if channel in _TEXT else 2


def loads(state: State, agent: Agent) -> tuple[int, int, int]:
    """How many voice, text and mail interactions an agent holds."""
    channels = [state.interactions[name].channel for name in agent.work]
    voice = sum(c in _VOICE for c in channels)
    text = sum(c in _TEXT for c in channels)
    return voice, text, len(channels) - voice - text


def has_room(state: State, agent: Agent, which: int) -> bool:
    """Whether a ready agent can take one more of voice (0), text (1) or mail (2)."""
    if agent.presence is not Presence.READY:
        return False
    voice, text, mail = loads(state, agent)
    limit = agent.config.capacity
    if voice:
        return False
    if which == 0:
        return text == 0 and limit.voice > 0
    return text < limit.text if which == 1 else mail < limit.mail


def skilled(state: State, agent: Agent, i: Interaction, now: Instant) -> bool:
    """Whether the agent serves the queue and has the skills asked after this wait."""
    config = state.queues[i.queue].config
    passed = [r for r in config.policy.relaxations if now - i.queued_at >= r.after_ms]
    serves = {config.id, *config.overflow_now, *(q for r in passed for q in r.overflow_to)}
    if not serves & set(agent.config.queues):
        return False
    lowered = sum(r.lower_by for r in passed)
    dropped = {s for r in passed for s in r.drop}
    return all(
        asked.skill in dropped
        or agent.config.skills.get(asked.skill, 0) >= max(min(1, asked.level), asked.level - lowered)
        for asked in config.requires + i.requires
    )


def may_take(state: State, agent: Agent, i: Interaction, now: Instant) -> bool:
    """Whether a waiting interaction could be offered now: room, no bar, kept for nobody else, skilled or asked for."""
    name = agent.config.id
    if not has_room(state, agent, class_of(i.channel)) or (i.barred_agent == name and now < i.barred_until):
        return False
    if now < i.hold_until:
        return i.hold_agent == name and (i.direct or skilled(state, agent, i, now))
    return skilled(state, agent, i, now)


def rank_of(state: State, agent: Agent, i: Interaction, now: Instant) -> int:
    """A waiting interaction's rank before an agent, in ms, by the definition in `pasokh.acd.model.Policy`."""
    config = state.queues[i.queue].config
    policy = config.policy
    priority = policy.classes[min(i.priority, len(policy.classes) - 1)]
    wait = now - i.queued_at
    rank = policy.weight_ms + priority.head_start_ms + i.head_start_ms + wait * priority.ageing_permille // 1000
    if wait >= config.target_ms:
        rank += policy.target_boost_ms
    if state.contacts[i.contact].preferred_agent == agent.config.id:
        rank += policy.last_agent_boost_ms
    return rank


def tables_view(t: Tables) -> object:
    """What tables say, free of how slots, lanes and rows happen to be numbered."""
    lanes = {}
    groups = len(t.groups)
    for lane, key in enumerate(t.lane_keys):
        row, steps = t.lane_row[lane], t.lane_steps[lane]
        slots = t.lane_slots[lane]
        lanes[key] = (
            [
                (
                    t.slot_ids[s], t.queued_at[s], t.head_start[s], t.number[s], t.preferred[s], t.hold_agent[s],
                    t.hold_until[s], t.direct[s], t.barred_agent[s], t.barred_until[s],
                )
                for s in slots
            ],
            t.lane_len[lane], t.lane_capacity[lane], steps, t.lane_weight[lane], t.lane_ageing[lane],
            t.lane_target[lane], t.lane_target_boost[lane], t.lane_preferred[lane],
            t.lane_preferred_boost[lane], t.lane_exceptions[lane],
            t.step_after[t.lane_step_at[lane] : t.lane_step_at[lane] + steps],
            [
                t.fit[(row + k) * groups + t.group[a]]
                for k in range(steps + 1)
                for a in range(len(t.agent_ids))
                if t.agent_ids[a]
            ],
        )  # fmt: skip
    return (
        lanes, t.agent_ids, t.rooms, t.idle_since, t.contacts, t.talk, t.last_offer, t.load, set(t.free), t.order,
        {queue: sorted(agents) for queue, agents in t.serving.items()},
    )  # fmt: skip
