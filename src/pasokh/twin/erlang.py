"""Exact queues to hold the twin against: Erlang C, Erlang A, and M/M/n with any patience.

Time is in whatever unit the rates use. Sources: A. K. Erlang 1917 (B and C); C. Palm 1957, O. Garnett,
A. Mandelbaum and M. Reiman 2002 (A); S. Zeltyn and A. Mandelbaum 2005, "Call centers with impatient customers:
many-server asymptotics of the M/M/n+G queue", Queueing Systems 51 (general patience).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, inf, log, sqrt

from pasokh.kernel.errors import PasokhError


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """What an M/M/n queue does in the long run; waits in the unit of the rates."""

    waits: float
    """Probability that an arrival finds no free agent."""
    abandoned: float
    """Share of arrivals that give up."""
    within: float
    """Share of arrivals answered at once or within the threshold."""
    mean_wait: float
    """Mean wait of all, abandoned ones included."""
    asa: float
    """Mean wait of the answered."""
    occupancy: float


def erlang_b(agents: int, load: float) -> float:
    """Share of arrivals lost with no waiting room (Erlang 1917), by the stable recursion over agents."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(agents: int, arrival_rate: float, service_rate: float, threshold: float = 0.0) -> QueueFigures:
    """M/M/n, everyone waits for ever (Erlang 1917); `erlang.unstable` for a load of `agents` or more."""
    load = _checked(agents, arrival_rate, service_rate)
    if load >= agents:
        raise PasokhError("erlang.unstable", agents=agents, load=load)
    blocked = erlang_b(agents, load)
    waits = blocked / (1.0 - (load / agents) * (1.0 - blocked))
    slack = agents * service_rate - arrival_rate
    return QueueFigures(
        waits=waits,
        abandoned=0.0,
        within=1.0 - waits * exp(-slack * threshold),
        mean_wait=waits / slack,
        asa=waits / slack,
        occupancy=load / agents,
    )


def erlang_a(
    agents: int, arrival_rate: float, service_rate: float, patience_rate: float, threshold: float = 0.0
) -> QueueFigures:
    """M/M/n+M, exponential patience (Palm 1957; Garnett, Mandelbaum and Reiman 2002)."""
    if patience_rate <= 0:
        raise PasokhError("erlang.bad_rate", field="patience_rate", value=patience_rate)
    return with_patience(
        agents,
        arrival_rate,
        service_rate,
        survival=lambda x: exp(-patience_rate * x),
        scale=1.0 / patience_rate,
        threshold=threshold,
    )


def weibull_survival(shape: float, scale: float) -> Callable[[float], float]:
    """Share of customers still patient after a wait, Weibull."""
    return lambda x: exp(-((x / scale) ** shape)) if x > 0 else 1.0


def with_patience(
    agents: int,
    arrival_rate: float,
    service_rate: float,
    *,
    survival: Callable[[float], float],
    scale: float,
    threshold: float = 0.0,
    breaks: Iterable[float] = (),
) -> QueueFigures:
    """M/M/n+G, any patience (Zeltyn and Mandelbaum 2005), integrated numerically to about nine digits.

    `survival(x)` is the share still patient after x, `scale` its order of magnitude, `breaks` where it jumps.
    With phi(x) = arrivals × ∫₀ˣ survival − agents × service × x, the offered wait has density
    arrivals × exp(phi(x)) / D for x > 0, D = 1/B(n−1) + arrivals × J, J = ∫exp(phi); the rest are its integrals.
    """
    load = _checked(agents, arrival_rate, service_rate)
    drain = agents * service_rate
    points, at_stops = _offered_wait(arrival_rate, drain, survival, scale, {threshold, *breaks})
    top = max(0.0, *(p.phi for p in points))
    one = exp(-top)
    whole = beyond = first = patient = 0.0
    for p in points:
        mass = p.weight * exp(p.phi - top)
        whole += mass
        first += mass * p.x
        patient += mass * p.patient
        if p.x > threshold:
            beyond += mass
    total = one / erlang_b(agents - 1, load) + arrival_rate * whole
    abandoned = (one + (arrival_rate - drain) * whole) / total
    late = (drain * beyond - exp(at_stops.get(threshold, 0.0) - top)) / total
    answered = 1.0 - abandoned
    return QueueFigures(
        waits=arrival_rate * whole / total,
        abandoned=abandoned,
        within=answered - late,
        mean_wait=arrival_rate * patient / total,
        asa=(drain * first - whole) / total / answered,
        occupancy=answered * load / agents,
    )


