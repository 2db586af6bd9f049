"""What the twin must know of the bank beyond its arrivals, estimated from some days of its log.

Patience and agents' delays are both seen only in part: who was answered did not show their patience, who found nobody
waiting did not show when they were ready. Both are estimated by Kaplan and Meier (1958).
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log
from statistics import fmean

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.twin.bank import Call

AWAY_S = 900
"""A gap between two calls this long is an absence: a break, a meeting, another desk."""
SKILLED = 0.5
"""Serves a kind of call whose share of it is at least this part of everybody's."""
RARE = frozenset({"PE", "TT", "IN"})
"""Too few on a day to show that day's agents."""
QUANTILES = 2_000
BEFORE_S = 60
"""An agent is taken to be there this long before the first call of a stretch, if idle."""

PARTS = (10, 13, 18, 21)
ENOUGH_GAPS = 60
"""A part of the day with fewer gaps takes those of the whole day, a kind of call with fewer those of all kinds."""
ENOUGH_LEFT = 10
"""A family of which fewer customers left takes the patience of all."""
DELAYS = {"PS": "PS", "PE": "PS", "NW": "NW", "NE": "NE", "TT": "PS", "IN": "PS"}
"""Whose delays stand for each kind of call's: some kinds are too rare."""
FAMILIES = {"PS": "regular", "PE": "regular", "NE": "regular", "TT": "called_back", "NW": "prospect", "IN": "internet"}


class Survival(msgspec.Struct, frozen=True):
    """A Kaplan–Meier curve: share that lasts beyond each of `at_s`."""

    at_s: tuple[float, ...]
    share: tuple[float, ...]
    n: int
    events: int

    def beyond(self, x: float) -> float:
        """Share that lasts beyond `x`."""
        k = bisect_right(self.at_s, x)
        return self.share[k - 1] if k else 1.0


def kaplan_meier(lasted: Iterable[tuple[float, bool]]) -> Survival:
    """The curve of (length, whether the end was seen)."""
    found = sorted(lasted)
    ends, all_at = Counter(x for x, seen in found if seen), Counter(x for x, _ in found)
    at_risk, share = len(found), 1.0
    at: list[float] = []
    shares: list[float] = []
    for x in sorted(all_at):
        if ends[x]:
            share *= 1 - ends[x] / at_risk
            at.append(x)
            shares.append(share)
        at_risk -= all_at[x]
    return Survival(tuple(at), tuple(shares), len(found), sum(ends.values()))


