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
    queue, which = sl[s, S_QUEUE], choice_of(m, s)
    dequeue(m, s)
    count_left(m, s, max(0, g[G_NOW] - sl[s, S_QUEUED_AT]), False)
    m.counts[queue, sl[s, S_INTERVAL], C_CALLBACKS if which == 1 else C_MESSAGES] += 1
    m.q[Q_WAITING, queue] -= 1
    g[G_NUMBERS] += 1
    sl[s, S_NUMBER] = g[G_NUMBERS]
    sl[s, S_KIND] = which
    sl[s, S_CHANNEL] = CALLBACK if which == 1 else EMAIL
    sl[s, S_LEAVE_AT] = FOREVER
    sl[s, S_STEP], sl[s, S_ATTEMPT] = 0, 0
    requeue(m, s, -1, 0)


@merged
def timer(m: Arrays, kind: int, s: int, at: int) -> None:
    """One of the core's timers of a waiting or scheduled contact, if it still holds."""
    sl, q = m.sl, m.q
    queue = sl[s, S_QUEUE]
    if kind == SCHEDULED:
        if sl[s, S_PHASE] == WAITS_FOR_TIME and sl[s, S_DUE] == at:
            requeue(m, s, -1, 0)
        return
    if sl[s, S_PHASE] != QUEUED:
        return
    holds = False
    if kind == RELAX:
        step = sl[s, S_STEP]
        holds = step < q[Q_STEPS, queue] and (sl[s, S_QUEUED_AT] + m.step_after[q[Q_STEP_AT, queue] + step] == at)
    elif kind == RESERVED:
        holds = sl[s, S_HOLD_UNTIL] == at
    elif kind == BARRED:
        holds = sl[s, S_BARRED_UNTIL] == at
    else:
        holds = sl[s, S_QUEUED_AT] + q[Q_MAX_WAIT, queue] == at
    if not holds:
        return
    if gone(m, s):
        lose(m, s, sl[s, S_LEAVE_AT], True)
    elif kind == RELAX:
        sl[s, S_STEP] += 1
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
        sl[s, S_HOLD_AGENT], sl[s, S_HOLD_UNTIL] = -1, 0
    else:
        sl[s, S_BARRED_AGENT], sl[s, S_BARRED_UNTIL] = -1, 0
    enqueue(m, s)
    may_be_taken(m, s)


@merged
def leave(m: Arrays, s: int) -> None:
    """The customer goes, rung for or not."""
    sl = m.sl
    if sl[s, S_PHASE] == OFFERED:
        unoffer(m, s, False)
        count_left(m, s, max(0, m.g[G_NOW] - sl[s, S_QUEUED_AT]), True)
        m.q[Q_WAITING, sl[s, S_QUEUE]] -= 1
        free_slot(m, s)
    else:
        lose(m, s, m.g[G_NOW], True)


@merged
def answer(m: Arrays, s: int) -> None:
    """The agent takes the offer, or declines."""
    g, sl = m.g, m.sl
    a, now = sl[s, S_AGENT], g[G_NOW]
    if sl[s, S_REJECTS]:
        unoffer(m, s, True)
        declined(m, s, a)
        return
    unlink(m, s, a)
    sl[s, S_PHASE] = ACTIVE
    sl[s, S_ACCEPTED] = now
    sl[s, S_PREFERRED] = a
    m.ag[a, A_CONTACTS] += 1
    if sl[s, S_KIND] == KIND_CONTACT:
        count_answered(m, s, now - sl[s, S_QUEUED_AT])
        m.q[Q_WAITING, sl[s, S_QUEUE]] -= 1
    length = talk_ms(m, s, a)
    sl[s, S_TALKS] += 1
    if sl[s, S_CHANNEL] == CALLBACK:
        u = uniform(m.keys[sl[s, S_STREAM], P_REACHED], sl[s, S_INDEX], sl[s, S_ATTEMPT])
        sl[s, S_UNREACHED] = u >= m.alternatives[sl[s, S_QUEUE], 2]
        if sl[s, S_UNREACHED]:
            length = NO_ANSWER_MS
    push(m, now + length, TALK_END, sl[s, S_CONTACT], s)


@merged
def ring_out(m: Arrays, s: int) -> None:
    """The offer rang out; where the queue says so the agent is set not ready, to recover later."""
    sl = m.sl
    a, queue = sl[s, S_AGENT], sl[s, S_QUEUE]
    unoffer(m, s, True)
    if m.q[Q_RING_OUT_NOT_READY, queue]:
        change_presence(m, a, 0)
        push(m, m.g[G_NOW] + m.recover[m.ag[a, A_TEAM]], RECOVER, a, a)
    declined(m, s, a)


