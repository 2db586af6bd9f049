"""One day under two policies, side by side: the same customers, the same luck, figures with their intervals.

Every replication runs once under each policy with the same seed, so a difference between the two is the policy's and
not the draw's (common random numbers). Intervals are Student's over the replications; what the log does not know
(how long an answered customer would still have waited) is drawn, all else is as recorded.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from pasokh.acd import events as ev
from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.twin.figures import ALL, Part, Spread, part_of, spread
from pasokh.twin.plan import Plan, draw_plan
from pasokh.twin.recorded_day import read_day
from pasokh.twin.replay_log import Recorded
from pasokh.twin.scenario import Scenario
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import Counter, Tally
from pasokh.twin.what_if import Base
from pasokh.twin.world import World

WIDTH_MS = 30 * 60_000
LEAST_PAIRS, MOST_PAIRS = 3, 20
FIGURES = (
    "offered", "answered", "abandoned", "left_otherwise", "refused", "sl.answered_or_abandoned", "abandonment.offered",
    "asa_s", "longest_s", "aht_s", "occupancy",
)  # fmt: skip
"""What is compared, as `pasokh.twin.figures` names it."""
WAITS_S = (5, 10, 20, 30, 45, 60, 90, 120, 180, 300)
"""Upper edges of the classes of waits, seconds; the last class is beyond."""


def _silent(_: int, __: int) -> None:
    """Nobody asked how far it is."""


class AgentFigures(msgspec.Struct):
    """How busy an agent is: busy / (busy + idle)."""

    agent: str
    recorded: float | None
    now: Spread
    edited: Spread


class SideBySide(msgspec.Struct):
    """What came of it; figures by queue (`*` = all together) and name."""

    contacts: int
    agents: int
    pairs: int
    """Replications under each policy."""
    notes: list[str]
    """Codes: `republished:QUEUE` = the policy changed during the day, the latest is taken for all of it."""
    recorded: dict[str, dict[str, float | None]] | None
    now: dict[str, dict[str, Spread]]
    edited: dict[str, dict[str, Spread]]
    difference: dict[str, dict[str, Spread]]
    """Edited less now, pair by pair."""
    people: list[AgentFigures]
    differing: Spread
    """Contacts whose first agent differs, of a pair."""
    waits_now: list[float]
    """Share of answered and abandoned contacts by class of `WAITS_S`."""
    waits_edited: list[float]


class Planner(Protocol):
    """Plans of one day under one policy."""

    queues: list[str]

    def plan(self, seed: int) -> Plan:
        """One replication."""


class _Run(Counter):
    """Besides a tally's counts: how busy each agent is, and who took whom first."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self.busy: dict[str, int] = {}
        self.idle: dict[str, int] = {}
        self.first: dict[str, str] = {}

    def fold(self, e: ev.AnyEvent, at: Instant) -> None:
        """Count one event."""
        if isinstance(e, ev.OfferAccepted):
            self.first.setdefault(e.interaction, e.agent)
        super().fold(e, at)

    def _agent(
        self, agent: str, *, ready: bool | None = None, takes: str | None = None, gives: str | None = None
    ) -> None:
        since = max(self._since.get(agent, self._now), self.tally.start)
        if self._work.get(agent):
            self.busy[agent] = self.busy.get(agent, 0) + self._now - since
        elif self._ready.get(agent, False):
            self.idle[agent] = self.idle.get(agent, 0) + self._now - since
        super()._agent(agent, ready=ready, takes=takes, gives=gives)

    def occupancy(self, agent: str) -> float | None:
        """Busy / (busy + idle) of an agent."""
        busy, idle = self.busy.get(agent, 0), self.idle.get(agent, 0)
        return busy / (busy + idle) if busy + idle else None


class _Drawn:
    """Plans of a drawn day."""

    def __init__(self, scenario: Scenario) -> None:
        self.loaded = Loaded(scenario)
        self.queues = [q.id for q in scenario.queues]

    def plan(self, seed: int) -> Plan:
        return draw_plan(self.loaded, seed)


