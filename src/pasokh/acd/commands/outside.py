"""Numbers outside and the menu: where an agent may send a caller besides agents and queues, and moves of who waits."""

from typing import Annotated, Literal

from msgspec import Meta

from pasokh.acd.model import Id, OptionalId, Requirement, Words
from pasokh.kernel.messages import Command

Dialled = Annotated[str, Meta(min_length=2, max_length=60)]
"""A telephone number as somebody typed it; what it means and whether it may be called, the dial policy says."""


class TransferOutside(Command, tag="contact.transfer_outside", frozen=True):
    """Hand a caller to a number outside: the agent goes at once; who is not answered is back to the queue's head."""

    interaction: Id
    agent: Id
    number: Dialled
    note: Words = ""


class ConsultOutside(Command, tag="consult.start_outside", frozen=True):
    """Ask somebody at a number outside while keeping the caller; switch, conference and hand over as with an agent."""

    interaction: Id
    agent: Id
    consult: Id
    """Id of the consult's own interaction."""
    number: Dialled
    note: Words = ""


class TransferMenu(Command, tag="contact.transfer_menu", frozen=True):
    """Send a caller back to the menu of the number: to a node of a flow, or to its start."""

    interaction: Id
    agent: Id
    flow: OptionalId = ""
    node: OptionalId = ""
    note: Words = ""


class AnswerOutside(Command, tag="outside.answer", frozen=True):
    """The number outside answered."""

    interaction: Id


class EndOutside(Command, tag="outside.end", frozen=True):
    """The number outside could not be had, or has hung up."""

    interaction: Id
    cause: Literal["busy", "no_answer", "refused", "failed", "hung_up", "lost"]
    """`refused`: the dial policy forbids it; `code` says why. `lost`: the line there died, and nobody hung up."""
    code: Words = ""


class MoveContact(Command, tag="contact.move", frozen=True):
    """Let who waits, or is in the menu, wait in another queue; a wait that goes on keeps its beginning."""

    interaction: Id
    to_queue: Id
    requires: tuple[Requirement, ...] | None = None
    """Asked of agents besides what the queue asks; None = what it asks of them now."""
    priority: Annotated[int, Meta(ge=0, le=20)] | None = None
    by: OptionalId = ""
    """Who moved it; empty = its flow."""
