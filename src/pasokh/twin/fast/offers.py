"""The two questions put to the compiled kernel, and what becomes of an offer."""

# mypy: disable-error-code="no-any-return"

from pasokh.twin.fast import routing_kernel as kernel
from pasokh.twin.fast.agents import (
    agent_may,
    book,
    release,
    sync,
    take,
    unlink,
)
from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.columns import (
    A_CONTACTS,
    A_GROUP,
    A_IDLE_SINCE,
    A_LAST_OFFER,
    A_LISTED,
    A_LOAD,
    A_OFFERED,
    A_READY,
    A_TALK,
    A_TEAM,
    ANSWER,
    C_WRAP_UP,
    FOREVER,
    G_ASSIGNED,
    G_FREE_GROUPS,
    G_GROUPS,
    G_IDLE,
    G_IDLE_AT,
    G_INTERVAL,
    G_LANES,
    G_MASKED,
    G_NOW,
    G_OFFERS_MADE,
    G_RECORDS,
    G_SEES_COUNTERS,
    G_STATUS,
    G_WAITING,
    KIND_CONTACT,
    L_AGEING,
    L_AT,
    L_CAPACITY,
    L_EXCEPTIONS,
    L_LEN,
    L_MASK,
    L_PREFERRED,
    L_PREFERRED_BOOST,
    L_ROW,
    L_STEP_AT,
    L_STEPS,
    L_TARGET,
    L_TARGET_BOOST,
    L_WEIGHT,
    LEAVE,
    OFFERED,
    OUT_OF_RECORDS,
    P_ANSWER,
    P_REFUSAL,
    Q_ORDER_AT,
    Q_ORDER_LEN,
    Q_PAUSE,
    Q_RING,
    Q_SEED,
    Q_TRANSFERS,
    Q_WAITING,
    Q_WATCHED,
    Q_WRAP_LIMIT,
    RING,
    S_AGENT,
    S_ANSWER_AT,
    S_BARRED_AGENT,
    S_BARRED_UNTIL,
    S_CONTACT,
    S_DIRECT,
    S_DUE,
    S_HEAD,
    S_HOLD_AGENT,
    S_HOLD_UNTIL,
    S_INDEX,
    S_KIND,
    S_LANE,
    S_LEAVE_AT,
    S_NEXT,
    S_NUMBER,
    S_OFFERS,
    S_PHASE,
    S_PREFERRED,
    S_QUEUE,
    S_QUEUED_AT,
    S_REJECTS,
    S_STREAM,
    S_TALK_END,
    S_TALKS,
    S_WAITS,
    SURE,
    TALK_END,
    WRAP_UP,
    WRAP_UP_END,
)
from pasokh.twin.fast.compiled import (
    apart,
    merged,
)
from pasokh.twin.fast.counting import (
    count_answered,
    count_talk,
)
from pasokh.twin.fast.customers import (
    outlasts,
    patience_ends,
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
    may_be_taken,
    sweep_lane,
)
from pasokh.twin.fast.spans import (
    span,
    uniform,
)

_best_agent = kernel.best_agent
_best_contact = kernel.best_contact


@merged
def who_takes(m: Arrays, s: int) -> int:
    """The best agent for a waiting contact, or -1."""
    g, ag, sl, la, q = m.g, m.ag, m.sl, m.la, m.q
    if g[G_IDLE] == 0:
        return -1
    lane, queue = sl[s, S_LANE], sl[s, S_QUEUE]
    wait = g[G_NOW] - sl[s, S_QUEUED_AT]
    row, step_at = la[L_ROW, lane], la[L_STEP_AT, lane]
    for k in range(la[L_STEPS, lane]):
        row += wait >= m.step_after[step_at + k]
    if g[G_MASKED] and sl[s, S_DIRECT] == 0 and (m.row_groups[row] & g[G_FREE_GROUPS]) == 0:
        return -1
    first = g[G_IDLE_AT]
    return _best_agent(
        g[G_NOW], row, g[G_GROUPS], la[L_CAPACITY, lane], sl[s, S_NUMBER], sl[s, S_PREFERRED],
        sl[s, S_HOLD_AGENT], sl[s, S_HOLD_UNTIL], sl[s, S_DIRECT], sl[s, S_BARRED_AGENT], sl[s, S_BARRED_UNTIL],
        m.order, q[Q_ORDER_AT, queue], q[Q_ORDER_LEN, queue], q[Q_SEED, queue],
        m.idle[first : first + g[G_IDLE]], g[G_IDLE], 1,
        m.fit, ag[:, A_GROUP], m.rooms,
        ag[:, A_IDLE_SINCE], ag[:, A_CONTACTS], ag[:, A_TALK], ag[:, A_LAST_OFFER], ag[:, A_LOAD],
    )  # fmt: skip