class _Recorded:
    """Plans of a recorded day."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self.queues = [q.id for q in base.scenario.queues]

    def plan(self, seed: int) -> Plan:
        return self._base.plan(seed)


def recorded_side_by_side(
    rows: Sequence[Recorded],
    edited: Sequence[QueueConfig],
    *,
    now: Sequence[QueueConfig] = (),
    enough: Callable[[int], bool] = lambda pairs: pairs >= MOST_PAIRS,
    progress: Callable[[int, int], None] = _silent,
) -> SideBySide:
    """A recorded day under the policy in force (`now` replaces the recorded queues) and under the edited one.

    `enough` is asked after every pair; between `LEAST_PAIRS` and `MOST_PAIRS` are run. `progress` may raise to stop.
    Raises `PasokhError` ``replay.no_contacts``, ``replay.unknown_queue``.
    """
    day = read_day(rows)
    if not day.contacts:
        raise PasokhError("replay.no_contacts", fix="choose another day")
    tally = Tally.empty(list(day.queues), day.start, day.end + 1, WIDTH_MS)
    seen = _Run(tally)
    for row in rows:
        seen.fold(row.event, row.at)
    part = part_of(seen.finish(day.end))
    names = _names(list(day.queues))
    recorded = {name: _chosen(part.figures(k)) for name, k in names}
    known = [q for q in now if q.id in day.queues]
    changed = {q.id: q for q in known} | {q.id: q for q in edited}
    before = _Recorded(Base(day, known, None))
    after = _Recorded(Base(day, list(changed.values()), None))
    found = _compare(before, after, (len(day.contacts), day.start, day.end), list(day.agents), enough, progress)
    found.recorded = recorded
    found.notes = [f"republished:{queue}" for queue in sorted(day.republished)]
    for each in found.people:
        each.recorded = seen.occupancy(each.agent)
    return found


def drawn_side_by_side(
    scenario: Scenario,
    edited: Sequence[QueueConfig],
    *,
    enough: Callable[[int], bool] = lambda pairs: pairs >= MOST_PAIRS,
    progress: Callable[[int, int], None] = _silent,
) -> SideBySide:
    """A drawn day of a scenario under its own policy and under the edited one; there is no record to set beside."""
    changed = {q.id: q for q in edited}
    queues = tuple(changed.get(q.id, q) for q in scenario.queues)
    before, after = _Drawn(scenario), _Drawn(msgspec.structs.replace(scenario, queues=queues))
    first = before.plan(scenario.seed)
    agents = [w.config.id for w in first.workers]
    return _compare(before, after, (len(first.customers), first.start, first.end), agents, enough, progress)


def _compare(
    before: Planner,
    after: Planner,
    day: tuple[int, Instant, Instant],
    agents: list[str],
    enough: Callable[[int], bool],
    progress: Callable[[int, int], None],
) -> SideBySide:
    contacts, start, end = day
    runs: list[tuple[_Run, _Run]] = []
    parts: list[tuple[Part, Part]] = []
    while len(runs) < MOST_PAIRS and (len(runs) < LEAST_PAIRS or not enough(len(runs))):
        progress(len(runs), MOST_PAIRS)
        pair = (_run(before, 1_000_003 + len(runs), start), _run(after, 1_000_003 + len(runs), start))
        runs.append(pair)
        parts.append((part_of(pair[0].finish(end)), part_of(pair[1].finish(end))))
    progress(len(runs), len(runs))
    names = _names(before.queues)
    figures = {name: [(_chosen(a.figures(k)), _chosen(b.figures(k))) for a, b in parts] for name, k in names}
    return SideBySide(
        contacts=contacts,
        agents=len(agents),
        pairs=len(runs),
        notes=[],
        recorded=None,
        now={queue: {n: spread([a[n] for a, _ in found]) for n in FIGURES} for queue, found in figures.items()},
        edited={queue: {n: spread([b[n] for _, b in found]) for n in FIGURES} for queue, found in figures.items()},
        difference={
            queue: {n: spread([_less(b[n], a[n]) for a, b in found]) for n in FIGURES}
            for queue, found in figures.items()
        },
        people=[
            AgentFigures(
                name,
                None,
                spread([a.occupancy(name) for a, _ in runs]),
                spread([b.occupancy(name) for _, b in runs]),
            )
            for name in agents
        ],
        differing=spread([float(_differing(a, b)) for a, b in runs]),
        waits_now=_waits([a.tally for a, _ in runs]),
        waits_edited=_waits([b.tally for _, b in runs]),
    )


def _run(planner: Planner, seed: int, start: Instant) -> _Run:
    plan = planner.plan(seed)
    run = _Run(Tally.empty(planner.queues, start, plan.end, WIDTH_MS))
    World(plan, [run.seen]).run()
    return run


def _names(queues: list[str]) -> list[tuple[str, int | None]]:
    """With one queue, that queue is told with the whole centre's occupancy."""
    if len(queues) == 1:
        return [(queues[0], None)]
    return [(ALL, None), *((queue, k) for k, queue in enumerate(queues))]


def _chosen(figures: dict[str, float | None]) -> dict[str, float | None]:
    return {name: figures[name] for name in FIGURES}


def _less(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _differing(a: _Run, b: _Run) -> int:
    return sum(a.first.get(key) != b.first.get(key) for key in {*a.first, *b.first})


def _waits(tallies: Sequence[Tally]) -> list[float]:
    """Shares by class of waits, of all queues and runs together."""
    counts = [0] * (len(WAITS_S) + 1)
    for tally in tallies:
        for steps in (*tally.answered_waits, *tally.left_waits):
            for k, n in enumerate(steps):  # step k holds the waits up to 5·k seconds
                place = next((p for p, edge in enumerate(WAITS_S) if 5 * k <= edge), len(WAITS_S))
                counts[place] += n
    total = sum(counts)
    return [n / total if total else 0.0 for n in counts]
