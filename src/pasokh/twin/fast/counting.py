"""What is counted, as `pasokh.twin.tally` counts it."""

# mypy: disable-error-code="no-any-return"

from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.columns import (
    C_ABANDONED,
    C_ABANDONED_IN_TARGET,
    C_ABANDONED_SHORT,
    C_ANSWERED,
    C_ANSWERED_IN_TARGET,
    C_ANSWERED_WAIT,
    C_HANDLED,
    C_LEFT,
    C_LEFT_IN_TARGET,
    C_LEFT_WAIT,
    C_TALK,
    G_INTERVAL,
    G_INTERVAL_END,
    G_WIDTH,
    Q_SHORT,
    Q_TARGET,
    S_INTERVAL,
    S_QUEUE,
)
from pasokh.twin.fast.compiled import (
    merged,
)


@merged
def interval_of(m: Arrays, at: int) -> int:
    """The interval of an instant near the present."""
    g = m.g
    k, end = g[G_INTERVAL], g[G_INTERVAL_END]
    while at < end - g[G_WIDTH]:
        k -= 1
        end -= g[G_WIDTH]
    return k


@merged
def count_wait(m: Arrays, s: int, waited: int, answered: bool) -> None:
    """Count an answered or abandoned visit by the length of its wait."""
    queue, k = m.sl[s, S_QUEUE], m.sl[s, S_INTERVAL]
    m.waits[0 if answered else 1, queue, min((waited + 4_999) // 5_000, 120)] += 1
    m.longest[queue, k] = max(m.longest[queue, k], waited)


@merged
def count_answered(m: Arrays, s: int, waited: int) -> None:
    """Count the first answer of a visit."""
    queue = m.sl[s, S_QUEUE]
    row = m.counts[queue, m.sl[s, S_INTERVAL]]
    row[C_ANSWERED] += 1
    row[C_ANSWERED_WAIT] += waited
    if waited <= m.q[Q_TARGET, queue]:
        row[C_ANSWERED_IN_TARGET] += 1
    count_wait(m, s, waited, True)


@merged
def count_left(m: Arrays, s: int, waited: int, abandoned: bool) -> None:
    """Count a visit that ended without an answer."""
    queue, k = m.sl[s, S_QUEUE], m.sl[s, S_INTERVAL]
    row = m.counts[queue, k]
    row[C_LEFT_WAIT] += waited
    in_target = waited <= m.q[Q_TARGET, queue]
    if abandoned:
        row[C_ABANDONED] += 1
        row[C_ABANDONED_IN_TARGET] += in_target
        row[C_ABANDONED_SHORT] += waited <= m.q[Q_SHORT, queue]
        count_wait(m, s, waited, False)
    else:
        row[C_LEFT] += 1
        row[C_LEFT_IN_TARGET] += in_target
        m.longest[queue, k] = max(m.longest[queue, k], waited)


@merged
def count_talk(m: Arrays, s: int, at: int, length: int) -> None:
    """Count a talk that ends at an instant."""
    row = m.counts[m.sl[s, S_QUEUE], interval_of(m, at)]
    row[C_HANDLED] += 1
    row[C_TALK] += length
