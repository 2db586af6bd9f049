"""Seeded draws that do not depend on each other: every number is a hash of (seed, purpose, stream, index, ordinal).

So changing one input of a scenario leaves all other draws as they were (common random numbers), and engines that ask
in a different order get the same customers.
"""

import math
import zlib
from enum import IntEnum
from statistics import NormalDist

from pasokh.kernel.time import FOREVER, Millis
from pasokh.twin.scenario import (
    Constant,
    Empirical,
    Exponential,
    Infinite,
    LogLogistic,
    Lognormal,
    Spans,
    Weibull,
)

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SECOND_STEP = 0xD1B54A32D192ED03
LONGEST_MS = 366 * 86_400_000
_NORMAL = NormalDist()


class Purpose(IntEnum):
    """What a draw is for."""

    ARRIVAL = 1
    DAY_FACTOR = 2
    PRIORITY = 3
    PREFERRED = 4
    SERVICE = 5
    WRAP_UP = 6
    PATIENCE = 7
    BALK = 8
    ANSWER = 9
    REFUSAL = 10
    ALTERNATIVE = 11
    REACHED = 12
    TRANSFER = 13
    AGENT_FACTOR = 14
    COPIES = 15
    JITTER = 16


def mix64(x: int) -> int:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014) on unsigned 64-bit integers."""
    x = (x + GOLDEN) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def key_of(seed: int, purpose: Purpose, stream: str = "") -> int:
    """The key of one purpose within one stream of one replication."""
    return mix64(mix64((seed << 8) | purpose) ^ zlib.crc32(stream.encode()))


def uniform(key: int, index: int, ordinal: int = 0) -> float:
    """A number strictly between 0 and 1."""
    h = mix64((key + index * GOLDEN + ordinal * SECOND_STEP) & MASK)
    return ((h >> 11) + 0.5) * 1.1102230246251565e-16


def span(spans: Spans, u: float) -> Millis:
    """The span of a distribution at probability `u`, in ms; `FOREVER` when infinite."""
    match spans:
        case Lognormal():
            if spans.cv <= 0:
                s = spans.mean_s
            else:
                variance = math.log1p(spans.cv * spans.cv)
                s = spans.mean_s * math.exp(math.sqrt(variance) * _NORMAL.inv_cdf(u) - variance / 2)
        case Exponential():
            s = -spans.mean_s * math.log1p(-u)
        case Constant():
            s = spans.mean_s
        case Weibull():
            s = spans.scale_s * (-math.log1p(-u)) ** (1 / spans.shape)
        case LogLogistic():
            s = spans.scale_s * (u / (1 - u)) ** (1 / spans.shape)
        case Empirical():
            s = spans.values_s[int(u * len(spans.values_s))]
        case Infinite():
            return FOREVER
    return min(round(s * 1000), LONGEST_MS) if s < LONGEST_MS else LONGEST_MS


def unit_lognormal(cv: float, u: float) -> float:
    """A factor with mean 1 and the given coefficient of variation."""
    if cv <= 0:
        return 1.0
    variance = math.log1p(cv * cv)
    return math.exp(math.sqrt(variance) * _NORMAL.inv_cdf(u) - variance / 2)


def pick(weights: list[float], u: float) -> int:
    """The index drawn by weights."""
    reach = u * sum(weights)
    for k, weight in enumerate(weights):
        reach -= weight
        if reach < 0:
            return k
    return max(k for k, weight in enumerate(weights) if weight > 0)
