"""Offering work to agents: the assignments and what became of them."""

import msgspec

from pasokh.acd.model import Channel
from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant, Millis


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
    """``customer_left``, ``agent_not_ready``, ``agent_signed_out``, ``closed``, ``parent_ended``,
    ``moved`` (to another queue), ``lost`` (the customer's call), ``telephone_gone``."""
