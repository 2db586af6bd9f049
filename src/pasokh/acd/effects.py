"""What the core asks the outside to do once its events are durable. Adapters perform them by channel."""

from typing import Literal

import msgspec

from pasokh.acd.model import Alternative, Attachment, Channel
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.messages import Effect
from pasokh.kernel.time import Instant


class EffectRefusedError(PasokhError):
    """The outside refuses an effect for good: trying again would not help."""


class RingAgent(Effect, tag="agent.ring", frozen=True):
    """Show or ring an offer at the agent until `deadline`."""

    id: str
    interaction: str
    agent: str
    channel: Channel
    deadline: Instant
    parent: str = ""
    """For a consult: the interaction it is about."""
    address: str = ""
    """The customer's number, to be dialled before the agent's telephone rings; empty where the agent's is first."""


class StopRinging(Effect, tag="agent.stop_ringing", frozen=True):
    """The offer is over."""

    id: str
    interaction: str
    agent: str
    channel: Channel


class Connect(Effect, tag="parties.connect", frozen=True):
    """Join the customer (or the consulting agent) and the agent; for a callback, dial `address` first."""

    id: str
    interaction: str
    agent: str
    channel: Channel
    address: str = ""
    parent: str = ""
    """For a consult: the interaction it is about, whose customer waits meanwhile."""
    asker: str = ""
    """For a consult: the agent who asked."""
    queue: str = ""


class Release(Effect, tag="agent.release", frozen=True):
    """The agent is no longer part of the call. `waits`: the customer stays, waiting for somebody else."""

    id: str
    interaction: str
    agent: str
    channel: Channel
    waits: bool = False


class CallOutside(Effect, tag="outside.call", frozen=True):
    """Call a number outside until `until`: for the customer, or (`parent`) for a consult about the parent's."""

    id: str
    interaction: str
    channel: Channel
    number: str
    until: Instant
    parent: str = ""


class JoinOutside(Effect, tag="outside.join", frozen=True):
    """It answered: join it with the customer, or (`parent`) with the agent who consults."""

    id: str
    interaction: str
    channel: Channel
    parent: str = ""


class HandOutside(Effect, tag="outside.hand", frozen=True):
    """The number outside that was consulted has the customer now."""

    id: str
    interaction: str
    channel: Channel
    consult: str


class DropOutside(Effect, tag="outside.drop", frozen=True):
    """Let the number outside go."""

    id: str
    interaction: str
    channel: Channel


class WaitAgain(Effect, tag="customer.wait", frozen=True):
    """The customer waits for somebody again."""

    id: str
    interaction: str
    channel: Channel


class ToMenu(Effect, tag="customer.menu", frozen=True):
    """Let the number's flow go on with the caller, at a node of a flow or from its start."""

    id: str
    interaction: str
    channel: Channel
    flow: str = ""
    node: str = ""


class SwitchParty(Effect, tag="consult.party", frozen=True):
    """Let the agent talk with the customer, the helper, or both."""

    id: str
    interaction: str
    agent: str
    channel: Channel
    consult: str
    party: Literal["customer", "helper", "both"]


class RingAgain(Effect, tag="agent.ring_again", frozen=True):
    """Call the agent's telephone for the talk the agent has; one that is still called or up for it is let go first."""

    id: str
    interaction: str
    agent: str
    channel: Channel


class Record(Effect, tag="recording.switch", frozen=True):
    """Record, or record nothing (`on=False`)."""

    id: str
    interaction: str
    channel: Channel
    on: bool


class Follow(Effect, tag="monitor.switch", frozen=True):
    """Let a supervisor hear a call, or speak into it; an empty mode ends that."""

    id: str
    interaction: str
    channel: Channel
    by: str
    mode: Literal["listen", "whisper", "barge", ""]


class Hold(Effect, tag="customer.hold", frozen=True):
    """Put the customer on hold, or take off (`on=False`)."""

    id: str
    interaction: str
    channel: Channel
    on: bool


class OfferAlternatives(Effect, tag="customer.offer_alternatives", frozen=True):
    """Tell the waiting customer what else is possible."""

    id: str
    interaction: str
    channel: Channel
    options: tuple[Alternative, ...]


class Disconnect(Effect, tag="customer.disconnect", frozen=True):
    """The interaction is over for the customer; `reason` is its closing."""

    id: str
    interaction: str
    channel: Channel
    reason: str


class Deliver(Effect, tag="customer.deliver", frozen=True):
    """Send an agent's or the centre's message to the customer on channels that need a carrier (e-mail, messenger)."""

    id: str
    interaction: str
    channel: Channel
    message: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class CutDial(Effect, tag="dial.cut", frozen=True):
    """End a call to the outside: its cost has reached a limit, and the dial policy cuts."""

    id: str
    interaction: str
    channel: Channel
    call: str


type AnyEffect = (
    RingAgent | RingAgain | StopRinging | Connect | Release | SwitchParty | Hold | Record | Follow
    | CallOutside | JoinOutside | HandOutside | DropOutside | WaitAgain | ToMenu
    | OfferAlternatives | Disconnect | Deliver | CutDial
)  # fmt: skip

_decoder: msgspec.json.Decoder[AnyEffect] = msgspec.json.Decoder(AnyEffect.__value__)


def decode_effect(data: bytes | str) -> AnyEffect:
    """Read an effect from the outbox."""
    return _decoder.decode(data)