@apart
def end_talk(m: Arrays, s: int) -> None:
    """A talk ends: handed on, closed, or wrapped up."""
    g, sl, q = m.g, m.sl, m.q
    a, now, queue = sl[s, S_AGENT], g[G_NOW], sl[s, S_QUEUE]
    length = now - sl[s, S_ACCEPTED]
    to = hands_on_to(m, s)
    count_talk(m, s, now, length)
    m.ag[a, A_TALK] += length
    if to >= 0 and q[Q_OPEN, to]:
        release(m, s, a, True)
        agent_may(m, a)
        pause = q[Q_PAUSE, to]
        sl[s, S_QUEUE], sl[s, S_BOOSTED] = to, 1
        sl[s, S_HOLD_AGENT], sl[s, S_HOLD_UNTIL] = -1, 0
        sl[s, S_BARRED_AGENT], sl[s, S_BARRED_UNTIL] = (a, now + pause) if pause > 0 else (-1, 0)
        begin_visit(m, s)
        return
    limit = q[Q_WRAP_LIMIT, queue]
    if limit == 0:
        release(m, s, a, True)
        agent_may(m, a)
        free_slot(m, s)
        return
    sl[s, S_PHASE] = WRAPPING
    sl[s, S_TALK_END] = now
    sl[s, S_DUE] = now + limit
    push(m, now + limit, WRAP_UP, sl[s, S_NUMBER], s)
    wrap = wrap_up_ms(m, s, a, sl[s, S_TALKS] - 1)
    push(m, now + wrap, WRAP_UP_END, sl[s, S_CONTACT], (sl[s, S_TALKS] << 20) | s)


@apart
def wrap_up_over(m: Arrays, s: int, complete: bool) -> None:
    """The limit frees the agent, or the wrap-up is complete: closed, or a callback that reached nobody tried again."""
    g, sl, q = m.g, m.sl, m.q
    a, now, queue = sl[s, S_AGENT], g[G_NOW], sl[s, S_QUEUE]
    if sl[s, S_PHASE] == WRAPPING:
        m.counts[queue, g[G_INTERVAL], C_WRAP_UP] += now - sl[s, S_TALK_END]
        release(m, s, a, True)
    agent_may(m, a)
    if not complete:
        sl[s, S_PHASE] = OUTCOME_DUE
        return
    if sl[s, S_KIND] == KIND_CALLBACK and sl[s, S_UNREACHED]:
        attempt = sl[s, S_ATTEMPT] = sl[s, S_ATTEMPT] + 1
        if attempt < q[Q_ATTEMPTS, queue]:
            sl[s, S_PHASE] = WAITS_FOR_TIME
            sl[s, S_DUE] = now + q[Q_RETRY, queue]
            push(m, sl[s, S_DUE], SCHEDULED, sl[s, S_NUMBER], s)
            return
    free_slot(m, s)


@apart
def duty(m: Arrays, a: int, what: int) -> None:
    """On duty (0), on a break (1), off duty (2)."""
    ag = m.ag
    ag[a, A_DUTY] = what
    ag[a, A_LEAVING] = 0
    if what == 0:
        if not ag[a, A_SIGNED]:
            book(m, a)
            ag[a, A_SIGNED] = 1
        if not ag[a, A_READY]:
            change_presence(m, a, 1)
        return
    if ag[a, A_READY]:
        change_presence(m, a, 0)
    if what == 2 and ag[a, A_SIGNED]:
        ag[a, A_LEAVING] = 1
        if ag[a, A_WORK] == 0:
            m.g[G_SIGN_OUTS] += 1


@apart
def sign_out_idle(m: Arrays) -> bool:
    """Sign out one agent whose shift is over and who has nothing in hand; whether there was one."""
    g, ag, sl = m.g, m.ag, m.sl
    for a in range(ag.shape[0]):
        if not ag[a, A_LEAVING] or ag[a, A_WORK] > 0:
            continue
        ag[a, A_LEAVING] = 0
        if not ag[a, A_SIGNED]:
            continue
        if ag[a, A_READY]:
            book(m, a)
            ag[a, A_READY] = 0
        ag[a, A_SIGNED] = 0
        sync(m, a)
        for s in range(g[G_SLOTS] if g[G_HOLDS] else 0):
            if sl[s, S_PHASE] == QUEUED and sl[s, S_HOLD_UNTIL] > 0 and sl[s, S_HOLD_AGENT] == a:
                if gone(m, s):
                    lose(m, s, sl[s, S_LEAVE_AT], True)
                else:
                    lapse(m, s, RESERVED)
        return True
    return False
