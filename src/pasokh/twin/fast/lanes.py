"""Waiting contacts as arrays: the compiled counterpart of lanes in `pasokh.acd.routing.tables`.

Abandonment is no happening: whoever lost patience is removed when somebody looks at the lane.
"""

# mypy: disable-error-code="no-any-return"

from pasokh.twin.fast import routing_kernel as kernel
from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.columns import (
    FREE,
    G_DIRTY_SLOTS,
    G_KIND,
    G_NOW,
    G_SPARE,
    G_STATUS,
    G_WAITING,
    G_WHO,
    KIND_CONTACT,
    L_AGEING,
    L_AT,
    L_EXCEPTIONS,
    L_HEAD,
    L_LEN,
    L_MASK,
    L_PREFERRED,
    L_PREFERRED_BOOST,
    L_TARGET,
    L_TARGET_BOOST,
    L_WEIGHT,
    LEAVE,
    OUT_OF_LANE,
    Q_CLASSES,
    Q_WAITING,
    QUEUED,
    S_BARRED_UNTIL,
    S_BOOSTED,
    S_CHANNEL,
    S_CONTACT,
    S_HEAD,
    S_HOLD_UNTIL,
    S_KIND,
    S_LANE,
    S_LEAVE_AT,
    S_NUMBER,
    S_PHASE,
    S_PREFERRED,
    S_PRIORITY,
    S_QUEUE,
    S_QUEUED_AT,
    S_STREAM,
    T_ASKED,
)
from pasokh.twin.fast.compiled import (
    apart,
    merged,
)
from pasokh.twin.fast.counting import (
    count_left,
)

kernel_rank = kernel.rank


@merged
def may_be_taken(m: Arrays, s: int) -> None:
    """Note that a contact may now be taken."""
    g = m.g
    n = g[G_DIRTY_SLOTS]
    for k in range(n):
        if m.dirty_slots[k] == s:
            return
    m.dirty_slots[n] = s
    g[G_DIRTY_SLOTS] = n + 1


@merged
def _rank(m: Arrays, s: int) -> int:
    la, lane = m.la, m.sl[s, S_LANE]
    wait = m.g[G_NOW] - m.sl[s, S_QUEUED_AT]
    return kernel_rank(
        wait, la[L_WEIGHT, lane], la[L_HEAD, lane], la[L_AGEING, lane], la[L_TARGET, lane],
        la[L_TARGET_BOOST, lane], 0,
    )  # fmt: skip


@apart
def by_rank(m: Arrays) -> None:
    """Sort those who may now be taken: greater rank, nobody's preference counted, then place, then number."""
    sl, dirty = m.sl, m.dirty_slots
    for k in range(1, m.g[G_DIRTY_SLOTS]):
        s = dirty[k]
        rank, queued, number = _rank(m, s), sl[s, S_QUEUED_AT], sl[s, S_NUMBER]
        i = k
        while i > 0:
            other = dirty[i - 1]
            theirs = _rank(m, other)
            if theirs > rank or (theirs == rank and sl[other, S_QUEUED_AT] < queued):
                break
            if theirs == rank and sl[other, S_QUEUED_AT] == queued and sl[other, S_NUMBER] < number:
                break
            dirty[i] = other
            i -= 1
        dirty[i] = s


@merged
def lane_of(m: Arrays, s: int) -> int:
    """The lane a contact waits in."""
    sl = m.sl
    queue = sl[s, S_QUEUE]
    which = min(sl[s, S_PRIORITY], m.q[Q_CLASSES, queue] - 1)
    asked = m.streams[sl[s, S_STREAM], T_ASKED]
    return m.lane_of[queue, which, sl[s, S_BOOSTED], m.capacity_of[sl[s, S_CHANNEL]], asked]


