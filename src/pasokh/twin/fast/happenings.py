"""What happens to contacts and agents, and what it changes; who may take what is settled afterwards."""

# mypy: disable-error-code="no-any-return"

from pasokh.twin.fast.agents import (
    agent_may,
    book,
    release,
    sync,
    unlink,
)
from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.arrivals import (
    begin_visit,
)
from pasokh.twin.fast.columns import (
    A_CONTACTS,
    A_DUTY,
    A_LEAVING,
    A_READY,
    A_SIGNED,
    A_TALK,
    A_TEAM,
    A_WORK,
    ACTIVE,
    BARRED,
    C_CALLBACKS,
    C_MESSAGES,
    C_WRAP_UP,
    CALLBACK,
    EMAIL,
    FOREVER,
    G_HOLDS,
    G_INTERVAL,
    G_NOW,
    G_NUMBERS,
    G_SIGN_OUTS,
    G_SLOTS,
    KIND_CALLBACK,
    KIND_CONTACT,
    MAX_WAIT,
    NO_ANSWER_MS,
    OFFERED,
    OUTCOME_DUE,
    P_REACHED,
    Q_ATTEMPTS,
    Q_MAX_WAIT,
    Q_OPEN,
    Q_PAUSE,
    Q_RETRY,
    Q_RING_OUT_NOT_READY,
    Q_STEP_AT,
    Q_STEPS,
    Q_WAITING,
    Q_WRAP_LIMIT,
    QUEUED,
    RECOVER,
    RELAX,
    RESERVED,
    S_ACCEPTED,
    S_AGENT,
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
    S_PHASE,
    S_PREFERRED,
    S_QUEUE,
    S_QUEUED_AT,
    S_REJECTS,
    S_STEP,
    S_STREAM,
    S_TALK_END,
    S_TALKS,
    S_UNREACHED,
    SCHEDULED,
    TALK_END,
    WAITS_FOR_TIME,
    WRAP_UP,
    WRAP_UP_END,
    WRAPPING,
)
from pasokh.twin.fast.compiled import (
    apart,
    merged,
)
from pasokh.twin.fast.counting import (
    count_answered,
    count_left,
    count_talk,
)
from pasokh.twin.fast.customers import (
    choice_of,
    hands_on_to,
    talk_ms,
    wrap_up_ms,
)
from pasokh.twin.fast.heap import (
    push,
)
from pasokh.twin.fast.lanes import (
    dequeue,
    enqueue,
    free_slot,
    gone,
    lose,
    may_be_taken,
)
from pasokh.twin.fast.offers import (
    change_presence,
    declined,
    requeue,
    unoffer,
)
from pasokh.twin.fast.spans import (
    uniform,
)


@apart
def take_alternative(m: Arrays, s: int) -> None:
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
def timer(m: Arrays, kind: int, s: int, at: int) -> None:
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
def lapse(m: Arrays, s: int, kind: int) -> None:
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
def leave(m: Arrays, s: int) -> None:
    """The customer goes, rung for or not."""
    sl = m.sl
    if sl[S_PHASE, s] == OFFERED:
        unoffer(m, s, False)
        count_left(m, s, max(0, m.g[G_NOW] - sl[S_QUEUED_AT, s]), True)
        m.q[Q_WAITING, sl[S_QUEUE, s]] -= 1
        free_slot(m, s)
    else:
        lose(m, s, m.g[G_NOW], True)


@merged
def answer(m: Arrays, s: int) -> None:
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
def ring_out(m: Arrays, s: int) -> None:
    """The offer rang out; where the queue says so the agent is set not ready, to recover later."""
    sl = m.sl
    a, queue = sl[S_AGENT, s], sl[S_QUEUE, s]
    unoffer(m, s, True)
    if m.q[Q_RING_OUT_NOT_READY, queue]:
        change_presence(m, a, 0)
        push(m, m.g[G_NOW] + m.recover[m.ag[A_TEAM, a]], RECOVER, a, a)
    declined(m, s, a)


@apart
def end_talk(m: Arrays, s: int) -> None:
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
def wrap_up_over(m: Arrays, s: int, complete: bool) -> None:
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


@apart
def duty(m: Arrays, a: int, what: int) -> None:
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
def sign_out_idle(m: Arrays) -> bool:
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
