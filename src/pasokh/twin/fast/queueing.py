"""Agents, lanes and the heap of happenings as arrays: the compiled counterpart of `pasokh.acd.routing.tables`.

Every function takes the bundle `m` of arrays (`pasokh.twin.fast.arrays.Arrays`).
"""

from pasokh.twin.fast.columns import (
    A_GROUP,
    A_IDLE_SINCE,
    A_LEAVING,
    A_LISTED,
    A_LOAD,
    A_MAIL,
    A_MAX_MAIL,
    A_MAX_TEXT,
    A_MAX_VOICE,
    A_OFFERED,
    A_READY,
    A_SINCE,
    A_TEXT,
    A_VOICE,
    A_WAS,
    A_WORK,
    C_ABANDONED,
    C_ABANDONED_IN_TARGET,
    C_ABANDONED_SHORT,
    C_ANSWERED,
    C_ANSWERED_IN_TARGET,
    C_ANSWERED_WAIT,
    C_LEFT,
    C_LEFT_IN_TARGET,
    C_LEFT_WAIT,
    FREE,
    G_DIRTY_AGENTS,
    G_DIRTY_SLOTS,
    G_END,
    G_FREE_GROUPS,
    G_HEAP,
    G_IDLE,
    G_IDLE_AT,
    G_INTERVAL,
    G_INTERVAL_END,
    G_KIND,
    G_NOW,
    G_NUMBER_BITS,
    G_SIGN_OUTS,
    G_SPARE,
    G_STATUS,
    G_WAITING,
    G_WHO,
    G_WIDTH,
    KIND_BITS,
    KIND_CONTACT,
    LEAVE,
    L_AT,
    L_AGEING,
    L_EXCEPTIONS,
    L_TARGET,
    L_TARGET_BOOST,
    L_WEIGHT,
    L_HEAD,
    L_LEN,
    L_MASK,
    L_PREFERRED,
    L_PREFERRED_BOOST,
    OUT_OF_HEAP,
    OUT_OF_LANE,
    QUEUED,
    Q_CLASSES,
    Q_SHORT,
    Q_TARGET,
    Q_WAITING,
    S_BARRED_UNTIL,
    S_BOOSTED,
    S_CHANNEL,
    S_CONTACT,
    S_HEAD,
    S_HOLD_UNTIL,
    S_INTERVAL,
    S_KIND,
    S_LANE,
    S_LEAVE_AT,
    S_NEXT,
    S_NUMBER,
    S_PHASE,
    S_PREFERRED,
    S_PREVIOUS,
    S_PRIORITY,
    S_QUEUE,
    S_QUEUED_AT,
    S_STREAM,
    T_ASKED,
)
from pasokh.twin.fast import routing_kernel as kernel
from pasokh.twin.fast.compiled import apart, merged

_room = kernel.room
kernel_rank = kernel.rank


# -- the heap of happenings ----------------------------------------------------------------------------------------
@merged
def push(m, at, kind, number, load):
    """Enter a happening; an instant already past comes up next, one beyond the end never."""
    g, keys, loads = m.g, m.heap_keys, m.heap_loads
    if at >= g[G_END]:
        return
    n = g[G_HEAP]
    if n >= len(keys):
        g[G_STATUS] = OUT_OF_HEAP
        return
    key = (((at << KIND_BITS) | kind) << g[G_NUMBER_BITS]) | number
    g[G_HEAP] = n + 1
    while n > 0:
        up = (n - 1) >> 2
        if keys[up] <= key:
            break
        keys[n] = keys[up]
        loads[n] = loads[up]
        n = up
    keys[n] = key
    loads[n] = load


@merged
def pop(m):
    """Remove the first happening."""
    g, keys, loads = m.g, m.heap_keys, m.heap_loads
    n = g[G_HEAP] - 1
    g[G_HEAP] = n
    key, load = keys[n], loads[n]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= n:
            break
        least = child
        value = keys[child]
        for other in range(child + 1, min(child + 4, n)):
            if keys[other] < value:
                least, value = other, keys[other]
        if value >= key:
            break
        keys[at] = value
        loads[at] = loads[least]
        at = least
    keys[at] = key
    loads[at] = load


