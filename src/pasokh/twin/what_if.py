"""What would have been: a recorded day run again under changed policy or staffing, beside the record.

Customers come as recorded with their recorded handle times. Who abandoned had exactly that patience; who was answered
had at least the wait they bore, so the rest is drawn from patience fitted to the day (or R3's prior).
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant, Millis
from pasokh.twin.draw import Purpose, key_of, uniform
from pasokh.twin.figures import ALL, Spread, part_of, spread
from pasokh.twin.plan import Customer, Plan, Stream
from pasokh.twin.recorded_day import RecordedDay, fit_patience, read_day, remaining_patience
from pasokh.twin.replay_log import Recorded
from pasokh.twin.roster import OFF, Worker, bounds, draw_workers
from pasokh.twin.scenario import (
    Alternatives,
    Arrivals,
    Constant,
    Empirical,
    Group,
    Infinite,
    Patience,
    Scenario,
    Spans,
    Times,
    Transfers,
    Weibull,
)
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import Counter, Tally
from pasokh.twin.world import World

WIDTH_MS = 30 * 60_000


class Staffing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of staffing: agents taken away, changed or added for the whole of the recorded time."""

    remove: tuple[str, ...] = ()
    agents: tuple[AgentConfig, ...] = ()
    """Recorded agents with other skills, queues or capacity."""
    groups: tuple[Group, ...] = ()
    """Added agents, as in a scenario; shifts are local to `zone`."""
    zone: str = "UTC"


class Compared(msgspec.Struct):
    """Figures by queue (`*` = all together) and name: recorded, simulated as it was, simulated with the change."""

    contacts: int
    agents: int
    replications: int
    notes: list[str]
    recorded: dict[str, dict[str, float | None]]
    unchanged: dict[str, dict[str, Spread]]
    changed: dict[str, dict[str, Spread]] | None


