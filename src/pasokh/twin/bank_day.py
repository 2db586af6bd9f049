"""A day of the bank as a scenario: recorded arrivals and staff of that day, everything else as learned from others."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

import msgspec

from pasokh.acd.model import Capacity, Criterion, Policy, PriorityClass, QueueConfig
from pasokh.kernel.time import HOUR, MINUTE, SECOND
from pasokh.twin.bank import TYPES, Call, Day, observed
from pasokh.twin.bank_fit import FAMILIES, RARE, Fit, fit, is_short, part_of_day, presence, skills_of
from pasokh.twin.recording import Recorded
from pasokh.twin.runner import Runner
from pasokh.twin.scenario import (
    Arrivals,
    Constant,
    Empirical,
    Group,
    Patience,
    Scenario,
    Shift,
)
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import AT, Tally

HEAD_START_MS = 90 * SECOND
"""Given to customers of high priority (Guedj and Mandelbaum 2000)."""
POLICY = Policy(
    agent_order=(Criterion.LONGEST_IDLE,),
    classes=(PriorityClass("normal"), PriorityClass("high", HEAD_START_MS)),
)
PROSPECTS_BEHIND_MS = 90 * SECOND
"""Prospects (NW) were served behind regular customers: those asking in the same five minutes waited 28 s longer."""
INCIDENT_CALLS = 40
ENOUGH = 25
"""From so many calls a day on, the day itself shows what an agent takes."""
ROUNDING_S = 0.5
"""The log counts whole seconds, the twin milliseconds."""
LEAST_CALLS = 10
"""Half hours with fewer calls are not judged."""


def scenario_of(calls: Sequence[Call], learned: Fit, seed: int) -> Loaded:
    """The day as a scenario, with one drawing of what the fit leaves open.

    Service times come from one of the fit's days, drawn anew for each seed: days differ by more than chance. Agents
    with few calls on this day are given the skills that the fit's days show.
    """
    rng = random.Random(f"{calls[0].date} {seed}")  # noqa: S311 - a simulation
    date = calls[0].date
    kinds = [kind for kind in TYPES if any(c.kind == kind for c in calls)]
    today, taken = skills_of(calls), Counter(c.agent for c in calls)
    groups = []
    for agent, stretches in presence(calls, learned.away_s).items():
        usual = learned.skills.get(agent, frozenset())
        known = today.get(agent, frozenset()) | (usual if taken[agent] < ENOUGH else usual & RARE)
        shifts = tuple(Shift(clock(s.since_s), clock(s.until_s)) for s in stretches)
        queues = tuple(kind for kind in kinds if kind in known)
        groups.append(Group(agent, 1, queues, capacity=Capacity(1, 0, 0), shifts=shifts, answer=Constant(0.0)))
    scenario = Scenario(
        tuple(_queue(kind) for kind in kinds),
        tuple(groups),
        tuple(Arrivals(kind) for kind in kinds),
        name=f"bank {date}",
        start=date,
        patience=tuple(Patience(Empirical(learned.patience[FAMILIES[kind]]), kind) for kind in kinds),
    )
    midnight = round(dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()) * SECOND
    alike = [times for short, times in learned.service_by_day if short is is_short(date)]
    like = rng.choice(alike or [learned.service])
    broken = incidents(calls, learned)
    recorded = {}
    for k, kind in enumerate(kinds):
        own = [c for c in calls if c.kind == kind]
        times = like.get(kind, ())
        times = times if len(times) >= ENOUGH else learned.service[kind]
        recorded[k] = Recorded(
            date,
            [midnight + c.asked_s * SECOND for c in own],
            [_service_ms(c, times, broken, rng) for c in own],
            [round(rng.choice(learned.delay[kind][part_of_day(c.asked_s)]) * SECOND) for c in own],
            # Of those who did not queue the log does not say whether they have priority.
            priority=[int(c.high if c.wait_s else rng.random() < learned.high.get(kind, 0.0)) for c in own],
        )
    return Loaded(scenario, recorded)


def _queue(kind: str) -> QueueConfig:
    policy = msgspec.structs.replace(POLICY, weight_ms=0 if kind == "NW" else PROSPECTS_BEHIND_MS)
    return QueueConfig(kind, wrap_up_ms=2 * HOUR, ring_ms=20 * SECOND, alternatives=(), policy=policy)


def _service_ms(c: Call, times: Sequence[float], broken: frozenset[int], rng: random.Random) -> int:
    """Drawn, except within an incident, where the recorded time stays."""
    if c.answered and c.asked_s // 1800 in broken:
        return max(1, c.service_s) * SECOND
    return round(rng.choice(times) * SECOND)


def incidents(calls: Sequence[Call], learned: Fit) -> frozenset[int]:
    """Half hours in which something was plainly broken: many calls, half of them over in a third of the usual time."""
    found = set()
    for k in range(48):
        here = [c.service_s for c in calls if c.answered and c.asked_s // 1800 == k]
        usual = learned.service["PS"]
        if len(here) >= INCIDENT_CALLS and median(here) < usual[len(usual) // 2] / 3:
            found.add(k)
    return frozenset(found)


def clock(s: int) -> str:
    """Seconds after midnight as h:mm:ss within the day."""
    s = max(0, min(s, 86_399))
    return f"{s // 3600:02d}:{s % 3600 // 60:02d}:{s % 60:02d}"


class Band(msgspec.Struct, frozen=True):
    """Mean over replications and the span that holds 90 % of them."""

    mean: float
    low: float
    high: float


class Predicted(msgspec.Struct, frozen=True):
    """A day simulated, against its own log."""

    date: dt.date
    log: Day
    mean_wait_s: Band
    abandonment: Band
    halves: dict[int, Band]
    """Half hour → mean wait."""

    @property
    def bias(self) -> float:
        """Relative error of the day's mean wait."""
        return self.mean_wait_s.mean / self.log.mean_wait_s - 1

    @property
    def judged(self) -> list[bool]:
        """For each half hour with enough calls: whether the log's mean wait lies within the band."""
        return [
            self.halves[k].low - ROUNDING_S <= wait <= self.halves[k].high + ROUNDING_S
            for k, (n, wait) in self.log.halves.items()
            if n >= LEAST_CALLS and k in self.halves
        ]