# -- agents --------------------------------------------------------------------------------------------------------
@merged
def book(m, a):
    """Book the agent's time since the last change as busy or idle."""
    g, ag = m.g, m.ag
    now = g[G_NOW]
    since = ag[A_SINCE, a]
    ag[A_SINCE, a] = now
    busy = ag[A_WORK, a] > 0
    if since == now or not (busy or ag[A_READY, a]):
        return
    k = g[G_INTERVAL]
    begins = g[G_INTERVAL_END] - g[G_WIDTH]
    row = 0 if busy else 1
    until = now
    while since < begins:
        m.time[row, k] += until - begins
        until = begins
        k -= 1
        begins -= g[G_WIDTH]
    m.time[row, k] += until - since


@merged
def _list(m, a):
    """Put an agent into the idle line, in order of (idle since, number)."""
    g, ag, idle = m.g, m.ag, m.idle
    at, n = g[G_IDLE_AT], g[G_IDLE]
    if at + n == len(idle):
        for i in range(n):
            idle[i] = idle[at + i]
        at = g[G_IDLE_AT] = 0
    since = ag[A_IDLE_SINCE, a]
    i = at + n
    while i > at:
        other = idle[i - 1]
        theirs = ag[A_IDLE_SINCE, other]
        if theirs < since or (theirs == since and other < a):
            break
        idle[i] = other
        i -= 1
    idle[i] = a
    g[G_IDLE] = n + 1
    group = ag[A_GROUP, a]
    m.group_free[group] += 1
    g[G_FREE_GROUPS] |= 1 << (group & 63)


@merged
def _unlist(m, a):
    g, ag, idle = m.g, m.ag, m.idle
    at, n = g[G_IDLE_AT], g[G_IDLE]
    i = at
    while idle[i] != a:
        i += 1
    if i - at <= n >> 1:
        while i > at:
            idle[i] = idle[i - 1]
            i -= 1
        g[G_IDLE_AT] = at + 1
    else:
        while i < at + n - 1:
            idle[i] = idle[i + 1]
            i += 1
    g[G_IDLE] = n - 1
    group = ag[A_GROUP, a]
    m.group_free[group] -= 1
    if m.group_free[group] == 0:
        g[G_FREE_GROUPS] &= ~(1 << (group & 63))


@merged
def sync(m, a):
    """Bring room, load and place in the idle line up to date with what the agent has in hand."""
    ag, rooms = m.ag, m.rooms
    ready, voice, text, mail = ag[A_READY, a], ag[A_VOICE, a], ag[A_TEXT, a], ag[A_MAIL, a]
    r0 = _room(0, ready, voice, text, mail, ag[A_MAX_VOICE, a])
    r1 = _room(1, ready, voice, text, mail, ag[A_MAX_TEXT, a])
    r2 = _room(2, ready, voice, text, mail, ag[A_MAX_MAIL, a])
    rooms[a * 3], rooms[a * 3 + 1], rooms[a * 3 + 2] = r0, r1, r2
    ag[A_LOAD, a] = (
        1_000 * voice + text * 1_000 // max(ag[A_MAX_TEXT, a], 1) + mail * 100 // max(ag[A_MAX_MAIL, a], 1)
    )
    free = r0 > 0 or r1 > 0 or r2 > 0
    if ag[A_LISTED, a]:
        if not free:
            _unlist(m, a)
            ag[A_LISTED, a] = 0
        elif ag[A_WAS, a] != ag[A_IDLE_SINCE, a]:
            _unlist(m, a)
            _list(m, a)
    elif free:
        _list(m, a)
        ag[A_LISTED, a] = 1
    ag[A_WAS, a] = ag[A_IDLE_SINCE, a]


@merged
def take(m, s, a):
    """Give an agent a contact: capacity is in use from the offer on."""
    ag, sl = m.ag, m.sl
    book(m, a)
    ag[A_VOICE + m.capacity_of[sl[S_CHANNEL, s]], a] += 1
    ag[A_WORK, a] += 1
    sync(m, a)
    first = ag[A_OFFERED, a]
    sl[S_NEXT, s] = first
    sl[S_PREVIOUS, s] = -1
    if first >= 0:
        sl[S_PREVIOUS, first] = s
    ag[A_OFFERED, a] = s


@merged
def unlink(m, s, a):
    """Take a contact out of the agent's list of open offers."""
    sl = m.sl
    before, after = sl[S_PREVIOUS, s], sl[S_NEXT, s]
    if before >= 0:
        sl[S_NEXT, before] = after
    else:
        m.ag[A_OFFERED, a] = after
    if after >= 0:
        sl[S_PREVIOUS, after] = before


