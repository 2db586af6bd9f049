"""Everything the core can say. Each event carries what a projection needs, so none has to look back.

`stream` names what a row belongs to: a contact id, ``agent:ID``, ``queue:ID`` or ``day``.
"""

import msgspec

from pasokh.acd.model import AgentConfig, Alternative, Channel, Closing, QueueConfig, Requirement, Rung
from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant, Millis


# -- configuration -----------------------------------------------------------------------------------------------
class QueueDefined(Event, tag="queue.defined", frozen=True):
    """A queue exists, or has a new version."""

    queue: QueueConfig


class QueueOpened(Event, tag="queue.opened", frozen=True):
    """The queue lets contacts in."""

    queue: str


class QueueClosed(Event, tag="queue.closed", frozen=True):
    """The queue lets no new contact in."""

    queue: str


class AgentDefined(Event, tag="agent.defined", frozen=True):
    """An agent exists, or has new skills, queues or capacity."""

    agent: AgentConfig


class AgentRetired(Event, tag="agent.retired", frozen=True):
    """An agent is gone."""

    agent: str


class DayStarted(Event, tag="day.started", frozen=True):
    """Counters of the day restart."""

    day: str


# -- agents --------------------------------------------------------------------------------------------------------
class AgentSignedIn(Event, tag="agent.signed_in", frozen=True):
    """Signed in, not ready."""

    agent: str


class AgentSignedOut(Event, tag="agent.signed_out", frozen=True):
    """Signed out."""

    agent: str
    forced: bool = False


class PresenceChanged(Event, tag="agent.presence_changed", frozen=True):
    """Ready, or not ready for a reason. `by` says who did it: the agent, or the core after an offer rang out."""

    agent: str
    ready: bool
    reason: str = ""
    by: str = "agent"


# -- contacts ------------------------------------------------------------------------------------------------------
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
    """``opened``, ``transfer``, ``consult``, ``callback``, ``message``, ``retry``, ``returned``, or after an offer
    ``rejected``, ``ring_out``, ``withdrawn``."""
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


# -- offers --------------------------------------------------------------------------------------------------------
class Part(msgspec.Struct, frozen=True):
    """One part of a decision: a criterion or rank component and its value for the chosen pair."""

    name: str
    value: int


class Offered(Event, tag="offer.made", frozen=True):
    """An interaction was offered to an agent: the assignment, with all that explains it."""

    interaction: str
    contact: str
    agent: str
    queue: str
    channel: Channel
    deadline: Instant
    waited_ms: Millis
    question: str
    """``who_takes`` (a contact looked for an agent) or ``what_take`` (an agent looked for a contact)."""
    policy_version: int
    step: int
    """Relaxations in force."""
    rank: tuple[Part, ...]
    """Parts of the contact's rank in ms; they sum to it."""
    agent_order: tuple[Part, ...]
    """The policy's criteria in order with this agent's values (smaller wins)."""
    candidates: int
    """Agents who could have taken it (`who_takes`), or contacts that could have been taken (`what_take`)."""
    consult: bool = False


class OfferAccepted(Event, tag="offer.accepted", frozen=True):
    """The agent took it; the talk begins."""

    interaction: str
    contact: str
    agent: str
    queue: str
    waited_ms: Millis
    """From `queued_at` to now."""
    rang_ms: Millis
    first_answer: bool
    """False when the interaction had an agent before (transfer)."""


class OfferRejected(Event, tag="offer.rejected", frozen=True):
    """The agent declined."""

    interaction: str
    contact: str
    agent: str
    queue: str
    reason: str = ""


class OfferTimedOut(Event, tag="offer.timed_out", frozen=True):
    """The offer rang out."""

    interaction: str
    contact: str
    agent: str
    queue: str


class OfferWithdrawn(Event, tag="offer.withdrawn", frozen=True):
    """The offer ended without the agent's doing, or because the agent went not ready: `cause` says."""

    interaction: str
    contact: str
    agent: str
    queue: str
    cause: str
    """``customer_left``, ``agent_not_ready``, ``agent_signed_out``, ``closed``, ``parent_ended``."""


# -- handling ------------------------------------------------------------------------------------------------------
class HoldStarted(Event, tag="hold.started", frozen=True):
    """The customer is on hold."""

    interaction: str
    contact: str
    agent: str
    reason: str = ""


