"""Calls to the outside as the core counts them: asked for before they are made, told when answered and when over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from pasokh.acd import commands as cmd
from pasokh.kernel.errors import PasokhError
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.exchange.legs import Leg, Role
from pasokh.telephony.exchange.ports import Fare
from pasokh.telephony.port import SwitchRefusedError
from pasokh.telephony.variables import ROLE

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange

REFUSED = "dial."
"""Begins the codes by which the dial policy, its caps and its limits refuse a call."""
_OUTSIDE = (Role.OUTSIDE.value, Role.TRANSFER.value)
_REGISTERED = "PJSIP/"


class Dials:
    """Which channels of this organisation cost something."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._channels: set[str] = set()

    async def begin(self, leg: Leg, fare: Fare) -> None:
        """Ask whether it may be called; the same channel again is the same call.

        Raises `SwitchRefusedError` ``dial.*`` when it may not, and what the core raises when nobody answers.
        """
        ask = cmd.BeginDial(leg.channel, fare.purpose, fare.terms, fare.prefix, leg.interaction)
        self._channels.add(leg.channel)
        try:
            await self._exchange.core.ask(self._key("dial", leg.channel), ask)
        except PasokhError as error:
            if error.code.startswith(REFUSED):
                self._channels.discard(leg.channel)
                raise SwitchRefusedError(error.code, **error.params) from error
            await self.gone(leg.channel)  # whoever did not answer may have let it begin
            raise

    async def answered(self, channel: str) -> None:
        """It costs from now on."""
        if channel in self._channels:
            await self._exchange.note(f"dialled:{channel}", cmd.AnswerDial(channel))

    async def gone(self, channel: str) -> None:
        """It is over, or never came to be."""
        if channel in self._channels:
            self._channels.discard(channel)
            await self._exchange.note(self._key("dial_over", channel), cmd.EndDial(channel))

    def found(self, channels: Sequence[ChannelSnapshot]) -> cmd.KeepDials:
        """What is there after nobody looked: to be told to the core."""
        costing = [each for each in channels if _costs(each)]
        self._channels = {each.id for each in costing}
        return cmd.KeepDials(
            tuple(each.id for each in costing), tuple(each.id for each in costing if each.in_application)
        )

    def _key(self, what: str, channel: str) -> str:
        """A call may be tried again under its channel's name after a crash, so no key is used twice."""
        return f"{self._exchange.org}:{what}:{channel}:{uuid4().hex}"


def _costs(channel: ChannelSnapshot) -> bool:
    role = channel.variables.get(ROLE)
    return role in _OUTSIDE or (role == Role.AGENT.value and not channel.technology.startswith(_REGISTERED))
