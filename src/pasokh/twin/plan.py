"""A drawn day: every customer with what they bring, before anything is routed. All engines of the twin run plans."""

import math
from itertools import pairwise

import msgspec

from pasokh.acd.model import Channel
from pasokh.kernel.time import FOREVER, MINUTE, Instant, Millis
from pasokh.twin.draw import Purpose, key_of, pick, span, uniform, unit_lognormal
from pasokh.twin.recording import Recorded
from pasokh.twin.roster import Worker, bounds, days_of, draw_workers, local_instant, midnights, queue_hours, weekday
from pasokh.twin.scenario import (
    Alternatives,
    Arrivals,
    Infinite,
    Patience,
    Scenario,
    Spans,
    find_alternatives,
    find_patience,
    find_times,
)
from pasokh.twin.scenario_check import stream_name
from pasokh.twin.scenario_file import Loaded


class Customer(msgspec.Struct):
    """A drawn customer. `index` is the ordinal within the stream: draws depend on it, not on `number`."""

    number: int
    """Order of arrival over all streams, from 0."""
    at: Instant
    stream: int
    index: int
    priority: int = 1
    preferred: int = -1
    """Agent number, or -1."""
    service_ms: Millis = -1
    wrap_up_ms: Millis = -1
    patience_ms: Millis = -1
    """Recorded values; -1 = drawn."""


class Stream:
    """How customers of one stream behave; every answer depends only on the customer's index and the ordinal."""

    def __init__(self, s: Scenario, number: int, seed: int) -> None:
        self.arrivals: Arrivals = s.arrivals[number]
        self.name = stream_name(self.arrivals)
        self._s = s
        self._keys = {p: key_of(seed, p, self.name) for p in Purpose}
        self._service: dict[tuple[str, Channel], Spans] = {}
        self._wrap_up: dict[tuple[str, Channel], Spans] = {}
        self._patience: dict[tuple[str, Channel], Patience] = {}
        self._alternatives: dict[str, Alternatives] = {}

    def talk_ms(self, c: Customer, ordinal: int, queue: str, channel: Channel) -> Millis:
        """Length of the customer's `ordinal`-th talk (0 = first) before the agent's factor; at least 1 ms."""
        if ordinal == 0 and c.service_ms >= 0:
            return max(1, c.service_ms)
        rule = (queue, channel)
        if rule not in self._service:
            self._service[rule] = find_times(self._s.service, queue, channel)
        return max(1, span(self._service[rule], uniform(self._keys[Purpose.SERVICE], c.index, ordinal)))

    def wrap_up_ms(self, c: Customer, ordinal: int, queue: str, channel: Channel) -> Millis:
        """Length of the wrap-up after the `ordinal`-th talk before the agent's factor; at least 1 ms."""
        if ordinal == 0 and c.wrap_up_ms >= 0:
            return max(1, c.wrap_up_ms)
        rule = (queue, channel)
        if rule not in self._wrap_up:
            self._wrap_up[rule] = find_times(self._s.wrap_up, queue, channel)
        return max(1, span(self._wrap_up[rule], uniform(self._keys[Purpose.WRAP_UP], c.index, ordinal)))

    def patience_ms(self, c: Customer, ordinal: int, queue: str, channel: Channel) -> Millis:
        """How long the customer's `ordinal`-th wait may last; `FOREVER` = without end."""
        if channel is Channel.CALLBACK:
            return FOREVER
        if ordinal == 0 and c.patience_ms >= 0:
            return c.patience_ms
        rule = (queue, channel)
        if rule not in self._patience:
            self._patience[rule] = find_patience(self._s.patience, queue, channel)
        spans = self._patience[rule].spans
        if isinstance(spans, Infinite):
            return FOREVER
        return max(1, span(spans, uniform(self._keys[Purpose.PATIENCE], c.index, ordinal)))

    def balks(self, c: Customer) -> bool:
        """Whether the customer hangs up at once when nobody can be rung at once."""
        share = find_patience(self._s.patience, self.arrivals.queue, self.arrivals.channel).balk
        return c.patience_ms < 0 and share > 0 and uniform(self._keys[Purpose.BALK], c.index) < share

    def answer_ms(self, c: Customer, offer: int, spans: Spans) -> Millis:
        """From the customer's `offer`-th ring (0 = first) to the answer; at least 1 ms."""
        return max(1, span(spans, uniform(self._keys[Purpose.ANSWER], c.index, offer)))

    def refusal(self, c: Customer, offer: int) -> float:
        """A number in 0…1: below `reject` the agent rejects, below `reject + ring_out` it rings out."""
        return uniform(self._keys[Purpose.REFUSAL], c.index, offer)

    def choice(self, c: Customer, queue: str) -> tuple[str, Millis]:
        """What the customer takes of the alternatives (``callback``, ``message``, empty = keeps waiting), when."""
        if queue not in self._alternatives:
            self._alternatives[queue] = find_alternatives(self._s.alternatives, queue)
        rule = self._alternatives[queue]
        u = uniform(self._keys[Purpose.ALTERNATIVE], c.index)
        think = max(1, round(rule.think_s * 1000))
        if u < rule.callback:
            return "callback", think
        if u < rule.callback + rule.message:
            return "message", think
        return "", think

    def reached(self, c: Customer, attempt: int, queue: str) -> bool:
        """Whether the `attempt`-th callback finds the customer."""
        share = find_alternatives(self._s.alternatives, queue).reached
        return uniform(self._keys[Purpose.REACHED], c.index, attempt) < share

    def transfer(self, c: Customer, ordinal: int, queue: str) -> str | None:
        """The queue the `ordinal`-th talk is handed on to; only first talks are."""
        if ordinal > 0:
            return None
        u = uniform(self._keys[Purpose.TRANSFER], c.index)
        for rule in self._s.transfers:
            if rule.queue == queue:
                u -= rule.share
                if u < 0:
                    return rule.to
        return None


