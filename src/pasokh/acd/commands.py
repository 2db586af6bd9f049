"""Everything the core can be asked. Ids of new things come with the command, so a repeated one is recognised."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pasokh.acd.model import AgentConfig, Channel, Closing, Id, QueueConfig, Requirement, Words
from pasokh.kernel.messages import Command
from pasokh.kernel.time import Instant

Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
Author = Literal["customer", "agent", "system", "note"]


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


class PostMessage(Command, tag="message.post", frozen=True):
    """Add a message to an interaction. `message` is the sender's own id: posting it again changes nothing."""

    interaction: Id
    message: Id
    author: Author
    author_id: Id
    text: Text


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


class CloseInteraction(Command, tag="interaction.close", frozen=True):
    """Close a waiting interaction for a stated reason (a supervisor, or an adapter whose customer is beyond reach)."""

    interaction: Id
    reason: Closing = Closing.DIVERTED
    """`abandoned`, `no_agents`, `timeout` or `diverted`."""


# -- the clock -----------------------------------------------------------------------------------------------------
class Tick(Command, tag="tick", frozen=True):
    """Let everything fall due that is due at the step's instant."""


type AnyCommand = (
    DefineQueue | OpenQueue | CloseQueue | DefineAgent | RetireAgent | StartDay
    | SignIn | SignOut | SetPresence
    | OpenContact | PostMessage | LeaveContact | AcceptAlternative | SetPriority
    | AcceptOffer | RejectOffer | StartHold | EndHold | Transfer | StartConsult | EndConsult | CompleteTransfer
    | EndInteraction | CompleteWrapUp | CloseInteraction | Tick
)  # fmt: skip

_decoder: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand.__value__)


def decode_command(data: bytes | str) -> AnyCommand:
    """Read a command from JSON; raises `msgspec.ValidationError` naming the field."""
    return _decoder.decode(data)
