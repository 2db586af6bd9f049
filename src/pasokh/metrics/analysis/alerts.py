"""What is unusual (R38), told from counts by the hour: one baseline for each hour of the week, few false alarms.

What usually comes in an hour is the median of the same hour of the last weeks, holidays left out, times how busy the
last days are against the usual. Counts scatter more than chance alone explains, so an hour is judged by a negative
binomial distribution whose scatter is estimated from the past by a robust measure (median of squared residuals). Each
hour becomes a normal score: how far out it is. One score beyond the limit is an alarm; so is a cumulative sum of scores
(Page 1954) that outgrows its limit, which sees what is a little too much for hours. What was an alarm does not teach
the level.

Power: `LIMITS` names how many false alarms a week one series may give; `benchmarks.figures_alerts` measures them.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist, median
from typing import Final, Literal

from msgspec import Struct, field

WEEK: Final = 168
WEEKS: Final = 8
"""So many weeks of the past are looked at."""
FEWEST_WEEKS: Final = 3
"""From so many on an hour of the week is judged."""
SMALLEST_MEAN: Final = 0.5
"""Where fewer are usual, only too many can be seen."""
SCORE_CAP: Final = 4.0
"""A single hour adds no more than this to the sum."""
LEVEL_HOURS: Final = 48
_NORMAL = NormalDist()
_MEDIAN_CHI: Final = 0.4549364231195724
"""The median of a chi-squared variable with one degree of freedom."""

type Side = Literal["more", "less"]
type Sense = Literal["calm", "usual", "keen"]


class Limit(Struct, frozen=True):
    """When an alarm is given."""

    score: float
    sum: float
    drift: float


LIMITS: Final[Mapping[Sense, Limit]] = {
    "calm": Limit(score=4.2, sum=10.0, drift=0.5),
    "usual": Limit(score=3.5, sum=6.5, drift=0.5),
    "keen": Limit(score=3.0, sum=5.0, drift=0.5),
}


class Hour(Struct, frozen=True):
    """One hour as it came: when (any count that goes up by one an hour), what came, whether the day is a usual one."""

    number: int
    count: int
    usual: bool = True


class Verdict(Struct, frozen=True):
    """An hour judged. `score` is how many deviations out of the usual; `side` is set where it is an alarm."""

    number: int
    count: int
    expected: float
    low: float
    high: float
    score: float
    side: Side | None = None
    slow: bool = False
    """Whether the sum over hours gave the alarm, rather than this hour alone."""


class Detector(Struct):
    """Follows one series hour by hour. What it learnt is rebuilt from the last `WEEKS` weeks in no time."""

    limit: Limit = LIMITS["usual"]
    past: dict[int, deque[float]] = field(default_factory=dict)
    scatter: float = 0.1
    residuals: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=WEEK * 4))
    recent: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=LEVEL_HOURS))
    sums: dict[Side, float] = field(default_factory=lambda: {"more": 0.0, "less": 0.0})
    learnt: int = 0

    def take(self, hour: Hour) -> Verdict | None:
        """Judge an hour, then learn from it; None for a holiday and while too little is known."""
        if not hour.usual:
            return None
        verdict = self._judged(hour)
        self._learn(hour, verdict)
        return verdict

    def expected(self, number: int) -> float | None:
        """What usually comes in an hour of the week."""
        seen = self.past.get(number % WEEK)
        if seen is None or len(seen) < FEWEST_WEEKS:
            return None
        return _middle(list(seen)) * self.level()

    def level(self) -> float:
        """How busy the last two days were against what they should have been; drawn to 1 where little was expected."""
        came, due = sum(count for count, _ in self.recent), sum(mean for _, mean in self.recent)
        weight = due / (due + 1 / max(self.scatter, 0.005) + 20)
        return min(2.0, max(0.5, 1 + weight * ((came / due if due else 1.0) - 1)))

    def _judged(self, hour: Hour) -> Verdict | None:
        mean = self.expected(hour.number)
        if mean is None:
            return None
        mean = max(mean, 0.05)
        value = score(hour.count, mean, self.scatter)
        side, slow = self._alarm(value, mean)
        spread = 2 * math.sqrt(mean + self.scatter * mean * mean)
        return Verdict(hour.number, hour.count, mean, max(0.0, mean - spread), mean + spread, value, side, slow)

    def _alarm(self, value: float, mean: float) -> tuple[Side | None, bool]:
        capped = max(-SCORE_CAP, min(SCORE_CAP, value))
        alarm: Side | None = None
        slow = False
        signs: tuple[tuple[Side, int], ...] = (("more", 1), ("less", -1))
        for side, sign in signs:
            if side == "less" and mean < SMALLEST_MEAN:
                continue
            self.sums[side] = max(0.0, self.sums[side] + sign * capped - self.limit.drift)
            if sign * value >= self.limit.score:
                alarm, slow = side, False
            elif self.sums[side] >= self.limit.sum and alarm is None:
                alarm, slow = side, True
        if alarm is not None:
            self.sums[alarm] = 0.0
        return alarm, slow

    def _learn(self, hour: Hour, verdict: Verdict | None) -> None:
        self.learnt += 1
        seen = self.past.setdefault(hour.number % WEEK, deque(maxlen=WEEKS))
        seen.append(float(hour.count))
        if verdict is None:
            return
        wild = verdict.side is not None or abs(verdict.score) > 3
        due = verdict.expected / self.level()
        self.recent.append((due * self.level() if wild else float(hour.count), due))
        self.residuals.append(((hour.count - verdict.expected) ** 2, verdict.expected))
        if len(self.residuals) >= 24 and self.learnt % 24 == 0:
            self.scatter = _scatter(self.residuals)


def follow(hours: Iterable[Hour], limit: Limit = LIMITS["usual"]) -> Iterable[Verdict]:
    """All verdicts of a series, in order."""
    detector = Detector(limit)
    for hour in hours:
        verdict = detector.take(hour)
        if verdict is not None:
            yield verdict


def score(count: int, mean: float, scatter: float) -> float:
    """How far out a count is, in standard deviations of a normal distribution with the same tail.

    The tail is that of a negative binomial with variance mean + scatter × mean² (half of the count's own probability
    on either side), summed; for great means that of a Gaussian of the cube root (Wilson and Hilferty 1931).
    """
    if mean + scatter * mean * mean > 40_000:
        variance = 1 / mean + scatter
        return float(((count / mean) ** (1 / 3) - (1 - variance / 9)) / math.sqrt(variance / 9))
    below, own = _negative_binomial(count, mean, scatter)
    upper = max(0.0, 1 - below - own)
    if below + own / 2 <= 0.5:
        return _NORMAL.inv_cdf(max(below + own / 2, 1e-15))
    return -_NORMAL.inv_cdf(max(upper + own / 2, 1e-15))


def _negative_binomial(count: int, mean: float, scatter: float) -> tuple[float, float]:
    """The probability of less than a count, and of the count itself."""
    size = 1 / max(scatter, 1e-9)
    ratio = mean / (mean + size)
    log_own = -size * math.log1p(mean / size)
    below = 0.0
    for number in range(count):
        below += math.exp(log_own)
        log_own += math.log((size + number) / (number + 1) * ratio)
    return min(below, 1.0), math.exp(log_own)


def _scatter(residuals: Iterable[tuple[float, float]]) -> float:
    """How much counts scatter beyond chance: the median of squared residuals against what a Gaussian would give."""
    pairs = [(square, mean) for square, mean in residuals if mean >= 1]
    if len(pairs) < 24:
        return 0.1
    # median of r² / (m + s m²) = median of chi²; solved by bisection, since it falls with s
    low, high = 0.0, 4.0
    for _ in range(30):
        middle = (low + high) / 2
        value = median(square / (mean + middle * mean * mean) for square, mean in pairs)
        low, high = (middle, high) if value > _MEDIAN_CHI else (low, middle)
    return max(0.005, high)


def _middle(values: Sequence[float]) -> float:
    """The mean of the middle half: as robust as a median where it matters, and less rough for small counts."""
    ordered = sorted(values)
    cut = len(ordered) // 4
    kept = ordered[cut : len(ordered) - cut]
    return sum(kept) / len(kept)
