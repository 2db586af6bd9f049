"""The two questions of routing, asked of the kernel and answered with everything that explains the answer."""

from pasokh.acd import events as ev
from pasokh.acd.derived import derived
from pasokh.acd.model import Criterion, Presence, capacity_class
from pasokh.acd.routing import kernel
from pasokh.acd.routing.tables import Tables
from pasokh.acd.state import Agent, Interaction, State
from pasokh.kernel.time import Instant


def step_in_force(state: State, interaction: Interaction, now: Instant) -> int:
    """How many relaxations the interaction's wait has earned."""
    relaxations = state.queues[interaction.queue].config.policy.relaxations
    wait = now - interaction.queued_at
    return sum(wait >= r.after_ms for r in relaxations)


def who_takes(state: State, interaction: Interaction, now: Instant) -> ev.Offered | None:
    """A contact waits: the best agent for it, as the offer to be made; None when nobody can."""
    t = derived(state).tables
    slot = t.slot_of[interaction.id]
    config = state.queues[interaction.queue].config
    capacity = capacity_class(interaction.channel)
    order = t.order[config.id]
    row = t.row(config, interaction.requires) + step_in_force(state, interaction, now)
    candidates = list(t.free)
    best = kernel.best_agent(
        now, row, len(t.groups), capacity, t.number[slot], t.preferred[slot],
        t.hold_agent[slot], t.hold_until[slot], t.direct[slot], t.barred_agent[slot], t.barred_until[slot],
        order, 0, len(order), config.policy.seed,
        candidates, len(candidates), 0,
        t.fit, t.group, t.rooms, t.idle_since, t.contacts, t.talk, t.last_offer, t.load,
    )  # fmt: skip
    if best < 0:
        return None
    eligible = sum(
        t.rooms[a * 3 + capacity] > 0 and _allowed(t, a, slot, now, t.fit[row * len(t.groups) + t.group[a]])
        for a in candidates
    )
    return _offer(state, t, slot, best, now, "who_takes", eligible)


def what_take(state: State, agent: Agent, now: Instant) -> ev.Offered | None:
    """An agent is free: the best contact for them, as the offer to be made; None when nothing suits."""
    t = derived(state).tables
    slot = kernel.best_contact(
        now, agent.number, t.group[agent.number], len(t.groups),
        len(t.lane_keys), t.lane_at, t.lane_len, t.lane_mask, t.lane_slots,
        t.lane_capacity, t.lane_row, t.lane_steps, t.lane_step_at, t.step_after,
        t.lane_weight, t.lane_ageing, t.lane_target, t.lane_target_boost,
        t.lane_preferred, t.lane_preferred_boost, t.lane_exceptions,
        t.queued_at, t.head_start, t.number, t.preferred,
        t.hold_agent, t.hold_until, t.direct, t.barred_agent, t.barred_until,
        t.fit, t.rooms,
    )  # fmt: skip
    if slot < 0:
        return None
    group = t.group[agent.number]
    served = sum(
        t.lane_len[lane]
        for lane in range(len(t.lane_keys))
        if t.rooms[agent.number * 3 + t.lane_capacity[lane]] > 0
        and t.fit[t.lane_row[lane] * len(t.groups) + group] >= 0
    )
    return _offer(state, t, slot, agent.number, now, "what_take", max(served, 1))


def _allowed(t: Tables, agent: int, slot: int, now: Instant, fit: int) -> bool:
    return kernel.allowed(
        agent, now, t.hold_agent[slot], t.hold_until[slot], t.direct[slot], t.barred_agent[slot],
        t.barred_until[slot], fit,
    )  # fmt: skip


def dials_first(state: State, interaction: Interaction) -> bool:
    """Whether the customer is called before the agent's telephone rings."""
    first = state.queues[interaction.queue].config.callback_first == "customer"
    return first and interaction.kind == "callback" and bool(interaction.address)


