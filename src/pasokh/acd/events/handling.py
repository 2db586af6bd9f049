"""Talking with the customer, up to the end."""

from pasokh.acd.model import Channel, Closing
from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant, Millis


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
    """The new owner has it at once: a consulted agent, or a supervisor who took it over."""
    taken_over: bool = False


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
    """The interaction goes back to its queue at its old place: a supervisor sent it, or its agent was signed out."""

    interaction: str
    contact: str
    agent: str
    queue: str
    by: str = ""
    """Who sent it back; empty where the agent was signed out."""


class TalkEnded(Event, tag="interaction.talk_ended", frozen=True):
    """The talk is over; wrap-up begins and lasts at most until `wrap_up_until`."""

    interaction: str
    contact: str
    agent: str
    queue: str
    by: str
    """``agent``, ``customer``, or ``lost``: the switch died with the call."""
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
    reason: str = ""
    """Why the customer came, from the organisation's tree; empty where none is asked."""


class CallbackMissed(Event, tag="callback.missed", frozen=True):
    """The customer was dialled and not reached; the agent is free. A `CallbackAttempted` follows.

    `result`: ``busy``, ``no_answer``, ``refused`` (by the dial policy), ``failed``.
    """

    interaction: str
    contact: str
    agent: str
    queue: str
    result: str


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
