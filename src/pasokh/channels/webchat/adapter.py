"""The web chat as a channel adapter: customers come in over HTTP and the socket, and follow the log themselves."""

from typing import Literal

from pasokh.acd.effects import AnyEffect
from pasokh.acd.model import Channel
from pasokh.channels.ports import Arrival, Opened
from pasokh.channels.reception import Reception


class WebChatAdapter:
    """A `ChannelAdapter`. Nothing has to be carried: a committed event is already on its way to the widget."""

    name = "webchat"
    in_log = True
    channel = Channel.CHAT

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

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

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Nothing is left to do: the widget follows the log."""
