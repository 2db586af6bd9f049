"""Brings about what the core decided for one organisation's calls, and tells the core what became of them.

It keeps no truth of its own: talks are what the core's effects made them, legs and bridges what the switch tells. Both
are rebuilt at every takeover (`pasokh.telephony.exchange.takeover`).
"""

import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd.model import Channel
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant
from pasokh.telephony import events as sw
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.exchange.dials import REFUSED, Dials
from pasokh.telephony.exchange.followers import Followers
from pasokh.telephony.exchange.hands import Hands
from pasokh.telephony.exchange.hearing import Hearing
from pasokh.telephony.exchange.inherited import Inherited
from pasokh.telephony.exchange.lanes import side_by_side
from pasokh.telephony.exchange.legs import Leg, Role, leg_id
from pasokh.telephony.exchange.losses import Losses
from pasokh.telephony.exchange.outside import Outside
from pasokh.telephony.exchange.ports import Core, Front, Silence, Station, Stations, Whispers
from pasokh.telephony.exchange.recorder import Recorder
from pasokh.telephony.exchange.talks import Party, Talk
from pasokh.telephony.exchange.telephones import Telephones
from pasokh.telephony.exchange.whispering import Whispering
from pasokh.telephony.port import Originate, Switch, SwitchRefusedError
from pasokh.telephony.recording.book import Book, NoBook

log = logging.getLogger(__name__)

RING_SLACK_S = 5
"""The switch gives up ringing so long after the core did: the core's deadline decides."""
DIAL_S = 45
"""How long a customer's telephone rings when called back."""
type _Change = (
    ef.SwitchParty | ef.RingAgain | ef.Hold | ef.Record | ef.Follow | ef.OfferAlternatives | ef.Disconnect
    | ef.WaitAgain | ef.ToMenu
)  # fmt: skip

GOODBYE = {"full": sw.Cause.BUSY, "no_agents": sw.Cause.NO_ANSWER, "timeout": sw.Cause.NO_ANSWER}
"""What the caller's network is told; every other ending is a normal one."""


