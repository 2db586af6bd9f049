"""A scenario as arrays: what never changes between replications, and the fresh arrays of one replication."""

from typing import Any, NamedTuple

import numpy as np

from pasokh.acd.model import AgentConfig, Alternative, Channel, Criterion, QueueConfig, Requirement, capacity_class
from pasokh.acd.routing.tables import fit_of
from pasokh.twin.draw import Purpose, key_of, uniform, unit_lognormal
from pasokh.twin.fast import columns as c
from pasokh.twin.fast.distributions import Distributions, patient_from
from pasokh.twin.fast.streams import Streams
from pasokh.twin.roster import BREAK, OFF, ON, bounds, draw_workers, midnights, queue_hours
from pasokh.twin.scenario import find_alternatives, find_patience, find_times
from pasokh.twin.scenario_check import stream_name
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import COUNTS, WAIT_STEPS

type Array = np.ndarray[Any, Any]

_PURPOSES = (
    Purpose.ARRIVAL, Purpose.PRIORITY, Purpose.PREFERRED, Purpose.SERVICE, Purpose.WRAP_UP, Purpose.PATIENCE,
    Purpose.BALK, Purpose.ANSWER, Purpose.REFUSAL, Purpose.ALTERNATIVE, Purpose.REACHED, Purpose.TRANSFER,
)  # fmt: skip
_CHANNELS = tuple(Channel)
_CRITERIA = {criterion: number for number, criterion in enumerate(Criterion)}
_COUNTING = {Criterion.FEWEST_CONTACTS, Criterion.LEAST_TALK}
_DUTY = {ON: 0, BREAK: 1, OFF: 2}


class Arrays(NamedTuple):
    """The bundle that every compiled function takes. Columns are named in `pasokh.twin.fast.columns`."""

    g: Array
    ag: Array
    rooms: Array
    sl: Array
    la: Array
    lane_slots: Array
    q: Array
    heap_keys: Array
    heap_loads: Array
    idle: Array
    group_free: Array
    dirty_agents: Array
    dirty_slots: Array
    spare: Array
    counts: Array
    longest: Array
    time: Array
    waits: Array
    assigned: Array
    keys: Array
    pace: Array
    stream_next: Array
    stream_at: Array
    stream_from: Array
    stream_until: Array
    stream_index: Array
    stream_due: Array
    stream_reached: Array
    step_begins: Array
    step_ends: Array
    step_mean: Array
    recorded: Array
    streams: Array
    weights: Array
    serving: Array
    returning: Array
    lane_of: Array
    last_row: Array
    fit: Array
    row_groups: Array
    order: Array
    step_after: Array
    capacity_of: Array
    dist: Array
    values: Array
    rules: Array
    balk: Array
    alternatives: Array
    transfers: Array
    shares: Array
    answer: Array
    fixed_answer: Array
    refusing: Array
    recover: Array
    plan_keys: Array
    plan_loads: Array
    patient_from: Array


_SPECIAL = {
    "g": "i1", "rooms": "i1", "heap_keys": "i1", "heap_loads": "i1", "idle": "i1", "group_free": "i1",
    "dirty_agents": "i1", "dirty_slots": "i1", "spare": "i1", "counts": "i3", "waits": "i3", "keys": "u2",
    "pace": "f2", "stream_next": "i1", "stream_at": "i1", "stream_from": "i1", "stream_until": "i1",
    "stream_index": "i1", "stream_due": "f1", "stream_reached": "f1", "step_begins": "i1", "step_ends": "i1",
    "step_mean": "f1", "weights": "f2", "serving": "i1", "returning": "f1", "lane_of": "i5", "fit": "i1",
    "row_groups": "i1", "order": "i1", "step_after": "i1", "capacity_of": "i1", "dist": "f2", "values": "f1",
    "rules": "i3", "balk": "f2", "alternatives": "f2", "shares": "f1", "answer": "i1", "fixed_answer": "i1",
    "refusing": "f2", "recover": "i1", "plan_keys": "i1", "plan_loads": "i1",
    "patient_from": "f3",
}  # fmt: skip
KINDS = {name: _SPECIAL.get(name, "i2") for name in Arrays._fields}
"""Kind of number (int, unsigned, float; 64 bits) and dimensions of each array."""


WIDTHS = {"ag": c.A_COLUMNS, "sl": c.S_COLUMNS}
"""Columns known when compiling."""


class Room(NamedTuple):
    """How much space one replication gets."""

    slots: int = 1_024
    lane: int = 1_024
    heap: int = 16_384
    records: int = 0


def ints(*shape: int) -> Array:
    """Zeros."""
    return np.zeros(shape, np.int64)


