"""The compiled event loop: arrays in, counts (and assignments) out; the order of happenings is `twin.clock`'s."""

# mypy: disable-error-code="no-any-return"

from numba import types

from pasokh.twin.fast.agents import (
    book,
)
from pasokh.twin.fast.arrays import (
    Array,
    Arrays,
)
from pasokh.twin.fast.arrivals import (
    arrive,
    next_arrival,
)
from pasokh.twin.fast.bundle import (
    bundle,
)
from pasokh.twin.fast.columns import (
    A_CONTACTS,
    A_DUTY,
    A_READY,
    A_SIGNED,
    A_TALK,
    ACTIVE,
    ANSWER,
    ARRIVAL,
    BARRED,
    C_HANDLED,
    C_TALK,
    CHOICE,
    DAY,
    DUTY,
    FINE,
    FOREVER,
    FREE,
    G_DIRTY_AGENTS,
    G_DIRTY_SLOTS,
    G_END,
    G_HEAP,
    G_INTERVAL,
    G_INTERVAL_END,
    G_KIND,
    G_NOW,
    G_NUMBER_BITS,
    G_SERIAL,
    G_SIGN_OUTS,
    G_SLOTS,
    G_STATUS,
    G_WHO,
    G_WIDTH,
    HOURS,
    KIND_BITS,
    KIND_CONTACT,
    LEAVE,
    MAX_WAIT,
    NONE,
    OFFERED,
    OUTCOME_DUE,
    Q_MAX_WAIT,
    Q_OFFER_AFTER,
    Q_OPEN,
    Q_STEP_AT,
    Q_STEPS,
    Q_THINK,
    Q_WATCHED,
    QUEUED,
    RECOVER,
    RELAX,
    RESERVED,
    RING,
    S_ANSWER_AT,
    S_ARMED,
    S_BARRED_UNTIL,
    S_CONTACT,
    S_DUE,
    S_HOLD_UNTIL,
    S_KIND,
    S_LEAVE_AT,
    S_NUMBER,
    S_OFFERS,
    S_PHASE,
    S_QUEUE,
    S_QUEUED_AT,
    S_STEP,
    S_TALK_END,
    S_TALKS,
    S_WAITS,
    SCHEDULED,
    SURE,
    TALK_END,
    WRAP_UP,
    WRAP_UP_END,
    WRAPPING,
)
from pasokh.twin.fast.compiled import (
    compiled,
    merged,
)
from pasokh.twin.fast.counting import (
    count_answered,
    count_left,
)
from pasokh.twin.fast.customers import (
    balks,
    choice_of,
    patience_ends,
)
from pasokh.twin.fast.happenings import (
    answer,
    duty,
    end_talk,
    leave,
    ring_out,
    sign_out_idle,
    take_alternative,
    timer,
    wrap_up_over,
)
from pasokh.twin.fast.heap import (
    pop,
    push,
)
from pasokh.twin.fast.lanes import (
    by_rank,
    gone,
    lose,
)
from pasokh.twin.fast.offers import (
    change_presence,
    finish_sure,
    offer,
    what_take,
    who_takes,
)


@merged
def _settle(m: Arrays) -> None:
    """Offer until nothing more fits: freed agents look for contacts, then contacts for agents, by number."""
    g, sl = m.g, m.sl
    i = j = 0
    while g[G_STATUS] == FINE:
        if i < g[G_DIRTY_AGENTS]:
            a = m.dirty_agents[i]
            s = what_take(m, a)
            if s < 0:
                i += 1
                continue
        elif j < g[G_DIRTY_SLOTS]:
            if j == 0 and g[G_DIRTY_SLOTS] > 1:
                by_rank(m)
            s = m.dirty_slots[j]
            j += 1
            if sl[s, S_PHASE] != QUEUED:
                continue
            a = who_takes(m, s)
            if a < 0:
                continue
        else:
            break
        offer(m, s, a)
    for j in range(g[G_DIRTY_SLOTS]):
        s = m.dirty_slots[j]
        if sl[s, S_PHASE] == QUEUED:
            _wait(m, s)
    g[G_DIRTY_AGENTS] = g[G_DIRTY_SLOTS] = 0