@dataclass
class Exchange:
    """One organisation's calls on one switch, during one lead."""

    org: str
    switch: Switch
    core: Core
    stations: Stations
    now: Callable[[], Instant]
    music: str = "default"
    book: Book = field(default_factory=NoBook)
    """Who is told of recordings before there is any sound."""
    whispers: Whispers = field(default_factory=Silence)
    front: Front = field(init=False)
    """Whoever makes an exchange gives it one before it is used."""
    talks: dict[str, Talk] = field(default_factory=dict)
    """By interaction; a consult's is its parent's."""
    legs: dict[str, Leg] = field(default_factory=dict)
    """By channel."""
    callers: dict[str, str] = field(default_factory=dict)
    """Interaction, by the customer's channel."""
    held_back: dict[str, ef.RingAgent] = field(default_factory=dict)
    """By interaction: agents' telephones that ring once the customer is there."""
    returning: list[ChannelSnapshot] = field(default_factory=list)
    """Callers found by a takeover, who have still to go on in their flows."""

    def __post_init__(self) -> None:
        """The hands that carry moves out, and those who follow talks."""
        self.hands = Hands(self.switch, self.music)
        self.hearing = Hearing(self)
        self.inherited = Inherited(self.now)
        self.followers = Followers(self)
        self.outside = Outside(self)
        self.telephones = Telephones(self)
        self.recorder = Recorder(self)
        self.losses = Losses(self)
        self.dials = Dials(self)
        self.whispering = Whispering(self)

    def forget_all(self) -> None:
        """Before everything is looked at anew."""
        self.talks.clear()
        self.legs.clear()
        self.callers.clear()
        self.held_back.clear()
        self.whispering.forget_all()

    # -- looking -----------------------------------------------------------------------------------------------------
    def up(self) -> dict[str, str]:
        """Agent → channel, of answered telephones."""
        talk = (Role.AGENT, Role.TRANSFER)
        return {leg.person: leg.channel for leg in self.legs.values() if leg.up and leg.role in talk}

    def leg_of(self, person: str, *roles: Role) -> Leg | None:
        """The telephone that was called for somebody."""
        wanted = roles or (Role.AGENT,)
        return next((leg for leg in self.legs.values() if leg.person == person and leg.role in wanted), None)

    def talk_of(self, channel: str) -> Talk | None:
        """The talk of a customer's channel."""
        return self.talks.get(self.callers.get(channel, ""))

    async def arrange(self, talk: Talk) -> None:
        """Make it what it is to be."""
        await self.hands.arrange(talk, self.up())

    def begin(self, interaction: str, contact: str, caller: str, number: str = "") -> Talk:
        """A customer's call now waits for somebody."""
        talk = self.talks.setdefault(interaction, Talk(interaction, contact))
        talk.number = number or talk.number
        if caller:
            talk.caller = caller
            self.callers[caller] = interaction
        return talk

    def forget_consult(self, talk: Talk) -> None:
        """Only once its bridge is gone: the next move would not look for it."""
        self.talks.pop(talk.consult, None)
        talk.consult = ""

    def forget(self, talk: Talk) -> None:
        """It is over."""
        self.telephones.away.discard(talk.interaction)
        for name in [name for name, kept in self.talks.items() if kept is talk]:
            del self.talks[name]
        if self.callers.get(talk.caller) == talk.interaction:
            del self.callers[talk.caller]
        self.hands.forget(talk)

    # -- what the core decided -----------------------------------------------------------------------------------------
    async def perform(self, effect: ef.AnyEffect) -> None:
        """Do it; the same effect again changes nothing.

        Raises what the switch raises: `SwitchRefusedError` never succeeds, `SwitchUnavailableError` may later.
        """
        match effect:
            case ef.RingAgent():
                await self.ring(effect)
            case ef.StopRinging():
                self.held_back.pop(effect.interaction, None)
                await self.drop(effect.agent, effect.interaction)
            case ef.Connect():
                await self._connect(effect)
            case ef.Release():
                await self._release(effect)
            case ef.CallOutside() | ef.JoinOutside() | ef.HandOutside() | ef.DropOutside():
                await self.outside.perform(effect)
            case ef.CutDial():
                log.warning("the limit of spending ends call %s", effect.call)
                await self.switch.hang_up(effect.call, sw.Cause.NORMAL)
            case ef.Deliver():
                raise SwitchRefusedError("voice.no_text", interaction=effect.interaction)
            case _:
                talk = self.talks.get(effect.interaction)
                if talk is not None:
                    await self._change(talk, effect)

    async def _change(self, talk: Talk, effect: _Change) -> None:
        """What becomes of a talk that goes on, or ends."""
        match effect:
            case ef.SwitchParty():
                talk.party = Party(effect.party)
                await self.arrange(talk)
            case ef.RingAgain():
                await self.telephones.ring_again(talk, effect)
            case ef.Hold():
                talk.held = effect.on
                await self.arrange(talk)
            case ef.Record():
                await self.recorder.switch(talk, on=effect.on)
            case ef.Follow():
                await self.followers.follow(talk, effect)
            case ef.OfferAlternatives() if talk.caller:
                await self.front.offer(talk.caller, talk.interaction, effect.options)
            case ef.Disconnect():
                await self._disconnect(talk, effect)
            case ef.WaitAgain():
                await self._wait_again(talk)
            case ef.ToMenu() if talk.caller:
                talk.agent, talk.held, talk.busy = "", False, True
                await self.arrange(talk)
                await self.front.to_menu(talk.caller, effect.flow, effect.node)
            case _:
                pass

    async def ring(self, effect: ef.RingAgent) -> None:
        """Call an agent's telephone for an offer; the customer's first where nobody is there yet."""
        station = await self.stations.of_user(effect.agent)
        if station is None:
            await self._unreachable(effect.interaction, effect.agent, effect.id, "no_telephone")
            return
        if effect.channel is Channel.CALLBACK and effect.interaction not in self.talks:
            self.begin(effect.interaction, "", "")
        talk = self.talks.get(effect.interaction) or self.talks.get(effect.parent)
        if effect.address and talk is not None and not talk.caller:
            talk.for_agent, self.held_back[effect.interaction] = effect.agent, effect
            if self.dialling(talk) is None:
                await self._call_customer(effect, talk)
            return
        seconds = max(1, (effect.deadline - self.now()) // SECOND) + RING_SLACK_S
        leg = Leg(leg_id(self.org, effect.id), Role.AGENT, effect.interaction, effect.agent)
        leg.deadline = 0 if effect.parent else effect.deadline
        beside, shown = (self.beside(talk), talk.number) if talk is not None else ("", "")
        await self.call(leg, station, seconds, beside, shown)

    def beside(self, talk: Talk) -> str:
        """A channel of the talk: further ones are called for it, and come to be where it is."""
        return talk.caller or self.up().get(talk.agent, "")

    async def call(
        self, leg: Leg, station: Station, seconds: int = DIAL_S, originator: str = "", shown: str = ""
    ) -> None:
        """Call a telephone; an agent's that cannot be called is told to the core, anybody else's raises."""
        self.legs.setdefault(leg.channel, leg)
        try:
            if station.fare is not None:
                await self.dials.begin(leg, station.fare)
            there = await self.switch.originate(
                Originate(
                    channel=leg.channel,
                    endpoint=station.endpoint,
                    variables=leg.variables(self.org),
                    headers=(*station.headers, *leg.headers()),
                    caller_number=shown,
                    timeout_s=seconds,
                    args=(leg.role.value, leg.interaction, leg.person),
                    originator=originator,
                )
            )
        except SwitchRefusedError:
            self.legs.pop(leg.channel, None)
            await self.dials.gone(leg.channel)
            if leg.role is not Role.AGENT:
                raise
            await self._unreachable(leg.interaction, leg.person, leg.channel, "unreachable")
        else:
            self.legs.get(leg.channel, leg).called = True
            if not there:  # asked for again, and its call is over already
                await self.dials.gone(leg.channel)

    async def _unreachable(self, interaction: str, agent: str, key: str, reason: str) -> None:
        """An agent whose telephone cannot be called: the offer goes to others, the agent is to look after it."""
        with contextlib.suppress(PasokhError):
            await self.core.ask(f"reject:{key}", cmd.RejectOffer(interaction, agent, reason))
        with contextlib.suppress(PasokhError):
            await self.core.ask(f"away:{key}", cmd.SetPresence(agent, ready=False, reason="telephone"))

    async def drop(self, agent: str, interaction: str) -> None:
        """Let an agent's telephone go, where it was called for this interaction."""
        for leg in [leg for leg in self.legs.values() if leg.person == agent and leg.interaction == interaction]:
            await self.let_go(leg)

    async def _connect(self, effect: ef.Connect) -> None:
        if effect.parent:
            talk = self.talks.get(effect.parent)
            if talk is None:
                return
            self.talks[effect.interaction] = talk
            talk.consult, talk.helper, talk.party = effect.interaction, effect.agent, Party.HELPER
            await self.arrange(talk)
            return
        talk = self.talks.get(effect.interaction)
        if talk is None:
            return
        consulted = talk.helper == effect.agent
        if consulted:
            talk.helper, talk.party = "", Party.CUSTOMER
        talk.agent = effect.agent
        await self._take_from_front(talk, effect)
        leg = self.leg_of(effect.agent)
        if leg is not None:
            leg.interaction = talk.interaction
        else:
            station = await self.stations.of_user(effect.agent)
            if station is None:
                raise SwitchRefusedError("voice.no_telephone", agent=effect.agent)
            called = Leg(leg_id(self.org, effect.id), Role.AGENT, talk.interaction, effect.agent)
            await self.call(called, station, originator=self.beside(talk), shown=talk.number)
        if effect.address and not talk.caller and not self.dialling(talk):
            await self._call_customer(effect, talk)
        await side_by_side(self.recorder.begin(talk, effect.queue), self.arrange(talk))
        if consulted:
            self.forget_consult(talk)

    def dialling(self, talk: Talk) -> Leg | None:
        """The customer's telephone that is ringing for a callback."""
        return next(
            (leg for leg in self.legs.values() if leg.role is Role.OUTSIDE and leg.interaction == talk.interaction),
            None,
        )

    async def _take_from_front(self, talk: Talk, effect: ef.Connect) -> None:
        if talk.caller:
            await self.front.connected(talk.caller, effect.queue, effect.agent)
        talk.busy = False

    async def _call_customer(self, effect: ef.Connect | ef.RingAgent, talk: Talk) -> None:
        try:
            station = await self.stations.outside(effect.address)
        except PasokhError as error:
            log.warning("interaction %s cannot be called back: %s", talk.interaction, error)
            await self.note(f"undialled:{effect.id}", cmd.MissCallback(talk.interaction, effect.agent, "refused"))
            return
        leg = Leg(leg_id(self.org, f"{effect.id}.c"), Role.OUTSIDE, talk.interaction, effect.address)
        try:
            await self.call(leg, station, originator=self.beside(talk))
        except SwitchRefusedError as error:
            log.warning("interaction %s cannot be called back: %s", talk.interaction, error.code)
            result: Literal["refused", "failed"] = "refused" if error.code.startswith(REFUSED) else "failed"
            await self.note(f"undialled:{effect.id}", cmd.MissCallback(talk.interaction, effect.agent, result))

    async def _release(self, effect: ef.Release) -> None:
        talk = self.talks.get(effect.interaction)
        consulted = talk is not None and effect.interaction == talk.consult
        if talk is not None and consulted:
            talk.helper, talk.party = "", Party.CUSTOMER
        elif talk is not None and talk.agent == effect.agent:
            talk.agent, talk.held = "", False
        await self.drop(effect.agent, effect.interaction)
        if talk is not None:
            if effect.waits and talk.caller:
                await self._wait_again(talk)
            else:
                await self.arrange(talk)
            if consulted:
                self.forget_consult(talk)
            if not talk.caller and not talk.agent and not effect.waits:
                ringing = self.dialling(talk)
                if ringing is not None:  # nobody is left to talk with the customer
                    await self.let_go(ringing)
                self.forget(talk)

    async def _wait_again(self, talk: Talk) -> None:
        """The customer waits, with music or with what the flow has to say."""
        if not talk.caller:
            return
        talk.busy = self.front.leads(talk.caller)
        await self.arrange(talk)
        await self.front.waits(talk.caller)

    async def let_go(self, leg: Leg) -> None:
        """End a telephone's part in it."""
        self.legs.pop(leg.channel, None)
        await self.switch.hang_up(leg.channel, sw.Cause.NORMAL)
        self.hands.seen.gone(leg.channel)

    async def _disconnect(self, talk: Talk, effect: ef.Disconnect) -> None:
        for agent in (talk.agent, talk.helper):
            for leg in [leg for leg in self.legs.values() if agent and leg.person == agent]:
                await self.let_go(leg)
        ringing = self.dialling(talk)
        if ringing is not None:
            await self.let_go(ringing)
        talk.agent = talk.helper = ""
        talk.busy = True
        await self.recorder.end(talk)
        await self.arrange(talk)
        self.forget(talk)
        if talk.caller and not await self.front.part(talk.caller, talk.interaction, effect.reason):
            await self.switch.hang_up(talk.caller, GOODBYE.get(effect.reason, sw.Cause.NORMAL))

    # -- what the switch tells -----------------------------------------------------------------------------------------
    def back_to_flows(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """The lanes of those a takeover found, and what is to be done about them before anything else."""
        found, self.returning = self.returning, []
        return [(channel.id, partial(self.front.enter, channel)) for channel in found]

    def handler(self, event: sw.AnySwitchEvent) -> tuple[str, Callable[[], Awaitable[None]]] | None:
        """The lane an event belongs to, and what is to be done about it; None for what changes nothing."""
        return self.hearing.handler(event)

    async def tell(self, key: str, command: cmd.AnyCommand) -> bool:
        """Whether the core did it; a refusal means that it knows better by now."""
        try:
            await self.core.ask(f"{self.org}:{key}", command)
        except PasokhError as error:
            log.info("%s of %s: %s", type(command).__name__, key, error.code)
            return False
        return True

    async def note(self, key: str, command: cmd.AnyCommand) -> None:
        """Tell the core without waiting: whatever it says, the call goes on; what is told later is decided later."""
        try:
            await self.core.note(f"{self.org}:{key}", command)
        except PasokhError as error:
            log.info("%s of %s: %s", type(command).__name__, key, error.code)
