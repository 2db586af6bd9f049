"""Callers on their way through flows: greeting, menus, what is said while they wait, voicemail, surveys.

The flow decides (`pasokh.flows`), the switch plays and hears, the core is told. A caller's position rides on the
channel, so whoever takes over goes on where the caller is.
"""

import contextlib
import logging
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from pasokh.acd import commands as cmd
from pasokh.acd.model import Alternative, Attachment, Channel, Requirement
from pasokh.flows import position as p
from pasokh.flows.advance import advance
from pasokh.flows.nodes import Program
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.telephony import events as sw
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.exchange.exchange import Exchange
from pasokh.telephony.exchange.lanes import side_by_side
from pasokh.telephony.exchange.outside import BY_FLOW
from pasokh.telephony.exchange.ports import Agreed
from pasokh.telephony.port import MessageLimits, SwitchRefusedError
from pasokh.telephony.variables import CALL, CONTACT, INTERACTION, NUMBER, POSITION

log = logging.getLogger(__name__)

RATED_BY = "12345"
"""A survey's question with these keys is a rating."""


class NumberPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a number of the centre does with a call."""

    program: Program
    client: str
    last_resort: str
    """The queue that takes whoever a flow cannot serve any more."""
    recorded: bool = False
    """What holds for its calls where no rule of the client or queue says anything."""


class Numbers(Protocol):
    """The numbers of an organisation, and what is known of those who call."""

    async def plan(self, number: str) -> NumberPlan | None:
        """What the number does; None for one that is not ours (any more)."""

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
        """What is known at this moment; `interaction` names the waiting one, empty before it waits."""

    async def remember_language(self, caller: str, language: str) -> None:
        """The caller speaks it from now on."""

    async def check(self, number: str) -> p.NumberChecked:
        """Whether it may be called back, and how it is read aloud."""

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        """What the switch plays for them."""


@dataclass
class Visit:
    """One caller."""

    channel: str
    contact: str
    number: str
    caller: str
    plan: NumberPlan
    position: p.Position = field(default_factory=p.Position)
    interaction: str = ""
    """Waited with, or talked in."""
    served: tuple[str, str, str, str] = ("", "", "", "")
    """Contact, interaction, queue and agent of the latest talk."""
    opened: str = ""
    """The contact waited as, the latest one."""
    recording: int = 0


class FlowFront:
    """`pasokh.telephony.exchange.ports.Front` by flows. Work of one channel must come one after the other."""

    def __init__(self, exchange: Exchange, numbers: Numbers) -> None:
        self._exchange = exchange
        self._switch = exchange.switch
        self._numbers = numbers
        self.visits: dict[str, Visit] = {}

    # -- the clock -----------------------------------------------------------------------------------------------------
    def due(self) -> list[tuple[Instant, str]]:
        """When which caller wants to be woken, earliest first."""
        waits = ((p.wake_at(visit.position), channel) for channel, visit in self.visits.items())
        return sorted(each for each in waits if each[0])

    async def wake(self, channel: str) -> None:
        """A caller's time has come."""
        visit = self.visits.get(channel)
        if visit is not None and 0 < p.wake_at(visit.position) <= self._exchange.now():
            await self._happen(visit, p.Woken())

    # -- losses --------------------------------------------------------------------------------------------------------
    def callers(self) -> Mapping[str, tuple[str, str]]:
        """Everybody in a flow, waiting or talking."""
        return {channel: (visit.contact, visit.number) for channel, visit in self.visits.items()}

    def keep(self, channels: Collection[str]) -> None:
        """Nobody else is there."""
        for channel in [channel for channel in self.visits if channel not in channels]:
            del self.visits[channel]

    async def last_resort(self, number: str) -> str:
        """As the number's plan says."""
        plan = await self._numbers.plan(number)
        return plan.last_resort if plan is not None else ""

    # -- what the exchange tells ---------------------------------------------------------------------------------------
    async def enter(self, channel: ChannelSnapshot) -> None:
        """Begin with a caller, or go on with one that another engine left."""
        said = channel.variables
        plan = await self._numbers.plan(said.get(NUMBER, ""))
        if plan is None:
            await self._switch.hang_up(channel.id, sw.Cause.UNASSIGNED)
            return
        visit = Visit(channel.id, said.get(CALL, channel.id), said.get(NUMBER, ""), channel.caller_number, plan)
        self.visits[channel.id] = visit
        left = _read(said.get(POSITION, ""))
        begun = cmd.BeginCall(visit.contact, visit.number, visit.caller, plan.client)
        await self._exchange.note(f"begin:{visit.contact}", begun)  # again after a crash: nobody knows whether it came
        if left is None:
            await side_by_side(self._switch.answer(channel.id), self._happen(visit, p.Started()))
            return
        waiting = self._exchange.talk_of(channel.id)
        visit.position, visit.opened = left, said.get(CONTACT, "") or (waiting.contact if waiting is not None else "")
        visit.interaction = said.get(INTERACTION, "") or (waiting.interaction if waiting is not None else "")
        await self._switch.stop_playback(_playback(channel.id, left.played))  # what is heard is begun anew
        talk = self._exchange.talks.get(visit.interaction)
        passed_on = self._exchange.talks.get(f"{BY_FLOW}{channel.id}")
        if passed_on is not None or left.stage == "transferring":
            if passed_on is None or not passed_on.busy:
                await self._happen(visit, p.TransferEnded(answered=passed_on is not None))
        elif talk is None and left.stage == "talking":  # nobody talks with the caller any more
            await self._happen(visit, p.TalkEnded())
        elif talk is not None and talk.agent:
            await self._happen(visit, p.Connected())
            talk.busy = False
        elif talk is not None and left.stage == "talking":
            talk.busy = True
            await self._happen(visit, p.Requeued())
        else:
            if talk is not None:
                talk.busy = True
            elif left.queue:  # whether the core ever heard of it nobody knows: it is asked again, by the same ids
                visit.position = msgspec.structs.replace(
                    left, queue="", flow=left.queue_flow, node=left.queue_node, stack=left.stack[: left.depth]
                )
            await self._happen(visit, p.Resumed())

    def leads(self, channel: str) -> bool:
        """Every caller who came through a flow."""
        return channel in self.visits

    def agreed(self, channel: str) -> Agreed:
        """What a caller said to being recorded."""
        visit = self.visits.get(channel)
        if visit is None:
            return Agreed()
        return Agreed(visit.position.consent, visit.plan.recorded, visit.caller)

    def lane_of(self, sound: str) -> str:
        """Playbacks are ``p-CHANNEL-SERIAL``, messages ``v-CHANNEL-SERIAL``."""
        return sound[2:].rpartition("-")[0]

    async def hear(self, event: sw.AnySwitchEvent) -> bool:
        """A key, the end of a sound or of a message, the caller's end."""
        match event:
            case sw.PlaybackFinished():
                visit = self.visits.get(self.lane_of(event.playback))
                serial = event.playback.rpartition("-")[2]
                happened: p.AnyInput = p.PlaybackFinished(int(serial) if serial.isdigit() else 0)
                if visit is not None and event.failed and not await self._is_there(visit):
                    return True  # a hang-up cut it short: its own event follows, and nobody waits in between
            case sw.DigitReceived():
                visit, happened = self.visits.get(event.channel), p.Digits(event.digit)
            case sw.RecordingFinished(track=sw.Track.MESSAGE):
                visit, happened = (
                    self.visits.get(self.lane_of(event.recording)),
                    p.Recorded(0 if event.failed else event.duration_s),
                )
                if visit is not None and not event.failed and event.duration_s > 0:
                    await self._keep_message(visit, event)
            case sw.ChannelGone():
                visit, happened = self.visits.get(event.channel), p.HungUp()
            case _:
                return False
        if visit is None:
            return False
        await self._happen(visit, happened)
        if isinstance(event, sw.ChannelGone):
            del self.visits[visit.channel]
            if event.lost:
                await self._exchange.losses.arrival(visit.contact, visit.number)
            else:
                await self._exchange.note(f"end:{visit.contact}", cmd.EndCall(visit.contact, "caller"))
        return True

    async def connected(self, channel: str, queue: str, agent: str) -> None:
        """An agent talks with the caller."""
        visit = self.visits.get(channel)
        if visit is not None:
            visit.served = (visit.opened, visit.interaction, queue, agent)
            await self._happen(visit, p.Connected())

    async def waits(self, channel: str) -> None:
        """The caller waits again."""
        visit = self.visits.get(channel)
        if visit is not None:
            await self._happen(visit, p.Requeued())

    async def to_menu(self, channel: str, flow: str, node: str) -> None:
        """An agent sent the caller back."""
        visit = self.visits.get(channel)
        if visit is not None:
            await self._happen(visit, p.SentBack(flow, node))

    async def offer(self, channel: str, interaction: str, options: Sequence[Alternative]) -> None:  # noqa: ARG002 - the port's
        """The core's ladder asks for the alternatives; which ones, the flow knows."""
        visit = self.visits.get(channel)
        if visit is not None:
            await self._happen(visit, p.AlternativesDue())

    async def transfer_ended(self, channel: str, *, answered: bool) -> None:
        """The outside number answered, or did not."""
        visit = self.visits.get(channel)
        if visit is not None:
            await self._happen(visit, p.TransferEnded(answered))

    async def part(self, channel: str, interaction: str, reason: str) -> bool:
        """The core is done with the caller; the flow says what comes now."""
        visit = self.visits.get(channel)
        if visit is None:
            return False
        if visit.interaction == interaction:
            visit.interaction = ""
        if reason == "answered":
            await self._happen(visit, p.TalkEnded())
        elif visit.position.queue:
            await self._happen(visit, p.QueueLeft(reason))
        return True

    # -- the flow ------------------------------------------------------------------------------------------------------
    async def _happen(self, visit: Visit, happened: p.AnyInput) -> None:
        facts = await self._numbers.facts(visit.number, visit.caller, visit.interaction)
        if not visit.position.queue:
            facts = msgspec.structs.replace(facts, consents=await self._exchange.recorder.consents())
        before = visit.position
        visit.position, actions = advance(visit.plan.program, before, happened, facts)
        if _place(before) != _place(visit.position) and not isinstance(happened, p.HungUp):
            carried = {POSITION: _written(visit.position)}
            if not visit.interaction and any(isinstance(each, p.Enqueue) for each in actions):
                carried |= _named(visit)
            await side_by_side(self._write(visit, carried), self._act(visit, actions))
        else:
            await self._act(visit, actions)

    async def _write(self, visit: Visit, facts: Mapping[str, str]) -> None:
        """Whoever takes over begins there. Sent before the core is asked for anything that follows from it."""
        with contextlib.suppress(SwitchRefusedError):
            await self._switch.set_variables(visit.channel, facts)

    async def _is_there(self, visit: Visit) -> bool:
        """Whether the caller is still on the line, asked of the switch."""
        try:
            await self._switch.set_variables(visit.channel, {POSITION: _written(visit.position)})
        except SwitchRefusedError:
            return False
        return True

    async def _act(self, visit: Visit, actions: Sequence[p.AnyAction]) -> None:
        for action in actions:
            try:
                await self._do(visit, action)
            except SwitchRefusedError:
                log.info("caller %s is gone before %s", visit.channel, type(action).__name__)

    async def _do(self, visit: Visit, action: p.AnyAction) -> None:
        channel, switch = visit.channel, self._switch
        match action:
            case p.Play():
                await switch.play(
                    channel, _playback(channel, action.playback), await self._numbers.sounds(action.pieces)
                )
            case p.StopPlay():
                await switch.stop_playback(_playback(channel, action.playback))
            case p.StartMusic():
                await switch.start_music(channel, action.music)
            case p.StopMusic():
                await switch.stop_music(channel)
            case p.Record():
                visit.recording = action.recording
                limits = MessageLimits(longest_s=action.most_s, silence_s=action.silence_s, ends_on=action.finish)
                await switch.record_message(channel, f"v-{channel}-{action.recording}", limits)
            case p.TransferTo():
                await self._exchange.outside.connect(channel, action.number, action.timeout_s)
            case p.EndCall():
                if visit.interaction:  # still waits in a queue before; who comes from an agent was served
                    await self._exchange.note(f"left:{visit.interaction}", cmd.CloseInteraction(visit.interaction))
                await self._exchange.note(f"end:{visit.contact}", cmd.EndCall(visit.contact, "flow"))
                await switch.hang_up(channel, sw.Cause.NORMAL)
            case _:
                await self._tell(visit, action)

    async def _tell(self, visit: Visit, action: p.AnyAction) -> None:
        """What the core, or the customer's card, is to know."""
        tell, note, contact = self._exchange.tell, self._exchange.note, visit.contact
        serial = f"{contact}:{visit.position.visits}"
        match action:
            case p.Entered():
                await note(f"step:{serial}:{action.node}", cmd.NoteStep(contact, action.flow, action.node))
            case p.SpeakLanguage() if action.remember and visit.caller:
                await self._numbers.remember_language(visit.caller, action.language)
            case p.Enqueue():
                await self._wait_for(visit, action)
            case p.LeaveQueue() if action.reason in ("left", "transferred") and visit.interaction:
                left, visit.interaction = visit.interaction, ""
                await tell(f"left:{left}", cmd.CloseInteraction(left))
            case p.CheckNumber():
                await self._happen(visit, await self._numbers.check(action.number))
            case p.RequestCallback():
                await self._call_back(visit, action)
            case p.Score():
                await self._score(visit, action)
            case p.Escape():
                log.error("the flow of %s cannot go on: %s", visit.number, action.code)
                await self._wait_for(
                    visit, p.Enqueue(visit.plan.last_resort, 1, (), {}, visit.position.language, moved=False)
                )
            case _:
                pass

    async def _wait_for(self, visit: Visit, action: p.Enqueue) -> None:
        """Wait for somebody; a caller who waits already, or comes back from an agent, moves and stays the same."""
        number = visit.position.visits
        requires = tuple(Requirement(skill, level) for skill, level in action.skills)
        interaction = f"{visit.contact}.i{number}"
        if visit.interaction and visit.interaction != interaction:
            moved = cmd.MoveContact(visit.interaction, action.queue, requires, action.priority)
            if not await self._exchange.tell(f"move:{visit.interaction}:{number}", moved):
                await self._happen(visit, p.QueueLeft("closed"))
            return
        carried: list[Awaitable[object]] = []
        if visit.interaction != interaction:
            carried.append(self._switch.set_variables(visit.channel, _named(visit)))
        contact = visit.opened
        talk = self._exchange.begin(interaction, contact, visit.channel, visit.caller)
        talk.busy = True
        subject = ", ".join(f"{name}: {value}" for name, value in action.attributes.items())[:200]
        told = self._exchange.tell(
            f"open:{interaction}",
            cmd.OpenContact(
                contact, interaction, Channel.VOICE, action.queue, customer=None, address=visit.caller,
                language=action.language, subject=subject, priority=action.priority,
                requires=requires,
            ),
        )  # fmt: skip
        *_, opened = await side_by_side(*carried, told)
        if not opened:
            await self._happen(visit, p.QueueLeft("closed"))

    async def _call_back(self, visit: Visit, action: p.RequestCallback) -> None:
        new = f"{visit.contact}.b{visit.position.visits}"
        if visit.interaction:  # also after a door that was shut: the wait goes on in the queue before
            waiting, visit.interaction = visit.interaction, ""
            if await self._exchange.tell(
                f"callback:{new}", cmd.AcceptAlternative(waiting, "callback", new, action.number)
            ):
                return
        await self._exchange.tell(
            f"callback:{new}:open",
            cmd.OpenContact(
                f"{new}.c", new, Channel.CALLBACK, action.queue, address=action.number,
                language=visit.position.language, kind="message",
            ),
        )  # fmt: skip

    async def _keep_message(self, visit: Visit, event: sw.RecordingFinished) -> None:
        """A message somebody left becomes an item of the queue, ranked like any other."""
        new = f"{visit.contact}.m{visit.recording}"
        caller = visit.caller or "anonymous"
        file = Attachment(event.recording, "voicemail.wav", "audio/wav", 0)
        if visit.interaction:
            waiting, visit.interaction = visit.interaction, ""
            left = cmd.AcceptAlternative(waiting, "message", new, caller, attachments=(file,))
            if await self._exchange.tell(f"message:{new}", left):
                return
        queue = visit.position.queue or visit.plan.last_resort
        await self._exchange.tell(
            f"message:{new}:open",
            cmd.OpenContact(
                f"{new}.c", new, Channel.EMAIL, queue, address=visit.caller, language=visit.position.language,
                kind="message",
            ),
        )  # fmt: skip
        await self._attach(new, caller, file)

    async def _attach(self, interaction: str, caller: str, file: Attachment) -> None:
        await self._exchange.tell(
            f"file:{interaction}",
            cmd.PostMessage(
                interaction, f"{interaction}.file", "customer", caller.removeprefix("+"), "", attachments=(file,)
            ),
        )

    async def _score(self, visit: Visit, action: p.Score) -> None:
        step = f"{action.survey}.{action.question}"
        await self._exchange.tell(
            f"score:{visit.contact}:{step}", cmd.NoteStep(visit.contact, action.survey, action.question, action.key)
        )
        contact, interaction, queue, agent = visit.served
        if queue and action.key in RATED_BY and _keys_of(visit.plan.program, action) == RATED_BY:
            await self._exchange.tell(
                f"rate:{visit.contact}:{step}",
                cmd.RateContact(contact, interaction, queue, agent, int(action.key)),
            )