class Plan(msgspec.Struct):
    """What one replication runs on."""

    loaded: Loaded
    seed: int
    start: Instant
    end: Instant
    customers: list[Customer]
    workers: list[Worker]
    streams: list[Stream]
    hours: list[tuple[Instant, int, bool]]
    """Queue openings: (instant, queue index, opens)."""
    days: list[tuple[Instant, str]]
    """Local midnights after the start, with the date that begins."""


def draw_plan(loaded: Loaded, seed: int) -> Plan:
    """Draw a replication."""
    s = loaded.scenario
    start, end = bounds(s)
    workers = draw_workers(s, seed)
    streams = [Stream(s, k, seed) for k in range(len(s.arrivals))]
    customers: list[Customer] = []
    for k in range(len(streams)):
        recorded = loaded.recorded.get(k)
        customers += _recorded(s, k, seed, recorded) if recorded else _drawn(s, k, seed)
    customers = [c for c in customers if start <= c.at < end]
    customers.sort(key=lambda c: (c.at, c.stream, c.index))
    for number, c in enumerate(customers):
        c.number = number
        _characterise(s, c, seed, workers, loaded.recorded.get(c.stream))
    return Plan(loaded, seed, start, end, customers, workers, streams, queue_hours(s), midnights(s))


def rate_steps(s: Scenario, number: int, seed: int) -> list[tuple[Instant, Instant, float]]:
    """The stream's expected contacts by stretch: (from, to, contacts expected in it), surges and factors included."""
    a = s.arrivals[number]
    start, end = bounds(s)
    per_day = 1440 // a.interval_minutes
    width = a.interval_minutes * MINUTE
    key = key_of(seed, Purpose.DAY_FACTOR, stream_name(a))
    surges = []
    for surge in a.surges:
        day = (surge.at.date() - s.start).days
        t = surge.at.time()
        at = local_instant(s, day, ((t.hour * 60 + t.minute) * 60 + t.second) * 1000)
        surges.append((at, at + surge.minutes * MINUTE, surge.factor))
    steps: list[tuple[Instant, Instant, float]] = []
    for day in range(days_of(s)):
        day_factor = a.factor * a.weekdays.get(weekday(s, day), 1.0)  # type: ignore[call-overload]
        day_factor *= unit_lognormal(a.day_cv, uniform(key, day))
        midnight = local_instant(s, day + 1, 0)
        for k in range(per_day):
            begins = local_instant(s, day, k * width)
            ends = midnight if k == per_day - 1 else local_instant(s, day, (k + 1) * width)
            mean = a.per_interval[(day * per_day + k) % len(a.per_interval)] * day_factor
            marks = sorted(
                {begins, ends}
                | {t for x, y, _ in surges for t in (x, y) if begins < t < ends}
                | {t for t in (start, end) if begins < t < ends}
            )
            for x, y in pairwise(marks):
                if x >= end or y <= start:
                    continue
                factor = math.prod(f for u, v, f in surges if u <= x < v)
                steps.append((x, y, mean * factor * (y - x) / width))
    return steps