@merged
def enqueue(m: Arrays, s: int) -> None:
    """Put a contact into its lane, at its place by (queued at, number)."""
    g, sl, la = m.g, m.sl, m.la
    lane = lane_of(m, s)
    sl[s, S_LANE] = lane
    sl[s, S_HEAD] = la[L_HEAD, lane]
    sl[s, S_PHASE] = QUEUED
    slots, at, n, mask = m.lane_slots[lane], la[L_AT, lane], la[L_LEN, lane], la[L_MASK, lane]
    if n > mask:
        g[G_STATUS] = OUT_OF_LANE
        return
    queued, number = sl[s, S_QUEUED_AT], sl[s, S_NUMBER]
    i = n
    while i > 0:
        other = slots[(at + i - 1) & mask]
        theirs = sl[other, S_QUEUED_AT]
        if theirs < queued or (theirs == queued and sl[other, S_NUMBER] < number):
            break
        slots[(at + i) & mask] = other
        i -= 1
    slots[(at + i) & mask] = s
    la[L_LEN, lane] = n + 1
    if sl[s, S_PREFERRED] >= 0:
        la[L_PREFERRED, lane] += 1
    if sl[s, S_HOLD_UNTIL] > 0 or sl[s, S_BARRED_UNTIL] > 0:
        la[L_EXCEPTIONS, lane] += 1
    g[G_WAITING] += 1


@merged
def dequeue(m: Arrays, s: int) -> None:
    """Take a contact out of its lane."""
    g, sl, la = m.g, m.sl, m.la
    lane = sl[s, S_LANE]
    slots, at, n, mask = m.lane_slots[lane], la[L_AT, lane], la[L_LEN, lane], la[L_MASK, lane]
    i, j = 0, n - 1
    while slots[(at + i) & mask] != s and slots[(at + j) & mask] != s:
        i += 1
        j -= 1
    if slots[(at + i) & mask] == s:
        while i > 0:
            slots[(at + i) & mask] = slots[(at + i - 1) & mask]
            i -= 1
        la[L_AT, lane] = (at + 1) & mask
    else:
        while j < n - 1:
            slots[(at + j) & mask] = slots[(at + j + 1) & mask]
            j += 1
    la[L_LEN, lane] = n - 1
    if sl[s, S_PREFERRED] >= 0:
        la[L_PREFERRED, lane] -= 1
    if sl[s, S_HOLD_UNTIL] > 0 or sl[s, S_BARRED_UNTIL] > 0:
        la[L_EXCEPTIONS, lane] -= 1
    g[G_WAITING] -= 1


@merged
def free_slot(m: Arrays, s: int) -> None:
    """The contact has left the centre."""
    g = m.g
    m.sl[s, S_PHASE] = FREE
    m.sl[s, S_CONTACT] = -1
    m.spare[g[G_SPARE]] = s
    g[G_SPARE] += 1


@merged
def gone(m: Arrays, s: int) -> bool:
    """Whether the patience of a waiting contact has already ended: before the present happening, in its order."""
    g, sl = m.g, m.sl
    leaves = sl[s, S_LEAVE_AT]
    if leaves < g[G_NOW]:
        return leaves >= 0
    if leaves > g[G_NOW]:
        return False
    return g[G_KIND] > LEAVE or (g[G_KIND] == LEAVE and sl[s, S_CONTACT] < g[G_WHO])


@merged
def sweep_lane(m: Arrays, lane: int) -> None:
    """Remove those whose patience has ended: from the head, or all where the kernel may look further."""
    la, sl = m.la, m.sl
    while la[L_LEN, lane] > 0:
        s = m.lane_slots[lane][la[L_AT, lane]]
        if not gone(m, s):
            break
        lose(m, s, sl[s, S_LEAVE_AT], True)
    further = la[L_EXCEPTIONS, lane] > 0 or (la[L_PREFERRED_BOOST, lane] > 0 and la[L_PREFERRED, lane] > 0)
    if further:
        i = 1
        while i < la[L_LEN, lane]:
            s = m.lane_slots[lane][(la[L_AT, lane] + i) & la[L_MASK, lane]]
            if gone(m, s):
                lose(m, s, sl[s, S_LEAVE_AT], True)
            else:
                i += 1


@merged
def lose(m: Arrays, s: int, at: int, abandoned: bool) -> None:
    """A waiting contact (not offered) leaves the centre at an instant up to now."""
    sl = m.sl
    dequeue(m, s)
    if sl[s, S_KIND] == KIND_CONTACT:
        count_left(m, s, max(0, at - sl[s, S_QUEUED_AT]), abandoned)
        m.q[Q_WAITING, sl[s, S_QUEUE]] -= 1
    free_slot(m, s)
