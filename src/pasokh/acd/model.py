"""The vocabulary of the core and what a centre configures: channels, phases, queues with their policy, agents."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from pasokh.kernel.time import HOUR, MINUTE, SECOND, Millis

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,80}$")]
OptionalId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{0,80}$")]
"""An id, or empty for none."""
Level = Annotated[int, Meta(ge=0, le=100)]
Span = Annotated[int, Meta(ge=0, le=366 * 86_400_000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Words = Annotated[str, Meta(max_length=200)]
Amount = Annotated[int, Meta(ge=0, le=10**18)]
LanguageCode = Annotated[str, Meta(pattern=r"^[a-z]{2,8}$")]
"""A primary language subtag: `fa`, not `fa-IR`."""


class Channel(StrEnum):
    """How a customer reaches the centre, or the centre a customer."""

    VOICE = "voice"
    CALLBACK = "callback"
    CHAT = "chat"
    MESSENGER = "messenger"
    EMAIL = "email"


class Presence(StrEnum):
    """Whether an agent can be given work at all."""

    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"


class Phase(StrEnum):
    """Where an interaction stands."""

    SCHEDULED = "scheduled"
    """Waits for its time (a callback between two attempts); keeps its place."""
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    OUTCOME_DUE = "outcome_due"
    """The wrap-up limit freed the agent; the outcome is still owed."""
    OUTSIDE = "outside"
    """With a number outside, or that number is being called."""
    MENU = "menu"
    """An agent sent the caller back into the menu of the number."""
    CLOSED = "closed"


class Closing(StrEnum):
    """Why an interaction ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    FULL = "full"
    CLOSED = "closed"
    NO_AGENTS = "no_agents"
    DIVERTED = "diverted"
    LOST = "lost"
    """The switch died with the call, or it vanished: nobody's wish, so counted apart from every other end."""


class Criterion(StrEnum):
    """One rule for choosing among eligible agents; a policy lists them, the first that differs decides."""

    LAST_AGENT = "last_agent"
    BEST_SKILL = "best_skill"
    LONGEST_IDLE = "longest_idle"
    FEWEST_CONTACTS = "fewest_contacts"
    LEAST_TALK = "least_talk"
    ROUND_ROBIN = "round_robin"
    LEAST_LOAD = "least_load"
    RANDOM = "random"


class Alternative(StrEnum):
    """What a waiting customer is offered before the ladder's last rung."""

    CALLBACK = "callback"
    MESSAGE = "message"
    OVERFLOW = "overflow"


class Rung(StrEnum):
    """A mark of the waiting ladder (R1)."""

    IDEAL = "ideal"
    GOOD = "good"
    ALARM = "alarm"
    NEVER = "never"


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A skill and the least level that serves."""

    skill: Id
    level: Level = 1


class Relaxation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What loosens once a contact has waited `after_ms`: levels drop, skills fall away, other queues help.

    Lowering never waives a skill altogether (it stops at level 1); `drop` does.
    """

    after_ms: Annotated[int, Meta(ge=1, le=366 * 86_400_000)]
    lower_by: Level = 0
    drop: tuple[Id, ...] = ()
    overflow_to: tuple[Id, ...] = ()


class PriorityClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a class of contacts ranks: a head start, and how fast it ages (1000 = as fast as the clock)."""

    name: Id
    head_start_ms: Span = 0
    ageing_permille: Annotated[int, Meta(ge=1, le=100_000)] = 1_000


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The waiting ladder of a queue, R1's 20/30/60 s unless configured; an alternative comes before `never_ms`."""

    ideal_ms: Span = 20 * SECOND
    good_ms: Span = 30 * SECOND
    offer_ms: Span = 40 * SECOND
    alarm_ms: Span = 45 * SECOND
    never_ms: Span = 60 * SECOND


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a queue chooses. Its version is part of every offer it makes.

    Rank of a waiting contact = `weight_ms` + class head start + wait × ageing + boosts, in milliseconds: ageing is
    never zero, so every contact is first some day.
    """

    agent_order: tuple[Criterion, ...] = (Criterion.LAST_AGENT, Criterion.LONGEST_IDLE)
    classes: tuple[PriorityClass, ...] = (
        PriorityClass("low", 0),
        PriorityClass("normal", 60 * SECOND),
        PriorityClass("high", 150 * SECOND),
        PriorityClass("urgent", 10 * MINUTE, 2_000),
    )
    weight_ms: Span = 0
    target_boost_ms: Span = 0
    """Added once the wait reaches the service-level threshold."""
    last_agent_hold_ms: Span = 0
    """How long a contact waits for its preferred agent alone."""
    last_agent_boost_ms: Span = 0
    """Added to the rank when the freed agent is the preferred one."""
    transfer_boost_ms: Span = 2 * MINUTE
    """Head start of a contact that was transferred: it has waited once already."""
    relaxations: tuple[Relaxation, ...] = ()
    reject_pause_ms: Span = 30 * SECOND
    """How long an agent who declined a contact is not offered it again."""
    seed: Annotated[int, Meta(ge=0, le=2_147_483_646)] = 0


class QueueConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A queue: what it asks of agents, how long things may take, and its policy."""

    id: Id
    name: dict[str, str] = {}
    """Language code → name."""
    client: Id = "own"
    version: Annotated[int, Meta(ge=1)] = 1
    """Policy version; the office raises it with every published edit."""
    requires: tuple[Requirement, ...] = ()
    languages: dict[LanguageCode, Id] = {}
    """Language → skill asked of agents when a contact names that language (R5).

    The requirement becomes the contact's own: it goes with it to another queue, and a relaxation's `drop` loosens it.
    """
    target_ms: Span = 20 * SECOND
    """Service-level threshold."""
    target_permille: Annotated[int, Meta(ge=0, le=1000)] = 800
    short_ms: Span = 5 * SECOND
    """Abandons up to here are short ones."""
    ladder: Ladder = Ladder()
    ring_ms: Annotated[int, Meta(ge=1000, le=3_600_000)] = 20 * SECOND
    ring_out_not_ready: bool = True
    """An agent who lets an offer ring out is set not ready."""
    wrap_up_ms: Span = 60 * SECOND
    """Wrap-up limit; 0 = no wrap-up."""
    hold_warn_ms: Span = 60 * SECOND
    """A hold that lasts so long is shown as urgent (R18)."""
    max_wait_ms: Span | None = None
    max_waiting: Count | None = None
    when_no_agents: Annotated[str, Meta(pattern="^(wait|close)$")] = "wait"
    alternatives: tuple[Alternative, ...] = (Alternative.CALLBACK, Alternative.MESSAGE)
    callback_attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    callback_retry_ms: Span = 15 * MINUTE
    callback_first: Annotated[str, Meta(pattern="^(agent|customer)$")] = "agent"
    """Whose telephone rings first. The customer's: the agent is kept free, and rings once somebody is there."""
    outcomes: tuple[Id, ...] = ()
    """Accepted outcomes; empty = any."""
    follow_up_outcomes: tuple[Id, ...] = ()
    """Outcomes that need a follow-up with owner and due time (R20)."""
    reasons: tuple[Id, ...] = ()
    """Reasons to choose from at the end; not empty = one must be given."""
    away_ms: Annotated[int, Meta(ge=1_000, le=86_400_000)] = 60 * SECOND
    """How long a waiting customer may be out of reach before counting as abandoned."""
    outside_ring_ms: Annotated[int, Meta(ge=5_000, le=120_000)] = 30 * SECOND
    """How long a number outside rings that a customer is handed to, or that is asked for help."""
    overflow_now: tuple[Id, ...] = ()
    """The overflow switch: agents of these queues help at once, whatever the policy's relaxations say."""
    policy: Policy = Policy()


class Capacity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much an agent takes at once. A voice contact excludes all others; e-mails can be interrupted."""

    voice: Annotated[int, Meta(ge=0, le=1)] = 1
    text: Annotated[int, Meta(ge=0, le=50)] = 3
    mail: Annotated[int, Meta(ge=0, le=200)] = 5


class AgentConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agent: skills with levels, queues served, capacity."""

    id: Id
    name: Words = ""
    skills: dict[Id, Level] = {}
    queues: tuple[Id, ...] = ()
    capacity: Capacity = Capacity()
    team: OptionalId = ""


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file sent with a message; its content lies elsewhere under this id."""

    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=255)]
    media_type: Annotated[str, Meta(pattern=r"^[a-z0-9.+\-]{1,60}/[a-z0-9.+\-]{1,60}$")]
    size: Annotated[int, Meta(ge=0, le=1_073_741_824)]
    """Bytes."""


class FollowUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is owed to a customer: by whom, until when."""

    id: Id
    owner: Id
    """An agent."""
    due_at: Annotated[int, Meta(ge=0)]
    note: Annotated[str, Meta(max_length=1_000)] = ""


VOICE = (Channel.VOICE, Channel.CALLBACK)
"""Channels on which people talk: both draw on the capacity for voice."""


def capacity_class(channel: Channel) -> int:
    """Which capacity a channel draws on: 0 voice, 1 text, 2 mail."""
    return _CLASS[channel]


_CLASS = {Channel.VOICE: 0, Channel.CALLBACK: 0, Channel.CHAT: 1, Channel.MESSENGER: 1, Channel.EMAIL: 2}

HEAD_START_MS: Millis = 24 * HOUR
"""Puts somebody at the head of a queue who was being served: nobody there has waited a day."""

TELEPHONE_MS: Millis = 20 * SECOND
"""How long an agent whose telephone left the talk keeps the customer: time to load a page anew."""

DIRECT_HOLD_MS: Millis = 30 * SECOND
"""How long a contact transferred to one agent waits for that agent before its queue helps."""


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a call to the outside costs, and what holds for all of them, when it begins; in millionths of `currency`."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    a_minute: Amount = 0
    first_s: Annotated[int, Meta(ge=1, le=3_600)] = 60
    """Paid from the first moment; then every further `step_s` that has begun."""
    step_s: Annotated[int, Meta(ge=1, le=3_600)] = 60
    max_calls: Count
    least_s: Annotated[int, Meta(ge=0, le=3_600)] = 60
    """A call the limits would not pay for so long is not begun."""
    day_limit: Amount | None = None
    month_limit: Amount | None = None
    month: Words = ""
    """Names the month of the organisation's calendar: ``2026-11``, ``1405-09``."""
    next_month: Words = ""
    """The first Gregorian day (YYYY-MM-DD) after it."""
    cut: bool = False
    """Calls under way end when a limit is reached; otherwise only new ones are refused."""
