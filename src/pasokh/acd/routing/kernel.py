"""The choosing itself: integer functions over flat sequences, in the subset of Python that numba compiles.

`pasokh.acd.routing.choose` calls them as they are, over lists; `pasokh.twin.fast` compiles this very file over arrays.
So: no objects, no exceptions, no keyword arguments, integers below 2**63, and only functions of this module.

Shapes: agents are indexed 0…A-1, waiting contacts by slot, lanes 0…L-1. A *lane* holds contacts of one queue, class,
head start, capacity class and set of asked skills, first come first; since ranks only grow with the wait, its first
allowed contact is its best one. `fit[row * groups + group]` is -1 where an agent of that skill group cannot serve a
demand row (lane × relaxations in force), else the sum of the asked skills' levels. -1 stands for "none".
"""

from collections.abc import Sequence

type Ints = Sequence[int]

VOICE, TEXT, MAIL = 0, 1, 2

LAST_AGENT, BEST_SKILL, LONGEST_IDLE, FEWEST_CONTACTS, LEAST_TALK, ROUND_ROBIN, LEAST_LOAD, RANDOM = range(8)
"""Criteria by number, in the order of `pasokh.acd.model.Criterion`."""


def room(capacity: int, ready: int, voice: int, text: int, mail: int, limit: int) -> int:
    """How many more interactions of a capacity class fit; voice excludes voice and text, e-mail excludes nothing."""
    if ready == 0 or voice > 0:
        return 0
    if capacity == VOICE:
        return limit if text == 0 else 0
    if capacity == TEXT:
        return limit - text if limit > text else 0
    return limit - mail if limit > mail else 0


def mix(seed: int, contact: int, agent: int) -> int:
    """A number in 0…2**31-2 that looks random and depends on nothing but its arguments."""
    h = (seed + 40_014 * (contact % 2_147_483_647) + 69_621 * (agent + 1)) % 2_147_483_647
    h = (h * 48_271 + 11) % 2_147_483_647
    h = (h ^ (h >> 15)) % 2_147_483_647
    return (h * 16_807 + contact % 65_521) % 2_147_483_647


def criterion(
    which: int, agent: int, preferred: int, contact: int, seed: int, fit: int,
    idle_since: Ints, contacts: Ints, talk: Ints, last_offer: Ints, load: Ints,
) -> int:  # fmt: skip
    """The value of one criterion for one agent; the smallest wins."""
    if which == LAST_AGENT:
        return 0 if agent == preferred else 1
    if which == BEST_SKILL:
        return -fit
    if which == LONGEST_IDLE:
        return idle_since[agent]
    if which == FEWEST_CONTACTS:
        return contacts[agent]
    if which == LEAST_TALK:
        return talk[agent]
    if which == ROUND_ROBIN:
        return last_offer[agent]
    if which == LEAST_LOAD:
        return load[agent]
    return mix(seed, contact, agent)


def allowed(
    agent: int, now: int, hold_agent: int, hold_until: int, direct: int, barred_agent: int, barred_until: int,
    fit: int,
) -> bool:  # fmt: skip
    """Whether this contact may go to this agent now, room aside."""
    if agent == barred_agent and now < barred_until:
        return False
    if now < hold_until:
        return agent == hold_agent and (direct != 0 or fit >= 0)
    return fit >= 0


