"""Telephone calls: their way through a flow, and what only a talk by voice has."""

from typing import Annotated, Literal

from msgspec import Meta

from pasokh.acd.model import Id, OptionalId, Words
from pasokh.kernel.messages import Command


class BeginCall(Command, tag="call.begin", frozen=True):
    """A call came in on a number and goes through its flow; `OpenContact` with the same contact ends that part."""

    contact: Id
    number: Words
    caller: Words = ""
    client: Id = "own"
    language: Annotated[str, Meta(max_length=16)] = ""


class NoteStep(Command, tag="call.step", frozen=True):
    """The caller came to a step of the flow, or answered it."""

    contact: Id
    flow: Id
    step: Id
    said: Words = ""


class EndCall(Command, tag="call.end", frozen=True):
    """The call is over before it waited for anybody."""

    contact: Id
    reason: Literal["caller", "flow", "refused", "lost"]
    queue: OptionalId = ""
    """Of a lost one: who calls the customer back."""
    callback: OptionalId = ""
    """The interaction for that."""


class LoseCall(Command, tag="call.lose", frozen=True):
    """A customer's call is gone and nobody ended it: the switch died, or the channel vanished."""

    interaction: Id
    callback: Id
    """The interaction by which the customer is called back, where a number is known."""


class MissCallback(Command, tag="callback.miss", frozen=True):
    """The customer could not be reached, as the switch says: the agent has nothing to write about it."""

    interaction: Id
    agent: Id
    result: Literal["busy", "no_answer", "refused", "failed"]


class WithdrawOffer(Command, tag="offer.withdraw", frozen=True):
    """The telephone that rang for an offer is gone; nobody declined it."""

    interaction: Id
    agent: Id


class SwitchConsult(Command, tag="consult.switch", frozen=True):
    """Talk with the customer, with the helper, or with both while a consult is open (calls only)."""

    interaction: Id
    agent: Id
    party: Literal["customer", "helper", "both"]


class PauseRecording(Command, tag="recording.pause", frozen=True):
    """Record nothing from now on (a card number is said)."""

    interaction: Id
    agent: Id
    reason: Words = ""


class ResumeRecording(Command, tag="recording.resume", frozen=True):
    """Record again."""

    interaction: Id
    agent: Id


class LoseTelephone(Command, tag="call.telephone_lost", frozen=True):
    """The agent's telephone left the talk and nobody hung up: a page was closed, a browser died."""

    interaction: Id
    agent: Id


class RejoinCall(Command, tag="call.rejoin", frozen=True):
    """Call the agent's telephone again, for it has not (or not any more) the talk that the agent has."""

    interaction: Id
    agent: Id


class TelephoneBack(Command, tag="call.telephone_back", frozen=True):
    """The agent's telephone is in the talk again."""

    interaction: Id
    agent: Id
