"""Columns of the loop's arrays, phases and kinds of happening, by number."""

# Kinds: the core's own timers first, then outside happenings, in the order they take at one instant.
RING, WRAP_UP, RESERVED, BARRED, RELAX, _LADDER, MAX_WAIT, SCHEDULED = range(8)
DAY, HOURS, DUTY, TALK_END, WRAP_UP_END, RECOVER, ANSWER, CHOICE, LEAVE, ARRIVAL = range(8, 18)
KIND_BITS = 5

FOREVER = 1 << 53
NONE = (1 << 63) - 1

FREE, QUEUED, OFFERED, ACTIVE, WRAPPING, OUTCOME_DUE, WAITS_FOR_TIME, SURE = range(8)
"""Phases of a slot. SURE: offered, and everything until the agent is free again already known."""

KIND_CONTACT, KIND_CALLBACK, KIND_MESSAGE = range(3)
VOICE, CALLBACK, CHAT, MESSENGER, EMAIL = range(5)
"""Channels in the order of `pasokh.acd.model.Channel`."""
CAPACITY_OF = (0, 0, 1, 1, 2)
NO_ANSWER_MS = 25_000

(
    S_PHASE, S_CONTACT, S_NUMBER, S_STREAM, S_INDEX, S_QUEUE, S_PRIORITY, S_LANE, S_KIND, S_CHANNEL, S_QUEUED_AT,
    S_HEAD, S_PREFERRED, S_HOLD_AGENT, S_HOLD_UNTIL, S_DIRECT, S_BARRED_AGENT, S_BARRED_UNTIL, S_STEP, S_AGENT,
    S_LEAVE_AT, S_OFFERS, S_TALKS, S_WAITS, S_ATTEMPT, S_UNREACHED, S_ACCEPTED, S_DUE, S_INTERVAL, S_ROW, S_NEXT,
    S_PREVIOUS, S_ANSWER_AT, S_TALK_END, S_REJECTS, S_BOOSTED, S_ARMED,
) = range(37)  # fmt: skip
S_COLUMNS = 40
"""A slot holds a contact that is in the centre."""

(
    A_GROUP, A_TEAM, A_READY, A_SIGNED, A_DUTY, A_LEAVING, A_VOICE, A_TEXT, A_MAIL, A_MAX_VOICE, A_MAX_TEXT,
    A_MAX_MAIL, A_IDLE_SINCE, A_CONTACTS, A_TALK, A_LAST_OFFER, A_LOAD, A_LISTED, A_SINCE, A_WORK, A_OFFERED,
    A_WAS,
) = range(22)  # fmt: skip
A_COLUMNS = 24
"""Agents. GROUP: alike for the kernel; TEAM: group of the scenario."""

(
    L_AT, L_LEN, L_MASK, L_CAPACITY, L_ROW, L_STEPS, L_STEP_AT, L_WEIGHT, L_AGEING, L_TARGET, L_TARGET_BOOST,
    L_PREFERRED, L_PREFERRED_BOOST, L_EXCEPTIONS, L_HEAD,
) = range(15)  # fmt: skip
L_COLUMNS = 15

(
    Q_RING, Q_RING_OUT_NOT_READY, Q_WRAP_LIMIT, Q_MAX_WAIT, Q_MAX_WAITING, Q_CLOSES, Q_TARGET, Q_SHORT, Q_HOLD,
    Q_PAUSE, Q_TRANSFER_BOOST, Q_RETRY, Q_ATTEMPTS, Q_OFFER_AFTER, Q_CAN_CALLBACK, Q_CAN_MESSAGE, Q_STEPS, Q_STEP_AT,
    Q_ORDER_AT, Q_ORDER_LEN, Q_SEED, Q_CLASSES, Q_THINK, Q_OPEN, Q_WAITING, Q_WATCHED, Q_TRANSFERS,
) = range(27)  # fmt: skip
Q_COLUMNS = 27
"""Queues. OPEN and WAITING change; WATCHED: the count of waiting matters, so leaving must be noticed at once."""

(
    G_NOW, G_KIND, G_WHO, G_SERIAL, G_NUMBERS, G_OFFERS_MADE, G_HEAP, G_IDLE_AT, G_IDLE, G_DIRTY_AGENTS, G_DIRTY_SLOTS,
    G_WAITING, G_FREE_GROUPS, G_SPARE, G_SLOTS, G_STATUS, G_INTERVAL, G_INTERVAL_END, G_ASSIGNED, G_SIGN_OUTS,
    G_START, G_WIDTH, G_INTERVALS, G_GROUPS, G_LANES, G_SHIFT, G_NUMBER_BITS, G_SEES_COUNTERS, G_RECORDS, G_MASKED,
    G_HOLDS, G_END,
) = range(32)  # fmt: skip
G_COLUMNS = 32

FINE, OUT_OF_SLOTS, OUT_OF_LANE, OUT_OF_HEAP, OUT_OF_RECORDS = range(5)

P_ARRIVAL, P_PRIORITY, P_PREFERRED, P_SERVICE, P_WRAP_UP, P_PATIENCE, P_BALK, P_ANSWER, P_REFUSAL, P_ALTERNATIVE, \
    P_REACHED, P_TRANSFER = range(12)  # fmt: skip
"""Purposes of draws, columns of the keys."""

D_KIND, D_A, D_B, D_C = range(4)
D_CONSTANT, D_EXPONENTIAL, D_LOGNORMAL, D_WEIBULL, D_LOG_LOGISTIC, D_EMPIRICAL, D_INFINITE = range(7)
"""Distributions: kind and parameters, already in the form in which they are drawn."""

(T_QUEUE, T_CHANNEL, T_ASKED, T_PRIORITY, T_WEIGHTS, T_SERVING_AT, T_SERVING) = range(7)
"""Streams. PRIORITY: the class of all, or -1 = by weights from row WEIGHTS."""

(C_ENTERED, C_ANSWERED, C_ANSWERED_IN_TARGET, C_ABANDONED, C_ABANDONED_SHORT, C_ABANDONED_IN_TARGET,
 C_LEFT, C_LEFT_IN_TARGET, C_ANSWERED_WAIT, C_LEFT_WAIT, C_HANDLED, C_TALK, C_WRAP_UP, C_REFUSED, C_CALLBACKS,
 C_MESSAGES, C_MOVED_OUT, C_MOVED_WAIT, C_LOST) = range(19)  # fmt: skip
"""Counts, in the order of `pasokh.twin.tally.COUNTS`."""

R_AT, R_INDEX, R_SERVICE, R_WRAP_UP, R_PATIENCE, R_PRIORITY = range(6)
"""Recorded contacts by column; spans of -1 are drawn."""