@merged
def _wait(m: Arrays, s: int) -> None:
    """Nobody could take the contact: enter what time will bring."""
    sl, q = m.sl, m.q
    queue, queued, number = sl[s, S_QUEUE], sl[s, S_QUEUED_AT], sl[s, S_NUMBER]
    if sl[s, S_STEP] < q[Q_STEPS, queue]:
        push(m, queued + m.step_after[q[Q_STEP_AT, queue] + sl[s, S_STEP]], RELAX, number, s)
    if sl[s, S_HOLD_UNTIL] > 0:
        push(m, sl[s, S_HOLD_UNTIL], RESERVED, number, s)
    if sl[s, S_BARRED_UNTIL] > 0:
        push(m, sl[s, S_BARRED_UNTIL], BARRED, number, s)
    if sl[s, S_KIND] != KIND_CONTACT:
        sl[s, S_LEAVE_AT] = FOREVER
        return
    if q[Q_MAX_WAIT, queue] >= 0:
        push(m, queued + q[Q_MAX_WAIT, queue], MAX_WAIT, number, s)
    if sl[s, S_LEAVE_AT] < 0:
        sl[s, S_LEAVE_AT] = patience_ends(m, s)
    if sl[s, S_ARMED]:
        return
    sl[s, S_ARMED] = 1
    load = (sl[s, S_WAITS] << 20) | s
    if q[Q_WATCHED, queue]:
        push(m, sl[s, S_LEAVE_AT], LEAVE, sl[s, S_CONTACT], load)
    if m.alternatives[queue, 0] + m.alternatives[queue, 1] > 0.0 and choice_of(m, s) > 0:
        at = queued + q[Q_OFFER_AFTER, queue] + q[Q_THINK, queue]
        if at >= m.g[G_NOW]:
            push(m, at, CHOICE, sl[s, S_CONTACT], load)


@merged
def _happen(m: Arrays, kind: int, who: int, load: int, at: int) -> None:  # noqa: C901, PLR0912 - one branch a kind
    """Let one happening take effect, if it still holds."""
    ag, sl = m.ag, m.sl
    if DAY <= kind <= DUTY:
        if kind == DUTY:
            duty(m, who, load)
        elif kind == HOURS:
            m.q[Q_OPEN, who >> 1] = who & 1
        else:
            for a in range(ag.shape[0]):
                ag[a, A_CONTACTS] = ag[a, A_TALK] = 0
        return
    if kind == RECOVER:
        if ag[who, A_DUTY] == 0 and ag[who, A_SIGNED] and not ag[who, A_READY]:
            change_presence(m, who, 1)
        return
    s, mark = load & 0xFFFFF, load >> 20
    phase = sl[s, S_PHASE]
    if phase == FREE or sl[s, S_NUMBER if kind <= SCHEDULED else S_CONTACT] != who:
        return
    if phase == SURE:
        if sl[s, S_DUE] == at and (kind in (WRAP_UP_END, WRAP_UP, TALK_END)):
            finish_sure(m, s)
    elif kind == ANSWER:
        if phase == OFFERED and sl[s, S_OFFERS] == mark:
            answer(m, s)
    elif kind == TALK_END:
        if phase == ACTIVE:
            end_talk(m, s)
    elif kind == WRAP_UP:
        if phase == WRAPPING and sl[s, S_DUE] == at:
            wrap_up_over(m, s, False)
    elif kind == WRAP_UP_END:
        if phase in (WRAPPING, OUTCOME_DUE) and sl[s, S_TALKS] == mark:
            wrap_up_over(m, s, True)
    elif kind == LEAVE:
        if phase in (QUEUED, OFFERED) and sl[s, S_WAITS] == mark and sl[s, S_KIND] == KIND_CONTACT:
            leave(m, s)
    elif kind == CHOICE:
        if phase == QUEUED and sl[s, S_WAITS] == mark and sl[s, S_KIND] == KIND_CONTACT:
            if gone(m, s):
                lose(m, s, sl[s, S_LEAVE_AT], True)
            else:
                take_alternative(m, s)
    elif kind == RING:
        if phase == OFFERED and sl[s, S_DUE] == at:
            ring_out(m, s)
    else:
        timer(m, kind, s, at)