class HoldEnded(Event, tag="hold.ended", frozen=True):
    """The customer is off hold."""

    interaction: str
    contact: str
    agent: str
    held_ms: Millis


class Transferred(Event, tag="interaction.transferred", frozen=True):
    """An agent handed the interaction on; a `Queued` follows, unless a consulted agent already has it."""

    interaction: str
    contact: str
    from_agent: str
    from_queue: str
    to_queue: str
    to_agent: str | None
    talk_ms: Millis
    note: str = ""
    consulted: bool = False


class ConsultStarted(Event, tag="consult.started", frozen=True):
    """An agent asks for help; `consult` is the helper's own interaction."""

    interaction: str
    contact: str
    agent: str
    consult: str


class ConsultEnded(Event, tag="consult.ended", frozen=True):
    """The consult is over; `cause`: ``ended``, ``completed``, ``unanswered``, ``customer_left``, ``helper_left``."""

    interaction: str
    contact: str
    agent: str
    consult: str
    cause: str


class WorkReturned(Event, tag="interaction.work_returned", frozen=True):
    """An agent was signed out by force; the interaction goes back to its queue at its old place."""

    interaction: str
    contact: str
    agent: str
    queue: str


class TalkEnded(Event, tag="interaction.talk_ended", frozen=True):
    """The talk is over; wrap-up begins and lasts at most until `wrap_up_until`."""

    interaction: str
    contact: str
    agent: str
    queue: str
    by: str
    """``agent`` or ``customer``."""
    talk_ms: Millis
    """Including hold."""
    hold_ms: Millis
    wrap_up_until: Instant


class WrapUpExpired(Event, tag="wrap_up.expired", frozen=True):
    """The wrap-up limit freed the agent; the outcome is still owed."""

    interaction: str
    contact: str
    agent: str
    queue: str


class OutcomeRecorded(Event, tag="wrap_up.outcome_recorded", frozen=True):
    """The agent said how it ended."""

    interaction: str
    contact: str
    agent: str
    queue: str
    outcome: str
    note: str = ""
    wrap_up_ms: Millis = 0


class CallbackAttempted(Event, tag="callback.attempted", frozen=True):
    """One attempt to reach the customer is over."""

    interaction: str
    contact: str
    agent: str
    attempt: int
    connected: bool


class InteractionClosed(Event, tag="interaction.closed", frozen=True):
    """The interaction is over. `agent` had it last, if any."""

    interaction: str
    contact: str
    queue: str
    channel: Channel
    reason: Closing
    waited_ms: Millis
    """Wait until answered, or until it left the queue."""
    agent: str | None = None
    kind: str = "contact"
    """``contact``, ``callback``, ``message`` or ``consult``."""


class ContactClosed(Event, tag="contact.closed", frozen=True):
    """No interaction of the contact is open any more."""

    contact: str


type AnyEvent = (
    QueueDefined | QueueOpened | QueueClosed | AgentDefined | AgentRetired | DayStarted
    | AgentSignedIn | AgentSignedOut | PresenceChanged
    | ContactOpened | InteractionStarted | Queued | WaitBegan | Relaxed | RestrictionLapsed | LadderPassed
    | AlternativesOffered | AlternativeAccepted | PriorityChanged | Scheduled | MessagePosted
    | Offered | OfferAccepted | OfferRejected | OfferTimedOut | OfferWithdrawn
    | HoldStarted | HoldEnded | Transferred | ConsultStarted | ConsultEnded | WorkReturned
    | TalkEnded | WrapUpExpired | OutcomeRecorded | CallbackAttempted | InteractionClosed | ContactClosed
)  # fmt: skip

_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent.__value__)


def decode_event(data: bytes | str) -> AnyEvent:
    """Read an event from its JSON; unknown later fields are ignored, missing earlier ones take defaults."""
    return _decoder.decode(data)


def stream_of(event: AnyEvent) -> str:
    """The stream an event belongs to: its contact, else ``agent:ID``, ``queue:ID`` or ``day``."""
    contact: str | None = getattr(event, "contact", None)
    if contact is not None:
        return contact
    match event:
        case QueueDefined():
            return f"queue:{event.queue.id}"
        case QueueOpened() | QueueClosed():
            return f"queue:{event.queue}"
        case AgentDefined():
            return f"agent:{event.agent.id}"
        case AgentRetired() | AgentSignedIn() | AgentSignedOut() | PresenceChanged():
            return f"agent:{event.agent}"
        case _:
            return "day"
