"""Everything the core can be asked. Ids of new things come with the command, so a repeated one is recognised."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pasokh.acd.model import (
    AgentConfig,
    Attachment,
    Channel,
    Closing,
    FollowUp,
    Id,
    LanguageCode,
    OptionalId,
    QueueConfig,
    Requirement,
    Words,
)
from pasokh.kernel.messages import Command
from pasokh.kernel.time import Instant

Text = Annotated[str, Meta(max_length=4_000)]
Author = Literal["customer", "agent", "system", "note", "whisper"]
"""A note is for the centre alone; a whisper goes from a supervisor to the agent in charge."""
AlarmId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,200}$")]


# -- configuration -----------------------------------------------------------------------------------------------
class DefineQueue(Command, tag="queue.define", frozen=True):
    """Publish a queue or a new version of it."""

    queue: QueueConfig


class OpenQueue(Command, tag="queue.open", frozen=True):
    """Let contacts in (business hours begin)."""

    queue: Id


class CloseQueue(Command, tag="queue.close", frozen=True):
    """Let no new contact in; those who wait are still served."""

    queue: Id


class DefineAgent(Command, tag="agent.define", frozen=True):
    """Create an agent or change skills, queues, capacity."""

    agent: AgentConfig


class RetireAgent(Command, tag="agent.retire", frozen=True):
    """Remove an agent who has no open work."""

    agent: Id


class StartDay(Command, tag="day.start", frozen=True):
    """Begin a new operating day: counters of the day restart."""

    day: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


# -- agents --------------------------------------------------------------------------------------------------------
class SignIn(Command, tag="agent.sign_in", frozen=True):
    """Sign an agent in, not ready."""

    agent: Id


class SignOut(Command, tag="agent.sign_out", frozen=True):
    """Sign an agent out; open work refuses it unless forced, then that work returns to its queue."""

    agent: Id
    force: bool = False


class SetPresence(Command, tag="agent.set_presence", frozen=True):
    """Go ready, or not ready with a reason. Work in hand is kept; an open offer is withdrawn."""

    agent: Id
    ready: bool
    reason: Words = ""


# -- contacts ------------------------------------------------------------------------------------------------------
class OpenContact(Command, tag="contact.open", frozen=True):
    """A customer reaches the centre on a channel, for a queue."""

    contact: Id
    interaction: Id
    channel: Channel
    queue: Id
    customer: Id | None = None
    customer_name: Words = ""
    address: Words = ""
    """Where the customer can be reached on this channel (number, e-mail); empty for a chat."""
    language: Annotated[str, Meta(max_length=16)] = ""
    subject: Words = ""
    requires: tuple[Requirement, ...] = ()
    """Asked of agents besides what the queue asks."""
    priority: Annotated[int, Meta(ge=0, le=20)] = 1
    """Index of a class of the queue's policy."""
    preferred_agent: Id | None = None
    kind: Literal["contact", "message"] = "contact"
    """A message was left and nobody waits on line: no waiting ladder, no share in the service level."""


class PostMessage(Command, tag="message.post", frozen=True):
    """Add a message to an interaction. `message` is the sender's own id: posting it again changes nothing."""

    interaction: Id
    message: Id
    author: Author
    author_id: Id
    text: Text
    """May be empty when something is attached."""
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=10)] = ()
    mentions: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    """Agents named in a note."""


class MarkRead(Command, tag="message.read", frozen=True):
    """The customer, or the agent in charge, has read up to message number `up_to`."""

    interaction: Id
    reader: Literal["customer", "agent"]
    up_to: Annotated[int, Meta(ge=1)]


class CustomerAway(Command, tag="contact.away", frozen=True):
    """The customer is out of reach: no page is open any more."""

    interaction: Id


class CustomerBack(Command, tag="contact.back", frozen=True):
    """The customer is in reach again."""

    interaction: Id


class RateContact(Command, tag="contact.rate", frozen=True):
    """The customer's rating; who served is the asker's knowledge, for a closed contact has left the state."""

    contact: Id
    interaction: Id
    queue: Id
    agent: OptionalId
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2_000)] = ""


class LeaveContact(Command, tag="contact.leave", frozen=True):
    """The customer goes: abandons while waiting, ends the talk when served."""

    interaction: Id


class AcceptAlternative(Command, tag="contact.accept_alternative", frozen=True):
    """A waiting customer takes a callback (`address` = number) that keeps the place, or leaves a message instead."""

    interaction: Id
    choice: Literal["callback", "message"]
    callback: Id
    """Id of the interaction that replaces this one."""
    address: Annotated[str, Meta(min_length=3, max_length=200)]
    text: Annotated[str, Meta(max_length=4_000)] = ""
    not_before: Instant | None = None


class SetPriority(Command, tag="contact.set_priority", frozen=True):
    """Move a waiting contact to another class."""

    interaction: Id
    priority: Annotated[int, Meta(ge=0, le=20)]


# -- offers and handling -------------------------------------------------------------------------------------------
class AcceptOffer(Command, tag="offer.accept", frozen=True):
    """The agent takes what was offered."""

    interaction: Id
    agent: Id


class RejectOffer(Command, tag="offer.reject", frozen=True):
    """The agent declines; the contact returns to its old place."""

    interaction: Id
    agent: Id
    reason: Words = ""


class StartHold(Command, tag="hold.start", frozen=True):
    """Put the customer on hold."""

    interaction: Id
    agent: Id
    reason: Words = ""


class EndHold(Command, tag="hold.end", frozen=True):
    """Take the customer off hold."""

    interaction: Id
    agent: Id


