"""When a queue's service level alarms: raised under its target, lowered only well above it, so that it is steady.

The level is that of `sl.answered_or_abandoned`, kept here as whole numbers because the state remembers which side it is
on: everybody who folds the log, from wherever, agrees.
"""

from pasokh.acd.state import Queue
from pasokh.kernel.time import Instant

LEAST_N = 20
"""Fewer ended visits say nothing about a service level."""
MARGIN_PERMILLE = 20
"""How far above its target a level must be to be well again; never more than all of them."""


def judge(queue: Queue, at: Instant) -> None:
    """Bring `queue.low_since` in line with the day's counters and the target."""
    day, target = queue.day, queue.config.target_permille
    n = day.answered + day.abandoned
    if n < LEAST_N:
        queue.low_since = 0
    elif not queue.low_since:
        queue.low_since = at if day.answered_in_target * 1_000 < target * n else 0
    elif day.answered_in_target * 1_000 >= min(1_000, target + MARGIN_PERMILLE) * n:
        queue.low_since = 0
