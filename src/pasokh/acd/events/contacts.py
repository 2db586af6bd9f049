"""Customers: arriving, waiting, writing."""

from pasokh.acd.model import Alternative, Attachment, Channel, Requirement, Rung
from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant, Millis


class ContactOpened(Event, tag="contact.opened", frozen=True):
    """A customer reached the centre; `interaction` is the first of the contact."""

    contact: str
    interaction: str
    channel: Channel
    queue: str
    client: str
    number: int
    """Ordinal within the shard; breaks ties."""
    customer: str | None = None
    customer_name: str = ""
    address: str = ""
    language: str = ""
    subject: str = ""
    requires: tuple[Requirement, ...] = ()
    priority: int = 1
    preferred_agent: str | None = None
    kind: str = "contact"
    """``contact``, ``message`` (left by somebody not on line) or ``callback`` (a call lost in its flow)."""


class InteractionStarted(Event, tag="interaction.started", frozen=True):
    """A further interaction of a contact: a callback that takes a waiting one's place, a message, or a consult."""

    interaction: str
    contact: str
    channel: Channel
    queue: str
    number: int
    parent: str
    kind: str
    """``callback``, ``message`` or ``consult``."""
    address: str = ""
    requires: tuple[Requirement, ...] = ()
    priority: int = 1
    note: str = ""


class Queued(Event, tag="interaction.queued", frozen=True):
    """Waits in a queue from `queued_at` (earlier than the event's own time when a place was kept)."""

    interaction: str
    contact: str
    queue: str
    queued_at: Instant
    cause: str
    """``opened``, ``transfer``, ``consult``, ``callback``, ``message``, ``retry``, ``returned``, ``moved`` (from
    another queue, the wait goes on), ``menu`` (an agent had sent the caller there), ``unreached`` (a number outside did
    not answer), ``lost`` (a callback for a lost call), or after an offer ``rejected``, ``ring_out``, ``withdrawn``."""
    head_start_ms: Millis = 0
    """Earned besides the class's own (a transfer)."""
    hold_agent: str | None = None
    """Only this agent is offered it until `hold_until`."""
    hold_until: Instant = 0
    direct: bool = False
    """The held-for agent takes it whatever the queue asks."""
    barred_agent: str | None = None
    """Not offered to this agent until `barred_until`."""
    barred_until: Instant = 0


class WaitBegan(Event, tag="interaction.wait_began", frozen=True):
    """Nobody could take it at once; counts say why."""

    interaction: str
    contact: str
    queue: str
    position: int
    """1 = first in its queue."""
    offline: int
    not_ready: int
    busy: int
    unskilled: int
    """Ready and with room, yet without the skills asked at this wait."""
    held: bool = False
    """Kept for one agent for now."""


class Relaxed(Event, tag="interaction.relaxed", frozen=True):
    """Waited long enough for the policy's `step`-th relaxation."""

    interaction: str
    contact: str
    queue: str
    step: int


class RestrictionLapsed(Event, tag="interaction.restriction_lapsed", frozen=True):
    """No longer ``reserved`` for one agent, or no longer ``barred`` from one."""

    interaction: str
    contact: str
    queue: str
    what: str


class LadderPassed(Event, tag="ladder.passed", frozen=True):
    """Waited past a rung of the ladder; `alarm` comes before the last."""

    interaction: str
    contact: str
    queue: str
    rung: Rung
    waited_ms: Millis


class AlternativesOffered(Event, tag="ladder.alternatives_offered", frozen=True):
    """The waiting customer is offered another way, before the last rung (R1)."""

    interaction: str
    contact: str
    queue: str
    options: tuple[Alternative, ...]


class AlternativeAccepted(Event, tag="ladder.alternative_accepted", frozen=True):
    """The customer chose another way; `replacement` carries on in this one's place."""

    interaction: str
    contact: str
    choice: str
    replacement: str


class PriorityChanged(Event, tag="interaction.priority_changed", frozen=True):
    """Moved to another class."""

    interaction: str
    contact: str
    priority: int


class Scheduled(Event, tag="interaction.scheduled", frozen=True):
    """Waits for `not_before` (a callback between attempts); its place is kept."""

    interaction: str
    contact: str
    queue: str
    not_before: Instant
    queued_at: Instant
    attempt: int


class MessagePosted(Event, tag="message.posted", frozen=True):
    """A message of a conversation. `number` counts within the interaction from 1."""

    interaction: str
    contact: str
    message: str
    number: int
    author: str
    author_id: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    """Agents named in a note."""


class MessagesRead(Event, tag="message.read", frozen=True):
    """The customer, or the agent, has read up to a message."""

    interaction: str
    contact: str
    reader: str
    """``customer`` or ``agent``."""
    up_to: int


class CustomerWentAway(Event, tag="customer.away", frozen=True):
    """The customer is out of reach; a waiting one who stays so until `until` is abandoned."""

    interaction: str
    contact: str
    queue: str
    until: Instant


class CustomerCameBack(Event, tag="customer.back", frozen=True):
    """The customer is in reach again."""

    interaction: str
    contact: str
    queue: str
    away_ms: Millis