def best_agent(
    now: int, row: int, groups: int, capacity: int, contact: int, preferred: int,
    hold_agent: int, hold_until: int, direct: int, barred_agent: int, barred_until: int,
    order: Ints, order_at: int, order_len: int, seed: int,
    candidates: Ints, candidates_len: int, idle_sorted: int,
    fit: Ints, group: Ints, rooms: Ints,
    idle_since: Ints, contacts: Ints, talk: Ints, last_offer: Ints, load: Ints,
) -> int:  # fmt: skip
    """The agent who takes a contact, or -1.

    `order[order_at : order_at + order_len]` are the policy's criteria; the first that differs decides, then the lower
    agent number. `candidates` may be in any order; with `idle_sorted` they are in order of (`idle_since`, number),
    which lets a longest-idle policy stop early without changing the answer (a last-agent criterion before it decides
    nothing for a contact that prefers nobody).
    """
    best = -1
    best_fit = 0
    first = order_at
    if order_len > 1 and order[first] == LAST_AGENT and preferred < 0:
        first += 1
    stop_early = idle_sorted != 0 and order_len > 0 and order[first] == LONGEST_IDLE
    for k in range(candidates_len):
        agent = candidates[k]
        if best >= 0 and stop_early and idle_since[agent] > idle_since[best]:
            break
        if rooms[agent * 3 + capacity] <= 0:
            continue
        f = fit[row * groups + group[agent]]
        if not allowed(agent, now, hold_agent, hold_until, direct, barred_agent, barred_until, f):
            continue
        if best < 0:
            best, best_fit = agent, f
            continue
        verdict = 0
        for j in range(order_at, order_at + order_len):
            which = order[j]
            mine = criterion(which, agent, preferred, contact, seed, f, idle_since, contacts, talk, last_offer, load)
            theirs = criterion(
                which, best, preferred, contact, seed, best_fit, idle_since, contacts, talk, last_offer, load
            )
            if mine != theirs:
                verdict = 1 if mine < theirs else -1
                break
        if verdict > 0 or (verdict == 0 and agent < best):
            best, best_fit = agent, f
    return best


def rank(
    wait: int, weight: int, head_start: int, ageing: int, target: int, target_boost: int, preferred_boost: int
) -> int:
    """A waiting contact's rank in milliseconds; the greatest is served first."""
    boost = target_boost if wait >= target else 0
    return weight + head_start + wait * ageing // 1_000 + boost + preferred_boost


def best_contact(
    now: int, agent: int, agent_group: int, groups: int,
    lanes: int, lane_at: Ints, lane_len: Ints, lane_mask: Ints, lane_slots: Sequence[Ints],
    lane_capacity: Ints, lane_row: Ints, lane_steps: Ints, lane_step_at: Ints, step_after: Ints,
    lane_weight: Ints, lane_ageing: Ints, lane_target: Ints, lane_target_boost: Ints,
    lane_preferred: Ints, lane_preferred_boost: Ints, lane_exceptions: Ints,
    queued_at: Ints, head_start: Ints, number: Ints, preferred: Ints,
    hold_agent: Ints, hold_until: Ints, direct: Ints, barred_agent: Ints, barred_until: Ints,
    fit: Ints, rooms: Ints,
) -> int:  # fmt: skip
    """The slot of the contact an agent should take, or -1.

    All contacts of a lane share queue, class, head start, capacity class and asked skills, and stand in order of
    (queued_at, number): whoever stands behind has waited less, so is not more relaxed. `lane_exceptions` counts
    those with a hold or a bar, `lane_preferred` those who prefer some agent.

    A lane's contacts are `lane_slots[lane][(lane_at[lane] + i) & lane_mask[lane]]` for i < `lane_len[lane]`.
    Relaxation thresholds of a lane are `step_after[lane_step_at[lane] : + lane_steps[lane]]`; its demand
    row at k relaxations is `lane_row[lane] + k`. Ties of rank: earlier queued, then lower number.
    """
    best = -1
    best_rank = 0
    for lane in range(lanes):
        if lane_len[lane] == 0 or rooms[agent * 3 + lane_capacity[lane]] <= 0:
            continue
        boost = lane_preferred_boost[lane]
        whole = boost > 0 and lane_preferred[lane] > 0
        for i in range(lane_len[lane]):
            slot = lane_slots[lane][(lane_at[lane] + i) & lane_mask[lane]]
            wait = now - queued_at[slot]
            step = 0
            while step < lane_steps[lane] and wait >= step_after[lane_step_at[lane] + step]:
                step += 1
            f = fit[(lane_row[lane] + step) * groups + agent_group]
            if not allowed(
                agent, now, hold_agent[slot], hold_until[slot], direct[slot],
                barred_agent[slot], barred_until[slot], f,
            ):  # fmt: skip
                if f < 0 and lane_exceptions[lane] == 0:
                    break
                continue
            r = rank(
                wait, lane_weight[lane], head_start[slot], lane_ageing[lane], lane_target[lane],
                lane_target_boost[lane], boost if preferred[slot] == agent else 0,
            )  # fmt: skip
            if (
                best < 0
                or r > best_rank
                or (
                    r == best_rank
                    and (
                        queued_at[slot] < queued_at[best]
                        or (queued_at[slot] == queued_at[best] and number[slot] < number[best])
                    )
                )
            ):
                best, best_rank = slot, r
            if not whole:
                break
    return best