def weibull_fit(lasted: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Shape and scale of greatest likelihood with censoring; lengths of 0 count as half a second."""
    data = [(max(x, 0.5), seen) for x, seen in lasted]
    ends = sum(seen for _, seen in data)
    mean_log = sum(log(x) for x, seen in data if seen) / ends

    def slope(shape: float) -> float:
        weights: list[float] = [x**shape for x, _ in data]
        whole = sum(weights)
        weighted: float = sum(w * log(x) for w, (x, _) in zip(weights, data, strict=True))
        return weighted / whole - 1 / shape - mean_log

    low, high = 0.05, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    shape = (low + high) / 2
    return shape, (sum(x**shape for x, _ in data) / ends) ** (1 / shape)


def quantiles(curve: Survival, tail: tuple[float, float] | None, n: int = QUANTILES) -> tuple[float, ...]:
    """`n` equally likely lengths of a curve; beyond its last event a Weibull (shape, scale) given that it came there.

    Without a tail the curve's last event stands for all beyond.
    """
    last_x, last_share = curve.at_s[-1], curve.share[-1]
    values = []
    for k in range(n):
        share = 1 - (k + 0.5) / n
        if share > last_share:
            low, high = 0, len(curve.share) - 1
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if curve.share[middle] <= share else (middle + 1, high)
            values.append(float(curve.at_s[low]))
        elif tail is None:
            values.append(float(last_x))
        else:
            shape, scale = tail
            hazard = (last_x / scale) ** shape + log(last_share / share)
            values.append(min(scale * hazard ** (1 / shape), 7_200.0))
    return tuple(sorted(values))


class Stretch(msgspec.Struct, frozen=True):
    """An agent's presence."""

    since_s: int
    until_s: int


class Fit(msgspec.Struct):
    """What was learned from some days."""

    days: tuple[dt.date, ...]
    patience: dict[str, tuple[float, ...]]
    """Family of calls → equally likely patiences."""
    weibull: dict[str, tuple[float, float]]
    peak: tuple[float, float]
    """Hazard of leaving per second at 55–65 s of waiting, and around (40–55 and 65–90 s): the announcement."""
    service: dict[str, tuple[float, ...]]
    """Kind of call → service times seen."""
    service_by_day: tuple[tuple[bool, dict[str, tuple[float, ...]]], ...]
    """Whether a short day (Friday, Saturday), its service times by kind: days differ in more than chance."""
    short: float
    """Share of services under 10 s."""
    delay: dict[str, tuple[tuple[float, ...], ...]]
    """Kind of call → by part of the day (`part_of_day`) equally likely agent-side delays after one."""
    high: dict[str, float]
    """Kind of call → share of high priority among those who queued: of those who did not, the log does not say."""
    skills: dict[str, frozenset[str]]
    """Agent → kinds of call."""
    away_s: int


def fit(days: Mapping[dt.date, Sequence[Call]], away_s: int = AWAY_S) -> Fit:
    """Learn from these days; raises `PasokhError` `bank.too_little` where nobody left or no delay was seen."""
    calls = [c for day in days.values() for c in day]
    every = [(float(c.wait_s), not c.answered) for c in calls]
    waits = {}
    for family in sorted(set(FAMILIES.values())):
        own = [(float(c.wait_s), not c.answered) for c in calls if FAMILIES[c.kind] == family]
        waits[family] = own if sum(left for _, left in own) >= ENOUGH_LEFT else every
    delays: dict[tuple[str, int], list[tuple[float, bool]]] = defaultdict(list)
    for day in days.values():
        for call, gap, seen in agent_delays(day, skills_of(calls), away_s):
            part = part_of_day(call.served_s)
            delays[DELAYS[call.kind], part].append((gap, seen))
    answered = [c for c in calls if c.answered]
    if not any(left for _, left in every) or not any(seen for found in delays.values() for _, seen in found):
        raise PasokhError("bank.too_little", days=len(days), calls=len(calls))
    weibull = {family: weibull_fit(w) for family, w in waits.items()}
    return Fit(
        days=tuple(days),
        patience={family: quantiles(kaplan_meier(w), weibull[family]) for family, w in waits.items()},
        weibull=weibull,
        peak=(_hazard(every, [(55, 65)]), _hazard(every, [(40, 55), (65, 90)])),
        service=_service(calls),
        service_by_day=tuple((is_short(date), _service(day)) for date, day in days.items()),
        short=sum(c.service_s < 10 for c in answered) / len(answered),
        delay={kind: _delays(delays, like) for kind, like in DELAYS.items()},
        high={kind: _share_high(calls, kind) for kind in FAMILIES},
        skills=skills_of(calls),
        away_s=away_s,
    )


def _service(calls: Iterable[Call]) -> dict[str, tuple[float, ...]]:
    found: dict[str, list[float]] = defaultdict(list)
    for c in calls:
        if c.answered:
            found[c.kind].append(float(max(c.service_s, 1)))
    return {kind: tuple(sorted(v)) for kind, v in found.items()}


def _delays(delays: Mapping[tuple[str, int], list[tuple[float, bool]]], like: str) -> tuple[tuple[float, ...], ...]:
    whole = [x for (kind, _), found in delays.items() if kind == like for x in found]
    if len(whole) < ENOUGH_GAPS:
        whole = [x for found in delays.values() for x in found]
    parts = (delays.get((like, part), []) for part in range(len(PARTS) + 1))
    return tuple(quantiles(kaplan_meier(x if len(x) >= ENOUGH_GAPS else whole), None) for x in parts)


def part_of_day(s: int) -> int:
    """Morning, noon, afternoon, evening, night, by the hours of `PARTS`."""
    return bisect_right(PARTS, s // 3600)


def is_short(date: dt.date) -> bool:
    """Friday and Saturday: the week's end, with a few hours of service."""
    return date.weekday() in {4, 5}


def _share_high(calls: Iterable[Call], kind: str) -> float:
    queued = [c.high for c in calls if c.kind == kind and c.wait_s]
    return fmean(queued) if queued else 0.0


def _hazard(lasted: Sequence[tuple[float, bool]], windows: Sequence[tuple[float, float]]) -> float:
    ends = sum(seen and a <= x < b for x, seen in lasted for a, b in windows)
    exposed = sum(max(0.0, min(x, b) - a) for x, _ in lasted for a, b in windows)
    return ends / exposed


def skills_of(calls: Iterable[Call]) -> dict[str, frozenset[str]]:
    """Which kinds of call each agent takes: those whose share of the own calls is at least `SKILLED` of all calls'."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for c in calls:
        if c.agent:
            counts[c.agent][c.kind] += 1
    every: Counter[str] = sum(counts.values(), Counter())
    return {
        agent: frozenset(k for k, n in own.items() if n * every.total() >= SKILLED * own.total() * every[k])
        for agent, own in counts.items()
    }


def services(day: Iterable[Call]) -> dict[str, list[Call]]:
    """Each agent's calls in order."""
    found: dict[str, list[Call]] = defaultdict(list)
    for c in day:
        if c.agent:
            found[c.agent].append(c)
    return {agent: sorted(own, key=lambda c: c.served_s) for agent, own in sorted(found.items())}


def agent_delays(
    day: Sequence[Call], skills: Mapping[str, frozenset[str]], away_s: int
) -> list[tuple[Call, float, bool]]:
    """How long agents stayed unavailable after a call: (the call, delay, seen).

    Seen where a customer the agent could take waited all the while, and the agent then took one; where the last such
    customer was gone earlier, the delay is known to have lasted until then. Gaps of `away_s` and more are absences.
    """
    waits: dict[frozenset[str], list[tuple[int, int]]] = {}
    found = []
    for agent, own in services(day).items():
        kinds = skills.get(agent, frozenset())
        if kinds not in waits:
            waits[kinds] = _covered((c.asked_s, c.left_s) for c in day if c.kind in kinds and c.wait_s > 0)
        spans = waits[kinds]
        starts = [a for a, _ in spans]
        for before, after in pairwise(own):
            ends = before.served_s + before.service_s
            gap = after.served_s - ends
            k = bisect_right(starts, ends) - 1
            if gap < 0 or gap >= away_s or k < 0 or spans[k][1] <= ends:
                continue
            until = spans[k][1]
            seen = after.served_s <= until + 2
            found.append((before, float(gap if seen else until - ends), seen))
    return found


def _covered(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of spans, as spans that do not touch."""
    merged: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def presence(day: Iterable[Call], away_s: int) -> dict[str, list[Stretch]]:
    """When each agent was there: from the first call to the last, without absences."""
    found: dict[str, list[Stretch]] = {}
    for agent, own in services(day).items():
        stretches: list[Stretch] = []
        since = own[0].served_s - BEFORE_S
        until = own[0].served_s + own[0].service_s
        for c in own[1:]:
            if c.served_s - until >= away_s:
                stretches.append(Stretch(since, until + 1))
                since = c.served_s - 1
            until = max(until, c.served_s + c.service_s)
        stretches.append(Stretch(max(0, since), until + 1))
        found[agent] = stretches
    return found