class Model:
    """Everything about a scenario that all its replications share."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        s = self.scenario = loaded.scenario
        self.start, self.end = bounds(s)
        self.horizon = self.end - self.start
        self.width = s.report_minutes * 60_000
        self.intervals = max(1, -(-self.horizon // self.width))
        self.number_bits = 63 - c.KIND_BITS - self.horizon.bit_length()
        self.queue_number = {queue.id: k for k, queue in enumerate(s.queues)}
        self.workers = draw_workers(s, 0)
        self.streams = Streams(loaded, self.start, self.end, self.queue_number, self.workers)
        self.distributions = Distributions()
        self._queues()
        self._agents()
        self._lanes()
        self._plan()
        self._behaviour()
        self.room = Room()
        """Space that has sufficed so far."""

    def _queues(self) -> None:
        q = self.q = ints(c.Q_COLUMNS, len(self.scenario.queues))
        order: list[int] = []
        step_after: list[int] = []
        for k, config in enumerate(self.scenario.queues):
            policy = config.policy
            rule = find_alternatives(self.scenario.alternatives, config.id)
            q[c.Q_RING, k], q[c.Q_RING_OUT_NOT_READY, k] = config.ring_ms, config.ring_out_not_ready
            q[c.Q_WRAP_LIMIT, k] = config.wrap_up_ms
            q[c.Q_MAX_WAIT, k] = -1 if config.max_wait_ms is None else config.max_wait_ms
            q[c.Q_MAX_WAITING, k] = -1 if config.max_waiting is None else config.max_waiting
            q[c.Q_WATCHED, k] = config.max_waiting is not None
            q[c.Q_CLOSES, k] = config.when_no_agents == "close"
            q[c.Q_TARGET, k], q[c.Q_SHORT, k] = config.target_ms, config.short_ms
            q[c.Q_HOLD, k], q[c.Q_PAUSE, k] = policy.last_agent_hold_ms, policy.reject_pause_ms
            q[c.Q_TRANSFER_BOOST, k] = policy.transfer_boost_ms
            q[c.Q_RETRY, k], q[c.Q_ATTEMPTS, k] = config.callback_retry_ms, config.callback_attempts
            q[c.Q_OFFER_AFTER, k] = config.ladder.offer_ms
            q[c.Q_THINK, k] = max(1, round(rule.think_s * 1000))
            q[c.Q_CAN_CALLBACK, k] = Alternative.CALLBACK in config.alternatives
            q[c.Q_CAN_MESSAGE, k] = Alternative.MESSAGE in config.alternatives
            q[c.Q_STEPS, k], q[c.Q_STEP_AT, k] = len(policy.relaxations), len(step_after)
            q[c.Q_ORDER_AT, k], q[c.Q_ORDER_LEN, k] = len(order), len(policy.agent_order)
            q[c.Q_SEED, k], q[c.Q_CLASSES, k], q[c.Q_OPEN, k] = policy.seed, len(policy.classes), 1
            q[c.Q_TRANSFERS, k] = any(t.queue == config.id for t in self.scenario.transfers)
            order += [_CRITERIA[criterion] for criterion in policy.agent_order]
            step_after += [r.after_ms for r in policy.relaxations]
        self.order = np.array([*order, 0], np.int64)
        self.step_after = np.array([*step_after, 0], np.int64)
        self.sees_counters = any(_COUNTING & set(x.policy.agent_order) for x in self.scenario.queues)

    def _agents(self) -> None:
        self.groups: list[AgentConfig] = []
        known: dict[object, int] = {}
        ag = self.ag = ints(len(self.workers), c.A_COLUMNS)
        for w in self.workers:
            key = (tuple(sorted(w.config.skills.items())), tuple(sorted(w.config.queues)))
            if key not in known:
                known[key] = len(self.groups)
                self.groups.append(w.config)
            capacity = w.config.capacity
            ag[w.number, c.A_GROUP], ag[w.number, c.A_TEAM] = known[key], w.group
            ag[w.number, c.A_MAX_VOICE] = capacity.voice
            ag[w.number, c.A_MAX_TEXT], ag[w.number, c.A_MAX_MAIL] = capacity.text, capacity.mail
        ag[:, c.A_DUTY] = 2
        ag[:, c.A_OFFERED] = -1
        self.group_free = ints(max(1, len(self.groups)))

    def _rows(self, queue: int, asked: tuple[Requirement, ...], rows: list[list[int]]) -> int:
        config = self.scenario.queues[queue]
        first = len(rows)
        steps = range(len(config.policy.relaxations) + 1)
        rows.extend([fit_of(group, config, asked, step) for group in self.groups] for step in steps)
        return first

    def _lanes(self) -> None:
        queues, streams = self.scenario.queues, self.streams
        most = max(len(x.policy.classes) for x in queues)
        self.lane_of = np.full((len(queues), most, 2, 3, len(streams.asked)), -1, np.int64)
        self.last_row = ints(len(queues), len(streams.asked))
        rows: list[list[int]] = []
        row_of: dict[tuple[int, int], int] = {}
        lanes: list[list[int]] = []
        for queue, which, boosted, capacity, asked in self._lane_keys():
            if self.lane_of[queue, which, boosted, capacity, asked] >= 0:
                continue
            if (queue, asked) not in row_of:
                row_of[queue, asked] = self._rows(queue, streams.asked[asked], rows)
            self.lane_of[queue, which, boosted, capacity, asked] = len(lanes)
            lanes.append(self._lane(queues[queue], queue, which, boosted, capacity, row_of[queue, asked]))
        for (queue, asked), row in row_of.items():
            self.last_row[queue, asked] = row + len(queues[queue].policy.relaxations)
        self.la = np.ascontiguousarray(np.array(lanes or [[0] * c.L_COLUMNS], np.int64).T)
        self.fit = np.array([f for row in rows for f in row] or [-1], np.int64)
        self.masked = len(self.groups) <= 62
        self.row_groups = np.array(
            [sum(1 << k for k, f in enumerate(row) if f >= 0) if self.masked else 0 for row in rows] or [0],
            np.int64,
        )

    def _lane_keys(self) -> list[tuple[int, int, int, int, int]]:
        keys = []
        s = self.scenario
        for k, a in enumerate(s.arrivals):
            places = [(a.queue, 0), *((t.to, 1) for t in s.transfers if t.queue == a.queue)]
            for name, boosted in places:
                queue = self.queue_number[name]
                capacities = {capacity_class(a.channel)}
                rule = find_alternatives(s.alternatives, name)
                capacities |= {0} if rule.callback > 0 else set()
                capacities |= {2} if rule.message > 0 else set()
                for priority in self.streams.priorities[k]:
                    which = min(priority, len(s.queues[queue].policy.classes) - 1)
                    keys += [(queue, which, boosted, x, self.streams.asked_by[k]) for x in capacities]
        return sorted(keys)

    def _lane(self, config: QueueConfig, queue: int, which: int, boosted: int, capacity: int, row: int) -> list[int]:
        policy = config.policy
        lane = [0] * c.L_COLUMNS
        lane[c.L_CAPACITY], lane[c.L_ROW] = capacity, row
        lane[c.L_STEPS], lane[c.L_STEP_AT] = len(policy.relaxations), int(self.q[c.Q_STEP_AT, queue])
        lane[c.L_WEIGHT], lane[c.L_AGEING] = policy.weight_ms, policy.classes[which].ageing_permille
        lane[c.L_TARGET], lane[c.L_TARGET_BOOST] = config.target_ms, policy.target_boost_ms
        lane[c.L_PREFERRED_BOOST] = policy.last_agent_boost_ms
        lane[c.L_HEAD] = policy.classes[which].head_start_ms + boosted * policy.transfer_boost_ms
        return lane

    def _plan(self) -> None:
        s, events = self.scenario, []
        for number, (at, _) in enumerate(midnights(s)):
            events.append((at - self.start, c.DAY, number, 0))
        for at, queue, opens in queue_hours(s):
            events.append((at - self.start, c.HOURS, queue * 2 + opens, 0))
        for w in self.workers:
            events += [(at - self.start, c.DUTY, w.number, _DUTY[what]) for at, what in w.duty]
        events.sort()
        bits = self.number_bits
        self.plan_keys = np.array([(((t << c.KIND_BITS) | k) << bits) | n for t, k, n, _ in events], np.int64)
        self.plan_loads = np.array([load for *_, load in events], np.int64)

    def _behaviour(self) -> None:
        s, d = self.scenario, self.distributions
        size = (len(s.queues), len(_CHANNELS))
        self.rules = ints(3, *size)
        self.balk = np.zeros(size)
        for k, queue in enumerate(s.queues):
            for n, channel in enumerate(_CHANNELS):
                patience = find_patience(s.patience, queue.id, channel)
                self.rules[0, k, n] = d.row(find_times(s.service, queue.id, channel))
                self.rules[1, k, n] = d.row(find_times(s.wrap_up, queue.id, channel))
                self.rules[2, k, n] = d.row(patience.spans)
                self.balk[k, n] = patience.balk
        rules = [find_alternatives(s.alternatives, queue.id) for queue in s.queues]
        self.alternatives = np.array([[r.callback, r.message, r.reached] for r in rules])
        self.transfers = np.array(
            [[self.queue_number[t.queue], self.queue_number[t.to]] for t in s.transfers], np.int64
        ).reshape(-1, 2)
        self.shares = np.array([t.share for t in s.transfers], np.float64)
        self.answer = np.array([d.row(g.answer) for g in s.groups] or [0], np.int64)
        self.fixed_answer = np.array([d.fixed(g.answer) for g in s.groups] or [0], np.int64)
        self.refusing = np.array([[g.reject, g.ring_out] for g in s.groups] or [[0.0, 0.0]])
        self.patient_from = np.array(
            [
                patient_from(find_patience(s.patience, q.id, channel).spans, d.fixed(g.answer))
                for q in s.queues
                for channel in _CHANNELS
                for g in s.groups
            ]
        ).reshape(*size, -1)
        self.recover = np.array([max(1, round(g.recover_s * 1000)) for g in s.groups] or [1], np.int64)

    def refuses(self) -> str:
        """Why this scenario is beyond the loop; empty when it is not."""
        contacts, limit = sum(self.streams.expected()), 1 << (self.number_bits - 1)
        if contacts < limit and len(self.workers) < limit:
            return ""
        return f"about {contacts:,.0f} contacts are more than the compiled engine can number over this horizon"

    def _pace(self, seed: int) -> Array:
        pace = np.ones((len(self.workers), len(self.scenario.queues)))
        place = dict.fromkeys(range(len(self.scenario.groups)), 0)
        for w in self.workers:
            group = self.scenario.groups[w.group]
            factor = group.factor
            if group.spread_cv > 0:
                key = key_of(seed, Purpose.AGENT_FACTOR, group.id)
                factor *= unit_lognormal(group.spread_cv, uniform(key, place[w.group]))
            place[w.group] += 1
            for queue, k in self.queue_number.items():
                pace[w.number, k] = factor * group.factors.get(queue, 1.0)
        return pace

    def arrays(self, seed: int, room: Room) -> Arrays:
        """Fresh arrays for one replication."""
        queues, agents, lanes = len(self.scenario.queues), len(self.workers), self.la.shape[1]
        g = ints(c.G_COLUMNS)
        g[c.G_WIDTH] = g[c.G_INTERVAL_END] = self.width
        g[c.G_GROUPS], g[c.G_LANES], g[c.G_END] = len(self.groups), lanes, self.horizon
        g[c.G_NUMBER_BITS], g[c.G_SEES_COUNTERS] = self.number_bits, self.sees_counters
        g[c.G_RECORDS], g[c.G_MASKED] = room.records > 0, self.masked
        g[c.G_HOLDS] = (self.q[c.Q_HOLD] > 0).any()
        la = self.la.copy()
        la[c.L_MASK] = room.lane - 1
        names = [stream_name(a) for a in self.scenario.arrivals]
        keys = np.array([[key_of(seed, p, name) for p in _PURPOSES] for name in names], np.uint64)
        drawn = self.streams.draw(seed, keys)
        return Arrays(
            g=g, ag=self.ag.copy(), rooms=ints(3 * agents), sl=ints(room.slots, c.S_COLUMNS), la=la,
            lane_slots=ints(lanes, room.lane), q=self.q.copy(), heap_keys=ints(room.heap),
            heap_loads=ints(room.heap), idle=ints(4 * agents + 16), group_free=self.group_free.copy(),
            dirty_agents=ints(agents + 8), dirty_slots=ints(room.slots + 8), spare=ints(room.slots),
            counts=ints(queues, self.intervals, len(COUNTS)), longest=ints(queues, self.intervals),
            time=ints(2, self.intervals), waits=ints(2, queues, WAIT_STEPS),
            assigned=ints(max(1, room.records), 3), keys=keys, pace=self._pace(seed),
            stream_next=drawn.next, stream_at=drawn.at, stream_from=drawn.first, stream_until=drawn.until,
            stream_index=drawn.ordinal, stream_due=drawn.due, stream_reached=drawn.reached,
            step_begins=drawn.step_begins, step_ends=drawn.step_ends, step_mean=drawn.step_mean,
            recorded=drawn.recorded, streams=self.streams.table, weights=self.streams.weights,
            serving=self.streams.serving, returning=self.streams.returning, lane_of=self.lane_of,
            last_row=self.last_row, fit=self.fit, row_groups=self.row_groups, order=self.order,
            step_after=self.step_after, capacity_of=np.array(c.CAPACITY_OF, np.int64),
            dist=self.distributions.table(), values=self.distributions.values(), rules=self.rules,
            balk=self.balk, alternatives=self.alternatives, transfers=self.transfers, shares=self.shares,
            answer=self.answer, fixed_answer=self.fixed_answer, refusing=self.refusing, recover=self.recover,
            plan_keys=self.plan_keys, plan_loads=self.plan_loads, patient_from=self.patient_from,
        )  # fmt: skip