@merged
def what_take(m: Arrays, a: int) -> int:
    """The slot of the best contact for an agent, or -1."""
    g, ag, sl, la = m.g, m.ag, m.sl, m.la
    if g[G_WAITING] == 0 or ag[a, A_LISTED] == 0:
        return -1
    for lane in range(g[G_LANES]):
        if la[L_LEN, lane] > 0:
            sweep_lane(m, lane)
    if g[G_WAITING] == 0:
        return -1
    return _best_contact(
        g[G_NOW], a, ag[a, A_GROUP], g[G_GROUPS],
        g[G_LANES], la[L_AT], la[L_LEN], la[L_MASK], m.lane_slots,
        la[L_CAPACITY], la[L_ROW], la[L_STEPS], la[L_STEP_AT], m.step_after,
        la[L_WEIGHT], la[L_AGEING], la[L_TARGET], la[L_TARGET_BOOST],
        la[L_PREFERRED], la[L_PREFERRED_BOOST], la[L_EXCEPTIONS],
        sl[:, S_QUEUED_AT], sl[:, S_HEAD], sl[:, S_NUMBER], sl[:, S_PREFERRED],
        sl[:, S_HOLD_AGENT], sl[:, S_HOLD_UNTIL], sl[:, S_DIRECT], sl[:, S_BARRED_AGENT], sl[:, S_BARRED_UNTIL],
        m.fit, m.rooms,
    )  # fmt: skip


@merged
def offer(m: Arrays, s: int, a: int) -> None:  # noqa: PLR0915 - all that an offer brings
    """Offer a waiting contact to an agent, and enter what comes of it."""
    g, ag, sl, q = m.g, m.ag, m.sl, m.q
    dequeue(m, s)
    now, queue = g[G_NOW], sl[s, S_QUEUE]
    sl[s, S_AGENT] = a
    g[G_OFFERS_MADE] += 1
    ag[a, A_LAST_OFFER] = g[G_OFFERS_MADE]
    take(m, s, a)
    if g[G_RECORDS]:
        n = g[G_ASSIGNED]
        if n >= len(m.assigned):
            g[G_STATUS] = OUT_OF_RECORDS
            return
        m.assigned[n, 0], m.assigned[n, 1], m.assigned[n, 2] = now, sl[s, S_CONTACT], a
        g[G_ASSIGNED] = n + 1
    ordinal = sl[s, S_OFFERS] = sl[s, S_OFFERS] + 1
    sl[s, S_PHASE] = OFFERED
    team = ag[a, A_TEAM]
    key = m.keys[sl[s, S_STREAM], P_ANSWER]
    index = sl[s, S_INDEX]
    delay = m.fixed_answer[team]
    if delay < 0:
        delay = max(1, span(m.dist, m.values, m.answer[team], uniform(key, index, ordinal - 1)))
    reject, silent = m.refusing[team, 0], m.refusing[team, 1]
    rejects, mute = False, False
    if reject + silent > 0.0:
        u = uniform(m.keys[sl[s, S_STREAM], P_REFUSAL], index, ordinal - 1)
        rejects = u < reject
        mute = reject <= u < reject + silent
    sl[s, S_REJECTS] = rejects
    mute = mute or delay >= q[Q_RING, queue]
    until = now + (q[Q_RING, queue] if mute else delay)
    leaves = sl[s, S_LEAVE_AT]
    if leaves < 0:
        leaves = FOREVER
        at_once = now == sl[s, S_QUEUED_AT] and not mute
        if sl[s, S_KIND] == KIND_CONTACT and not (at_once and outlasts(m, s, team)):
            leaves = sl[s, S_LEAVE_AT] = patience_ends(m, s)
    number, kind, load = sl[s, S_CONTACT], ANSWER, (ordinal << 20) | s
    sl[s, S_DUE] = -1
    if leaves < until:
        until, kind, load = leaves, LEAVE, (sl[s, S_WAITS] << 20) | s
    elif mute:
        sl[s, S_DUE] = until
        number, kind, load = sl[s, S_NUMBER], RING, s
    elif not (
        rejects or g[G_SEES_COUNTERS] or sl[s, S_KIND] != KIND_CONTACT or q[Q_WATCHED, queue] or q[Q_TRANSFERS, queue]
    ):
        # Nothing but a change of presence while ringing can come between: enter only when the agent is free again.
        sl[s, S_PHASE] = SURE
        sl[s, S_ANSWER_AT] = until
        until += talk_ms(m, s, a)
        sl[s, S_TALK_END] = until
        limit = q[Q_WRAP_LIMIT, queue]
        kind, load = TALK_END, s
        if limit > 0:
            wrap = wrap_up_ms(m, s, a, sl[s, S_TALKS])
            kind = WRAP_UP_END
            if wrap >= limit:
                wrap, kind, number = limit, WRAP_UP, sl[s, S_NUMBER]
            until += wrap
        sl[s, S_DUE] = until
    push(m, until, kind, number, load)


