"""What customers bring, drawn as `pasokh.twin.plan.Stream` draws it."""

# mypy: disable-error-code="no-any-return"

import numpy as np

from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.columns import (
    CALLBACK,
    D_INFINITE,
    D_KIND,
    FOREVER,
    KIND_CONTACT,
    P_ALTERNATIVE,
    P_BALK,
    P_PATIENCE,
    P_PRIORITY,
    P_SERVICE,
    P_TRANSFER,
    P_WRAP_UP,
    Q_CAN_CALLBACK,
    Q_CAN_MESSAGE,
    Q_TRANSFERS,
    R_PATIENCE,
    R_SERVICE,
    R_WRAP_UP,
    S_CHANNEL,
    S_INDEX,
    S_KIND,
    S_QUEUE,
    S_QUEUED_AT,
    S_ROW,
    S_STREAM,
    S_TALKS,
    S_WAITS,
    T_PRIORITY,
    T_WEIGHTS,
)
from pasokh.twin.fast.compiled import (
    apart,
    merged,
)
from pasokh.twin.fast.spans import (
    span,
    uniform,
)


@merged
def rule_of(m: Arrays, s: int, which: int) -> int:
    """The distribution that applies to a contact on its queue and channel: 0 service, 1 wrap-up, 2 patience."""
    return m.rules[which, m.sl[s, S_QUEUE], m.sl[s, S_CHANNEL]]


@merged
def patience_ends(m: Arrays, s: int) -> int:
    """When the customer of a fresh visit leaves."""
    sl = m.sl
    if sl[s, S_CHANNEL] == CALLBACK:
        return FOREVER
    row, visit = sl[s, S_ROW], sl[s, S_WAITS]
    if visit == 0 and row >= 0 and m.recorded[R_PATIENCE, row] >= 0:
        return sl[s, S_QUEUED_AT] + m.recorded[R_PATIENCE, row]
    dist = rule_of(m, s, 2)
    if m.dist[dist, D_KIND] == D_INFINITE:
        return FOREVER
    u = uniform(m.keys[sl[s, S_STREAM], P_PATIENCE], sl[s, S_INDEX], visit)
    return sl[s, S_QUEUED_AT] + max(1, span(m.dist, m.values, dist, u))


@merged
def outlasts(m: Arrays, s: int, team: int) -> bool:
    """Whether it is plain without computing the patience that the customer outlasts the team's fixed delay."""
    sl = m.sl
    row, visit = sl[s, S_ROW], sl[s, S_WAITS]
    if row >= 0 and visit == 0 and m.recorded[R_PATIENCE, row] >= 0:
        return False
    u = uniform(m.keys[sl[s, S_STREAM], P_PATIENCE], sl[s, S_INDEX], visit)
    return u >= m.patient_from[sl[s, S_QUEUE], sl[s, S_CHANNEL], team]


@merged
def at_pace(m: Arrays, length: int, s: int, a: int) -> int:
    """A span at the agent's pace."""
    factor = m.pace[a, m.sl[s, S_QUEUE]]
    return max(1, int(np.rint(length * factor))) if factor != 1.0 else length


@merged
def talk_ms(m: Arrays, s: int, a: int) -> int:
    """Length of the next talk, at the agent's pace."""
    sl = m.sl
    row, talk = sl[s, S_ROW], sl[s, S_TALKS]
    if talk == 0 and row >= 0 and m.recorded[R_SERVICE, row] >= 0:
        length = max(1, m.recorded[R_SERVICE, row])
    else:
        u = uniform(m.keys[sl[s, S_STREAM], P_SERVICE], sl[s, S_INDEX], talk)
        length = max(1, span(m.dist, m.values, rule_of(m, s, 0), u))
    return at_pace(m, length, s, a)


@merged
def wrap_up_ms(m: Arrays, s: int, a: int, talk: int) -> int:
    """Length of the wrap-up after a talk, at the agent's pace."""
    sl = m.sl
    row = sl[s, S_ROW]
    if talk == 0 and row >= 0 and m.recorded[R_WRAP_UP, row] >= 0:
        length = max(1, m.recorded[R_WRAP_UP, row])
    else:
        u = uniform(m.keys[sl[s, S_STREAM], P_WRAP_UP], sl[s, S_INDEX], talk)
        length = max(1, span(m.dist, m.values, rule_of(m, s, 1), u))
    return at_pace(m, length, s, a)


@apart
def hands_on_to(m: Arrays, s: int) -> int:
    """The queue the customer's first talk is handed on to, or -1."""
    sl = m.sl
    queue = sl[s, S_QUEUE]
    if m.q[Q_TRANSFERS, queue] == 0 or sl[s, S_KIND] != KIND_CONTACT or sl[s, S_TALKS] > 1:
        return -1
    u = uniform(m.keys[sl[s, S_STREAM], P_TRANSFER], sl[s, S_INDEX], 0)
    for k in range(len(m.transfers)):
        if m.transfers[k, 0] == queue:
            u -= m.shares[k]
            if u < 0:
                return m.transfers[k, 1]
    return -1


@merged
def balks(m: Arrays, s: int) -> bool:
    """Whether the customer hangs up at once when nobody can be rung at once."""
    sl = m.sl
    share = m.balk[sl[s, S_QUEUE], sl[s, S_CHANNEL]]
    if share <= 0.0 or (sl[s, S_ROW] >= 0 and m.recorded[R_PATIENCE, sl[s, S_ROW]] >= 0):
        return False
    return uniform(m.keys[sl[s, S_STREAM], P_BALK], sl[s, S_INDEX], 0) < share


@apart
def choice_of(m: Arrays, s: int) -> int:
    """What the waiting customer takes of the alternatives: 1 callback, 2 message, 0 none."""
    sl = m.sl
    queue = sl[s, S_QUEUE]
    callback, message = m.alternatives[queue, 0], m.alternatives[queue, 1]
    if callback + message <= 0.0:
        return 0
    u = uniform(m.keys[sl[s, S_STREAM], P_ALTERNATIVE], sl[s, S_INDEX], 0)
    if u < callback:
        return 1 if m.q[Q_CAN_CALLBACK, queue] else 0
    if u < callback + message:
        return 2 if m.q[Q_CAN_MESSAGE, queue] else 0
    return 0


@merged
def priority_of(m: Arrays, k: int, index: int) -> int:
    """The class of a customer: all alike, or by weights."""
    t = m.streams
    if t[k, T_PRIORITY] >= 0:
        return t[k, T_PRIORITY]
    weights = m.weights[t[k, T_WEIGHTS]]
    total = 0.0
    for weight in weights:
        total += weight
    reach = uniform(m.keys[k, P_PRIORITY], index, 0) * total
    last = 0
    for which in range(len(weights)):
        reach -= weights[which]
        if reach < 0:
            return which
        if weights[which] > 0:
            last = which
    return last
