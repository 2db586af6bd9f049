"""What happens to contacts and agents, and what it changes; who may take what is settled afterwards."""

from math import log1p

from pasokh.twin.fast.columns import (
    ACTIVE,
    A_CONTACTS,
    A_DUTY,
    A_GROUP,
    A_LEAVING,
    A_READY,
    A_SIGNED,
    A_TALK,
    A_TEAM,
    A_WORK,
    BARRED,
    CALLBACK,
    C_CALLBACKS,
    C_ENTERED,
    C_MESSAGES,
    C_REFUSED,
    C_WRAP_UP,
    EMAIL,
    FOREVER,
    G_GROUPS,
    G_HOLDS,
    G_INTERVAL,
    G_NOW,
    G_NUMBERS,
    G_SERIAL,
    G_SIGN_OUTS,
    G_SLOTS,
    G_SPARE,
    G_STATUS,
    KIND_CALLBACK,
    KIND_CONTACT,
    MAX_WAIT,
    NONE,
    NO_ANSWER_MS,
    OFFERED,
    OUTCOME_DUE,
    OUT_OF_SLOTS,
    P_ALTERNATIVE,
    P_ARRIVAL,
    P_BALK,
    P_PREFERRED,
    P_PRIORITY,
    P_REACHED,
    QUEUED,
    Q_ATTEMPTS,
    Q_CAN_CALLBACK,
    Q_CAN_MESSAGE,
    Q_CLOSES,
    Q_HOLD,
    Q_MAX_WAIT,
    Q_MAX_WAITING,
    Q_OPEN,
    Q_PAUSE,
    Q_RETRY,
    Q_RING_OUT_NOT_READY,
    Q_STEPS,
    Q_STEP_AT,
    Q_WAITING,
    Q_WRAP_LIMIT,
    RECOVER,
    RELAX,
    RESERVED,
    R_AT,
    R_INDEX,
    R_PATIENCE,
    R_PRIORITY,
    SCHEDULED,
    S_ACCEPTED,
    S_AGENT,
    S_ARMED,
    S_ATTEMPT,
    S_BARRED_AGENT,
    S_BARRED_UNTIL,
    S_BOOSTED,
    S_CHANNEL,
    S_CONTACT,
    S_DUE,
    S_HOLD_AGENT,
    S_HOLD_UNTIL,
    S_INDEX,
    S_INTERVAL,
    S_KIND,
    S_LEAVE_AT,
    S_NUMBER,
    S_OFFERS,
    S_PHASE,
    S_PREFERRED,
    S_PRIORITY,
    S_QUEUE,
    S_QUEUED_AT,
    S_REJECTS,
    S_ROW,
    S_STEP,
    S_STREAM,
    S_TALKS,
    S_TALK_END,
    S_UNREACHED,
    S_WAITS,
    TALK_END,
    T_ASKED,
    T_CHANNEL,
    T_PRIORITY,
    T_QUEUE,
    T_SERVING,
    T_SERVING_AT,
    T_WEIGHTS,
    WAITS_FOR_TIME,
    WRAPPING,
    WRAP_UP,
    WRAP_UP_END,
)
from pasokh.twin.fast.compiled import apart, merged
from pasokh.twin.fast.offers import (
    change_presence,
    count_talk,
    declined,
    hands_on_to,
    requeue,
    talk_ms,
    unoffer,
    wrap_up_ms,
)
from pasokh.twin.fast.queueing import (
    agent_may,
    book,
    count_answered,
    count_left,
    dequeue,
    enqueue,
    free_slot,
    gone,
    lose,
    may_be_taken,
    push,
    release,
    sync,
    unlink,
)
from pasokh.twin.fast.spans import uniform


# -- arriving ------------------------------------------------------------------------------------------------------
@merged
def next_arrival(m, k):
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
def _priority(m, k, index):
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