@apart
def requeue(m: Arrays, s: int, barred: int, until: int) -> None:
    """Back to its queue at its old place; not offered to `barred` until then."""
    sl = m.sl
    sl[s, S_HOLD_AGENT], sl[s, S_HOLD_UNTIL] = -1, 0
    sl[s, S_BARRED_AGENT], sl[s, S_BARRED_UNTIL] = barred, until
    enqueue(m, s)
    may_be_taken(m, s)


@apart
def unoffer(m: Arrays, s: int, idles: bool) -> int:
    """An open offer is over; the agent may take something else."""
    a = m.sl[s, S_AGENT]
    unlink(m, s, a)
    release(m, s, a, idles)
    agent_may(m, a)
    return a


@apart
def declined(m: Arrays, s: int, a: int) -> None:
    """Back to the old place, for someone else first."""
    pause = m.q[Q_PAUSE, m.sl[s, S_QUEUE]]
    agent_may(m, a)
    if pause > 0:
        requeue(m, s, a, m.g[G_NOW] + pause)
    else:
        requeue(m, s, -1, 0)


@apart
def change_presence(m: Arrays, a: int, ready: int) -> None:
    """Ready or not; open offers of an agent who is not ready return to their place."""
    ag, sl, now = m.ag, m.sl, m.g[G_NOW]
    book(m, a)
    ag[a, A_READY] = ready
    if ready:
        ag[a, A_IDLE_SINCE] = now
    sync(m, a)
    if ready:
        agent_may(m, a)
        return
    s = ag[a, A_OFFERED]
    while s >= 0:
        after = sl[s, S_NEXT]
        if sl[s, S_PHASE] == OFFERED or (sl[s, S_PHASE] == SURE and sl[s, S_ANSWER_AT] >= now):
            unoffer(m, s, False)
            requeue(m, s, -1, 0)
        s = after


@merged
def finish_sure(m: Arrays, s: int) -> None:
    """The agent is free again after a contact foreseen to its end."""
    g, sl = m.g, m.sl
    a, now = sl[s, S_AGENT], g[G_NOW]
    count_answered(m, s, sl[s, S_ANSWER_AT] - sl[s, S_QUEUED_AT])
    count_talk(m, s, sl[s, S_TALK_END], sl[s, S_TALK_END] - sl[s, S_ANSWER_AT])
    m.counts[sl[s, S_QUEUE], g[G_INTERVAL], C_WRAP_UP] += now - sl[s, S_TALK_END]
    m.q[Q_WAITING, sl[s, S_QUEUE]] -= 1
    unlink(m, s, a)
    release(m, s, a, True)
    free_slot(m, s)
    agent_may(m, a)
