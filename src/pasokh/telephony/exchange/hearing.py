"""What the switch tells, and what follows: telephones that are taken or hung up, customers who leave, keys, sounds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

from pasokh.acd import commands as cmd
from pasokh.telephony import events as sw
from pasokh.telephony.exchange.lanes import side_by_side
from pasokh.telephony.exchange.legs import OUTSIDE, Leg, Role
from pasokh.telephony.exchange.outside import BY_FLOW
from pasokh.telephony.exchange.ports import Front
from pasokh.telephony.exchange.talks import Talk
from pasokh.telephony.exchange.whispering import channel_of

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange

MISSED: dict[int, Literal["busy", "no_answer", "failed"]] = {
    sw.Cause.BUSY: "busy", sw.Cause.REJECTED: "busy", sw.Cause.NO_ANSWER: "no_answer", sw.Cause.NORMAL: "no_answer",
}  # fmt: skip
"""Why a customer who was called back was not reached."""


class Hearing:
    """Events of one channel are heard one after the other, each before what comes of it is done."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def handler(self, event: sw.AnySwitchEvent) -> tuple[str, Callable[[], Awaitable[None]]] | None:
        """The lane an event belongs to, and what is to be done about it; None for what changes nothing."""
        exchange = self._exchange
        match event:
            case sw.CallerEntered(channel=channel):
                return channel.id, lambda: exchange.front.enter(channel)
            case sw.LegEntered(channel=channel):
                leg = exchange.legs.get(channel.id)
                return (channel.id, lambda: self._answered(leg)) if leg is not None else None
            case sw.ChannelGone():
                return event.channel, lambda: self._gone(event)
            case sw.DigitReceived():
                return event.channel, lambda: _heard(exchange.front, event)
            case sw.PlaybackFinished() if whispered := channel_of(event.playback):
                return whispered, lambda: self._whispered(whispered)
            case sw.PlaybackFinished():
                return exchange.front.lane_of(event.playback), lambda: _heard(exchange.front, event)
            case sw.RecordingFinished():
                return exchange.front.lane_of(event.recording), lambda: _heard(exchange.front, event)
            case _:
                return None

    async def _answered(self, leg: Leg) -> None:
        exchange = self._exchange
        leg.up = True
        await exchange.dials.answered(leg.channel)
        talk = exchange.talks.get(leg.interaction)
        if leg.role is Role.SUPERVISOR:
            await exchange.followers.place(leg)
        elif leg.role is Role.OUTSIDE and talk is not None:
            exchange.legs.pop(leg.channel, None)
            exchange.begin(talk.interaction, talk.contact, leg.channel)
            talk.dialled = True
            ring = exchange.held_back.pop(talk.interaction, None)
            if ring is not None:
                await exchange.ring(ring)
            if talk.agent:
                await side_by_side(exchange.recorder.begin(talk, "", leg.person), exchange.arrange(talk))
            else:
                await exchange.arrange(talk)
        elif leg.role is Role.TRANSFER and not leg.interaction.startswith(BY_FLOW):
            if not await exchange.outside.answered(leg):
                await exchange.let_go(leg)
        elif talk is not None and leg.person in (talk.agent, talk.helper):
            if leg.role is Role.TRANSFER:
                await exchange.front.transfer_ended(talk.caller, answered=True)
                talk.busy = False
            await exchange.arrange(talk)
            if leg.role is Role.AGENT:
                await exchange.telephones.back(leg, talk)
        elif not await exchange.whispering.begins(leg):
            await self._accept(leg)

    async def _accept(self, leg: Leg) -> None:
        exchange = self._exchange
        if not await exchange.tell(f"accept:{leg.channel}", cmd.AcceptOffer(leg.interaction, leg.person)):
            await exchange.drop(leg.person, leg.interaction)

    async def _whispered(self, channel: str) -> None:
        exchange = self._exchange
        leg = exchange.legs.get(channel)
        if leg is not None and await exchange.whispering.heard(channel):
            await self._accept(leg)

    async def _gone(self, event: sw.ChannelGone) -> None:
        exchange = self._exchange
        exchange.hands.seen.gone(event.channel)
        exchange.inherited.gone(event.channel)
        await exchange.dials.gone(event.channel)
        exchange.callers.pop(event.channel, None)
        for talk in [talk for name, talk in exchange.talks.items() if name == talk.interaction]:
            if talk.caller == event.channel:
                await self._customer_gone(talk, event)
        await exchange.front.hear(event)
        leg = exchange.legs.pop(event.channel, None)
        if leg is not None:
            if event.lost and leg.role is not Role.SUPERVISOR and not leg.interaction.startswith(BY_FLOW):
                await exchange.losses.telephone(leg, exchange.talks.get(leg.interaction))
            else:
                await self._hung_up(leg, event.cause)

    async def _customer_gone(self, talk: Talk, event: sw.ChannelGone) -> None:
        exchange = self._exchange
        await exchange.recorder.end(talk, gone=True)
        talk.caller = ""
        if talk.interaction.startswith(BY_FLOW):
            await exchange.drop(talk.agent, talk.interaction)
            exchange.forget(talk)
        elif event.lost:
            await exchange.losses.customer(talk, event.channel)
        else:
            await exchange.note(f"leave:{event.channel}", cmd.LeaveContact(talk.interaction))

    async def _hung_up(self, leg: Leg, cause: int) -> None:
        """A telephone ended a call that we had not ended."""
        exchange = self._exchange
        talk = exchange.talks.get(leg.interaction)
        key = leg.channel
        if leg.role is Role.SUPERVISOR:
            await exchange.followers.dismiss(leg)
            await exchange.note(f"stop:{key}", cmd.StopMonitor(leg.interaction, leg.person))
        elif leg.role is Role.OUTSIDE:
            if talk is not None and talk.agent.startswith(OUTSIDE):
                await exchange.note(f"unanswered:{key}", cmd.LeaveContact(talk.interaction))
            elif talk is not None and (talk.agent or talk.for_agent):
                result, agent = MISSED.get(cause, "failed"), talk.agent or talk.for_agent
                exchange.held_back.pop(talk.interaction, None)
                await exchange.note(f"unanswered:{key}", cmd.MissCallback(talk.interaction, agent, result))
        elif leg.role is Role.TRANSFER and leg.interaction.startswith(BY_FLOW):
            await exchange.outside.over(leg, talk)
        elif leg.role is Role.TRANSFER:
            await exchange.outside.hung_up(leg, cause)
        elif talk is None or leg.person not in (talk.agent, talk.helper):
            heard = exchange.whispering.ends(leg.channel)  # who hangs up on hearing whose call it is does not want it
            declined = heard or cause == sw.Cause.REJECTED
            reason = "busy" if cause == sw.Cause.BUSY else "declined" if declined else "no_answer"
            await exchange.note(f"reject:{key}", cmd.RejectOffer(leg.interaction, leg.person, reason))
        else:
            await exchange.telephones.gone(leg, talk)


async def _heard(front: Front, event: sw.AnySwitchEvent) -> None:
    await front.hear(event)