@merged
def arrive(m, k):
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
        priority = _priority(m, k, index)
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
        if s >= sl.shape[1]:
            g[G_STATUS] = OUT_OF_SLOTS
            return -1
        g[G_SLOTS] = s + 1
    now = g[G_NOW]
    sl[S_CONTACT, s], sl[S_NUMBER, s], sl[S_STREAM, s], sl[S_INDEX, s] = contact, g[G_NUMBERS], k, index
    sl[S_QUEUE, s], sl[S_PRIORITY, s], sl[S_KIND, s], sl[S_CHANNEL, s] = queue, priority, 0, t[k, T_CHANNEL]
    sl[S_PREFERRED, s], sl[S_ROW, s], sl[S_BOOSTED, s] = preferred, row, 0
    sl[S_OFFERS, s], sl[S_TALKS, s], sl[S_WAITS, s], sl[S_ATTEMPT, s], sl[S_UNREACHED, s] = 0, 0, -1, 0, 0
    sl[S_HOLD_AGENT, s], sl[S_HOLD_UNTIL, s] = -1, 0
    sl[S_BARRED_AGENT, s], sl[S_BARRED_UNTIL, s] = -1, 0
    if preferred >= 0 and q[Q_HOLD, queue] > 0 and m.ag[A_SIGNED, preferred]:
        sl[S_HOLD_AGENT, s], sl[S_HOLD_UNTIL, s] = preferred, now + q[Q_HOLD, queue]
    begin_visit(m, s)
    return s


@merged
def _let_in(m, k, queue):
    q = m.q
    if not q[Q_OPEN, queue] or (0 <= q[Q_MAX_WAITING, queue] <= q[Q_WAITING, queue]):
        return False
    if q[Q_CLOSES, queue]:
        row = m.last_row[queue, m.streams[k, T_ASKED]]
        for a in range(m.ag.shape[1]):
            if m.ag[A_SIGNED, a] and m.fit[row * m.g[G_GROUPS] + m.ag[A_GROUP, a]] >= 0:
                return True
        return False
    return True


@merged
def begin_visit(m, s):
    """A contact enters a queue anew."""
    g, sl = m.g, m.sl
    queue = sl[S_QUEUE, s]
    sl[S_QUEUED_AT, s] = g[G_NOW]
    sl[S_STEP, s] = 0
    sl[S_WAITS, s] += 1
    sl[S_LEAVE_AT, s], sl[S_ARMED, s] = -1, 0
    sl[S_INTERVAL, s] = g[G_INTERVAL]
    m.counts[queue, g[G_INTERVAL], C_ENTERED] += 1
    m.q[Q_WAITING, queue] += 1
    enqueue(m, s)
    may_be_taken(m, s)


# -- waiting -------------------------------------------------------------------------------------------------------
@merged
def balks(m, s):
    """Whether the customer hangs up at once when nobody can be rung at once."""
    sl = m.sl
    share = m.balk[sl[S_QUEUE, s], sl[S_CHANNEL, s]]
    if share <= 0.0 or (sl[S_ROW, s] >= 0 and m.recorded[R_PATIENCE, sl[S_ROW, s]] >= 0):
        return False
    return uniform(m.keys[sl[S_STREAM, s], P_BALK], sl[S_INDEX, s], 0) < share


@apart
def choice_of(m, s):
    """What the waiting customer takes of the alternatives: 1 callback, 2 message, 0 none."""
    sl = m.sl
    queue = sl[S_QUEUE, s]
    callback, message = m.alternatives[queue, 0], m.alternatives[queue, 1]
    if callback + message <= 0.0:
        return 0
    u = uniform(m.keys[sl[S_STREAM, s], P_ALTERNATIVE], sl[S_INDEX, s], 0)
    if u < callback:
        return 1 if m.q[Q_CAN_CALLBACK, queue] else 0
    if u < callback + message:
        return 2 if m.q[Q_CAN_MESSAGE, queue] else 0
    return 0


@apart
def take_alternative(m, s):
    """A callback or a message takes the waiting customer's place."""
    g, sl = m.g, m.sl
    queue, which = sl[S_QUEUE, s], choice_of(m, s)
    dequeue(m, s)
    count_left(m, s, max(0, g[G_NOW] - sl[S_QUEUED_AT, s]), False)
    m.counts[queue, sl[S_INTERVAL, s], C_CALLBACKS if which == 1 else C_MESSAGES] += 1
    m.q[Q_WAITING, queue] -= 1
    g[G_NUMBERS] += 1
    sl[S_NUMBER, s] = g[G_NUMBERS]
    sl[S_KIND, s] = which
    sl[S_CHANNEL, s] = CALLBACK if which == 1 else EMAIL
    sl[S_LEAVE_AT, s] = FOREVER
    sl[S_STEP, s], sl[S_ATTEMPT, s] = 0, 0
    requeue(m, s, -1, 0)


