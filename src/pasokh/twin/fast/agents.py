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
    since = ag[a, A_SINCE]
    ag[a, A_SINCE] = now
    busy = ag[a, A_WORK] > 0
    if since == now or not (busy or ag[a, A_READY]):
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
    since = ag[a, A_IDLE_SINCE]
    i = at + n
    while i > at:
        other = idle[i - 1]
        theirs = ag[other, A_IDLE_SINCE]
        if theirs < since or (theirs == since and other < a):
            break
        idle[i] = other
        i -= 1
    idle[i] = a
    g[G_IDLE] = n + 1
    group = ag[a, A_GROUP]
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
    group = ag[a, A_GROUP]
    m.group_free[group] -= 1
    if m.group_free[group] == 0:
        g[G_FREE_GROUPS] &= ~(1 << (group & 63))


@merged
def sync(m: Arrays, a: int) -> None:
    """Bring room, load and place in the idle line up to date with what the agent has in hand."""
    ag, rooms = m.ag, m.rooms
    ready, voice, text, mail = ag[a, A_READY], ag[a, A_VOICE], ag[a, A_TEXT], ag[a, A_MAIL]
    r0 = _room(0, ready, voice, text, mail, ag[a, A_MAX_VOICE])
    r1 = _room(1, ready, voice, text, mail, ag[a, A_MAX_TEXT])
    r2 = _room(2, ready, voice, text, mail, ag[a, A_MAX_MAIL])
    rooms[a * 3], rooms[a * 3 + 1], rooms[a * 3 + 2] = r0, r1, r2
    load = 1_000 * voice
    if text > 0:
        load += text * 1_000 // max(ag[a, A_MAX_TEXT], 1)
    if mail > 0:
        load += mail * 100 // max(ag[a, A_MAX_MAIL], 1)
    ag[a, A_LOAD] = load
    free = r0 > 0 or r1 > 0 or r2 > 0
    if ag[a, A_LISTED]:
        if not free:
            _unlist(m, a)
            ag[a, A_LISTED] = 0
        elif ag[a, A_WAS] != ag[a, A_IDLE_SINCE]:
            _unlist(m, a)
            _list(m, a)
    elif free:
        _list(m, a)
        ag[a, A_LISTED] = 1
    ag[a, A_WAS] = ag[a, A_IDLE_SINCE]


@merged
def take(m: Arrays, s: int, a: int) -> None:
    """Give an agent a contact: capacity is in use from the offer on."""
    ag, sl = m.ag, m.sl
    book(m, a)
    ag[a, A_VOICE + m.capacity_of[sl[s, S_CHANNEL]]] += 1
    ag[a, A_WORK] += 1
    sync(m, a)
    first = ag[a, A_OFFERED]
    sl[s, S_NEXT] = first
    sl[s, S_PREVIOUS] = -1
    if first >= 0:
        sl[first, S_PREVIOUS] = s
    ag[a, A_OFFERED] = s


@merged
def unlink(m: Arrays, s: int, a: int) -> None:
    """Take a contact out of the agent's list of open offers."""
    sl = m.sl
    before, after = sl[s, S_PREVIOUS], sl[s, S_NEXT]
    if before >= 0:
        sl[before, S_NEXT] = after
    else:
        m.ag[a, A_OFFERED] = after
    if after >= 0:
        sl[after, S_PREVIOUS] = before


@merged
def release(m: Arrays, s: int, a: int, idles: bool) -> None:
    """Give capacity back; with `idles` the agent goes to the end of the idle line."""
    ag = m.ag
    book(m, a)
    ag[a, A_VOICE + m.capacity_of[m.sl[s, S_CHANNEL]]] -= 1
    ag[a, A_WORK] -= 1
    if idles:
        ag[a, A_IDLE_SINCE] = m.g[G_NOW]
    if ag[a, A_LEAVING] and ag[a, A_WORK] == 0:
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
