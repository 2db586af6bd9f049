"""What a channel is: customers come in as commands, effects go out as deeds. One conformance suite tries them all."""

from typing import Literal, Protocol

import msgspec

from pasokh.acd.effects import AnyEffect
from pasokh.acd.model import Channel


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A customer at the door."""

    org: str
    queue: str
    start: str
    """The channel's own id of this conversation: the same one never opens two contacts."""
    customer: str | None = None
    """Who it is, where the channel knows the customer from before."""
    customer_name: str = ""
    address: str = ""
    language: str = ""
    subject: str = ""


class Opened(msgspec.Struct, frozen=True):
    """A contact that was let in (it may have been closed at once: the log says why)."""

    org: str
    contact: str
    interaction: str


class Inbound(Protocol):
    """From customers to the centre. Everything may be repeated: it has no second effect and gets the first answer.

    Every method raises the core's refusals, and ``command.unanswered`` when nobody decided in time: ask again.
    """

    async def open(self, arrival: Arrival) -> Opened:
        """Let a customer in."""

    async def say(self, opened: Opened, message: str, text: str) -> None:
        """The customer's message; `message` is its id. ``interaction.closed`` when the talk is over."""

    async def leave(self, opened: Opened) -> None:
        """The customer goes."""

    async def choose(
        self, opened: Opened, choice: Literal["callback", "message"], address: str, text: str = ""
    ) -> None:
        """A waiting customer takes another way."""


class Outbound(Protocol):
    """From the centre to customers; what the engine calls a carrier."""

    @property
    def name(self) -> str:
        """For logs and metrics."""

    @property
    def in_log(self) -> bool:
        """Whether customers follow the log themselves, so that a committed event has already arrived."""

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Do it; done twice with the same effect id it must have happened once."""


class ChannelAdapter(Inbound, Outbound, Protocol):
    """Both directions of one channel."""

    @property
    def channel(self) -> Channel:
        """Which one."""
