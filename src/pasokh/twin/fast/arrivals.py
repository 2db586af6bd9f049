"""Customers reaching the centre."""

# mypy: disable-error-code="no-any-return"

from math import log1p

from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.columns import (
    A_GROUP,
    A_SIGNED,
    C_ENTERED,
    C_REFUSED,
    EMAIL,
    G_GROUPS,
    G_INTERVAL,
    G_NOW,
    G_NUMBERS,
    G_SERIAL,
    G_SLOTS,
    G_SPARE,
    G_STATUS,
    NONE,
    OUT_OF_SLOTS,
    P_ARRIVAL,
    P_PREFERRED,
    Q_CLOSES,
    Q_HOLD,
    Q_MAX_WAITING,
    Q_OPEN,
    Q_WAITING,
    R_AT,
    R_INDEX,
    R_PRIORITY,
    S_ARMED,
    S_ATTEMPT,
    S_BARRED_AGENT,
    S_BARRED_UNTIL,
    S_BOOSTED,
    S_CHANNEL,
    S_CONTACT,
    S_HOLD_AGENT,
    S_HOLD_UNTIL,
    S_INDEX,
    S_INTERVAL,
    S_KIND,
    S_LEAVE_AT,
    S_NUMBER,
    S_OFFERS,
    S_PREFERRED,
    S_PRIORITY,
    S_QUEUE,
    S_QUEUED_AT,
    S_ROW,
    S_STEP,
    S_STREAM,
    S_TALKS,
    S_UNREACHED,
    S_WAITS,
    T_ASKED,
    T_CHANNEL,
    T_QUEUE,
    T_SERVING,
    T_SERVING_AT,
)
from pasokh.twin.fast.compiled import (
    merged,
)
from pasokh.twin.fast.customers import (
    priority_of,
)
from pasokh.twin.fast.lanes import (
    enqueue,
    may_be_taken,
)
from pasokh.twin.fast.spans import (
    uniform,
)


@merged
def next_arrival(m: Arrays, k: int) -> None:
    """Move a stream on to its next arrival: recorded, or a unit-rate process mapped through the expected counts."""
    if m.stream_from[k] >= 0:
        at = m.stream_at[k] = m.stream_at[k] + 1
        m.stream_next[k] = m.recorded[R_AT, at] if at < m.stream_until[k] else NONE
        return
    step, last = m.stream_at[k], m.stream_until[k]
    due, reached = m.stream_due[k], m.stream_reached[k]
    while step < last:
        mean = m.step_mean[step]
        if mean > 0 and due < reached + mean:
            begins, ends = m.step_begins[step], m.step_ends[step]
            m.stream_next[k] = min(begins + int((ends - begins) * (due - reached) / mean), ends - 1)
            m.stream_index[k] += 1
            m.stream_due[k] = due - log1p(-uniform(m.keys[k, P_ARRIVAL], m.stream_index[k], 0))
            break
        reached += mean
        step += 1
    if step >= last:
        m.stream_next[k] = NONE
    m.stream_at[k] = step
    m.stream_reached[k] = reached


@merged
def arrive(m: Arrays, k: int) -> int:
    """A customer of stream `k` reaches the centre; the slot, or -1 when not let in."""
    g, sl, q, t = m.g, m.sl, m.q, m.streams
    row, index = -1, m.stream_index[k] - 1
    if m.stream_from[k] >= 0:
        row = m.stream_at[k]
        index = m.recorded[R_INDEX, row]
    contact = g[G_SERIAL]
    g[G_SERIAL] = contact + 1
    g[G_NUMBERS] += 1
    queue = t[k, T_QUEUE]
    priority = m.recorded[R_PRIORITY, row] if row >= 0 else -1
    if priority < 0:
        priority = priority_of(m, k, index)
    preferred = -1
    if m.returning[k] > 0.0 and t[k, T_SERVING] > 0:
        key = m.keys[k, P_PREFERRED]
        if uniform(key, index, 0) < m.returning[k]:
            preferred = m.serving[t[k, T_SERVING_AT] + int(uniform(key, index, 1) * t[k, T_SERVING])]
    next_arrival(m, k)
    if not _let_in(m, k, queue):
        m.counts[queue, g[G_INTERVAL], C_REFUSED] += 1
        return -1
    if g[G_SPARE] > 0:
        g[G_SPARE] -= 1
        s = m.spare[g[G_SPARE]]
    else:
        s = g[G_SLOTS]
        if s >= sl.shape[0]:
            g[G_STATUS] = OUT_OF_SLOTS
            return -1
        g[G_SLOTS] = s + 1
    now = g[G_NOW]
    sl[s, S_CONTACT], sl[s, S_NUMBER], sl[s, S_STREAM], sl[s, S_INDEX] = contact, g[G_NUMBERS], k, index
    sl[s, S_QUEUE], sl[s, S_PRIORITY], sl[s, S_KIND], sl[s, S_CHANNEL] = queue, priority, 0, t[k, T_CHANNEL]
    sl[s, S_PREFERRED], sl[s, S_ROW], sl[s, S_BOOSTED] = preferred, row, 0
    sl[s, S_OFFERS], sl[s, S_TALKS], sl[s, S_WAITS], sl[s, S_ATTEMPT], sl[s, S_UNREACHED] = 0, 0, -1, 0, 0
    sl[s, S_HOLD_AGENT], sl[s, S_HOLD_UNTIL] = -1, 0
    sl[s, S_BARRED_AGENT], sl[s, S_BARRED_UNTIL] = -1, 0
    if preferred >= 0 and q[Q_HOLD, queue] > 0 and m.ag[preferred, A_SIGNED]:
        sl[s, S_HOLD_AGENT], sl[s, S_HOLD_UNTIL] = preferred, now + q[Q_HOLD, queue]
    begin_visit(m, s)
    return s


@merged
def _let_in(m: Arrays, k: int, queue: int) -> bool:
    q = m.q
    if m.streams[k, T_CHANNEL] == EMAIL:
        return True
    if not q[Q_OPEN, queue] or (0 <= q[Q_MAX_WAITING, queue] <= q[Q_WAITING, queue]):
        return False
    if q[Q_CLOSES, queue]:
        row = m.last_row[queue, m.streams[k, T_ASKED]]
        for a in range(m.ag.shape[0]):
            if m.ag[a, A_SIGNED] and m.fit[row * m.g[G_GROUPS] + m.ag[a, A_GROUP]] >= 0:
                return True
        return False
    return True


@merged
def begin_visit(m: Arrays, s: int) -> None:
    """A contact enters a queue anew."""
    g, sl = m.g, m.sl
    queue = sl[s, S_QUEUE]
    sl[s, S_QUEUED_AT] = g[G_NOW]
    sl[s, S_STEP] = 0
    sl[s, S_WAITS] += 1
    sl[s, S_LEAVE_AT], sl[s, S_ARMED] = -1, 0
    sl[s, S_INTERVAL] = g[G_INTERVAL]
    m.counts[queue, g[G_INTERVAL], C_ENTERED] += 1
    m.q[Q_WAITING, queue] += 1
    enqueue(m, s)
    may_be_taken(m, s)
