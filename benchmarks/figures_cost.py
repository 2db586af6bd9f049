"""What an engine's figures cost: commands decided with them counted and read every second, against without.

python -m benchmarks.figures_cost [--rounds 12] [--seconds 1.0]

Both take turns in one process, so that a busy machine disturbs both alike; the ratio is the median of the pairs'.
Nothing is committed: beside PostgreSQL the cost is smaller still.
"""

import argparse
import statistics
import time
from collections.abc import Iterator

from benchmarks.machine import report

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.acd.state import State
from pasokh.acd.step import step
from pasokh.engine.look import Led, look
from pasokh.engine.metrics import Metrics

QUEUES, AGENTS = 100, 500
TURN = 20
REACH = 0.97
"""At least so much of the rate without."""


def centre() -> State:
    """Queues, agents, and some thousand who wait."""
    state = State()
    for q in range(QUEUES):
        step(state, cmd.DefineQueue(QueueConfig(f"q{q}")), 1)
    for a in range(AGENTS):
        step(state, cmd.DefineAgent(AgentConfig(f"a{a}", queues=(f"q{a % QUEUES}",))), 1)
    for n in range(2_000):
        step(state, cmd.OpenContact(f"w{n}", f"w{n}.i", Channel.VOICE, f"q{n % QUEUES}"), 2)
    return state


class Load:
    """Contacts that come and go, for ever."""

    def __init__(self) -> None:
        self.state, self.number, self.now = centre(), 0, 1_000

    def turn(self) -> Iterator[cmd.AnyCommand]:
        """As many commands as a busy engine decides between two commits."""
        for _ in range(TURN // 2):
            self.number += 1
            self.now += 1
            name = f"c{self.number}"
            yield cmd.OpenContact(name, f"{name}.i", Channel.VOICE, f"q{self.number % QUEUES}")
            yield cmd.LeaveContact(f"{name}.i")

    def run(self, seconds: float, metrics: Metrics | None) -> float:
        """Commands a second."""
        begun = time.perf_counter()
        read_at, done = begun + 1.0, 0
        while (at := time.perf_counter()) - begun < seconds:
            before, events = time.perf_counter(), 0
            for command in self.turn():
                events += len(step(self.state, command, self.now)[0])
            done += TURN
            if metrics is not None:  # what `engine.shard` counts of a turn
                metrics.observe("decide_ms", (time.perf_counter() - before) * 1_000)
                metrics.count("turns")
                metrics.count("events", events)
                for _ in range(TURN):
                    metrics.count("commands", label='code="ok"')
                metrics.observe("turn_events", events)
                metrics.observe("turn_ms", (time.perf_counter() - before) * 1_000)
            if metrics is not None and at >= read_at:
                metrics.prometheus()
                read_at = at + 1.0
        return done / (time.perf_counter() - begun)


def main() -> None:
    """Alternate, compare, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=1.2)
    given = parser.parse_args()
    load, metrics = Load(), Metrics()
    metrics.before_reading.append(lambda: look(metrics, [Led("bench", load.state, 2.0, 0, load.now)]))
    load.run(0.5, metrics)
    with_figures, without = [], []
    for turn in range(given.rounds):
        for counted in (True, False) if turn % 2 else (False, True):
            (with_figures if counted else without).append(load.run(given.seconds, metrics if counted else None))
    ratio = statistics.median(a / b for a, b in zip(with_figures, without, strict=True))
    began = time.perf_counter()
    size = len(metrics.prometheus())
    report(
        "figures_cost",
        parameters={"rounds": given.rounds, "seconds": given.seconds, "queues": QUEUES, "waiting": 2_000},
        commands_a_second={
            "with": round(statistics.median(with_figures)),
            "without": round(statistics.median(without)),
        },
        ratio=round(ratio, 4),
        reach_ratio=REACH,
        read_ms=round((time.perf_counter() - began) * 1_000, 2),
        read_bytes=size,
        reached=ratio >= REACH,
    )
    raise SystemExit(0 if ratio >= REACH else 1)


if __name__ == "__main__":
    main()
