"""How a visit to a queue counts once it has ended: the same for the day and for each quarter of an hour."""

from pasokh.acd.model import Closing, QueueConfig
from pasokh.acd.state import QueueDay
from pasokh.kernel.time import Millis


def count_answered(day: QueueDay, config: QueueConfig, waited_ms: Millis) -> None:
    """Somebody was answered after waiting so long."""
    day.answered += 1
    day.answered_in_target += waited_ms <= config.target_ms
    day.answered_wait_ms += waited_ms
    day.longest_wait_ms = max(day.longest_wait_ms, waited_ms)


def count_left(day: QueueDay, config: QueueConfig, reason: Closing, waited_ms: Millis) -> None:
    """Somebody who had been let in left unanswered after waiting so long."""
    in_target = waited_ms <= config.target_ms
    if reason is Closing.ABANDONED:
        day.abandoned += 1
        day.abandoned_short += waited_ms <= config.short_ms
        day.abandoned_in_target += in_target
    elif reason is Closing.LOST:
        day.lost += 1
        day.longest_wait_ms = max(day.longest_wait_ms, waited_ms)
        return
    else:
        day.left_otherwise += 1
        day.left_otherwise_in_target += in_target
    day.left_wait_ms += waited_ms
    day.longest_wait_ms = max(day.longest_wait_ms, waited_ms)