def _drawn(s: Scenario, number: int, seed: int) -> list[Customer]:
    """A unit-rate Poisson process mapped through the expected counts, so that higher rates only move customers."""
    key = key_of(seed, Purpose.ARRIVAL, stream_name(s.arrivals[number]))
    customers: list[Customer] = []
    reached = 0.0
    due = -math.log1p(-uniform(key, 0))
    for begins, ends, mean in rate_steps(s, number, seed):
        while mean > 0 and due < reached + mean:
            at = begins + int((ends - begins) * (due - reached) / mean)
            customers.append(Customer(0, min(at, ends - 1), number, len(customers)))
            due -= math.log1p(-uniform(key, len(customers)))
        reached += mean
    return customers


def _recorded(s: Scenario, number: int, seed: int, recorded: Recorded) -> list[Customer]:
    """The recorded customers; `factor` thins them out or doubles them within half an interval."""
    a = s.arrivals[number]
    copies_key = key_of(seed, Purpose.COPIES, stream_name(a))
    jitter_key = key_of(seed, Purpose.JITTER, stream_name(a))
    customers: list[Customer] = []
    for k, at in enumerate(recorded.at):
        copies = int(a.factor)
        if uniform(copies_key, k) < a.factor - copies:
            copies += 1
        for copy in range(copies):
            moved = 0
            if copy:
                moved = round((uniform(jitter_key, k, copy) - 0.5) * a.interval_minutes * MINUTE)
            c = Customer(0, at + moved, number, k + copy * len(recorded.at))
            c.service_ms = recorded.service_ms[k] if recorded.service_ms else -1
            c.wrap_up_ms = recorded.wrap_up_ms[k] if recorded.wrap_up_ms else -1
            c.patience_ms = recorded.patience_ms[k] if recorded.patience_ms else -1
            customers.append(c)
    return customers


def _characterise(s: Scenario, c: Customer, seed: int, workers: list[Worker], recorded: Recorded | None) -> None:
    a = s.arrivals[c.stream]
    name = stream_name(a)
    classes = next(q.policy.classes for q in s.queues if q.id == a.queue)
    c.priority = min(1, len(classes) - 1)
    if recorded is not None and recorded.priority:
        c.priority = recorded.priority[c.index % len(recorded.at)]
    elif a.priorities:
        weights = [a.priorities.get(k.name, 0.0) for k in classes]
        c.priority = pick(weights, uniform(key_of(seed, Purpose.PRIORITY, name), c.index))
    if a.returning > 0:
        key = key_of(seed, Purpose.PREFERRED, name)
        serving = [w.number for w in workers if a.queue in w.config.queues]
        if serving and uniform(key, c.index) < a.returning:
            c.preferred = serving[int(uniform(key, c.index, 1) * len(serving))]
