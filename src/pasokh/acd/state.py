"""What the core remembers between two steps. Changed only by `apply`; everything else here is plain data.

A snapshot is the JSON of `State`. What can be derived from it (indexes for choosing, the agenda of timers) hangs on
it as `Derived` and is rebuilt after loading.
"""

from dataclasses import dataclass, field

import msgspec

from pasokh.acd.model import AgentConfig, Channel, Phase, Presence, QueueConfig, Requirement
from pasokh.kernel.time import Instant, Millis


@dataclass(slots=True)
class QueueDay:
    """A queue's counters since the day began; enough for every service-level variant of the catalogue."""

    entered: int = 0
    refused: int = 0
    """Never let in: queue closed, full, or nobody signed in."""
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    abandoned_in_target: int = 0
    left_otherwise: int = 0
    """Diverted, timed out, closed, full."""
    left_otherwise_in_target: int = 0
    moved_out: int = 0
    """Went on to another queue, still waiting: they count as entered there, and here in no other way."""
    moved_wait_ms: Millis = 0
    """What those had waited by then."""
    lost: int = 0
    """Waited when the switch died with their calls: never part of those who gave up."""
    lost_talks: int = 0
    """Were being served then; each is among the answered."""
    answered_wait_ms: Millis = 0
    left_wait_ms: Millis = 0
    longest_wait_ms: Millis = 0
    handled: int = 0
    talk_ms: Millis = 0
    hold_ms: Millis = 0
    wrap_up_ms: Millis = 0


@dataclass(slots=True)
class Queue:
    """A queue in operation."""

    config: QueueConfig
    number: int
    open: bool = True
    day: QueueDay = field(default_factory=QueueDay)
    low_since: Instant = 0
    """The day's service level alarms since then (`acd.levels`); 0 = it does not."""
    surge_since: Instant = 0
    """Beginning of the five minutes with far more arrivals than usual; 0 = none."""
    surge_arrivals: int = 0
    lost_since: Instant = 0
    """Calls were lost since then that nobody attends to yet; 0 = none."""
    lost_calls: int = 0


@dataclass(slots=True)
class Agent:
    """An agent in operation. `work` lists interactions that use capacity (offered, active, in wrap-up)."""

    config: AgentConfig
    number: int
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    since: Instant = 0
    """Since when in this presence."""
    idle_since: Instant = 0
    """Since when able to take more: became ready, or last gave an interaction back."""
    work: list[str] = field(default_factory=list)
    last_offer: int = 0
    """Ordinal of the latest offer (round-robin)."""
    answered: int = 0
    missed: int = 0
    talk_ms: Millis = 0
    wrap_up_ms: Millis = 0


@dataclass(slots=True)
class Interaction:
    """One channel session of a contact, or a consult about it."""

    id: str
    contact: str
    channel: Channel
    queue: str
    number: int
    kind: str = "contact"
    parent: str | None = None
    phase: Phase = Phase.QUEUED
    since: Instant = 0
    """Since when in this phase."""
    queued_at: Instant = 0
    priority: int = 1
    head_start_ms: Millis = 0
    requires: tuple[Requirement, ...] = ()
    step: int = 0
    """Relaxations in force."""
    rungs: int = 0
    """Ladder marks passed, the offering of alternatives included."""
    hold_agent: str | None = None
    hold_until: Instant = 0
    direct: bool = False
    barred_agent: str | None = None
    barred_until: Instant = 0
    visits: int = 0
    """Queues entered so far; 0 = never let in."""
    wait_told: bool = False
    """A `WaitBegan` was recorded for this stay in the queue."""
    agent: str | None = None
    """Offered to, or owned by."""
    deadline: Instant = 0
    """Of the offer or of the wrap-up."""
    accepted_at: Instant = 0
    answered: bool = False
    waited_ms: Millis = 0
    """Wait until first answered."""
    on_hold_since: Instant = 0
    """0 = not on hold."""
    hold_ms: Millis = 0
    consult: str | None = None
    """Open consult about this interaction."""
    note: str = ""
    address: str = ""
    attempt: int = 0
    not_before: Instant = 0
    messages: int = 0
    read_by_customer: int = 0
    read_by_agent: int = 0
    """Number of the last message read."""
    customer_here: bool = True
    away_since: Instant = 0
    """The customer is out of reach since then; 0 = in reach."""
    help_since: Instant = 0
    """The agent asks for help since then; 0 = no."""
    help_question: str = ""
    monitors: dict[str, str] = field(default_factory=dict)
    """Users who follow the conversation, and how: ``read``, ``listen``, ``whisper``, ``barge``."""
    talks_with: str = ""
    """While a consult by voice is answered: ``customer``, ``helper`` or ``both``; empty = no consult was answered."""
    alternatives_told: bool = False
    """Another way was offered while it waits."""
    outside: str = ""
    """The number outside it is with, or that is being called."""
    outside_leg: str = ""
    """The interaction for which that number was called: this one, or the consult it began as."""
    outside_answered: Instant = 0
    """When that number answered; 0 = it rings."""
    outside_rang_ms: Millis = 0
    """How long it rang until then."""
    passed_by: str = ""
    """The agent who handed it outside or back to the menu."""
    consult_ended: str = ""
    """How the latest consult ended, until another begins."""
    lost: bool = False
    """The switch died with this call: what is owed to the customer is another interaction's."""
    unrecorded_since: Instant = 0
    """The recording pauses since then; 0 = it does not."""
    reached_at: Instant = 0
    """When the customer who was called back answered; 0 = is not on line."""
    telephone_lost: Instant = 0
    """The agent has the talk and no telephone in it since then; 0 = it is there."""


