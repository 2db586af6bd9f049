"""Agents as arrays: what they have in hand, room, the idle line, their time."""

# mypy: disable-error-code="no-any-return"

from pasokh.twin.fast import routing_kernel as kernel
from pasokh.twin.fast.arrays import (
    Arrays,
)
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
    G_DIRTY_AGENTS,
    G_FREE_GROUPS,
    G_IDLE,
    G_IDLE_AT,
    G_INTERVAL,
    G_INTERVAL_END,
    G_NOW,
    G_SIGN_OUTS,
    G_WIDTH,
    S_CHANNEL,
    S_NEXT,
    S_PREVIOUS,
)
from pasokh.twin.fast.compiled import (
    merged,
)

_room = kernel.room


@merged
def book(m: Arrays, a: int) -> None:
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
def _list(m: Arrays, a: int) -> None:
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
def _unlist(m: Arrays, a: int) -> None:
    g, ag, idle = m.g, m.ag, m.idle
    at, n = g[G_IDLE_AT], g[G_IDLE]
    i, j = at, at + n - 1
    while idle[i] != a and idle[j] != a:  # close to one of the ends as a rule
        i += 1
        j -= 1
    if idle[i] == a:
        while i > at:
            idle[i] = idle[i - 1]
            i -= 1
        g[G_IDLE_AT] = at + 1
    else:
        while j < at + n - 1:
            idle[j] = idle[j + 1]
            j += 1
    g[G_IDLE] = n - 1
    group = ag[A_GROUP, a]
    m.group_free[group] -= 1
    if m.group_free[group] == 0:
        g[G_FREE_GROUPS] &= ~(1 << (group & 63))


@merged
def sync(m: Arrays, a: int) -> None:
    """Bring room, load and place in the idle line up to date with what the agent has in hand."""
    ag, rooms = m.ag, m.rooms
    ready, voice, text, mail = ag[A_READY, a], ag[A_VOICE, a], ag[A_TEXT, a], ag[A_MAIL, a]
    r0 = _room(0, ready, voice, text, mail, ag[A_MAX_VOICE, a])
    r1 = _room(1, ready, voice, text, mail, ag[A_MAX_TEXT, a])
    r2 = _room(2, ready, voice, text, mail, ag[A_MAX_MAIL, a])
    rooms[a * 3], rooms[a * 3 + 1], rooms[a * 3 + 2] = r0, r1, r2
    load = 1_000 * voice
    if text > 0:
        load += text * 1_000 // max(ag[A_MAX_TEXT, a], 1)
    if mail > 0:
        load += mail * 100 // max(ag[A_MAX_MAIL, a], 1)
    ag[A_LOAD, a] = load
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
def take(m: Arrays, s: int, a: int) -> None:
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
def unlink(m: Arrays, s: int, a: int) -> None:
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
def release(m: Arrays, s: int, a: int, idles: bool) -> None:
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
def agent_may(m: Arrays, a: int) -> None:
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
