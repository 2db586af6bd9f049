"""Offers, and talking with the customer up to the end."""

from typing import Annotated

from msgspec import Meta

from pasokh.acd.model import Closing, FollowUp, Id, OptionalId, Words
from pasokh.kernel.messages import Command


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


class CloseInteraction(Command, tag="interaction.close", frozen=True):
    """Close a waiting interaction for a stated reason (a supervisor, or an adapter whose customer is beyond reach)."""

    interaction: Id
    reason: Closing = Closing.DIVERTED
    """`abandoned`, `no_agents`, `timeout` or `diverted`."""
