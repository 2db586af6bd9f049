"""The honest wait: when a waiting contact will likely be answered, as an interval, or nothing where none holds.

A pure fold of events, kept beside the state. Contacts of one queue, class, kind of capacity and asked skills stand in
one line. The pace of a line is the mean time between its last answers while somebody waited; who is k-th from the front
is foretold k × pace, at the beginning and whenever the line moves. How such forecasts turned out lately (answered ones
exactly, those who left as censored; product-limit estimator, Kaplan and Meier 1958), given that one has waited so long
already, makes the interval. Its level is corrected after every outcome, so that in the long run it covers what it says
(adaptive conformal inference, Gibbs and Candès 2021).
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from pasokh.acd import events as ev
from pasokh.acd.model import Phase, Requirement, capacity_class
from pasokh.acd.state import Interaction, State
from pasokh.kernel.time import HOUR, MINUTE, SECOND, Instant, Millis

COVER = 0.8
"""Share of contacts that are to be answered within their interval."""
_GAPS = 20
_LEAST_GAPS = 8
_STALE: Millis = 20 * MINUTE
"""A line nobody was answered from for so long has no pace."""
_SAMPLES = 240
_LEAST_SAMPLES = 30
_RECENT = 40
_LEAST_COVER = 0.6
"""Below this share of the latest forecasts kept, nothing is said."""
_FORECASTS = 6
"""Kept per contact: the first, and the latest ones as it moved up."""
_FOLLOWED = 60
"""Places from the front whose forecasts are kept."""
_STEP = 0.02
"""How fast the level is corrected."""

type LineKey = tuple[str, int, int, tuple[Requirement, ...]]
"""Queue, priority class, capacity class, skills asked by the contact."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Likely answered not before `low_at` and not after `high_at`."""

    low_at: Instant
    high_at: Instant


@dataclass(slots=True)
class _Forecast:
    at: Instant
    point: float
    later: bool
    told: Expected | None = None


@dataclass(slots=True)
class _Past:
    """How forecasts turned out."""

    samples: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=_SAMPLES))
    """(actual wait / point forecast, whether it ended by an answer)."""
    kept: deque[bool] = field(default_factory=lambda: deque(maxlen=_RECENT))
    miss: float = 1 - COVER
    """The level asked of the quantiles so that `COVER` comes out."""


@dataclass(slots=True)
class _Line:
    waiting: list[tuple[Instant, int, str]] = field(default_factory=list)
    """(queued_at, number, interaction), the first in front."""
    busy_since: Instant = 0
    """When the latest answer came while somebody waited; 0 = nobody has waited since."""
    gaps: deque[Millis] = field(default_factory=lambda: deque(maxlen=_GAPS))
    answered_at: Instant = 0
    past: tuple[_Past, _Past] = field(default_factory=lambda: (_Past(), _Past()))
    """Of forecasts at the beginning, and of later ones."""


