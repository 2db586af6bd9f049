"""Calls that are gone though nobody ended them: a switch or a node died, or stays out of reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, Phase
from pasokh.acd.state import Call, Interaction
from pasokh.kernel.time import Instant
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.exchange.legs import Leg, Role
from pasokh.telephony.exchange.talks import Talk
from pasokh.telephony.port import SwitchUnavailableError
from pasokh.telephony.variables import CALL, INTERACTION

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange


def callback_of(name: str) -> str:
    """The interaction by which the customer of a lost call is called back; the same call is never called back twice."""
    return f"{name}.lost"


class Losses:
    """Tells the core of lost calls. `running_since` tells one life of the switch from the next."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.running_since: Instant = 0
        """0 = this lead has not seen the switch yet."""
        self._died = self._first = False
        self._given_up: set[str] = set()
        """Channels, calls and interactions that were told as lost while the switch was out of reach."""

    # -- looking again -------------------------------------------------------------------------------------------------
    async def look(self) -> None:
        """Find out whether it is still the switch this lead knew. Raises `SwitchUnavailableError`."""
        started = await self._exchange.switch.running_since()
        self._died = self.running_since not in (0, started)
        self._first = self.running_since == 0
        self.running_since = started

    def was_lost(self, begun: Instant) -> bool:
        """Whether a call that is not there any more went with the switch, and was not hung up while nobody looked."""
        return self._died or (self._first and begun < self.running_since)

    def missing(self, i: Interaction) -> cmd.AnyCommand:
        """What the core must be told of a customer who is not there any more."""
        if not self.was_lost(i.queued_at):
            return cmd.LeaveContact(i.id)
        return cmd.LoseCall(i.id, callback_of(i.id))

    async def missing_arrivals(self, calls: Iterable[Call], there: Iterable[ChannelSnapshot]) -> list[cmd.AnyCommand]:
        """The same of callers who were in their flow."""
        found = {channel.variables.get(CALL) for channel in there}
        return [
            await self._arrival(call.contact, call.number, lost=self.was_lost(call.since))
            for call in calls
            if call.contact not in found
        ]

    async def _arrival(self, contact: str, number: str, *, lost: bool) -> cmd.AnyCommand:
        if not lost:
            return cmd.EndCall(contact, "caller")
        queue = await self._exchange.front.last_resort(number)
        return cmd.EndCall(contact, "lost", queue, callback_of(contact))

    # -- out of reach --------------------------------------------------------------------------------------------------
    async def give_up(self, held: Sequence[Interaction], calls: Iterable[Call]) -> None:
        """Nobody knows whether the calls still are: agents and customers are not left waiting for it."""
        exchange = self._exchange
        for channel, (contact, number) in exchange.front.callers().items():
            self._given_up |= {channel, contact}
            await exchange.tell(f"lost:{contact}", await self._arrival(contact, number, lost=True))
        for call in calls:
            self._given_up.add(call.contact)
            await exchange.tell(f"lost:{call.contact}", await self._arrival(call.contact, call.number, lost=True))
        for i in held:
            on_line = i.phase in (Phase.ACTIVE, Phase.OUTSIDE, Phase.MENU) or i.channel is Channel.VOICE
            if i.kind == "consult" or not on_line or i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE):
                continue
            self._given_up.add(i.id)
            await exchange.tell(f"lost:{i.id}", cmd.LoseCall(i.id, callback_of(i.id)))
        self._given_up |= {talk.caller for talk in exchange.talks.values() if talk.caller}
        exchange.forget_all()
        exchange.front.keep(())

    def was_given_up(self, channel: ChannelSnapshot) -> bool:
        """Whether a channel that is there after all was told as lost: its customer is being called back."""
        said = channel.variables
        return bool({channel.id, said.get(INTERACTION, ""), said.get(CALL, "")} & self._given_up)

    # -- while the switch tells ----------------------------------------------------------------------------------------
    async def customer(self, talk: Talk, channel: str) -> None:
        """A customer's channel died."""
        await self._exchange.note(f"lost:{channel}", cmd.LoseCall(talk.interaction, callback_of(talk.interaction)))

    async def arrival(self, contact: str, number: str) -> None:
        """The channel of a caller in the flow died."""
        await self._exchange.note(f"end:{contact}", await self._arrival(contact, number, lost=True))

    async def telephone(self, leg: Leg, talk: Talk | None) -> None:
        """A telephone died that is not the customer's; where the customer's died too, that is told by itself."""
        note, key = self._exchange.note, leg.channel
        if leg.role is Role.TRANSFER:
            await note(f"outside_end:{key}", cmd.EndOutside(leg.interaction, "lost"))
        elif talk is None or leg.person not in (talk.agent, talk.helper):
            await note(f"withdraw:{key}", cmd.WithdrawOffer(leg.interaction, leg.person))
        elif leg.person == talk.helper:
            await note(f"end:{key}", cmd.EndInteraction(talk.consult, leg.person))
        elif not talk.caller:
            await self.customer(talk, key)
        elif await self._there(talk.caller):
            await note(f"return:{key}", cmd.ReturnInteraction(talk.interaction, "engine"))

    async def _there(self, channel: str) -> bool:
        try:
            return any(each.id == channel for each in await self._exchange.switch.channels())
        except SwitchUnavailableError:
            return True
