"""Figures of runs: every one has a name and a formula; nothing to divide by gives None with n = 0.

The names of service levels are those of the KPI catalogue (`pasokh.metrics.service_level`); a test holds them equal.
"""

import math
from collections.abc import Callable, Sequence

import msgspec

from pasokh.twin.tally import AT, COUNTS, WAIT_STEP_MS, Tally

type Row = Sequence[int]
"""Counts in the order of `pasokh.twin.tally.COUNTS`."""


def _ratio(above: tuple[str, ...], below: tuple[str, ...], scale: float = 1.0) -> Callable[[Row], float | None]:
    """Sum of columns over sum of columns; a leading ``-`` subtracts."""
    plus = [(AT[name.lstrip("-")], -1 if name.startswith("-") else 1) for name in above]
    under = [(AT[name.lstrip("-")], -1 if name.startswith("-") else 1) for name in below]

    def figure(row: Row) -> float | None:
        n = sum(row[k] * sign for k, sign in under)
        return sum(row[k] * sign for k, sign in plus) * scale / n if n > 0 else None

    return figure


def _count(name: str) -> Callable[[Row], float | None]:
    at = AT[name]
    return lambda row: float(row[at])


_ENDED = ("answered", "abandoned", "left_otherwise")

FORMULAS: dict[str, Callable[[Row], float | None]] = {
    "offered": _count("entered"),
    "answered": _count("answered"),
    "abandoned": _count("abandoned"),
    "abandoned_short": _count("abandoned_short"),
    "left_otherwise": _count("left_otherwise"),
    "refused": _count("refused"),
    "callbacks": _count("callbacks"),
    "messages": _count("messages"),
    "handled": _count("handled"),
    "sl.answered_or_abandoned": _ratio(("answered_in_target",), ("answered", "abandoned")),
    "sl.short_abandons_excluded": _ratio(("answered_in_target",), ("answered", "abandoned", "-abandoned_short")),
    "sl.abandons_in_x_excluded": _ratio(("answered_in_target",), ("answered", "abandoned", "-abandoned_in_target")),
    "sl.left_queue_in_x": _ratio(("answered_in_target", "abandoned_in_target", "left_otherwise_in_target"), _ENDED),
    "sl.answered_only": _ratio(("answered_in_target",), ("answered",)),
    "abandonment.offered": _ratio(("abandoned",), ("entered",)),
    "abandonment.short_dropped": _ratio(("abandoned", "-abandoned_short"), ("entered", "-abandoned_short")),
    "asa_s": _ratio(("answered_wait_ms",), ("answered",), 0.001),
    "wait_all_s": _ratio(("answered_wait_ms", "left_wait_ms"), _ENDED, 0.001),
    "aht_s": _ratio(("talk_ms", "wrap_up_ms"), ("handled",), 0.001),
}
"""Figures by name, from one row of counts. Spans in seconds, shares 0…1."""

EXTRA = ("longest_s", "occupancy")
"""Figures that need more than a row: the longest wait; agents' busy / (busy + idle), of the whole centre only."""
NAMES = (*FORMULAS, *EXTRA)
ALL = "*"
"""Stands for all queues together."""
SL_MARKS_S = (20, 30, 60)


def figures_of(row: Row, longest_ms: int, busy_ms: int = 0, idle_ms: int = 0) -> dict[str, float | None]:
    """All figures of one row."""
    found = {name: formula(row) for name, formula in FORMULAS.items()}
    found["longest_s"] = longest_ms / 1000
    found["occupancy"] = busy_ms / (busy_ms + idle_ms) if busy_ms + idle_ms > 0 else None
    return found


class Part(msgspec.Struct):
    """Counts of one stretch of one run: rows and longest waits by queue, agents' time."""

    rows: list[list[int]]
    longest_ms: list[int]
    busy_ms: int
    idle_ms: int

    def figures(self, queue: int | None) -> dict[str, float | None]:
        """Figures of one queue, or of all together."""
        if queue is not None:
            return figures_of(self.rows[queue], self.longest_ms[queue])
        total = [sum(column) for column in zip(*self.rows, strict=True)]
        return figures_of(total, max(self.longest_ms, default=0), self.busy_ms, self.idle_ms)


def part_of(tally: Tally, intervals: Sequence[int] | None = None) -> Part:
    """The counts of some intervals of a run (all unless given) added up."""
    chosen = range(tally.intervals) if intervals is None else intervals
    rows = [
        [sum(column) for column in zip(*(queue[k] for k in chosen), strict=True)] or [0] * len(COUNTS)
        for queue in tally.counts
    ]
    return Part(
        rows,
        [max((longest[k] for k in chosen), default=0) for longest in tally.longest_ms],
        sum(tally.busy_ms[k] for k in chosen),
        sum(tally.idle_ms[k] for k in chosen),
    )


def answered_within(tally: Tally, queue: int, seconds: int) -> float | None:
    """Service level answered ÷ (answered + abandoned) at a threshold of whole 5 s; None without counted waits."""
    if not tally.answered_waits:
        return None
    upto = seconds * 1000 // WAIT_STEP_MS
    met = sum(tally.answered_waits[queue][: upto + 1])
    n = sum(tally.answered_waits[queue]) + sum(tally.left_waits[queue])
    return met / n if n else None


class Spread(msgspec.Struct):
    """One figure over replications."""

    mean: float | None
    low: float | None = None
    high: float | None = None
    """95 % confidence interval of the mean (Student)."""
    band_low: float | None = None
    band_high: float | None = None
    """Between these lie 90 % of the replications."""
    n: int = 0
    """Replications with a value."""


def spread(values: Sequence[float | None]) -> Spread:
    """Mean, its confidence interval and the replications' band."""
    known = sorted(v for v in values if v is not None)
    n = len(known)
    if n == 0:
        return Spread(None)
    mean = math.fsum(known) / n
    band = (quantile(known, 0.05), quantile(known, 0.95))
    if n == 1:
        return Spread(mean, None, None, *band, n)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in known) / (n - 1))
    half = student_975(n - 1) * deviation / math.sqrt(n)
    return Spread(mean, mean - half, mean + half, *band, n)


def quantile(known: Sequence[float], p: float) -> float:
    """Linear between order statistics of sorted values (Hyndman and Fan 1996, type 7)."""
    at = p * (len(known) - 1)
    k = int(at)
    return known[k] + (known[min(k + 1, len(known) - 1)] - known[k]) * (at - k)


_STUDENT = (12.7062, 4.3027, 3.1824, 2.7764)


def student_975(freedom: int) -> float:
    """The 97.5 % point of Student's t (a table up to 4 degrees, then Cornish–Fisher; error below 0.2 %)."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z = 1.959964
    v = float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )
