"""How long customers are ready to wait (R3), from waits that mostly ended with an answer.

Who was answered, called back or sent elsewhere would have waited longer than we saw: such waits are right-censored.
The curve is Kaplan and Meier's (1958) with Greenwood's variance (1926) and bands on the log-log scale (Kalbfleisch and
Prentice 1980), which never leave 0…1. The Weibull fit is by maximum likelihood (Cohen 1965); its bands are by the delta
method on the logarithms of shape and scale.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist

from msgspec import Struct

from pasokh.kernel.time import Millis

LEAST_MS: Millis = 500
"""A shorter wait counts as this long: many logs write whole seconds, and the logarithm of nothing is none."""
FEWEST_GAVE_UP = 30
"""From so many who gave up on, a group's patience is told; below, it would be noise."""
FEWEST_AT_RISK = 10
"""The curve ends where fewer than this many still waited."""
PRIOR_SHAPE, PRIOR_SCALE_MS = 0.852, 161_200.0
"""Through both points of the source text (R3): 35 % have hung up after a minute, two thirds after three."""

type Waits = Sequence[tuple[Millis, int, int]]
"""Wait → how many gave up after it, how many were taken out of it otherwise. In order, each wait once."""


class Step(Struct, frozen=True):
    """The curve from `at_ms` on: the share that still waits, its band, and how many the step is drawn from."""

    at_ms: Millis
    still: float
    low: float
    high: float
    at_risk: int


class Curve(Struct, frozen=True):
    """A Kaplan–Meier curve. `until_ms` is how far it can be trusted."""

    steps: tuple[Step, ...]
    until_ms: Millis

    def at(self, wait_ms: Millis) -> Step | None:
        """The step that holds at a wait; None beyond the end."""
        if wait_ms > self.until_ms:
            return None
        place = bisect_right(self.steps, wait_ms, key=lambda step: step.at_ms) - 1
        return self.steps[place] if place >= 0 else Step(0, 1.0, 1.0, 1.0, self.steps[0].at_risk if self.steps else 0)

    def median(self) -> tuple[Millis | None, Millis | None, Millis | None]:
        """When half have given up, and its band (Brookmeyer and Crowley 1982); None where it does not go so far."""
        return (
            _first(self.steps, lambda step: step.still),
            _first(self.steps, lambda step: step.low),
            _first(self.steps, lambda step: step.high),
        )


class Weibull(Struct, frozen=True):
    """Patience as ``exp(-(t/scale)^shape)``; covariances are those of (ln scale, ln shape). All 0 for the prior."""

    shape: float
    scale_ms: float
    var_scale: float = 0.0
    var_shape: float = 0.0
    covariance: float = 0.0

    def still(self, wait_ms: float) -> float:
        """The share that is ready to wait longer than this."""
        return math.exp(-((max(wait_ms, 0.0) / self.scale_ms) ** self.shape))

    def band(self, wait_ms: float, level: float = 0.95) -> tuple[float, float]:
        """The band of `still`, by the delta method on the log-log scale."""
        if wait_ms <= 0:
            return 1.0, 1.0
        z = self.shape * math.log(wait_ms / self.scale_ms)
        variance = self.shape**2 * self.var_scale - 2 * self.shape * z * self.covariance + z * z * self.var_shape
        reach = _z(level) * math.sqrt(max(variance, 0.0))
        return math.exp(-math.exp(z + reach)), math.exp(-math.exp(z - reach))

    def shape_band(self, level: float = 0.95) -> tuple[float, float]:
        """Below 1 who has waited long waits on; above 1 people lose patience together."""
        return _spread(self.shape, self.var_shape, level)

    def scale_band(self, level: float = 0.95) -> tuple[float, float]:
        """Of the wait, in ms, after which 63 % have given up."""
        return _spread(self.scale_ms, self.var_scale, level)

    @property
    def median_ms(self) -> float:
        """When half would have given up."""
        return float(self.scale_ms * math.log(2) ** (1 / self.shape))


PRIOR = Weibull(PRIOR_SHAPE, PRIOR_SCALE_MS)