@dataclass(slots=True)
class Contact:
    """A customer's matter at hand; its interactions share one history."""

    id: str
    number: int
    client: str
    opened_at: Instant
    customer: str | None = None
    customer_name: str = ""
    language: str = ""
    subject: str = ""
    preferred_agent: str | None = None
    interactions: list[str] = field(default_factory=list)
    """Open ones."""


@dataclass(slots=True)
class Call:
    """A call in its flow, waiting for nobody yet."""

    contact: str
    number: str
    caller: str
    client: str
    since: Instant
    language: str = ""
    flow: str = ""
    step: str = ""


@dataclass(slots=True)
class OpenFollowUp:
    """What is owed to a customer."""

    id: str
    contact: str
    owner: str
    due_at: Instant
    note: str = ""
    interaction: str = ""


@dataclass(slots=True)
class Incident:
    """What customers of some queues are told."""

    id: str
    queues: tuple[str, ...]
    texts: dict[str, str]
    since: Instant
    by: str


@dataclass(slots=True)
class Fault:
    """Something of the telephony that does not work."""

    kind: str
    object: str
    since: Instant


@dataclass(slots=True)
class Dial:
    """A call to the outside that is under way."""

    call: str
    purpose: str
    interaction: str
    prefix: str
    currency: str
    a_minute: int
    first_s: int
    step_s: int
    day: str
    month: str
    answered_at: Instant = 0
    """It costs since then; 0 = it rings."""


@dataclass(slots=True)
class Spending:
    """What calls to the outside have cost, in millionths of `currency`, those under way not counted, and the limits."""

    currency: str = ""
    day_limit: int | None = None
    month_limit: int | None = None
    cut: bool = False
    month: str = ""
    next_month: str = ""
    today: int = 0
    this_month: int = 0
    told: list[str] = field(default_factory=list)
    """Shares of limits that were reached: ``day:80``."""
    due: Instant = 0
    """When calls under way will have reached a further share; 0 = never."""


@dataclass(slots=True)
class Acknowledgement:
    """Who attends to an alarm, and since when."""

    by: str
    at: Instant


@dataclass
class State:
    """One shard (operator organisation). Closed interactions leave it; the log keeps them."""

    seq: int = 0
    """Events applied so far = sequence number of the latest."""
    now: Instant = 0
    """Latest instant seen; the core's clock never runs backwards."""
    day: str = ""
    numbers: int = 0
    """Interactions numbered so far."""
    agents_numbered: int = 0
    offers_made: int = 0
    queues: dict[str, Queue] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    """Calls in their flow, by contact."""
    follow_ups: dict[str, OpenFollowUp] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    """By ``kind:object``."""
    dials: dict[str, Dial] = field(default_factory=dict)
    """Calls to the outside, by channel."""
    spending: Spending = field(default_factory=Spending)
    acknowledged: dict[str, Acknowledgement] = field(default_factory=dict)
    """By alarm, since the day began."""

    def __post_init__(self) -> None:
        """Start without derived data; it is no field, so no part of a snapshot."""
        self.cache: object | None = None


def dump_state(state: State) -> bytes:
    """A snapshot as JSON; equal states give equal bytes."""
    return msgspec.json.encode(state)


def load_state(data: bytes) -> State:
    """The state of a snapshot; raises `msgspec.ValidationError` on anything else."""
    return msgspec.json.decode(data, type=State)
