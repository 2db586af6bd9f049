"""Service level: five formulas in use, each under its own name, because the same day scores differently under each.

All are shares of visits to one queue since the day began, over visits that have ended; who still waits counts in none.
Who moved on to another queue is judged there, by the whole wait; who was lost with the switch is judged nowhere:
neither counts here (docs/adr/0016).
"In time" means within the queue's threshold X (`target_ms`) from entering the queue. Refused contacts (queue closed,
full, nobody signed in) never entered and count in none. With nothing to divide by the value is None, with n = 0.

The ordering law: `against` ≤ `short_excluded` ≤ `threshold_excluded` ≤ `abandons_positive`, whenever the short limit
is within the threshold and nobody left in another way (diverted, timed out) after the threshold; those late ones are in
the last formula only, as not met. Proof of the last step, with A answered in time, b abandoned in time, D all answered
or abandoned: A/(D-b) ≤ (A+b)/D because b·(D-A-b) ≥ 0.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pasokh.acd.state import QueueDay


@dataclass(frozen=True, slots=True)
class ServiceLevelFormula:
    """A named, versioned formula; called with a queue's counters it gives (share 0…1 or None, n)."""

    id: str
    version: int
    text: str
    """The formula in the catalogue's words."""
    parts: Callable[[QueueDay], tuple[int, int]]
    """Numerator and denominator."""

    def __call__(self, day: QueueDay) -> tuple[float | None, int]:
        """The share and what it was divided by; (None, 0) when that is nothing."""
        met, n = self.parts(day)
        return (met / n, n) if n > 0 else (None, 0)


def _against(day: QueueDay) -> tuple[int, int]:
    return day.answered_in_target, day.answered + day.abandoned


def _short_excluded(day: QueueDay) -> tuple[int, int]:
    return day.answered_in_target, day.answered + day.abandoned - day.abandoned_short


def _threshold_excluded(day: QueueDay) -> tuple[int, int]:
    return day.answered_in_target, day.answered + day.abandoned - day.abandoned_in_target


def _abandons_positive(day: QueueDay) -> tuple[int, int]:
    met = day.answered_in_target + day.abandoned_in_target + day.left_otherwise_in_target
    return met, day.answered + day.abandoned + day.left_otherwise


def _answered_only(day: QueueDay) -> tuple[int, int]:
    return day.answered_in_target, day.answered


ANSWERED_OR_ABANDONED = ServiceLevelFormula(
    "sl.answered_or_abandoned", 1, "answered_in_x / (answered + abandoned)", _against
)
SHORT_EXCLUDED = ServiceLevelFormula(
    "sl.short_abandons_excluded", 1, "answered_in_x / (answered + abandoned - abandoned_up_to_s)", _short_excluded
)
THRESHOLD_EXCLUDED = ServiceLevelFormula(
    "sl.abandons_in_x_excluded", 1, "answered_in_x / (answered + abandoned - abandoned_in_x)", _threshold_excluded
)
ABANDONS_POSITIVE = ServiceLevelFormula(
    "sl.left_queue_in_x", 1, "left_queue_in_x / left_queue (abandons and callbacks in x are met)", _abandons_positive
)
ANSWERED_ONLY = ServiceLevelFormula("sl.answered_only", 1, "answered_in_x / answered", _answered_only)

CATALOGUE = (ANSWERED_OR_ABANDONED, SHORT_EXCLUDED, THRESHOLD_EXCLUDED, ABANDONS_POSITIVE, ANSWERED_ONLY)
"""All five; the first is what the wallboard shows."""
