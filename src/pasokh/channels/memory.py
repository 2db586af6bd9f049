"""A channel in memory: what a messenger or e-mail adapter does, without a network. For tests and demonstrations."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from pasokh.acd.effects import AnyEffect, Deliver, Disconnect, OfferAlternatives
from pasokh.acd.model import Channel
from pasokh.channels.ports import Arrival, Opened
from pasokh.channels.reception import Reception


class MemoryChannel:
    """A `ChannelAdapter` whose customers read what was carried to them from lists."""

    name = "memory"
    in_log = False

    def __init__(self, reception: Reception, channel: Channel = Channel.MESSENGER) -> None:
        self.channel = channel
        self._reception = reception
        self._done: set[tuple[str, str]] = set()
        self._delivered: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._offered: dict[tuple[str, str], tuple[str, ...]] = {}
        self._ended: dict[tuple[str, str], str] = {}

    # -- in --------------------------------------------------------------------------------------------------------
    async def open(self, arrival: Arrival) -> Opened:
        """Let a customer in."""
        return await self._reception.open(arrival)

    async def say(self, opened: Opened, message: str, text: str) -> None:
        """The customer's message."""
        await self._reception.say(opened, message, text)

    async def leave(self, opened: Opened) -> None:
        """The customer goes."""
        await self._reception.leave(opened)

    async def choose(
        self, opened: Opened, choice: Literal["callback", "message"], address: str, text: str = ""
    ) -> None:
        """A waiting customer takes another way."""
        await self._reception.choose(opened, choice, address, text)

    # -- out -------------------------------------------------------------------------------------------------------
    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Carry a message, an offer of alternatives or the end to the customer; once per effect id."""
        if (org, effect.id) in self._done:
            return
        self._done.add((org, effect.id))
        match effect:
            case Deliver():
                self._delivered[org, effect.interaction].append(effect.text)
            case OfferAlternatives():
                self._offered[org, effect.interaction] = tuple(effect.options)
            case Disconnect():
                self._ended[org, effect.interaction] = effect.reason
            case _:
                pass

    # -- what the customer has seen --------------------------------------------------------------------------------
    def delivered(self, opened: Opened) -> Sequence[str]:
        """Texts that reached the customer, in order."""
        return tuple(self._delivered[opened.org, opened.interaction])

    def offered(self, opened: Opened) -> tuple[str, ...]:
        """Alternatives the customer was offered."""
        return self._offered.get((opened.org, opened.interaction), ())

    def ended(self, opened: Opened) -> str | None:
        """Why the centre hung up, if it did."""
        return self._ended.get((opened.org, opened.interaction))