@compiled((types.Array(types.int64, 2, "C"),))
def run(table: Array) -> int:  # noqa: C901, PLR0912 - the loop itself
    """Let everything happen before the end. Returns how it went: `FINE`, or what was too small.

    `table` is that of `bundle.table_of`.
    """
    m = bundle(table)
    g, keys, loads = m.g, m.heap_keys, m.heap_loads
    bits = g[G_NUMBER_BITS]
    mask, shift = (1 << bits) - 1, bits + KIND_BITS
    end = g[G_END]
    plan = 0
    for k in range(len(m.stream_next)):
        next_arrival(m, k)
    while g[G_STATUS] == FINE:
        stream, arrives = -1, NONE
        for k in range(len(m.stream_next)):
            if m.stream_next[k] < arrives:
                stream, arrives = k, m.stream_next[k]
        source, key = 0, NONE
        if stream >= 0:
            key = (((arrives << KIND_BITS) | ARRIVAL) << bits) | g[G_SERIAL]
        if g[G_HEAP] > 0 and keys[0] < key:
            source, key = 1, keys[0]
        if plan < len(m.plan_keys) and m.plan_keys[plan] < key:
            source, key = 2, m.plan_keys[plan]
        at = key >> shift
        if key == NONE or at >= end:
            break
        kind, who = (key >> bits) & ((1 << KIND_BITS) - 1), key & mask
        if at >= g[G_NOW]:
            g[G_NOW], g[G_KIND], g[G_WHO] = at, kind, who
            while at >= g[G_INTERVAL_END]:
                g[G_INTERVAL] += 1
                g[G_INTERVAL_END] += g[G_WIDTH]
        arrived = -1
        if source == 0:
            arrived = arrive(m, stream)
        else:
            if source == 1:
                load = loads[0]
                pop(m)
            else:
                load = m.plan_loads[plan]
                plan += 1
            _happen(m, kind, who, load, at)
        if g[G_DIRTY_AGENTS] + g[G_DIRTY_SLOTS] > 0:
            _settle(m)
        if g[G_STATUS] != FINE:
            break
        if arrived >= 0 and m.sl[arrived, S_PHASE] == QUEUED and balks(m, arrived):
            leave(m, arrived)
        while g[G_SIGN_OUTS] > 0 and sign_out_idle(m):
            g[G_SIGN_OUTS] -= 1
            _settle(m)
    _finish(m)
    return g[G_STATUS]


@merged
def _finish(m: Arrays) -> None:
    """Count what the lazy parts left open at the end, and book agents' time."""
    g, sl = m.g, m.sl
    end = g[G_END]
    for s in range(g[G_SLOTS]):
        phase = sl[s, S_PHASE]
        if phase == QUEUED and sl[s, S_KIND] == KIND_CONTACT and 0 <= sl[s, S_LEAVE_AT] < end:
            count_left(m, s, sl[s, S_LEAVE_AT] - sl[s, S_QUEUED_AT], True)
        elif phase == SURE and sl[s, S_ANSWER_AT] < end:
            count_answered(m, s, sl[s, S_ANSWER_AT] - sl[s, S_QUEUED_AT])
            if sl[s, S_TALK_END] < end:
                row = m.counts[sl[s, S_QUEUE], (sl[s, S_TALK_END]) // g[G_WIDTH]]
                row[C_HANDLED] += 1
                row[C_TALK] += sl[s, S_TALK_END] - sl[s, S_ANSWER_AT]
    g[G_NOW] = end
    while end > g[G_INTERVAL_END]:
        g[G_INTERVAL] += 1
        g[G_INTERVAL_END] += g[G_WIDTH]
    for a in range(m.ag.shape[0]):
        book(m, a)
