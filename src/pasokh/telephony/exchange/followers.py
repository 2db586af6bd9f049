"""Supervisors who listen to a call, whisper to its agent, or take part (R24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pasokh.acd import effects as ef
from pasokh.telephony import events as sw
from pasokh.telephony.exchange.legs import Leg, Role, leg_id, listener_id
from pasokh.telephony.exchange.talks import Talk, bridge_of
from pasokh.telephony.port import Sides, SwitchRefusedError
from pasokh.telephony.variables import MODE

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange

LISTENING = {"listen": Sides.NONE, "whisper": Sides.OUT}
"""What a supervisor's voice reaches, by mode; who takes part is in the talk's own bridge instead."""


class Followers:
    """Each supervisor hears through a bridge of two: the own telephone, and a listener at the agent's."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._switch = exchange.switch

    async def follow(self, talk: Talk, effect: ef.Follow) -> None:
        """Begin, go on in another way, or stop (an empty mode)."""
        leg = self._exchange.leg_of(effect.by, Role.SUPERVISOR)
        if not effect.mode:
            if leg is not None:
                await self.dismiss(leg)
        elif leg is None:
            station = await self._exchange.stations.of_user(effect.by)
            if station is None:
                raise SwitchRefusedError("voice.no_telephone", agent=effect.by)
            channel = leg_id(self._exchange.org, effect.id)
            await self._exchange.call(
                Leg(channel, Role.SUPERVISOR, talk.interaction, effect.by, mode=effect.mode), station,
                originator=self._exchange.beside(talk),
            )  # fmt: skip
        else:
            leg.mode = effect.mode
            if leg.up:
                await self.place(leg)

    async def place(self, leg: Leg) -> None:
        """Let a supervisor whose telephone was answered hear the talk in the way asked for."""
        talk = self._exchange.talks.get(leg.interaction)
        agent = self._exchange.up().get(talk.agent, "") if talk is not None else ""
        if talk is None or not agent:
            await self.dismiss(leg)
            return
        # only now: a switch takes no facts for a telephone that still rings
        await self._switch.set_variable(leg.channel, MODE, leg.mode)
        await self._leave(leg, talk, keep=leg.mode)
        if leg.mode not in LISTENING:
            if leg.channel not in talk.barging:
                talk.barging = (*talk.barging, leg.channel)
            await self._exchange.arrange(talk)
            return
        listener = listener_id(leg.channel, leg.mode)
        await self._switch.snoop(agent, listener, Sides.BOTH, LISTENING[leg.mode])
        await self._switch.create_bridge(bridge_of(leg.channel))
        await self._switch.add(bridge_of(leg.channel), (leg.channel, listener))

    async def dismiss(self, leg: Leg) -> None:
        """Hear no more; the telephone is let go."""
        self._exchange.legs.pop(leg.channel, None)
        await self._leave(leg, self._exchange.talks.get(leg.interaction), keep="")
        await self._switch.hang_up(leg.channel, sw.Cause.NORMAL)
        self._exchange.hands.seen.gone(leg.channel)

    async def _leave(self, leg: Leg, talk: Talk | None, keep: str) -> None:
        """End every way of hearing but one."""
        for mode in LISTENING:
            if mode != keep:
                await self._switch.hang_up(listener_id(leg.channel, mode), sw.Cause.NORMAL)
        if keep not in LISTENING:
            await self._switch.destroy_bridge(bridge_of(leg.channel))
        if talk is not None and leg.channel in talk.barging and (not keep or keep in LISTENING):
            talk.barging = tuple(each for each in talk.barging if each != leg.channel)
            await self._exchange.arrange(talk)
