"""Counters, gauges and histograms of one process, and their Prometheus text.

A figure's labels are few and bounded: an organisation's or queue's id, an operation, an outcome; never a person, a
number or a call. What would exceed `MOST_SERIES` of one figure is counted together as ``other``.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

BUCKETS_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0)
BUCKETS_SIZE = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0)
MOST_SERIES = 500
OTHER = 'other="1"'


def label(**values: str) -> str:
    """Label text of values: ``operation="play",outcome="ok"``."""
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


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


class Figures:
    """What one process counts; counting is a few dictionary operations, whoever reads does the rest."""

    def __init__(self, prefix: str, told: Mapping[str, str], gauges: Collection[str] = ()) -> None:
        """`told`: name → what it means; what `gauges` names may fall, everything else only grows."""
        self._prefix, self._told, self._gauges = prefix, told, frozenset(gauges)
        self._numbers: dict[tuple[str, str], float] = {}
        self._histograms: dict[tuple[str, str], Histogram] = {}
        self._series: dict[str, int] = {}
        self.before_reading: list[Callable[[], None]] = []
        """Called before every reading: they set gauges of what is true now."""

    def _key(self, name: str, labels: str, known: Mapping[tuple[str, str], object]) -> tuple[str, str]:
        key = (name, labels)
        if key in known or not labels:
            return key
        number = self._series.get(name, 0)
        if number >= MOST_SERIES:
            return (name, OTHER)
        self._series[name] = number + 1
        return key

    def count(self, name: str, by: float = 1, label: str = "") -> None:
        """Add `by`; `label` is ready Prometheus label text such as ``code="ok"``."""
        key = self._key(name, label, self._numbers)
        self._numbers[key] = self._numbers.get(key, 0) + by

    def set(self, name: str, value: float, label: str = "") -> None:
        """Set a gauge."""
        self._numbers[self._key(name, label, self._numbers)] = value

    def forget(self, name: str) -> None:
        """Drop every series of a gauge: what is not set again is not there any more."""
        for key in [key for key in self._numbers if key[0] == name]:
            del self._numbers[key]
        self._series.pop(name, None)

    def observe(self, name: str, value: float, label: str = "") -> None:
        """Add an observation to a histogram."""
        key = (name, label)
        histogram = self._histograms.get(key)
        if histogram is None:
            key = self._key(name, label, self._histograms)
            bounds = BUCKETS_MS if name.endswith("_ms") else BUCKETS_SIZE
            histogram = self._histograms.setdefault(key, Histogram(bounds))
        histogram.observe(value)

    def value(self, name: str, label: str = "") -> float:
        """A counter's or gauge's value; 0 when it was never counted."""
        return self._numbers.get((name, label), 0)

    def histogram(self, name: str, label: str = "") -> Histogram | None:
        """A histogram, or None when nothing was observed."""
        return self._histograms.get((name, label))

    def full_name(self, name: str) -> str:
        """As Prometheus knows it."""
        ending = "" if name in self._gauges or name.endswith("_ms") or name in _SIZES else "_total"
        return f"{self._prefix}{name}{ending}"

    def names(self) -> list[str]:
        """Every figure there can be, as Prometheus knows it."""
        return sorted(self.full_name(name) for name in self._told)

    def prometheus(self) -> str:
        """Everything in the Prometheus text format, version 0.0.4."""
        for look in self.before_reading:
            look()
        lines: list[str] = []
        told: set[str] = set()
        for (name, labels), number in sorted(self._numbers.items()):
            full = self.full_name(name)
            if full not in told:
                told.add(full)
                kind = "gauge" if name in self._gauges else "counter"
                lines += [f"# HELP {full} {self._told.get(name, name)}", f"# TYPE {full} {kind}"]
            lines.append(f"{full}{{{labels}}} {_written(number)}" if labels else f"{full} {_written(number)}")
        for (name, labels), histogram in sorted(self._histograms.items()):
            full = f"{self._prefix}{name}"
            if full not in told:
                told.add(full)
                lines += [f"# HELP {full} {self._told.get(name, name)}", f"# TYPE {full} histogram"]
            lines += _buckets(full, labels, histogram)
        return "\n".join(lines) + "\n"


_SIZES = frozenset({"turn_events"})
"""Histograms of sizes."""


def _buckets(full: str, labels: str, histogram: Histogram) -> list[str]:
    lines, running, before = [], 0, f"{labels}," if labels else ""
    for bound, n in zip((*histogram.bounds, float("inf")), histogram.counts, strict=True):
        running += n
        le = "+Inf" if bound == float("inf") else f"{bound:g}"
        lines.append(f'{full}_bucket{{{before}le="{le}"}} {running}')
    shown = f"{{{labels}}}" if labels else ""
    return [*lines, f"{full}_sum{shown} {_written(histogram.total)}", f"{full}_count{shown} {histogram.n}"]


def _written(number: float) -> str:
    """Whole numbers whole, others with all that they say."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def merged(texts: Mapping[str, str]) -> str:
    """Texts of several processes as one, each series with its ``role``; a figure's series stand together."""
    families: dict[str, tuple[list[str], list[str]]] = {}
    for role, text in texts.items():
        name = ""
        for line in text.splitlines():
            if line.startswith("# "):
                name = line.split(" ", 3)[2]
                head, _ = families.setdefault(name, ([], []))
                if line not in head and len(head) < 2:
                    head.append(line)
            elif line and name:
                families[name][1].append(_with_role(line, role))
    return "".join("\n".join([*head, *series]) + "\n" for head, series in families.values())


def _with_role(line: str, role: str) -> str:
    series, _, number = line.rpartition(" ")
    name, brace, labels = series.partition("{")
    rest = f",{labels}" if brace else "}"
    return f'{name}{{role="{role}"{rest} {number}'
