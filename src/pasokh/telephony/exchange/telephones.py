"""Agents' telephones that leave a talk: hung up, or lost; and those that are called again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd.model import TELEPHONE_MS
from pasokh.kernel.time import SECOND
from pasokh.telephony.exchange.legs import Leg, Role, leg_id
from pasokh.telephony.exchange.talks import Talk
from pasokh.telephony.port import SwitchRefusedError

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange


class Telephones:
    """With a telephone that can hang up, its end is the agent's; a browser's is never."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.away: set[str] = set()
        """Talks that wait for their agent's telephone, as far as this engine knows."""

    async def gone(self, leg: Leg, talk: Talk) -> None:
        """A telephone of a talk, or of a consult about it, ended on its own."""
        exchange, key = self._exchange, leg.channel
        interaction = talk.consult if leg.person == talk.helper else talk.interaction
        station = await exchange.stations.of_user(leg.person)
        if station is None or not station.may_be_lost:
            await exchange.note(f"end:{key}", cmd.EndInteraction(interaction, leg.person))
            return
        self.away.add(interaction)
        await exchange.note(f"lost:{key}", cmd.LoseTelephone(interaction, leg.person))
        await exchange.arrange(talk)

    async def ring_again(self, talk: Talk, effect: ef.RingAgain) -> None:
        """Call it; what was called before, or hangs in the air, is let go."""
        exchange = self._exchange
        if effect.agent not in (talk.agent, talk.helper):
            return  # the talk ended before this came to be done
        called = leg_id(exchange.org, effect.id)
        for leg in [each for each in exchange.legs.values() if each.person == effect.agent]:
            if leg.role is Role.AGENT and leg.channel != called:
                await exchange.let_go(leg)
        await exchange.arrange(talk)
        station = await exchange.stations.of_user(effect.agent)
        if station is None:
            raise SwitchRefusedError("voice.no_telephone", agent=effect.agent)
        leg = Leg(called, Role.AGENT, effect.interaction, effect.agent)
        await exchange.call(leg, station, TELEPHONE_MS // SECOND, exchange.beside(talk), talk.number)

    async def back(self, leg: Leg, talk: Talk) -> None:
        """It is there again; where it had never been away the core knows better."""
        interaction = talk.consult if leg.person == talk.helper else talk.interaction
        self.away.discard(interaction)
        await self._exchange.note(f"back:{leg.channel}", cmd.TelephoneBack(interaction, leg.person))