class Waits:
    """Follows every line; ask `expected` between events."""

    def __init__(self) -> None:
        self._lines: dict[LineKey, _Line] = {}
        self._line_of: dict[str, LineKey] = {}
        self._forecasts: dict[str, list[_Forecast]] = {}

    def fold(self, state: State, event: ev.AnyEvent, at: Instant) -> LineKey | None:
        """Take in an event that `state` has just folded; the line whose forecasts it changed."""
        match event:
            case ev.WaitBegan() | ev.PriorityChanged():
                return self._stand(state, event.interaction, at)
            case ev.OfferAccepted():
                return self._leave(event.interaction, at, answered=True)
            case ev.InteractionClosed() | ev.Scheduled() | ev.Moved():
                return self._leave(event.interaction, at, answered=False)
            case _:
                return None

    def expected(self, interaction: str, now: Instant) -> Expected | None:
        """When it will likely be answered; None where nothing can be said that would be kept."""
        key, forecasts = self._line_of.get(interaction), self._forecasts.get(interaction)
        if key is None or not forecasts:
            return None
        return _interval(self._lines[key].past[forecasts[-1].later], forecasts[-1], now)

    def trusted(self, interaction: str, now: Instant) -> Expected | None:
        """`expected`, but only where it helps: lately kept, not absurdly wide, not beyond an hour."""
        found = self.expected(interaction, now)
        if found is None:
            return None
        past = self._lines[self._line_of[interaction]].past[self._forecasts[interaction][-1].later]
        return found if _holds(past, found, now) else None

    def those_in(self, key: LineKey) -> Iterable[str]:
        """Interactions of a line, the first in front."""
        line = self._lines.get(key)
        return [name for _, _, name in line.waiting] if line is not None else []

    # -- lines -----------------------------------------------------------------------------------------------------
    def _stand(self, state: State, name: str, at: Instant) -> LineKey | None:
        i = state.interactions.get(name)
        if i is None or i.kind == "consult" or i.phase is not Phase.QUEUED:
            return None
        key = _key(i)
        if self._line_of.get(name) == key:
            return None  # back from an offer: it never left its place
        if name in self._line_of:
            self._leave(name, at, answered=False)
        line = self._lines.setdefault(key, _Line())
        insort(line.waiting, (i.queued_at, i.number, name))
        self._line_of[name] = key
        self._foretell(line, at, only=name)
        return key

    def _leave(self, name: str, at: Instant, *, answered: bool) -> LineKey | None:
        key = self._line_of.pop(name, None)
        if key is None:
            return None
        line = self._lines[key]
        line.waiting = [entry for entry in line.waiting if entry[2] != name]
        for forecast in self._forecasts.pop(name, ()):
            _judge(line.past[forecast.later], forecast, at, answered=answered)
        if answered:
            if line.busy_since:
                line.gaps.append(at - line.busy_since)
            line.answered_at = at
            line.busy_since = at if line.waiting else 0
        elif not line.waiting:
            line.busy_since = 0
        self._foretell(line, at)
        return key

    # -- forecasts -------------------------------------------------------------------------------------------------
    def _foretell(self, line: _Line, at: Instant, only: str | None = None) -> None:
        pace = _pace(line, at)
        if pace is None:
            return
        for ahead, (_, _, name) in enumerate(line.waiting[:_FOLLOWED]):
            if only is None or name == only:
                known = self._forecasts.setdefault(name, [])
                if len(known) >= _FORECASTS:
                    del known[1]
                forecast = _Forecast(at, (ahead + 1) * pace, later=bool(known) or only is None)
                past = line.past[forecast.later]
                likely = _interval(past, forecast, at)
                forecast.told = likely if likely is not None and _holds(past, likely, at) else None
                known.append(forecast)


def _pace(line: _Line, now: Instant) -> float | None:
    """Milliseconds from answer to answer while somebody waits."""
    if len(line.gaps) < _LEAST_GAPS or now - line.answered_at > _STALE:
        return None
    return max(sum(line.gaps) / len(line.gaps), 1.0)


def _judge(past: _Past, forecast: _Forecast, at: Instant, *, answered: bool) -> None:
    """Learn from how a forecast turned out."""
    past.samples.append(((at - forecast.at) / forecast.point, answered))
    told = forecast.told
    if told is not None and (answered or at > told.high_at):
        kept = told.low_at <= at <= told.high_at
        past.kept.append(kept)
        past.miss = min(0.5, max(0.02, past.miss + _STEP * ((1 - COVER) - (not kept))))


def _holds(past: _Past, likely: Expected, now: Instant) -> bool:
    """Whether to say it: lately kept, not absurdly wide, not beyond an hour."""
    if len(past.kept) >= _RECENT // 2 and sum(past.kept) < _LEAST_COVER * len(past.kept):
        return False
    low, high = likely.low_at - now, likely.high_at - now
    wide = high - low > 3 * MINUTE and high > 5 * max(low, 15 * SECOND)
    return not wide and high <= HOUR


def _interval(past: _Past, forecast: _Forecast, now: Instant) -> Expected | None:
    """The likely instant of the answer, given that it has not come by `now`."""
    waited = (now - forecast.at) / forecast.point
    samples = [sample for sample in past.samples if sample[0] > waited] if waited > 0 else past.samples
    if sum(exact for _, exact in samples) < _LEAST_SAMPLES:
        return None
    low, high = _quantile(samples, past.miss / 2), _quantile(samples, 1 - past.miss / 2)
    if low is None or high is None:
        return None
    return Expected(forecast.at + int(low * forecast.point), forecast.at + int(high * forecast.point) + 1)


def _key(i: Interaction) -> LineKey:
    return (i.queue, i.priority, capacity_class(i.channel), i.requires)


def _quantile(samples: Iterable[tuple[float, bool]], share: float) -> float | None:
    """The least ratio at which a `share` of the product-limit distribution is reached; None when it never is."""
    ordered = sorted(samples, key=lambda sample: (sample[0], not sample[1]))
    left, survival = len(ordered), 1.0
    for ratio, exact in ordered:
        if exact:
            survival *= 1 - 1 / left
            if 1 - survival >= share - 1e-9:
                return ratio
        left -= 1
    return None