def _named(visit: Visit) -> dict[str, str]:
    """What a caller waits as from now on; whoever takes over finds its customer by this."""
    number = visit.position.visits
    visit.opened = f"{visit.contact}.{number}" if visit.opened else visit.contact
    visit.interaction = f"{visit.contact}.i{number}"
    return {CONTACT: visit.opened, INTERACTION: visit.interaction}


def _playback(channel: str, serial: int) -> str:
    return f"p-{channel}-{serial}"


def _keys_of(program: Program, score: p.Score) -> str:
    for flow in program.flows.values():
        for node in flow.nodes.values():
            if getattr(node, "id", None) == score.survey:
                for question in getattr(node, "questions", ()):
                    if question.id == score.question:
                        return str(question.keys)
    return ""


def _place(position: p.Position) -> tuple[object, ...]:
    """What must survive a crash; the rest follows from starting anew what is heard."""
    return (position.flow, position.node, position.stage, position.queue, position.attributes, position.number,
            position.question, position.ended, position.offered, position.played,
            position.consent)  # fmt: skip


def _written(position: p.Position) -> str:
    return msgspec.json.encode(position).decode()


def _read(text: str) -> p.Position | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=p.Position)
    except (msgspec.DecodeError, msgspec.ValidationError, PasokhError):
        log.warning("a caller's position cannot be read; the flow begins anew")
        return None