def _offer(state: State, t: Tables, slot: int, agent: int, now: Instant, question: str, candidates: int) -> ev.Offered:
    interaction = state.interactions[t.slot_ids[slot]]
    config = state.queues[interaction.queue].config
    policy = config.policy
    step = step_in_force(state, interaction, now)
    fit = t.fit[(t.row(config, interaction.requires) + step) * len(t.groups) + t.group[agent]]
    order = tuple(
        ev.Part(
            Criterion(name).value,
            kernel.criterion(
                which, agent, t.preferred[slot], t.number[slot], policy.seed, fit,
                t.idle_since, t.contacts, t.talk, t.last_offer, t.load,
            ),
        )
        for which, name in zip(t.order[config.id], policy.agent_order, strict=True)
    )  # fmt: skip
    return ev.Offered(
        interaction.id, interaction.contact, t.agent_ids[agent], config.id, interaction.channel,
        deadline=now + config.ring_ms + (config.outside_ring_ms if dials_first(state, interaction) else 0),
        waited_ms=now - interaction.queued_at, question=question,
        policy_version=config.version, step=step,
        rank=rank_parts(state, interaction, now, t.agent_ids[agent]), agent_order=order,
        candidates=candidates, consult=interaction.kind == "consult",
    )  # fmt: skip


def place(state: State, interaction: Interaction, now: Instant) -> tuple[int, Instant, int]:
    """Sorts waiting interactions as a queue does: greater rank (nobody's preference counted), place, number."""
    rank = sum(part.value for part in rank_parts(state, interaction, now, ""))
    return (-rank, interaction.queued_at, interaction.number)


def rank_parts(state: State, interaction: Interaction, now: Instant, agent: str) -> tuple[ev.Part, ...]:
    """The parts of a contact's rank before an agent, in ms; zero parts are left out."""
    config = state.queues[interaction.queue].config
    policy = config.policy
    which = policy.classes[min(interaction.priority, len(policy.classes) - 1)]
    wait = now - interaction.queued_at
    prefers = state.contacts[interaction.contact].preferred_agent == agent
    parts = (
        ev.Part("queue_weight", policy.weight_ms),
        ev.Part("class", which.head_start_ms),
        ev.Part("head_start", interaction.head_start_ms),
        ev.Part("wait", wait * which.ageing_permille // 1_000),
        ev.Part("target", policy.target_boost_ms if wait >= config.target_ms else 0),
        ev.Part("last_agent", policy.last_agent_boost_ms if prefers else 0),
    )
    return tuple(part for part in parts if part.value)


def why_waiting(state: State, interaction: Interaction, now: Instant) -> ev.WaitBegan:
    """Who could have taken it and why nobody does."""
    t = derived(state).tables
    slot = t.slot_of[interaction.id]
    config = state.queues[interaction.queue].config
    capacity = capacity_class(interaction.channel)
    row = t.row(config, interaction.requires) + step_in_force(state, interaction, now)
    counts = {"offline": 0, "not_ready": 0, "busy": 0, "unskilled": 0}
    for number in t.serving.get(interaction.queue, ()):
        agent = state.agents[t.agent_ids[number]]
        if agent.presence is Presence.OFFLINE:
            counts["offline"] += 1
        elif agent.presence is Presence.NOT_READY:
            counts["not_ready"] += 1
        elif t.rooms[number * 3 + capacity] <= 0:
            counts["busy"] += 1
        elif t.fit[row * len(t.groups) + t.group[number]] < 0:
            counts["unskilled"] += 1
    position = 1
    mine = (t.head_start[slot] - interaction.queued_at, -interaction.number)
    for lane, key in enumerate(t.lane_keys):
        if key[0] == interaction.queue:
            position += sum(
                (t.head_start[s] - t.queued_at[s], -t.number[s]) > mine for s in t.lane_slots[lane] if s != slot
            )
    return ev.WaitBegan(
        interaction.id, interaction.contact, interaction.queue, position, **counts,
        held=now < interaction.hold_until,
    )  # fmt: skip