def what_if(
    rows: Iterable[Recorded],
    *,
    policy: Sequence[QueueConfig] | None = None,
    staffing: Staffing | None = None,
    replications: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> Compared:
    """Run a recorded day as it was and, where something changes, as it would have been.

    Raises `PasokhError` ``replay.no_contacts``, ``replay.unknown_queue``, ``replay.unknown_agent``.
    """
    rows = list(rows)
    day = read_day(rows)
    if not day.contacts:
        raise PasokhError("replay.no_contacts", fix="give a log in which contacts were opened")
    counter = Counter(Tally.empty(list(day.queues), day.start, day.end + 1, WIDTH_MS))
    for row in rows:
        counter.fold(row.event, row.at)
    recorded = part_of(counter.finish(day.end))
    names: list[tuple[str, int | None]] = [(q, k) for k, q in enumerate(day.queues)]
    if len(names) > 1:
        names.append((ALL, None))

    runs = 1 if policy is None and staffing is None else 2
    done = 0

    def simulate(p: Sequence[QueueConfig] | None, s: Staffing | None) -> dict[str, dict[str, Spread]]:
        nonlocal done
        base = Base(day, p, s)
        parts = []
        for k in range(replications):
            plan = base.plan(1_000_003 + k)
            tally = Tally.empty([q.id for q in base.scenario.queues], day.start, plan.end, WIDTH_MS)
            counter = Counter(tally)
            World(plan, [counter.seen]).run()
            parts.append(part_of(counter.finish(day.end)))
            done += 1
            if progress is not None:
                progress(done, runs * replications)
        found = {name: [p.figures(k if len(names) > 1 else None) for p in parts] for name, k in names}
        return {
            queue: {name: spread([f[name] for f in figures]) for name in figures[0]} for queue, figures in found.items()
        }

    return Compared(
        len(day.contacts),
        len(day.agents),
        replications,
        _notes(day),
        {name: recorded.figures(k if len(names) > 1 else None) for name, k in names},
        simulate(None, None),
        simulate(policy, staffing) if runs == 2 else None,
    )


def _notes(day: RecordedDay) -> list[str]:
    notes = []
    if day.republished:
        notes.append(
            f"policy changed during the log for {', '.join(sorted(day.republished))}: the latest version is simulated"
        )
    return notes


class Base:
    """A recorded day as scenario and plan."""

    def __init__(self, day: RecordedDay, policy: Sequence[QueueConfig] | None, staffing: Staffing | None) -> None:
        self.day = day
        self.staffing = staffing or Staffing()
        queues = dict(day.queues)
        for queue in policy or ():
            if queue.id not in queues:
                raise PasokhError("replay.unknown_queue", queue=queue.id, fix=f"use one of: {', '.join(queues)}")
            queues[queue.id] = queue
        for name in (*self.staffing.remove, *(a.id for a in self.staffing.agents)):
            if name not in day.agents:
                raise PasokhError("replay.unknown_agent", agent=name, fix="name agents of the log")
        keys = {(c.queue, c.channel, c.requires) for c in day.contacts}
        self.keys = sorted(keys, key=lambda k: (k[0], k[1], str(k[2])))
        self.fitted: dict[tuple[str, Channel], Weibull] = {}
        self.lasting: set[tuple[str, Channel]] = set()
        for queue_id, channel, _ in self.keys:
            seen = [c for c in day.contacts if c.queue == queue_id and c.channel is channel]
            waits = [(c.waited_ms, c.abandoned) for c in seen]
            if channel in {Channel.EMAIL, Channel.MESSENGER} and not any(lost for _, lost in waits):
                self.lasting.add((queue_id, channel))
            self.fitted[queue_id, channel] = fit_patience(waits)
        self.scenario = self._scenario(tuple(queues.values()))
        self.workers = self._workers()

    def _scenario(self, queues: tuple[QueueConfig, ...]) -> Scenario:
        day = self.day
        seen = day.alternatives
        offered = max(1, seen.get("offered", 0))
        taken = min(1.0, seen.get("callback", 0) / offered)
        left = min(1.0 - taken, seen.get("message", 0) / offered)
        attempts = seen.get("attempts", 0)
        offers = max(1, day.offers)
        away = sorted(day.away_ms)
        recorded = Group(
            id="recorded",
            count=1,
            queues=tuple(q.id for q in queues),
            answer=_empirical(day.rang_ms, Constant(2.0)),
            reject=day.rejected / offers,
            ring_out=min(day.rang_out / offers, 1 - day.rejected / offers),
            recover_s=away[len(away) // 2] / 1000 if away else 60.0,
        )
        return Scenario(
            queues=queues,
            groups=(recorded, *self.staffing.groups),
            arrivals=tuple(
                Arrivals(q, c, name=f"{q}/{c}/{k}", per_interval=(0.0,), requires=r)
                for k, (q, c, r) in enumerate(self.keys)
            ),
            service=(
                *(Times(_empirical(self._talks(q, c), Constant(180.0)), q, c) for q, c, _ in self.keys),
                Times(_empirical([s.talk_ms for s in day.contacts], Constant(180.0))),
            ),
            wrap_up=(Times(_empirical([s.wrap_up_ms for s in day.contacts], Constant(1.0))),),
            patience=tuple(
                Patience(Infinite() if (q, c) in self.lasting else self.fitted[q, c], q, c) for q, c, _ in self.keys
            ),
            alternatives=(
                Alternatives(None, taken, left, 5.0, seen.get("reached", 0) / attempts if attempts else 0.8),
            ),
            transfers=tuple(
                Transfers(a, b, min(1.0, n / max(1, day.talks.get(a, 0))))
                for (a, b), n in sorted(day.transfers.items())
            ),
        )

    def _talks(self, queue: str, channel: Channel) -> list[Millis]:
        return [s.talk_ms for s in self.day.contacts if (s.queue, s.channel) == (queue, channel)]

    def _workers(self) -> list[Worker]:
        day, changed = self.day, {a.id: a for a in self.staffing.agents}
        workers = [
            Worker(0, 0, changed.get(name, config), 1.0, day.duty.get(name, []))
            for name, config in day.agents.items()
            if name not in self.staffing.remove
        ]
        if self.staffing.groups:
            workers += self._added()
        for number, worker in enumerate(workers):
            worker.number = number
        return workers

    def _added(self) -> list[Worker]:
        day, zone = self.day, ZoneInfo(self.staffing.zone)
        first = dt.datetime.fromtimestamp(day.start / 1000, zone).date()
        hours = (day.end - day.start) / 3_600_000 + 24
        s = msgspec.structs.replace(
            self.scenario,
            groups=self.staffing.groups,
            zone=self.staffing.zone,
            start=first,
            horizon_h=min(8_784.0, hours),
        )
        begins, _ = bounds(s)
        added = draw_workers(s, 1)
        for worker in added:
            worker.group += 1
            worker.duty = _from(worker.duty, max(begins, day.start))
        return added

    def plan(self, seed: int) -> Plan:
        """One replication: patience that the record does not know is drawn, all else is as recorded."""
        day = self.day
        numbers = {w.config.id: w.number for w in self.workers}
        places = {key: k for k, key in enumerate(self.keys)}
        counts = [0] * len(self.keys)
        key = key_of(seed, Purpose.PATIENCE, "what if")
        customers = []
        for number, c in enumerate(sorted(day.contacts, key=lambda c: c.at)):
            stream = places[c.queue, c.channel, c.requires]
            customer = Customer(number, c.at, stream, counts[stream], c.priority)
            counts[stream] += 1
            customer.preferred = numbers.get(c.preferred, -1) if c.preferred else -1
            customer.service_ms, customer.wrap_up_ms = c.talk_ms, c.wrap_up_ms
            customer.patience_ms = self._patience(c.queue, c.channel, c.waited_ms, c.abandoned, uniform(key, number))
            customers.append(customer)
        streams = [Stream(self.scenario, k, seed) for k in range(len(self.keys))]
        queues = [q.id for q in self.scenario.queues]
        hours = [(at, queues.index(q), opens) for at, q, opens in day.hours]
        start: Instant = day.start
        return Plan(Loaded(self.scenario), seed, start, day.end + 1, customers, self.workers, streams, hours, [])

    def _patience(self, queue: str, channel: Channel, waited: Millis, abandoned: bool, u: float) -> Millis:
        if (queue, channel) in self.lasting:
            return -1
        if abandoned:
            return max(1, waited)
        return remaining_patience(self.fitted[queue, channel], max(waited, 0), u)


def _empirical(values_ms: Sequence[Millis], otherwise: Spans) -> Spans:
    known = sorted(v / 1000 for v in values_ms if v >= 0)
    return Empirical(tuple(known)) if known else otherwise


def _from(duty: list[tuple[Instant, str]], start: Instant) -> list[tuple[Instant, str]]:
    """The same duty when nothing before `start` can be told: what holds then begins then."""
    before = [what for at, what in duty if at <= start]
    later = [(at, what) for at, what in duty if at > start]
    return [(start, before[-1]), *later] if before and before[-1] != OFF else later


def read_policy(path: Path, queues: dict[str, QueueConfig]) -> list[QueueConfig]:
    """Changed queues of a TOML file: `[[queues]]` with `id` and the fields that change; tables merge into the recorded.

    Raises `PasokhError` ``replay.policy``.
    """
    changed = []
    for k, entry in enumerate(_toml(path, "replay.policy").get("queues", [])):
        known = queues.get(entry.get("id", "")) if isinstance(entry, dict) else None
        if known is None:
            raise PasokhError(
                "replay.policy",
                path=str(path),
                field=f"queues[{k}].id",
                problem="is no queue of the log",
                fix=f"use one of: {', '.join(queues)}",
            )
        merged: dict[str, object] = {**msgspec.to_builtins(known), "version": known.version + 1}
        merged = {name: _merge(merged.get(name), entry.get(name, merged.get(name))) for name in {**merged, **entry}}
        changed.append(_convert(merged, QueueConfig, path, "replay.policy"))
    return changed


def read_staffing(path: Path) -> Staffing:
    """A change of staffing from TOML; raises `PasokhError` ``replay.staffing``."""
    return _convert(_toml(path, "replay.staffing"), Staffing, path, "replay.staffing")


def _toml(path: Path, code: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise PasokhError(code, path=str(path), problem=str(e), fix="give a readable TOML file") from e


def _convert[T](data: object, kind: type[T], path: Path, code: str) -> T:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as e:
        raise PasokhError(code, path=str(path), problem=str(e), fix="docs/scenarios.md lists the fields") from e


def _merge(base: object, over: object) -> object:
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{k: _merge(base.get(k), v) for k, v in over.items()}}
    return over
