"""Holds the compiled loop against `step`: the same drawn customers, agents and hours through both, offer by offer."""

from collections.abc import Sequence
from dataclasses import dataclass

from pasokh.acd import events as ev
from pasokh.acd.commands import AnyCommand
from pasokh.acd.state import State
from pasokh.kernel.time import Instant
from pasokh.twin.fast.sweep import assignments, simulate
from pasokh.twin.plan import draw_plan
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import Counter, Tally
from pasokh.twin.world import World

type Offer = tuple[int, int, int]
"""Instant (ms), contact's ordinal, agent's number."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What became of one comparison."""

    offers: int
    """Assignments by `step`, each compared."""
    differing: int
    """Places in the two sequences of offers that are not alike."""
    counts_differ: bool
    difference: str
    """The first difference in words; empty when all agrees."""


def by_step(loaded: Loaded, seed: int) -> tuple[list[Offer], Tally]:
    """Offers and counts of the twin that drives `step`."""
    plan = draw_plan(loaded, seed)
    offers: list[Offer] = []

    def seen(state: State, _command: AnyCommand, now: Instant, events: Sequence[ev.AnyEvent]) -> None:
        offers.extend(
            (now, int(e.contact[1:]), state.agents[e.agent].number) for e in events if isinstance(e, ev.Offered)
        )

    s = loaded.scenario
    counter = Counter(Tally.empty([q.id for q in s.queues], plan.start, plan.end, s.report_minutes * 60_000))
    World(plan, [seen, counter.seen]).run()
    return offers, counter.finish(plan.end)


def compare(loaded: Loaded, seed: int) -> Agreement:
    """Run one replication both ways."""
    expected, tally = by_step(loaded, seed)
    found = assignments(loaded, seed)
    differing = sum(a != b for a, b in zip(expected, found, strict=False)) + abs(len(expected) - len(found))
    counts_differ = simulate(loaded, [seed], cores=1) != [tally]
    difference = "counts differ" if counts_differ else ""
    if differing:
        difference = _first(expected, found)
    return Agreement(len(expected), differing, counts_differ, difference)


def _first(expected: Sequence[Offer], found: Sequence[Offer]) -> str:
    for k, (a, b) in enumerate(zip(expected, found, strict=False)):
        if a != b:
            return f"offer {k}: step {a}, compiled {b}"
    return f"{len(expected)} offers by step, {len(found)} compiled"
