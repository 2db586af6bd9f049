"""Distributions of spans as rows of numbers."""

import math
from typing import Any

import msgspec
import numpy as np

from pasokh.kernel.time import Millis
from pasokh.twin.draw import span
from pasokh.twin.fast import columns as c
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


class Distributions:
    """Collects distributions; equal ones share a row."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, float, float, float]] = []
        self._known: dict[bytes, int] = {}
        self._values: list[float] = []

    def row(self, spans: Spans) -> int:
        """The row of a distribution."""
        key = msgspec.msgpack.encode(spans)
        if key not in self._known:
            self._known[key] = len(self._rows)
            self._rows.append(self._numbers(spans))
        return self._known[key]

    def _numbers(self, spans: Spans) -> tuple[float, float, float, float]:
        match spans:
            case Constant():
                return (c.D_CONSTANT, spans.mean_s, 0.0, 0.0)
            case Exponential():
                return (c.D_EXPONENTIAL, spans.mean_s, 0.0, 0.0)
            case Lognormal():
                if spans.cv <= 0:
                    return (c.D_CONSTANT, spans.mean_s, 0.0, 0.0)
                variance = math.log1p(spans.cv * spans.cv)
                return (c.D_LOGNORMAL, spans.mean_s, math.sqrt(variance), variance / 2)
            case Weibull():
                return (c.D_WEIBULL, spans.scale_s, 1 / spans.shape, 0.0)
            case LogLogistic():
                return (c.D_LOG_LOGISTIC, spans.scale_s, 1 / spans.shape, 0.0)
            case Empirical():
                first = len(self._values)
                self._values += spans.values_s
                return (c.D_EMPIRICAL, first, len(spans.values_s), 0.0)
            case Infinite():
                return (c.D_INFINITE, 0.0, 0.0, 0.0)

    @staticmethod
    def fixed(spans: Spans) -> Millis:
        """The span of a constant, at least 1 ms; -1 for what must be drawn."""
        return max(1, span(spans, 0.5)) if isinstance(spans, Constant) else -1

    def table(self) -> np.ndarray[Any, Any]:
        """All rows."""
        return np.array(self._rows, np.float64)

    def values(self) -> np.ndarray[Any, Any]:
        """Values of the empirical ones, one after the other."""
        return np.array(self._values or [0.0], np.float64)


def patient_from(patience: Spans, delay: Millis) -> float:
    """From which draw on a customer surely outlasts an answer after `delay`; above 1 when that cannot be said.

    So the patience of most customers who are answered at once need not be computed.
    """
    if delay < 0 or isinstance(patience, Empirical):
        return 2.0
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        if max(1, span(patience, middle)) >= delay:
            high = middle
        else:
            low = middle
    return high + 1e-9
