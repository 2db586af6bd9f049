"""Indexes for choosing: the flat sequences that the routing kernel reads, kept in step with the state.

Derived data only: `Tables(state)` builds from any state what the sequence of `sync_…`, `enqueue`, `dequeue` calls has
kept. A test compares the two after every step.
"""

from bisect import bisect_left

from pasokh.acd.model import AgentConfig, Criterion, Phase, Presence, QueueConfig, Requirement, capacity_class
from pasokh.acd.routing import kernel
from pasokh.acd.state import Agent, Interaction, State

type LaneKey = tuple[str, int, int, int, tuple[Requirement, ...]]
"""Queue, priority class, head start, capacity class, skills asked by the contact itself."""

_NO_MASK = (1 << 62) - 1
_CRITERIA = {criterion: number for number, criterion in enumerate(Criterion)}


def fit_of(agent: AgentConfig, queue: QueueConfig, asked: tuple[Requirement, ...], step: int) -> int:
    """How well an agent fits after `step` relaxations: the sum of levels in the asked skills, or -1 = not at all."""
    serving = {queue.id, *queue.overflow_now}
    lowered = 0
    dropped: set[str] = set()
    for relaxation in queue.policy.relaxations[:step]:
        serving.update(relaxation.overflow_to)
        lowered += relaxation.lower_by
        dropped.update(relaxation.drop)
    if serving.isdisjoint(agent.queues):
        return -1
    total = 0
    for requirement in (*queue.requires, *asked):
        level = agent.skills.get(requirement.skill, 0)
        if requirement.skill not in dropped and level < max(min(1, requirement.level), requirement.level - lowered):
            return -1
        total += level
    return total