class Transfer(Command, tag="contact.transfer", frozen=True):
    """Hand an active interaction to a queue, or to one agent (who must be signed in)."""

    interaction: Id
    agent: Id
    to_queue: Id | None = None
    to_agent: Id | None = None
    note: Words = ""


class StartConsult(Command, tag="consult.start", frozen=True):
    """Ask another agent or queue while keeping the customer."""

    interaction: Id
    agent: Id
    consult: Id
    """Id of the consult's own interaction."""
    to_queue: Id | None = None
    to_agent: Id | None = None
    note: Words = ""


class EndConsult(Command, tag="consult.end", frozen=True):
    """End the consult; the customer stays with the agent."""

    interaction: Id
    agent: Id


class CompleteTransfer(Command, tag="consult.complete", frozen=True):
    """Hand the customer to the consulted agent."""

    interaction: Id
    agent: Id


class EndInteraction(Command, tag="interaction.end", frozen=True):
    """The agent ends the talk; wrap-up begins."""

    interaction: Id
    agent: Id


class CompleteWrapUp(Command, tag="wrap_up.complete", frozen=True):
    """Record the outcome and close. `connected=False` on a callback means nobody answered: it is tried again."""

    interaction: Id
    agent: Id
    outcome: Annotated[str, Meta(min_length=1, max_length=80)]
    note: Annotated[str, Meta(max_length=4_000)] = ""
    connected: bool = True
    reason: OptionalId = ""
    """Why the customer came; asked where the queue lists reasons."""
    follow_up: FollowUp | None = None


class SetFollowUp(Command, tag="follow_up.set", frozen=True):
    """Promise the customer something; the same id again changes it, or opens it anew."""

    follow_up: FollowUp
    contact: Id
    by: Id


class CloseFollowUp(Command, tag="follow_up.close", frozen=True):
    """The promise is kept, or needless."""

    follow_up: Id
    by: Id
    result: Words = ""


class CloseInteraction(Command, tag="interaction.close", frozen=True):
    """Close a waiting interaction for a stated reason (a supervisor, or an adapter whose customer is beyond reach)."""

    interaction: Id
    reason: Closing = Closing.DIVERTED
    """`abandoned`, `no_agents`, `timeout` or `diverted`."""


# -- supervision ---------------------------------------------------------------------------------------------------
class AskHelp(Command, tag="help.ask", frozen=True):
    """Ask the supervisors about the matter in hand."""

    interaction: Id
    agent: Id
    question: Words = ""


class AnswerHelp(Command, tag="help.answer", frozen=True):
    """Attend to an agent's question, or take the own question back."""

    interaction: Id
    by: Id


class StartMonitor(Command, tag="monitor.start", frozen=True):
    """Begin to follow a conversation (R24)."""

    interaction: Id
    by: Id


class StopMonitor(Command, tag="monitor.stop", frozen=True):
    """Follow it no longer."""

    interaction: Id
    by: Id


class TakeOver(Command, tag="contact.take_over", frozen=True):
    """Become the owner of another agent's conversation; `by` must be signed in and have room."""

    interaction: Id
    by: Id


class ReturnInteraction(Command, tag="interaction.return", frozen=True):
    """Send a conversation that somebody has back to its queue, at its old place."""

    interaction: Id
    by: Id


class AnnounceIncident(Command, tag="incident.announce", frozen=True):
    """Tell everyone who waits in these queues, and who comes, of an incident; the same id again changes it."""

    incident: Id
    queues: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=1_000)]
    texts: Annotated[dict[LanguageCode, Annotated[str, Meta(min_length=1, max_length=500)]], Meta(min_length=1)]
    by: Id


class WithdrawIncident(Command, tag="incident.withdraw", frozen=True):
    """The incident is over."""

    incident: Id
    by: Id


class AcknowledgeAlarm(Command, tag="alarm.acknowledge", frozen=True):
    """Say that one has seen an alarm and attends to it."""

    alarm: AlarmId
    by: Id


class NoteSurge(Command, tag="surge.note", frozen=True):
    """Five minutes with far more arrivals than usual: said by whoever knows what is usual."""

    queue: Id
    since: Annotated[Instant, Meta(ge=1)]
    """Beginning of the five minutes."""
    arrivals: Annotated[int, Meta(ge=1)]


class EndSurge(Command, tag="surge.end", frozen=True):
    """It is over."""

    queue: Id
    since: Instant
    """Which one; another that began meanwhile goes on."""


# -- the clock -----------------------------------------------------------------------------------------------------
class Tick(Command, tag="tick", frozen=True):
    """Let everything fall due that is due at the step's instant."""


type AnyCommand = (
    DefineQueue | OpenQueue | CloseQueue | DefineAgent | RetireAgent | StartDay
    | SignIn | SignOut | SetPresence
    | OpenContact | PostMessage | LeaveContact | AcceptAlternative | SetPriority
    | AcceptOffer | RejectOffer | StartHold | EndHold | Transfer | StartConsult | EndConsult | CompleteTransfer
    | EndInteraction | CompleteWrapUp | CloseInteraction
    | MarkRead | CustomerAway | CustomerBack | RateContact | SetFollowUp | CloseFollowUp
    | AskHelp | AnswerHelp | StartMonitor | StopMonitor | TakeOver | ReturnInteraction
    | AnnounceIncident | WithdrawIncident | AcknowledgeAlarm | NoteSurge | EndSurge | Tick
)  # fmt: skip

_decoder: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand.__value__)


def decode_command(data: bytes | str) -> AnyCommand:
    """Read a command from JSON; raises `msgspec.ValidationError` naming the field."""
    return _decoder.decode(data)
