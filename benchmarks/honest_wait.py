"""Honest waits: are customers who are told an interval answered within it, and how often is nothing said.

python -m benchmarks.honest_wait [--days 40] [--load 1.0 1.25] [--first 1]

Days of scenarios/small_shop.toml through `step` (two skills, shifts, breaks, transfers, surges, callbacks), each load a
factor on all arrivals. Every customer who has to wait is told what `acd.waits` trusts, at the beginning and every 30 s
after. Judged are those answered, and those who gave up after the interval was over (not kept). Every `--fold` days a
fold starts cold, as after a restart.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from benchmarks.machine import report, spread

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.state import State
from pasokh.acd.waits import COVER, Expected, Waits
from pasokh.kernel.time import SECOND, Instant
from pasokh.twin.plan import draw_plan
from pasokh.twin.scenario_file import Loaded, load, read_scenario
from pasokh.twin.world import World

SCENARIO = Path(__file__).resolve().parent.parent / "scenarios/small_shop.toml"
AGAIN = 30 * SECOND
TOLERANCE = 0.02


@dataclass
class Judged:
    """What was said and how it turned out."""

    asked: int = 0
    told: int = 0
    kept: int = 0
    missed: int = 0
    open: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, told: Expected | None, ended: Instant, *, answered: bool) -> None:
        """One question and how its wait ended."""
        self.asked += 1
        if told is None:
            return
        self.told += 1
        self.widths.append((told.high_at - told.low_at) / 1000)
        if answered and told.low_at <= ended <= told.high_at:
            self.kept += 1
        elif answered or ended > told.high_at:
            self.missed += 1
        else:
            self.open += 1


class Teller:
    """Asks for everybody who waits, at the beginning and every half minute."""

    def __init__(self, waits: Waits, first: Judged, later: Judged) -> None:
        self.waits, self.first, self.later = waits, first, later
        self._asked: dict[str, list[tuple[Instant, Expected | None]]] = defaultdict(list)
        self._next: dict[str, Instant] = {}

    def seen(self, state: State, _: co.AnyCommand, now: Instant, events: Sequence[ev.AnyEvent]) -> None:
        """After every step."""
        for name, due in list(self._next.items()):
            if due <= now:
                self._asked[name].append((now, self.waits.trusted(name, now)))
                self._next[name] = now + AGAIN
        for event in events:
            self.waits.fold(state, event, now)
            match event:
                case ev.WaitBegan():
                    if event.interaction not in self._next:
                        self._asked[event.interaction].append((now, self.waits.trusted(event.interaction, now)))
                        self._next[event.interaction] = now + AGAIN
                case ev.OfferAccepted():
                    self._end(event.interaction, now, answered=True)
                case ev.InteractionClosed():
                    self._end(event.interaction, now, answered=False)
                case _:
                    pass

    def _end(self, name: str, now: Instant, *, answered: bool) -> None:
        self._next.pop(name, None)
        for k, (_, told) in enumerate(self._asked.pop(name, ())):
            (self.first if k == 0 else self.later).add(told, now, answered=answered)


def scaled(load_factor: float, days: int) -> Loaded:
    """The scenario over some days with all arrivals × a factor."""
    scenario = read_scenario(SCENARIO).scenario
    arrivals = tuple(msgspec.structs.replace(a, factor=a.factor * load_factor) for a in scenario.arrivals)
    return load(msgspec.structs.replace(scenario, arrivals=arrivals, horizon_h=24 * days))


def row(judged: Judged) -> dict[str, object]:
    """Figures of one kind of question."""
    decided = judged.kept + judged.missed
    return {
        "asked": judged.asked,
        "told_share": round(judged.told / max(judged.asked, 1), 3),
        "decided": decided,
        "cover": round(judged.kept / decided, 4) if decided else None,
        "left_before_it_was_over": judged.open,
        "width_s": spread(judged.widths),
    }


def main() -> int:
    """Run, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=40, help="days of each load")
    parser.add_argument("--load", type=float, nargs="+", default=[1.0, 1.25])
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--fold", type=int, default=10, help="days one fold lives")
    options = parser.parse_args()
    by_load = {}
    reached = True
    for factor in options.load:
        loaded, first, later = scaled(factor, options.fold), Judged(), Judged()
        for run in range(max(1, options.days // options.fold)):
            World(draw_plan(loaded, options.first + run), [Teller(Waits(), first, later).seen]).run()
        by_load[str(factor)] = {"at_the_beginning": row(first), "while_waiting": row(later)}
        decided = first.kept + first.missed
        reached = reached and decided > 0 and abs(first.kept / decided - COVER) <= TOLERANCE
    report(
        "honest_wait", days=options.days, cover_said=COVER, by_load=by_load, reach={"cover_within": TOLERANCE},
        reached=reached,
    )  # fmt: skip
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
