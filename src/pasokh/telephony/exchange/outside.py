"""Numbers outside: callers whom the flow or an agent connects with one, and agents who consult one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND
from pasokh.telephony import events as sw
from pasokh.telephony.exchange.dials import REFUSED
from pasokh.telephony.exchange.legs import Leg, Role, leg_id, outside_person
from pasokh.telephony.exchange.talks import Party, Talk
from pasokh.telephony.port import SwitchRefusedError

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange

log = logging.getLogger(__name__)

BY_FLOW = "x-"
"""Begins the names of talks that only the flow knows: a caller it connected with a number outside."""
type Asked = ef.CallOutside | ef.JoinOutside | ef.HandOutside | ef.DropOutside
_CAUSES = {
    sw.Cause.BUSY: "busy",
    sw.Cause.NO_ANSWER: "no_answer",
    sw.Cause.REJECTED: "busy",
    sw.Cause.NORMAL: "no_answer",
}


def via_of(talk: Talk | None) -> tuple[str, ...]:
    """Numbers the call has come over."""
    return (talk.number,) if talk is not None and talk.number else ()


class Outside:
    """Calls numbers outside, as far as the dial policy lets it, and tells what became of it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    # -- for the core --------------------------------------------------------------------------------------------------
    async def perform(self, effect: Asked) -> None:
        """What an agent decided."""
        match effect:
            case ef.CallOutside():
                await self._call(effect)
            case ef.JoinOutside():
                await self._join(effect)
            case ef.HandOutside():
                await self._hand(effect)
            case ef.DropOutside():
                await self._drop(effect.interaction)

    async def _call(self, effect: ef.CallOutside) -> None:
        exchange = self._exchange
        talk = exchange.talks.get(effect.parent or effect.interaction)
        if talk is None:
            return
        leg = Leg(
            leg_id(exchange.org, effect.id), Role.TRANSFER, effect.interaction, outside_person(effect.interaction)
        )
        if effect.parent:
            exchange.talks[effect.interaction] = talk
            talk.consult = effect.interaction
        else:
            talk.agent, talk.held, talk.busy = leg.person, False, False
        try:
            station = await exchange.stations.outside(effect.number, "transfer", via_of(talk))
        except PasokhError as error:
            log.warning("interaction %s cannot be passed on: %s", effect.interaction, error.code)
            await self._failed(effect, "refused", error.code)
            return
        seconds = max(1, (effect.until - exchange.now()) // SECOND) + 5
        try:
            await exchange.call(leg, station, seconds, talk.caller)
        except SwitchRefusedError as error:
            await self._failed(effect, "refused" if error.code.startswith(REFUSED) else "failed", error.code)

    async def _failed(self, effect: ef.CallOutside, cause: str, code: str) -> None:
        end = cmd.EndOutside(effect.interaction, "refused" if cause == "refused" else "failed", code)
        await self._exchange.tell(f"unreached:{effect.id}", end)

    async def _join(self, effect: ef.JoinOutside) -> None:
        talk = self._exchange.talks.get(effect.parent or effect.interaction)
        if talk is None:
            return
        if effect.parent:
            talk.consult, talk.helper, talk.party = effect.interaction, outside_person(effect.interaction), Party.HELPER
        await self._exchange.arrange(talk)

    async def _hand(self, effect: ef.HandOutside) -> None:
        """Whom the agent consulted has the customer now."""
        exchange, person = self._exchange, outside_person(effect.consult)
        talk = exchange.talks.get(effect.interaction)
        if talk is None:
            return
        talk.agent, talk.held, talk.helper, talk.party = person, False, "", Party.CUSTOMER
        leg = exchange.leg_of(person, Role.TRANSFER)
        if leg is not None:
            leg.interaction = effect.interaction
        await exchange.arrange(talk)
        exchange.forget_consult(talk)

    async def _drop(self, interaction: str) -> None:
        exchange = self._exchange
        talk = exchange.talks.get(interaction)
        for leg in [
            leg for leg in exchange.legs.values() if leg.role is Role.TRANSFER and leg.interaction == interaction
        ]:
            await exchange.let_go(leg)
        if talk is None:
            return
        consulted = interaction == talk.consult
        if consulted:
            talk.helper, talk.party = "", Party.CUSTOMER
        else:
            talk.agent = ""
        await exchange.arrange(talk)
        if consulted:
            exchange.forget_consult(talk)

    async def answered(self, leg: Leg) -> bool:
        """It answered; whether the core still wants it."""
        return await self._exchange.tell(f"outside:{leg.channel}", cmd.AnswerOutside(leg.interaction))

    async def hung_up(self, leg: Leg, cause: int) -> None:
        """It ended, and we had not ended it."""
        how = "hung_up" if leg.up else _CAUSES.get(cause, "failed")
        command = cmd.EndOutside(leg.interaction, how)  # type: ignore[arg-type]
        await self._exchange.tell(f"outside_end:{leg.channel}", command)

    # -- for the flow --------------------------------------------------------------------------------------------------
    async def connect(self, channel: str, number: str, seconds: int) -> None:
        """Connect a caller with a number outside; the front hears what came of it."""
        exchange = self._exchange
        try:
            station = await exchange.stations.outside(number, "forward", via_of(exchange.talk_of(channel)))
        except PasokhError as error:
            log.warning("caller %s cannot be passed on: %s", channel, error.code)
            await exchange.front.transfer_ended(channel, answered=False)
            return
        talk = exchange.begin(f"{BY_FLOW}{channel}", "", channel)
        talk.busy, talk.agent = True, number
        leg = Leg(f"t-{exchange.org}-{channel}-{number.lstrip('+')}", Role.TRANSFER, talk.interaction, number)
        try:
            await exchange.call(leg, station, seconds, channel)
        except SwitchRefusedError as error:
            log.warning("caller %s cannot be passed on: %s", channel, error.code)
            exchange.forget(talk)
            await exchange.front.transfer_ended(channel, answered=False)

    async def over(self, leg: Leg, talk: Talk | None) -> None:
        """The number outside that the flow called is gone."""
        if talk is None:
            return
        caller, answered = talk.caller, leg.up
        self._exchange.forget(talk)
        if caller and answered:
            await self._exchange.switch.hang_up(caller, sw.Cause.NORMAL)
        elif caller:
            await self._exchange.front.transfer_ended(caller, answered=False)