class Tables:
    """Agents by number, waiting interactions by slot, lanes; see `kernel` for the meaning of each sequence."""

    def __init__(self, state: State) -> None:
        self.agent_ids: list[str] = []
        self.group: list[int] = []
        self.rooms: list[int] = []
        self.idle_since: list[int] = []
        self.contacts: list[int] = []
        self.talk: list[int] = []
        self.last_offer: list[int] = []
        self.load: list[int] = []
        self.free: dict[int, None] = {}
        self.groups: list[AgentConfig] = []
        self._group_of: dict[tuple[object, ...], int] = {}
        self.serving: dict[str, list[int]] = {}

        self.fit: list[int] = []
        self._rows: dict[tuple[str, tuple[Requirement, ...]], int] = {}
        self.order: dict[str, list[int]] = {}

        self.slot_ids: list[str] = []
        self.slot_of: dict[str, int] = {}
        self._spare: list[int] = []
        self.queued_at: list[int] = []
        self.head_start: list[int] = []
        self.number: list[int] = []
        self.preferred: list[int] = []
        self.hold_agent: list[int] = []
        self.hold_until: list[int] = []
        self.direct: list[int] = []
        self.barred_agent: list[int] = []
        self.barred_until: list[int] = []

        self.lane_keys: list[LaneKey] = []
        self.lane_of: dict[LaneKey, int] = {}
        self._key_of: dict[int, LaneKey] = {}
        self.lane_at: list[int] = []
        self.lane_len: list[int] = []
        self.lane_mask: list[int] = []
        self.lane_slots: list[list[int]] = []
        self.lane_capacity: list[int] = []
        self.lane_row: list[int] = []
        self.lane_steps: list[int] = []
        self.lane_step_at: list[int] = []
        self.lane_weight: list[int] = []
        self.lane_ageing: list[int] = []
        self.lane_target: list[int] = []
        self.lane_target_boost: list[int] = []
        self.lane_preferred: list[int] = []
        self.lane_preferred_boost: list[int] = []
        self.lane_exceptions: list[int] = []
        self.step_after: list[int] = []
        self._step_at: dict[str, int] = {}

        self._read(state)

    def _read(self, state: State) -> None:
        for agent in state.agents.values():
            self._intern(agent.config)
        for queue in state.queues.values():
            self.order[queue.config.id] = [_CRITERIA[c] for c in queue.config.policy.agent_order]
            self._step_at[queue.config.id] = len(self.step_after)
            self.step_after.extend(r.after_ms for r in queue.config.policy.relaxations)
            self.serving[queue.config.id] = []
        size = 1 + max((a.number for a in state.agents.values()), default=-1)
        self.agent_ids = [""] * size
        for column in (self.group, self.idle_since, self.contacts, self.talk, self.last_offer, self.load):
            column.extend([0] * size)
        self.rooms = [0] * (3 * size)
        for agent in state.agents.values():
            self.agent_ids[agent.number] = agent.config.id
            self.group[agent.number] = self._intern(agent.config)
            for queue_id in agent.config.queues:
                self.serving.setdefault(queue_id, []).append(agent.number)
            self.sync_agent(state, agent)
        for interaction in state.interactions.values():
            if interaction.phase is Phase.QUEUED:
                self.enqueue(state, interaction)

    def _intern(self, config: AgentConfig) -> int:
        key = (tuple(sorted(config.skills.items())), tuple(sorted(config.queues)))
        number = self._group_of.get(key)
        if number is None:
            number = self._group_of[key] = len(self.groups)
            self.groups.append(config)
        return number

    def sync_agent(self, state: State, agent: Agent) -> None:
        """Copy an agent's presence, load and counters."""
        n = agent.number
        counts = [0, 0, 0]
        for work in agent.work:
            counts[capacity_class(state.interactions[work].channel)] += 1
        capacity = agent.config.capacity
        limits = (capacity.voice, capacity.text, capacity.mail)
        ready = 1 if agent.presence is Presence.READY else 0
        free = False
        for which in range(3):
            room = kernel.room(which, ready, counts[0], counts[1], counts[2], limits[which])
            self.rooms[n * 3 + which] = room
            free = free or room > 0
        if free:
            self.free[n] = None
        else:
            self.free.pop(n, None)
        self.idle_since[n] = agent.idle_since
        self.contacts[n] = agent.answered
        self.talk[n] = agent.talk_ms
        self.last_offer[n] = agent.last_offer
        self.load[n] = (
            1_000 * counts[0] + counts[1] * 1_000 // max(capacity.text, 1) + counts[2] * 100 // max(capacity.mail, 1)
        )

    def row(self, queue: QueueConfig, asked: tuple[Requirement, ...]) -> int:
        """The demand row of a queue and asked skills without relaxation; those with k relaxations follow it."""
        key = (queue.id, asked)
        number = self._rows.get(key)
        if number is None:
            number = self._rows[key] = len(self.fit) // max(len(self.groups), 1)
            for step in range(len(queue.policy.relaxations) + 1):
                self.fit.extend(fit_of(group, queue, asked, step) for group in self.groups)
        return number

    def agent_number(self, state: State, agent: str | None) -> int:
        """An agent's number, or -1."""
        return state.agents[agent].number if agent is not None and agent in state.agents else -1

    def key_of(self, state: State, interaction: Interaction) -> LaneKey:
        """The lane an interaction waits in."""
        policy = state.queues[interaction.queue].config.policy
        which = min(interaction.priority, len(policy.classes) - 1)
        head_start = policy.classes[which].head_start_ms + interaction.head_start_ms
        capacity = capacity_class(interaction.channel)
        return (interaction.queue, which, head_start, capacity, interaction.requires)

    def enqueue(self, state: State, interaction: Interaction) -> None:
        """Put a waiting interaction into its lane, at its place by (queued_at, number)."""
        contact = state.contacts[interaction.contact]
        values = (
            (self.queued_at, interaction.queued_at),
            (self.head_start, 0),
            (self.number, interaction.number),
            (self.preferred, self.agent_number(state, contact.preferred_agent)),
            (self.hold_agent, self.agent_number(state, interaction.hold_agent)),
            (self.hold_until, interaction.hold_until),
            (self.direct, int(interaction.direct)),
            (self.barred_agent, self.agent_number(state, interaction.barred_agent)),
            (self.barred_until, interaction.barred_until),
        )
        if self._spare:
            slot = self._spare.pop()
            for column, value in values:
                column[slot] = value
            self.slot_ids[slot] = interaction.id
        else:
            slot = len(self.slot_ids)
            for column, value in values:
                column.append(value)
            self.slot_ids.append(interaction.id)
        self.slot_of[interaction.id] = slot
        key = self.key_of(state, interaction)
        self.head_start[slot] = key[2]
        self._key_of[slot] = key
        lane = self.lane_of.get(key)
        if lane is None:
            lane = self._add_lane(state, key)
        slots = self.lane_slots[lane]
        at = bisect_left(slots, (interaction.queued_at, interaction.number), key=self._place)
        slots.insert(at, slot)
        self.lane_len[lane] += 1
        self.lane_preferred[lane] += self.preferred[slot] >= 0
        self.lane_exceptions[lane] += self._excepted(slot)

    def dequeue(self, interaction: str) -> None:
        """Take an interaction out of its lane."""
        slot = self.slot_of.pop(interaction)
        lane = self.lane_of[self._key_of.pop(slot)]
        slots = self.lane_slots[lane]
        del slots[bisect_left(slots, self._place(slot), key=self._place)]
        self.lane_len[lane] -= 1
        self.lane_preferred[lane] -= self.preferred[slot] >= 0
        self.lane_exceptions[lane] -= self._excepted(slot)
        self.slot_ids[slot] = ""
        self._spare.append(slot)
        if not slots:
            self._drop_lane(lane)

    def _place(self, slot: int) -> tuple[int, int]:
        return (self.queued_at[slot], self.number[slot])

    def _excepted(self, slot: int) -> bool:
        return self.hold_until[slot] > 0 or self.barred_until[slot] > 0

    def _lane_columns(self) -> tuple[list[int], ...]:
        return (
            self.lane_at, self.lane_len, self.lane_mask, self.lane_capacity, self.lane_row, self.lane_steps,
            self.lane_step_at, self.lane_weight, self.lane_ageing, self.lane_target, self.lane_target_boost,
            self.lane_preferred, self.lane_preferred_boost, self.lane_exceptions,
        )  # fmt: skip

    def _add_lane(self, state: State, key: LaneKey) -> int:
        queue_id, which, _, capacity, asked = key
        config = state.queues[queue_id].config
        policy = config.policy
        values = (
            0, 0, _NO_MASK, capacity, self.row(config, asked), len(policy.relaxations),
            self._step_at[queue_id], policy.weight_ms, policy.classes[which].ageing_permille, config.target_ms,
            policy.target_boost_ms, 0, policy.last_agent_boost_ms, 0,
        )  # fmt: skip
        for column, value in zip(self._lane_columns(), values, strict=True):
            column.append(value)
        self.lane_slots.append([])
        self.lane_keys.append(key)
        lane = self.lane_of[key] = len(self.lane_keys) - 1
        return lane

    def _drop_lane(self, lane: int) -> None:
        last = len(self.lane_keys) - 1
        del self.lane_of[self.lane_keys[lane]]
        if lane != last:
            for column in self._lane_columns():
                column[lane] = column[last]
            self.lane_slots[lane] = self.lane_slots[last]
            self.lane_keys[lane] = self.lane_keys[last]
            self.lane_of[self.lane_keys[lane]] = lane
        for column in self._lane_columns():
            column.pop()
        self.lane_slots.pop()
        self.lane_keys.pop()

    def waiting(self, queue: str) -> int:
        """How many wait in a queue."""
        return sum(self.lane_len[lane] for lane, key in enumerate(self.lane_keys) if key[0] == queue)