@merged
def timer(m, kind, s, at):
    """One of the core's timers of a waiting or scheduled contact, if it still holds."""
    sl, q = m.sl, m.q
    queue = sl[S_QUEUE, s]
    if kind == SCHEDULED:
        if sl[S_PHASE, s] == WAITS_FOR_TIME and sl[S_DUE, s] == at:
            requeue(m, s, -1, 0)
        return
    if sl[S_PHASE, s] != QUEUED:
        return
    holds = False
    if kind == RELAX:
        step = sl[S_STEP, s]
        holds = step < q[Q_STEPS, queue] and (
            sl[S_QUEUED_AT, s] + m.step_after[q[Q_STEP_AT, queue] + step] == at
        )
    elif kind == RESERVED:
        holds = sl[S_HOLD_UNTIL, s] == at
    elif kind == BARRED:
        holds = sl[S_BARRED_UNTIL, s] == at
    else:
        holds = sl[S_QUEUED_AT, s] + q[Q_MAX_WAIT, queue] == at
    if not holds:
        return
    if gone(m, s):
        lose(m, s, sl[S_LEAVE_AT, s], True)
    elif kind == RELAX:
        sl[S_STEP, s] += 1
        may_be_taken(m, s)
    elif kind == MAX_WAIT:
        lose(m, s, m.g[G_NOW], False)
    else:
        lapse(m, s, kind)


@apart
def lapse(m, s, kind):
    """No longer reserved for one agent, or no longer barred from one."""
    sl = m.sl
    dequeue(m, s)
    if kind == RESERVED:
        sl[S_HOLD_AGENT, s], sl[S_HOLD_UNTIL, s] = -1, 0
    else:
        sl[S_BARRED_AGENT, s], sl[S_BARRED_UNTIL, s] = -1, 0
    enqueue(m, s)
    may_be_taken(m, s)


@merged
def leave(m, s):
    """The customer goes, rung for or not."""
    sl = m.sl
    if sl[S_PHASE, s] == OFFERED:
        unoffer(m, s, False)
        count_left(m, s, max(0, m.g[G_NOW] - sl[S_QUEUED_AT, s]), True)
        m.q[Q_WAITING, sl[S_QUEUE, s]] -= 1
        free_slot(m, s)
    else:
        lose(m, s, m.g[G_NOW], True)


# -- talking -------------------------------------------------------------------------------------------------------
@merged
def answer(m, s):
    """The agent takes the offer, or declines."""
    g, sl = m.g, m.sl
    a, now = sl[S_AGENT, s], g[G_NOW]
    if sl[S_REJECTS, s]:
        unoffer(m, s, True)
        declined(m, s, a)
        return
    unlink(m, s, a)
    sl[S_PHASE, s] = ACTIVE
    sl[S_ACCEPTED, s] = now
    sl[S_PREFERRED, s] = a
    m.ag[A_CONTACTS, a] += 1
    if sl[S_KIND, s] == KIND_CONTACT:
        count_answered(m, s, now - sl[S_QUEUED_AT, s])
        m.q[Q_WAITING, sl[S_QUEUE, s]] -= 1
    length = talk_ms(m, s, a)
    sl[S_TALKS, s] += 1
    if sl[S_CHANNEL, s] == CALLBACK:
        u = uniform(m.keys[sl[S_STREAM, s], P_REACHED], sl[S_INDEX, s], sl[S_ATTEMPT, s])
        sl[S_UNREACHED, s] = u >= m.alternatives[sl[S_QUEUE, s], 2]
        if sl[S_UNREACHED, s]:
            length = NO_ANSWER_MS
    push(m, now + length, TALK_END, sl[S_CONTACT, s], s)


@merged
def ring_out(m, s):
    """The offer rang out; where the queue says so the agent is set not ready, to recover later."""
    sl = m.sl
    a, queue = sl[S_AGENT, s], sl[S_QUEUE, s]
    unoffer(m, s, True)
    if m.q[Q_RING_OUT_NOT_READY, queue]:
        change_presence(m, a, 0)
        push(m, m.g[G_NOW] + m.recover[m.ag[A_TEAM, a]], RECOVER, a, a)
    declined(m, s, a)


