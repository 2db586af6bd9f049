"""Counters and histograms of one engine process, and their Prometheus text."""

from bisect import bisect_left
from dataclasses import dataclass, field

BUCKETS_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0)
BUCKETS_SIZE = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0)

HELP = {
    "commands": "Commands answered, by answer.",
    "events": "Events committed.",
    "effects": "Effects performed, by carrier and outcome.",
    "turns": "Turns committed.",
    "takeovers": "Times a shard's lead was taken.",
    "losses": "Times a shard's lead was lost, by cause.",
    "shards_led": "Shards this engine leads now.",
    "turn_events": "Events in a turn.",
    "turn_ms": "From the start of a turn to its commit, ms.",
    "decide_ms": "Time spent deciding within a turn, ms.",
    "takeover_ms": "From the lease to the first turn, ms.",
    "loop_lag_ms": "How much later than planned the event loop ran a timer, ms.",
}


@dataclass(slots=True)
class Histogram:
    """Counts of observations up to each bound; the last count is everything above."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0
    n: int = 0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one observation."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value
        self.n += 1


class Metrics:
    """What one engine process counts; reading it never disturbs the loop."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], float] = {}
        self._histograms: dict[str, Histogram] = {}

    def count(self, name: str, by: float = 1, label: str = "") -> None:
        """Add `by` to a counter; `label` is ready Prometheus label text such as ``code="ok"``."""
        key = (name, label)
        self._numbers[key] = self._numbers.get(key, 0) + by

    def observe(self, name: str, value: float) -> None:
        """Add an observation to a histogram."""
        histogram = self._histograms.get(name)
        if histogram is None:
            histogram = self._histograms[name] = Histogram(BUCKETS_MS if name.endswith("_ms") else BUCKETS_SIZE)
        histogram.observe(value)

    def value(self, name: str, label: str = "") -> float:
        """A counter's value; 0 when it was never counted."""
        return self._numbers.get((name, label), 0)

    def histogram(self, name: str) -> Histogram | None:
        """A histogram, or None when nothing was observed."""
        return self._histograms.get(name)

    def prometheus(self) -> str:
        """Everything in the Prometheus text format, version 0.0.4."""
        lines: list[str] = []
        told: set[str] = set()
        for (name, label), number in sorted(self._numbers.items()):
            full = f"pasokh_engine_{name}" + ("" if name == "shards_led" else "_total")
            if full not in told:
                told.add(full)
                kind = "gauge" if name == "shards_led" else "counter"
                lines += [f"# HELP {full} {HELP.get(name, name)}", f"# TYPE {full} {kind}"]
            lines.append(f"{full}{{{label}}} {number:g}" if label else f"{full} {number:g}")
        for name, histogram in sorted(self._histograms.items()):
            full = f"pasokh_engine_{name}"
            lines += [f"# HELP {full} {HELP.get(name, name)}", f"# TYPE {full} histogram"]
            running = 0
            for bound, n in zip((*histogram.bounds, float("inf")), histogram.counts, strict=True):
                running += n
                le = "+Inf" if bound == float("inf") else f"{bound:g}"
                lines.append(f'{full}_bucket{{le="{le}"}} {running}')
            lines += [f"{full}_sum {histogram.total:g}", f"{full}_count {histogram.n}"]
        return "\n".join(lines) + "\n"