@merged
def release(m, s, a, idles):
    """Give capacity back; with `idles` the agent goes to the end of the idle line."""
    ag = m.ag
    book(m, a)
    ag[A_VOICE + m.capacity_of[m.sl[S_CHANNEL, s]], a] -= 1
    ag[A_WORK, a] -= 1
    if idles:
        ag[A_IDLE_SINCE, a] = m.g[G_NOW]
    if ag[A_LEAVING, a] and ag[A_WORK, a] == 0:
        m.g[G_SIGN_OUTS] += 1
    sync(m, a)


@merged
def agent_may(m, a):
    """Note that an agent may now take something."""
    g = m.g
    n = g[G_DIRTY_AGENTS]
    i = n
    while i > 0 and m.dirty_agents[i - 1] >= a:
        if m.dirty_agents[i - 1] == a:
            return
        i -= 1
    for k in range(n, i, -1):
        m.dirty_agents[k] = m.dirty_agents[k - 1]
    m.dirty_agents[i] = a
    g[G_DIRTY_AGENTS] = n + 1


@merged
def may_be_taken(m, s):
    """Note that a contact may now be taken."""
    g = m.g
    n = g[G_DIRTY_SLOTS]
    for k in range(n):
        if m.dirty_slots[k] == s:
            return
    m.dirty_slots[n] = s
    g[G_DIRTY_SLOTS] = n + 1


@merged
def _rank(m, s):
    la, lane = m.la, m.sl[S_LANE, s]
    wait = m.g[G_NOW] - m.sl[S_QUEUED_AT, s]
    return kernel_rank(
        wait, la[L_WEIGHT, lane], la[L_HEAD, lane], la[L_AGEING, lane], la[L_TARGET, lane],
        la[L_TARGET_BOOST, lane], 0,
    )  # fmt: skip


@apart
def by_rank(m):
    """Sort those who may now be taken: greater rank, nobody's preference counted, then place, then number."""
    sl, dirty = m.sl, m.dirty_slots
    for k in range(1, m.g[G_DIRTY_SLOTS]):
        s = dirty[k]
        rank, queued, number = _rank(m, s), sl[S_QUEUED_AT, s], sl[S_NUMBER, s]
        i = k
        while i > 0:
            other = dirty[i - 1]
            theirs = _rank(m, other)
            if theirs > rank or (theirs == rank and sl[S_QUEUED_AT, other] < queued):
                break
            if theirs == rank and sl[S_QUEUED_AT, other] == queued and sl[S_NUMBER, other] < number:
                break
            dirty[i] = other
            i -= 1
        dirty[i] = s


# -- lanes ---------------------------------------------------------------------------------------------------------
@merged
def lane_of(m, s):
    """The lane a contact waits in."""
    sl = m.sl
    queue = sl[S_QUEUE, s]
    which = min(sl[S_PRIORITY, s], m.q[Q_CLASSES, queue] - 1)
    asked = m.streams[sl[S_STREAM, s], T_ASKED]
    return m.lane_of[queue, which, sl[S_BOOSTED, s], m.capacity_of[sl[S_CHANNEL, s]], asked]


@merged
def enqueue(m, s):
    """Put a contact into its lane, at its place by (queued at, number)."""
    g, sl, la = m.g, m.sl, m.la
    lane = lane_of(m, s)
    sl[S_LANE, s] = lane
    sl[S_HEAD, s] = la[L_HEAD, lane]
    sl[S_PHASE, s] = QUEUED
    slots, at, n, mask = m.lane_slots[lane], la[L_AT, lane], la[L_LEN, lane], la[L_MASK, lane]
    if n > mask:
        g[G_STATUS] = OUT_OF_LANE
        return
    queued, number = sl[S_QUEUED_AT, s], sl[S_NUMBER, s]
    i = n
    while i > 0:
        other = slots[(at + i - 1) & mask]
        theirs = sl[S_QUEUED_AT, other]
        if theirs < queued or (theirs == queued and sl[S_NUMBER, other] < number):
            break
        slots[(at + i) & mask] = other
        i -= 1
    slots[(at + i) & mask] = s
    la[L_LEN, lane] = n + 1
    if sl[S_PREFERRED, s] >= 0:
        la[L_PREFERRED, lane] += 1
    if sl[S_HOLD_UNTIL, s] > 0 or sl[S_BARRED_UNTIL, s] > 0:
        la[L_EXCEPTIONS, lane] += 1
    g[G_WAITING] += 1


