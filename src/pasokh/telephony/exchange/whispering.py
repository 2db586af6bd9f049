"""A word to the agent who has answered, before the customer is joined: whose call it is, how long they waited.

The core hears of the answer once it has been said, so the customer waits on meanwhile and nobody's figures are longer.
What cannot be said, or would be said for longer than the offer holds, is left out: no word is worth a call.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Millis
from pasokh.telephony.exchange.legs import Leg
from pasokh.telephony.port import SwitchRefusedError

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange

log = logging.getLogger(__name__)

ROOM_MS: Millis = 6 * SECOND
"""An offer that holds for less is taken at once."""
PREFIX = "w-"


class Whispering:
    """Of one exchange. After a takeover nothing is said any more: who has answered is joined."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._saying: set[str] = set()
        """Channels."""

    async def begins(self, leg: Leg) -> bool:
        """Whether something is being said to the agent; `Exchange` goes on when it has been."""
        exchange = self._exchange
        if leg.deadline - exchange.now() < ROOM_MS:
            return False
        try:
            sounds = await exchange.whispers.before(leg.person, leg.interaction)
            if not sounds:
                return False
            self._saying.add(leg.channel)
            await exchange.switch.play(leg.channel, PREFIX + leg.channel, sounds)
        except SwitchRefusedError:
            self._saying.discard(leg.channel)
            return False
        except PasokhError as error:
            self._saying.discard(leg.channel)
            log.warning("nothing is said to %s before the call: %s", leg.person, error)
            return False
        return True

    async def heard(self, channel: str) -> bool:
        """Whether it is over and the agent still there; who hung up ends the sound before the channel's end is told."""
        if channel not in self._saying:
            return False
        try:
            await self._exchange.switch.answer(channel)  # up already: who has gone refuses
        except SwitchRefusedError:
            return False
        return self.ends(channel)

    def ends(self, channel: str) -> bool:
        """Nothing is said to it any more; False where nothing was."""
        known = channel in self._saying
        self._saying.discard(channel)
        return known

    def forget_all(self) -> None:
        """Before everything is looked at anew."""
        self._saying.clear()


def channel_of(playback: str) -> str:
    """The agent's channel of a playback; empty for one that is none of these."""
    return playback.removeprefix(PREFIX) if playback.startswith(PREFIX) else ""