class Patience(Struct, frozen=True):
    """What is known of one group's patience."""

    waits: int
    gave_up: int
    curve: Curve
    fit: Weibull | None
    """None where too few gave up; then the prior is all there is."""
    gap: float = 0.0
    """The largest distance between curve and fit: above some five points the fit does not describe these people."""

    @property
    def enough(self) -> bool:
        """Whether its own people say anything."""
        return self.fit is not None


def patience(waits: Waits, level: float = 0.95) -> Patience:
    """Curve and fit of one group."""
    drawn = curve(waits, level)
    gave_up = sum(gone for _, gone, _ in waits)
    fitted = fit(waits)
    gap = max((abs(step.still - fitted.still(step.at_ms)) for step in drawn.steps), default=0.0) if fitted else 0.0
    return Patience(sum(gone + taken for _, gone, taken in waits), gave_up, drawn, fitted, gap)


def grouped(pairs: Iterable[tuple[Millis, bool]]) -> Waits:
    """Waits of single customers (wait, gave up) as `Waits`."""
    counts: dict[Millis, list[int]] = {}
    for wait, gone in pairs:
        counts.setdefault(wait, [0, 0])[0 if gone else 1] += 1
    return [(wait, gone, taken) for wait, (gone, taken) in sorted(counts.items())]


def curve(waits: Waits, level: float = 0.95) -> Curve:
    """Kaplan–Meier; who was taken out at the very moment somebody gave up was still at risk."""
    at_risk = sum(gone + taken for _, gone, taken in waits)
    still, greenwood, steps, until = 1.0, 0.0, list[Step](), 0
    z = _z(level)
    for wait, gone, taken in waits:
        if at_risk < FEWEST_AT_RISK:
            break
        until = wait
        if gone:
            still *= 1 - gone / at_risk
            if gone < at_risk:
                greenwood += gone / (at_risk * (at_risk - gone))
                low, high = _log_log(still, greenwood, z)
            else:
                still = low = high = 0.0
            steps.append(Step(wait, still, low, high, at_risk))
        at_risk -= gone + taken
    return Curve(tuple(steps), until)


def fit(waits: Waits) -> Weibull | None:
    """The Weibull distribution most likely to have given these waits; None where too few gave up."""
    gone = sum(number for _, number, _ in waits)
    rows = [(math.log(max(wait, LEAST_MS)), number, number + taken) for wait, number, taken in waits]
    if gone < FEWEST_GAVE_UP or len({log for log, number, _ in rows if number}) < 2:
        return None
    centre = math.fsum(log * number for log, number, _ in rows) / gone
    rows = [(log - centre, number, weight) for log, number, weight in rows]  # sums stay in reach of a float

    def sums(shape: float) -> tuple[float, float]:
        powers = [weight * math.exp(min(shape * log, 700.0)) for log, _, weight in rows]
        total = math.fsum(powers)
        return total, math.fsum(
            power * log for power, (log, _, _) in zip(powers, rows, strict=True)
        ) / total - 1 / shape

    low, high = 0.05, 20.0
    for _ in range(50):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if sums(middle)[1] > 0 else (middle, high)
    shape = math.sqrt(low * high)
    log_scale = math.log(sums(shape)[0] / gone) / shape
    along = [(shape * (log - log_scale), weight) for log, _, weight in rows]
    first = math.fsum(weight * z * math.exp(z) for z, weight in along)
    second = math.fsum(weight * z * z * math.exp(z) for z, weight in along)
    scale_scale, shape_shape, cross = shape * shape * gone, gone + second, -shape * first
    determinant = scale_scale * shape_shape - cross * cross
    return Weibull(
        shape, math.exp(log_scale + centre), shape_shape / determinant, scale_scale / determinant, -cross / determinant
    )


def _first(steps: Sequence[Step], of: Callable[[Step], float]) -> Millis | None:
    return next((step.at_ms for step in steps if of(step) <= 0.5), None)


def _log_log(still: float, greenwood: float, z: float) -> tuple[float, float]:
    if not 0 < still < 1:
        return still, still
    reach = math.exp(z * math.sqrt(greenwood) / abs(math.log(still)))
    return still**reach, still ** (1 / reach)


def _spread(value: float, variance: float, level: float) -> tuple[float, float]:
    reach = math.exp(_z(level) * math.sqrt(max(variance, 0.0)))
    return value / reach, value * reach


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
