"""Customers: arriving, writing, leaving, choosing another way."""

from typing import Annotated, Literal

from msgspec import Meta

from pasokh.acd.model import Attachment, Channel, Id, Requirement, Words
from pasokh.kernel.messages import Command
from pasokh.kernel.time import Instant

Text = Annotated[str, Meta(max_length=4_000)]
Author = Literal["customer", "agent", "system", "note", "whisper"]
"""A note is for the centre alone; a whisper goes from a supervisor to the agent in charge."""


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
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=10)] = ()
    """What was left instead of words: a spoken message. A visitor's page can give none here."""


class SetPriority(Command, tag="contact.set_priority", frozen=True):
    """Move a waiting contact to another class."""

    interaction: Id
    priority: Annotated[int, Meta(ge=0, le=20)]