@merged
def dequeue(m, s):
    """Take a contact out of its lane."""
    g, sl, la = m.g, m.sl, m.la
    lane = sl[S_LANE, s]
    slots, at, n, mask = m.lane_slots[lane], la[L_AT, lane], la[L_LEN, lane], la[L_MASK, lane]
    i = 0
    while slots[(at + i) & mask] != s:
        i += 1
    if i <= n >> 1:
        while i > 0:
            slots[(at + i) & mask] = slots[(at + i - 1) & mask]
            i -= 1
        la[L_AT, lane] = (at + 1) & mask
    else:
        while i < n - 1:
            slots[(at + i) & mask] = slots[(at + i + 1) & mask]
            i += 1
    la[L_LEN, lane] = n - 1
    if sl[S_PREFERRED, s] >= 0:
        la[L_PREFERRED, lane] -= 1
    if sl[S_HOLD_UNTIL, s] > 0 or sl[S_BARRED_UNTIL, s] > 0:
        la[L_EXCEPTIONS, lane] -= 1
    g[G_WAITING] -= 1


@merged
def free_slot(m, s):
    """The contact has left the centre."""
    g = m.g
    m.sl[S_PHASE, s] = FREE
    m.sl[S_CONTACT, s] = -1
    m.spare[g[G_SPARE]] = s
    g[G_SPARE] += 1


@merged
def interval_of(m, at):
    """The interval of an instant near the present."""
    g = m.g
    k, end = g[G_INTERVAL], g[G_INTERVAL_END]
    while at < end - g[G_WIDTH]:
        k -= 1
        end -= g[G_WIDTH]
    return k


# -- leaving -------------------------------------------------------------------------------------------------------
@merged
def count_wait(m, s, waited, answered):
    """Count an answered or abandoned visit by the length of its wait."""
    queue, k = m.sl[S_QUEUE, s], m.sl[S_INTERVAL, s]
    m.waits[0 if answered else 1, queue, min((waited + 4_999) // 5_000, 120)] += 1
    if waited > m.longest[queue, k]:
        m.longest[queue, k] = waited


@merged
def count_answered(m, s, waited):
    """Count the first answer of a visit."""
    queue = m.sl[S_QUEUE, s]
    row = m.counts[queue, m.sl[S_INTERVAL, s]]
    row[C_ANSWERED] += 1
    row[C_ANSWERED_WAIT] += waited
    if waited <= m.q[Q_TARGET, queue]:
        row[C_ANSWERED_IN_TARGET] += 1
    count_wait(m, s, waited, True)


@merged
def count_left(m, s, waited, abandoned):
    """Count a visit that ended without an answer."""
    queue, k = m.sl[S_QUEUE, s], m.sl[S_INTERVAL, s]
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
def lose(m, s, at, abandoned):
    """A waiting contact (not offered) leaves the centre at an instant up to now."""
    sl = m.sl
    dequeue(m, s)
    if sl[S_KIND, s] == KIND_CONTACT:
        count_left(m, s, max(0, at - sl[S_QUEUED_AT, s]), abandoned)
        m.q[Q_WAITING, sl[S_QUEUE, s]] -= 1
    free_slot(m, s)


@merged
def gone(m, s):
    """Whether the patience of a waiting contact has already ended: before the present happening, in its order."""
    g, sl = m.g, m.sl
    leaves = sl[S_LEAVE_AT, s]
    if leaves < g[G_NOW]:
        return leaves >= 0
    if leaves > g[G_NOW]:
        return False
    return g[G_KIND] > LEAVE or (g[G_KIND] == LEAVE and sl[S_CONTACT, s] < g[G_WHO])


@merged
def sweep_lane(m, lane):
    """Remove those whose patience has ended: from the head, or all where the kernel may look further."""
    la, sl = m.la, m.sl
    while la[L_LEN, lane] > 0:
        s = m.lane_slots[lane][la[L_AT, lane]]
        if not gone(m, s):
            break
        lose(m, s, sl[S_LEAVE_AT, s], True)
    further = la[L_EXCEPTIONS, lane] > 0 or (la[L_PREFERRED_BOOST, lane] > 0 and la[L_PREFERRED, lane] > 0)
    if further:
        i = 1
        while i < la[L_LEN, lane]:
            s = m.lane_slots[lane][(la[L_AT, lane] + i) & la[L_MASK, lane]]
            if gone(m, s):
                lose(m, s, sl[S_LEAVE_AT, s], True)
            else:
                i += 1
