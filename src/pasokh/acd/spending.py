"""What calls to the outside cost, and when a limit is reached. Pure; amounts are millionths of the currency.

A call belongs to the day and month in which it began, with all it costs. It is paid as carriers bill: the first
`first_s` at once, then every further `step_s` that has begun; a part of a millionth counts as one.
"""

from typing import Final

from pasokh.acd.state import Dial, State
from pasokh.kernel.time import HOUR, SECOND, Instant, Millis

SHARES: Final = (80, 100)
"""Percent of a limit that supervisors are told of."""
SPANS: Final = ("day", "month")
_FURTHEST: Final[Millis] = 48 * HOUR
"""No call is as long."""


def cost(a_minute: int, first_s: int, step_s: int, talk_ms: Millis) -> int:
    """Of an answered call."""
    seconds = -(-max(0, talk_ms) // SECOND)
    billed = first_s + max(0, -(-(seconds - first_s) // step_s)) * step_s
    return -(-a_minute * billed // 60)


def cost_by(dial: Dial, at: Instant) -> int:
    """What a call has cost by `at`; nothing while it rings."""
    return cost(dial.a_minute, dial.first_s, dial.step_s, at - dial.answered_at) if dial.answered_at else 0


def spent(state: State, span: str, at: Instant) -> int:
    """What the calls of the running day or month have cost by `at`, those under way included."""
    known = state.spending
    ended = known.today if span == "day" else known.this_month
    return ended + sum(cost_by(dial, at) for dial in state.dials.values() if _counts(state, dial, span))


def limit_of(state: State, span: str) -> int | None:
    """The limit of a span; None = there is none."""
    return state.spending.day_limit if span == "day" else state.spending.month_limit


def reached(state: State, at: Instant) -> dict[str, tuple[str, int, int, int]]:
    """``SPAN:SHARE`` → span, share, spent, limit: what of the limits has been reached by `at`."""
    found = {}
    for span in SPANS:
        limit = limit_of(state, span)
        if limit is None:
            continue
        used = spent(state, span, at)
        found.update({
            f"{span}:{share}": (span, share, used, limit) for share in SHARES if used and used * 100 >= limit * share
        })  # fmt: skip
    return found


def next_reached(state: State, now: Instant) -> Instant:
    """When calls under way, if none begins or ends, will have reached a further share; 0 = never.

    Costs only grow with time, so the moment is found by halving, to the second.
    """
    if not any(dial.answered_at and dial.a_minute for dial in state.dials.values()):
        return 0
    if state.spending.day_limit is None and state.spending.month_limit is None:
        return 0
    told = set(state.spending.told)
    before, after = 0, _FURTHEST // SECOND
    if reached(state, now + after * SECOND).keys() <= told:
        return 0
    while after - before > 1:
        middle = (before + after) // 2
        if reached(state, now + middle * SECOND).keys() <= told:
            before = middle
        else:
            after = middle
    return now + after * SECOND


def _counts(state: State, dial: Dial, span: str) -> bool:
    if dial.currency != state.spending.currency:
        return False
    return dial.day == state.day if span == "day" else dial.month == state.spending.month
