"""What is remembered of one contact besides the core's state: its messages, offers and endings, folded from its stream.

The core forgets what it no longer decides with; people still want to read it. A conversation is a pure fold of the
contact's own stream, so it can be loaded from the log at any time and followed from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pasokh.acd import events as ev
from pasokh.acd.model import Attachment
from pasokh.acd.state import State
from pasokh.kernel.time import Instant


@dataclass(slots=True, frozen=True)
class Message:
    """A posted message with its time."""

    interaction: str
    number: int
    message: str
    author: str
    author_id: str
    text: str
    at: Instant
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Turning:
    """Something that changed who the customer talks with."""

    kind: str
    """``joined``, ``transferred``, ``taken_over`` or ``returned``."""
    agent: str
    """Who joined or took over; empty otherwise."""
    at: Instant


@dataclass(slots=True)
class Talk:
    """One interaction of the conversation."""

    id: str
    kind: str
    channel: str
    opened_at: Instant
    messages: list[Message] = field(default_factory=list)
    offer: ev.Offered | None = None
    """The latest one: why this agent."""
    options: tuple[str, ...] = ()
    """Alternatives offered while it waits."""
    queued_at: Instant = 0
    queue: str = ""
    """The latest it waited in."""
    agent: str = ""
    """Who has it, or had it last."""
    closed: str | None = None
    """Closing reason, once closed."""
    turnings: list[Turning] = field(default_factory=list)
    """Who joined, handed on and took over, in order."""
    read_by_agent: int = 0
    """Number of the last message the agent read."""
    score: int = 0
    """The customer's rating; 0 = none."""


MOST_ANSWERS = 30
"""Of a caller's answers in a flow, the latest are kept."""


@dataclass(slots=True)
class Call:
    """How a telephone call came in, and what the caller answered on the way."""

    number: str
    """The one called."""
    caller: str
    answers: list[tuple[str, str]] = field(default_factory=list)
    """Step of the flow and what was pressed there."""


@dataclass(slots=True)
class Conversation:
    """A contact's history up to `seq`."""

    contact: str
    seq: int = 0
    customer_name: str = ""
    language: str = ""
    main: str | None = None
    """The first interaction: the one the customer came with."""
    talks: dict[str, Talk] = field(default_factory=dict)
    over: bool = False
    call: Call | None = None
    """Of a contact by telephone."""

    def main_talk(self) -> Talk | None:
        """The interaction the customer came with, or None for an unknown contact."""
        return self.talks.get(self.main) if self.main is not None else None

    def fold(self, seq: int, event: ev.AnyEvent, at: Instant) -> None:
        """Take in one event of this contact's stream; one already taken in changes nothing."""
        if seq <= self.seq:
            return
        self.seq = seq
        match event:
            case ev.ContactOpened():
                self.customer_name, self.language, self.main = event.customer_name, event.language, event.interaction
                self.talks = {event.interaction: Talk(event.interaction, event.kind, event.channel, at, queued_at=at)}
                self.over = False
            case ev.InteractionStarted():
                self.talks[event.interaction] = Talk(event.interaction, event.kind, event.channel, at)
            case ev.ContactClosed():
                self.over = True
            case ev.CallArrived():
                self.call = Call(event.number, event.caller)
            case ev.CallStepped():
                if event.said and self.call is not None:
                    self.call.answers = [*self.call.answers, (event.step, event.said)][-MOST_ANSWERS:]
            case _:
                talk = self.talks.get(getattr(event, "interaction", ""))
                if talk is not None:
                    _fold_talk(talk, event, at)
                    _fold_turning(talk, event, at)


def _fold_talk(talk: Talk, event: ev.AnyEvent, at: Instant) -> None:
    match event:
        case ev.MessagePosted():
            talk.messages.append(
                Message(
                    talk.id, event.number, event.message, event.author, event.author_id, event.text, at,
                    event.attachments, event.mentions,
                )
            )  # fmt: skip
        case ev.Offered():
            talk.offer = event
        case ev.AlternativesOffered():
            talk.options = tuple(event.options)
        case ev.MessagesRead() if event.reader == "agent":
            talk.read_by_agent = event.up_to
        case ev.ContactRated():
            talk.score = event.score
        case ev.Queued():
            talk.queued_at, talk.queue = event.queued_at, event.queue
            if event.cause in {"opened", "transfer", "returned"}:
                talk.options = ()
        case ev.InteractionClosed():
            talk.closed = event.reason
        case _:
            pass


def _fold_turning(talk: Talk, event: ev.AnyEvent, at: Instant) -> None:
    """Who has the customer, and what the customer is told of it."""
    match event:
        case ev.OfferAccepted():
            talk.agent = event.agent
            talk.turnings.append(Turning("joined", event.agent, at))
        case ev.Transferred() if event.consulted and event.to_agent is not None:
            talk.agent = event.to_agent
            talk.turnings.append(Turning("taken_over" if event.taken_over else "joined", event.to_agent, at))
        case ev.Transferred():
            talk.turnings.append(Turning("transferred", "", at))
        case ev.WorkReturned():
            talk.turnings.append(Turning("returned", "", at))
        case _:
            pass


class Seen(Protocol):
    """What a view may look at: the folded state, and the conversations that are loaded."""

    @property
    def state(self) -> State:
        """The core's state at the same position of the log."""

    @property
    def conversations(self) -> Mapping[str, Conversation]:
        """By contact."""


def message_key(interaction: str, number: int) -> str:
    """The topic key of a message; keys sort in the order of the messages."""
    return f"m:{interaction}:{number:06d}"


def split_message_key(key: str) -> tuple[str, int]:
    """Interaction and number of a message key."""
    interaction, _, number = key.removeprefix("m:").rpartition(":")
    return interaction, int(number)