@apart
def end_talk(m, s):
    """A talk ends: handed on, closed, or wrapped up."""
    g, sl, q = m.g, m.sl, m.q
    a, now, queue = sl[S_AGENT, s], g[G_NOW], sl[S_QUEUE, s]
    length = now - sl[S_ACCEPTED, s]
    to = hands_on_to(m, s)
    count_talk(m, s, now, length)
    m.ag[A_TALK, a] += length
    if to >= 0 and q[Q_OPEN, to]:
        release(m, s, a, True)
        agent_may(m, a)
        pause = q[Q_PAUSE, to]
        sl[S_QUEUE, s], sl[S_BOOSTED, s] = to, 1
        sl[S_HOLD_AGENT, s], sl[S_HOLD_UNTIL, s] = -1, 0
        sl[S_BARRED_AGENT, s], sl[S_BARRED_UNTIL, s] = (a, now + pause) if pause > 0 else (-1, 0)
        begin_visit(m, s)
        return
    limit = q[Q_WRAP_LIMIT, queue]
    if limit == 0:
        release(m, s, a, True)
        agent_may(m, a)
        free_slot(m, s)
        return
    sl[S_PHASE, s] = WRAPPING
    sl[S_TALK_END, s] = now
    sl[S_DUE, s] = now + limit
    push(m, now + limit, WRAP_UP, sl[S_NUMBER, s], s)
    wrap = wrap_up_ms(m, s, a, sl[S_TALKS, s] - 1)
    push(m, now + wrap, WRAP_UP_END, sl[S_CONTACT, s], (sl[S_TALKS, s] << 20) | s)


@apart
def wrap_up_over(m, s, complete):
    """The limit frees the agent, or the wrap-up is complete: closed, or a callback that reached nobody tried again."""
    g, sl, q = m.g, m.sl, m.q
    a, now, queue = sl[S_AGENT, s], g[G_NOW], sl[S_QUEUE, s]
    if sl[S_PHASE, s] == WRAPPING:
        m.counts[queue, g[G_INTERVAL], C_WRAP_UP] += now - sl[S_TALK_END, s]
        release(m, s, a, True)
    agent_may(m, a)
    if not complete:
        sl[S_PHASE, s] = OUTCOME_DUE
        return
    if sl[S_KIND, s] == KIND_CALLBACK and sl[S_UNREACHED, s]:
        attempt = sl[S_ATTEMPT, s] = sl[S_ATTEMPT, s] + 1
        if attempt < q[Q_ATTEMPTS, queue]:
            sl[S_PHASE, s] = WAITS_FOR_TIME
            sl[S_DUE, s] = now + q[Q_RETRY, queue]
            push(m, sl[S_DUE, s], SCHEDULED, sl[S_NUMBER, s], s)
            return
    free_slot(m, s)


# -- agents' duty --------------------------------------------------------------------------------------------------
@apart
def duty(m, a, what):
    """On duty (0), on a break (1), off duty (2)."""
    ag = m.ag
    ag[A_DUTY, a] = what
    ag[A_LEAVING, a] = 0
    if what == 0:
        if not ag[A_SIGNED, a]:
            book(m, a)
            ag[A_SIGNED, a] = 1
        if not ag[A_READY, a]:
            change_presence(m, a, 1)
        return
    if ag[A_READY, a]:
        change_presence(m, a, 0)
    if what == 2 and ag[A_SIGNED, a]:
        ag[A_LEAVING, a] = 1
        if ag[A_WORK, a] == 0:
            m.g[G_SIGN_OUTS] += 1


@apart
def sign_out_idle(m):
    """Sign out one agent whose shift is over and who has nothing in hand; whether there was one."""
    g, ag, sl = m.g, m.ag, m.sl
    for a in range(ag.shape[1]):
        if not ag[A_LEAVING, a] or ag[A_WORK, a] > 0:
            continue
        ag[A_LEAVING, a] = 0
        if not ag[A_SIGNED, a]:
            continue
        if ag[A_READY, a]:
            book(m, a)
            ag[A_READY, a] = 0
        ag[A_SIGNED, a] = 0
        sync(m, a)
        for s in range(g[G_SLOTS] if g[G_HOLDS] else 0):
            if sl[S_PHASE, s] == QUEUED and sl[S_HOLD_UNTIL, s] > 0 and sl[S_HOLD_AGENT, s] == a:
                if gone(m, s):
                    lose(m, s, sl[S_LEAVE_AT, s], True)
                else:
                    lapse(m, s, RESERVED)
        return True
    return False
