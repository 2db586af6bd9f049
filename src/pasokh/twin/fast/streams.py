"""Streams of arrivals as arrays: recorded contacts in order, or expected counts by stretch of time."""

from typing import Any, NamedTuple

import numpy as np

from pasokh.acd.handlers.contacts import asked_of_agents
from pasokh.acd.model import Requirement
from pasokh.kernel.time import MINUTE, Instant
from pasokh.twin.draw import Purpose, key_of, uniform
from pasokh.twin.fast import columns as c
from pasokh.twin.plan import rate_steps
from pasokh.twin.recording import Recorded
from pasokh.twin.roster import Worker
from pasokh.twin.scenario import Arrivals
from pasokh.twin.scenario_check import stream_name
from pasokh.twin.scenario_file import Loaded

type Array = np.ndarray[Any, Any]


class Drawn(NamedTuple):
    """The streams of one replication at its start."""

    next: Array
    at: Array
    first: Array
    until: Array
    ordinal: Array
    due: Array
    reached: Array
    step_begins: Array
    step_ends: Array
    step_mean: Array
    recorded: Array


class Streams:
    """What all replications of a scenario share about its streams."""

    def __init__(
        self, loaded: Loaded, start: Instant, end: Instant, queue_number: dict[str, int], workers: list[Worker]
    ) -> None:
        self._loaded, self._start, self._end = loaded, start, end
        arrivals = loaded.scenario.arrivals
        configs = {q.id: q for q in loaded.scenario.queues}
        asked = [asked_of_agents(configs[a.queue], a.language, a.requires) for a in arrivals]
        self.asked: list[tuple[Requirement, ...]] = list(dict.fromkeys(asked)) or [()]
        self.asked_by = [self.asked.index(requires) for requires in asked]
        classes = {q.id: q.policy.classes for q in loaded.scenario.queues}
        most = max(len(x) for x in classes.values())
        self.table = np.zeros((max(1, len(arrivals)), 7), np.int64)
        self.weights = np.zeros((max(1, len(arrivals)), most))
        self.returning = np.array([a.returning for a in arrivals] or [0.0])
        self.priorities: list[set[int]] = []
        serving: list[int] = []
        channels = ("voice", "callback", "chat", "messenger", "email")
        for k, a in enumerate(arrivals):
            row, usual = self.table[k], min(1, len(classes[a.queue]) - 1)
            row[c.T_QUEUE], row[c.T_CHANNEL] = queue_number[a.queue], channels.index(a.channel.value)
            row[c.T_ASKED], row[c.T_PRIORITY], row[c.T_WEIGHTS] = self.asked_by[k], usual, k
            who = [w.number for w in workers if a.queue in w.config.queues]
            row[c.T_SERVING_AT], row[c.T_SERVING] = len(serving), len(who)
            serving += who
            recorded = loaded.recorded.get(k)
            if recorded is not None and recorded.priority:
                self.priorities.append(set(recorded.priority))
            elif a.priorities:
                row[c.T_PRIORITY] = -1
                for which, x in enumerate(classes[a.queue]):
                    self.weights[k, which] = a.priorities.get(x.name, 0.0)
                self.priorities.append({x for x in range(most) if self.weights[k, x] > 0})
            else:
                self.priorities.append({usual})
        self.serving = np.array(serving or [0], np.int64)
        self._steps = {k: self._stretches(k, 0) for k, a in enumerate(arrivals) if a.day_cv == 0}
        self._rows = {k: self._copies(k, 0) for k in loaded.recorded if arrivals[k].factor == 1}

    def _stretches(self, k: int, seed: int) -> Array:
        if k in self._loaded.recorded:
            return np.zeros((0, 3))
        steps = rate_steps(self._loaded.scenario, k, seed)
        return np.array([(x - self._start, y - self._start, mean) for x, y, mean in steps]).reshape(-1, 3)

    def _copies(self, k: int, seed: int) -> Array:
        """A recorded stream's contacts in order: as recorded, thinned out, or doubled within half an interval."""
        a, recorded = self._loaded.scenario.arrivals[k], self._loaded.recorded[k]
        rows = []
        for n, at in enumerate(recorded.at):
            for copy in range(self._times(a, seed, n)):
                key = key_of(seed, Purpose.JITTER, stream_name(a))
                moved = round((uniform(key, n, copy) - 0.5) * a.interval_minutes * MINUTE) if copy else 0
                if self._start <= at + moved < self._end:
                    rows.append(_row(recorded, at + moved - self._start, n, copy))
        return np.array(sorted(rows), np.int64).reshape(-1, 6)

    @staticmethod
    def _times(a: Arrivals, seed: int, n: int) -> int:
        whole = int(a.factor)
        key = key_of(seed, Purpose.COPIES, stream_name(a))
        return whole + 1 if uniform(key, n) < a.factor - whole else whole

    def expected(self) -> list[float]:
        """Contacts to expect by stream."""
        return [
            float(len(self._loaded.recorded[k].at) * a.factor)
            if k in self._loaded.recorded
            else float((self._steps[k] if k in self._steps else self._stretches(k, 0))[:, 2].sum())
            for k, a in enumerate(self._loaded.scenario.arrivals)
        ]

    def draw(self, seed: int, keys: Array) -> Drawn:
        """The streams of one replication."""
        count = len(keys)
        at, first, until = np.zeros(count, np.int64), np.full(count, -1, np.int64), np.zeros(count, np.int64)
        steps, rows = [np.zeros((0, 3))], [np.zeros((0, 6), np.int64)]
        step_count = row_count = 0
        due = np.zeros(count)
        for k in range(count):
            if k in self._loaded.recorded:
                mine = self._rows[k] if k in self._rows else self._copies(k, seed)
                rows.append(mine)
                first[k], at[k], until[k] = row_count, row_count - 1, row_count + len(mine)
                row_count += len(mine)
                continue
            part = self._steps[k] if k in self._steps else self._stretches(k, seed)
            steps.append(part)
            at[k], until[k] = step_count, step_count + len(part)
            step_count += len(part)
            due[k] = -np.log1p(-uniform(int(keys[k, c.P_ARRIVAL]), 0))
        step = np.concatenate(steps)
        return Drawn(
            np.full(count, c.NONE, np.int64), at, first, until, np.zeros(count, np.int64), due, np.zeros(count),
            step[:, 0].astype(np.int64), step[:, 1].astype(np.int64), np.ascontiguousarray(step[:, 2]),
            np.ascontiguousarray(np.concatenate(rows).T),
        )  # fmt: skip


def _row(recorded: Recorded, at: int, n: int, copy: int) -> tuple[int, int, int, int, int, int]:
    return (
        at,
        n + copy * len(recorded.at),
        recorded.service_ms[n] if recorded.service_ms else -1,
        recorded.wrap_up_ms[n] if recorded.wrap_up_ms else -1,
        recorded.patience_ms[n] if recorded.patience_ms else -1,
        recorded.priority[n] if recorded.priority else -1,
    )