@dataclass(frozen=True, slots=True)
class _Point:
    """A node of the integration: place, weight, exponent, and ∫₀ˣ survival."""

    x: float
    weight: float
    phi: float
    patient: float


# Nodes and weights of the eight-point Gauss–Legendre rule on [-1, 1], positive half.
_HALF = (
    (0.1834346424956498, 0.3626837833783620),
    (0.5255324099163290, 0.3137066458778873),
    (0.7966664774136267, 0.2223810344533745),
    (0.9602898564975363, 0.1012285362903763),
)
_RULE = tuple((0.5 + side * x / 2, w / 2) for x, w in _HALF for side in (-1, 1))


def _checked(agents: int, arrival_rate: float, service_rate: float) -> float:
    """The load in Erlang; raises `erlang.bad_rate` on numbers that mean nothing."""
    fields = (("agents", agents), ("arrival_rate", arrival_rate), ("service_rate", service_rate))
    for field, value in fields:
        if not 0 < value < inf:
            raise PasokhError("erlang.bad_rate", field=field, value=value)
    return arrival_rate / service_rate


def _integral(f: Callable[[float], float], a: float, b: float) -> float:
    """∫f from a to b by one eight-point rule; meant for short panels."""
    return (b - a) * sum(w * f(a + (b - a) * u) for u, w in _RULE)


def _panels(
    arrival_rate: float, drain: float, survival: Callable[[float], float], scale: float, stops: set[float]
) -> Iterable[tuple[float, float]]:
    """Panels short enough for the rule, from 0 until exp(phi) is negligible; `stops` are panel borders."""
    ahead = sorted(s for s in stops if s > 0)
    x, phi, top = 0.0, 0.0, 0.0
    h = min(scale, 1.0 / drain) * 1e-6
    while phi > top - 60.0 or ahead:
        here = survival(x)
        slope = abs(arrival_rate * here - drain)
        bend = arrival_rate * abs(here - survival(x + h)) / h
        h = min(1.5 * h, 2.0 / max(slope, 1e-300), sqrt(2.0 / max(bend, 1e-300)))
        h = min(h, 0.25 * max(scale, x))
        if x == 0.0:
            h = min(scale, 1.0 / drain) * 1e-6
        end = x + h
        if ahead and end >= ahead[0]:
            end = ahead.pop(0)
        yield x, end
        phi += arrival_rate * _integral(survival, x, end) - drain * (end - x)
        top = max(top, phi)
        x = end
        if x > 1e7 * scale and phi >= top - log(2.0):
            raise PasokhError("erlang.unstable", agents_drain=drain, arrival_rate=arrival_rate)


def _offered_wait(
    arrival_rate: float, drain: float, survival: Callable[[float], float], scale: float, stops: set[float]
) -> tuple[list[_Point], dict[float, float]]:
    """All nodes of the integration, and phi at every panel border."""
    points, borders = [], {}
    patient = 0.0
    for a, b in _panels(arrival_rate, drain, survival, scale, stops):
        for u, w in _RULE:
            x = a + (b - a) * u
            here = patient + _integral(survival, a, x)
            points.append(_Point(x, w * (b - a), arrival_rate * here - drain * x, here))
        patient += _integral(survival, a, b)
        borders[b] = arrival_rate * patient - drain * b
    return points, borders
