"""When a carrier or telephone has turned bad, told from single bad calls. Pure.

A cumulative sum (Page 1954, "Continuous inspection schemes") of log likelihood ratios: each leg that was bad speaks for
"a third of them is bad", each good one for "one in twenty is, as always". What speaks against never counts below
nothing, so an hour of good calls hides no bad minute after it. `tests/unit/office/test_sound_judging.py` measures
false alarms and delays on drawn calls.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from pasokh.kernel.time import HOUR, Instant, Millis
from pasokh.office.voice_quality.rules import FAIR_SCORE, LegFigures, is_silent

LEAST_PACKETS: Final = 250
"""Five seconds of sound: shorter legs say little."""
FORGOTTEN_MS: Final[Millis] = 6 * HOUR
"""A fault nobody has tried for so long is told no more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What is usual, what is a fault, and how sure one must be."""

    usual: float
    fault: float
    raises: float
    ends: float

    @property
    def bad(self) -> float:
        """What a bad leg adds."""
        return math.log(self.fault / self.usual)

    @property
    def good(self) -> float:
        """What a good leg takes away."""
        return math.log((1 - self.usual) / (1 - self.fault))


SOUND: Final = Scale(usual=0.05, fault=0.33, raises=11.0, ends=4.0)
SILENCE: Final = Scale(usual=0.01, fault=0.33, raises=10.0, ends=4.0)


@dataclass(slots=True)
class Watch:
    """One kind of fault of one object."""

    scale: Scale
    on_since: Instant = 0
    last: Instant = 0
    sum: float = 0.0

    def take(self, bad: bool, at: Instant) -> None:
        """One more leg, in the order they ended."""
        self.last = max(self.last, at)
        towards = bad if not self.on_since else not bad
        step = self.scale.bad if bad else self.scale.good
        self.sum = self.sum + step if towards else max(0.0, self.sum - step)
        if not self.on_since and self.sum >= self.scale.raises:
            self.on_since, self.sum = at, 0.0
        elif self.on_since and self.sum >= self.scale.ends:
            self.on_since, self.sum = 0, 0.0


class SoundLeg(LegFigures, Protocol):
    """As much of a leg as is judged here."""

    station: str
    received_lost: int


@dataclass(slots=True)
class Judge:
    """All carriers and telephones of one organisation."""

    watches: dict[tuple[str, str], Watch] = field(default_factory=dict)

    def take(self, leg: SoundLeg) -> None:
        """Judge a leg that ended."""
        if not leg.answered:
            return
        if leg.trunk:
            kind, name = "carrier_sound", leg.trunk
        elif leg.station:
            kind, name = "station_sound", leg.station
        else:
            return
        silent = is_silent(leg)
        heard = leg.received + leg.received_lost >= LEAST_PACKETS
        if silent or heard:
            self._watch("silent", name, SILENCE).take(silent, leg.ended_at)
        if heard:
            bad = any(0 < score < FAIR_SCORE for score in (leg.received_score, leg.sent_score))
            self._watch(kind, name, SOUND).take(bad, leg.ended_at)

    def faults(self, now: Instant) -> dict[tuple[str, str], Instant]:
        """(kind, object) → since, of what is at fault."""
        found = {}
        for key, watch in self.watches.items():
            if watch.on_since and now - watch.last > FORGOTTEN_MS:
                watch.on_since, watch.sum = 0, 0.0
            if watch.on_since:
                found[key] = watch.on_since
        return found

    def _watch(self, kind: str, name: str, scale: Scale) -> Watch:
        return self.watches.setdefault((kind, name), Watch(scale))


def judged(legs: Iterable[SoundLeg]) -> Judge:
    """A judge who has seen these legs, in the order they ended."""
    judge = Judge()
    for leg in legs:
        judge.take(leg)
    return judge