def band(values: Iterable[float]) -> Band:
    """The mean and the 5th and 95th percentile, by linear interpolation."""
    found = sorted(values)

    def at(share: float) -> float:
        place = share * (len(found) - 1)
        k = int(place)
        return found[k] + (place - k) * (found[min(k + 1, len(found) - 1)] - found[k])

    return Band(fmean(found), at(0.05), at(0.95))


def predict(calls: Sequence[Call], learned: Fit, runner: Runner, replications: int) -> Predicted:
    """Simulate a day and set it against its log."""
    tallies = [runner.run(scenario_of(calls, learned, seed), [seed])[0] for seed in range(replications)]
    waits, losses = zip(*(_day(t) for t in tallies), strict=True)
    halves: dict[int, list[float]] = {}
    for t in tallies:
        for k, wait in _halves(t).items():
            halves.setdefault(k, []).append(wait)
    return Predicted(
        calls[0].date,
        observed(calls),
        band(waits),
        band(losses),
        {k: band(w) for k, w in halves.items()},
    )


def _sums(t: Tally, k: int) -> tuple[int, int, int]:
    """Answered, abandoned, wait of both in ms, of one interval."""
    rows = [queue[k] for queue in t.counts]
    return (
        sum(r[AT["answered"]] for r in rows),
        sum(r[AT["abandoned"]] for r in rows),
        sum(r[AT["answered_wait_ms"]] + r[AT["left_wait_ms"]] for r in rows),
    )


def _day(t: Tally) -> tuple[float, float]:
    answered, abandoned, wait = (sum(x) for x in zip(*(_sums(t, k) for k in range(t.intervals)), strict=True))
    return wait / 1000 / (answered + abandoned), abandoned / (answered + abandoned)


def _halves(t: Tally) -> dict[int, float]:
    if t.width_ms != 30 * MINUTE:
        raise ValueError(t.width_ms)
    found = {}
    for k in range(t.intervals):
        answered, abandoned, wait = _sums(t, k)
        if answered + abandoned:
            found[k] = wait / 1000 / (answered + abandoned)
    return found


AWAY_CHOICES_S = (600, 900, 1_200, 1_800)


def learn(days: Mapping[dt.date, Sequence[Call]], runner: Runner, replications: int = 20) -> Fit:
    """Learn from these days, with the length of gap that counts as absence that gets their own mean wait best."""

    def bias(learned: Fit) -> float:
        found = {date: predict(calls, learned, runner, replications) for date, calls in days.items()}
        return abs(judge(found).wait_bias)

    return min((fit(days, away_s) for away_s in AWAY_CHOICES_S), key=bias)


class Verdict(msgspec.Struct, frozen=True):
    """How predictions of several days fare."""

    days: int
    calls: int
    mean_wait_s: float
    simulated_wait_s: float
    wait_bias: float
    """Of the calls' mean wait over all days."""
    daily_bias: float
    """Mean of the days' relative errors."""
    daily_error: float
    """Mean of the days' absolute relative errors."""
    abandonment: float
    simulated_abandonment: float
    abandonment_points: float
    halves: int
    covered: float
    """Share of half hours within their 90 % band."""


def judge(predictions: Mapping[dt.date, Predicted]) -> Verdict:
    """Sum up, weighing days by their calls where means over calls are meant."""
    every = list(predictions.values())
    calls = sum(p.log.calls for p in every)

    def over_calls(values: Iterable[float]) -> float:
        return sum(v * p.log.calls for v, p in zip(values, every, strict=True)) / calls

    wait, simulated = over_calls(p.log.mean_wait_s for p in every), over_calls(p.mean_wait_s.mean for p in every)
    lost, lost_simulated = over_calls(p.log.abandonment for p in every), over_calls(p.abandonment.mean for p in every)
    judged = [inside for p in every for inside in p.judged]
    return Verdict(
        len(every), calls, wait, simulated, simulated / wait - 1,
        fmean(p.bias for p in every), fmean(abs(p.bias) for p in every),
        lost, lost_simulated, 100 * (lost_simulated - lost), len(judged), sum(judged) / len(judged),
    )  # fmt: skip
