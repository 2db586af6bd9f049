"""Sees what the switch tells and is asked, and notes it in the journal with the call it belongs to."""

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, NamedTuple, cast

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.telephony import events as sw
from pasokh.telephony import mos
from pasokh.telephony.exchange.exchange import Exchange
from pasokh.telephony.exchange.journal import Journal, LegRow, Step
from pasokh.telephony.exchange.legs import Role
from pasokh.telephony.port import Switch
from pasokh.telephony.variables import CALL, INTERACTION, PERSON, ROLE, STATION, TRUNK

REMEMBERED = 5_000
"""So many latest channels are known after they have gone."""
ASKED: Final = frozenset({
    "originate", "ring", "answer", "hang_up", "continue_in_dialplan", "redirect", "send_dtmf", "mute", "unmute",
    "play", "start_music", "stop_music", "add", "remove", "hold", "unhold", "snoop", "record_call", "record_message",
    "pause_recording", "resume_recording", "stop_recording",
})  # fmt: skip
"""What is worth a line of the ladder; the rest is only counted."""
OPERATIONS: Final = ASKED | {
    "connect", "channels", "bridges", "set_variable", "set_variables", "detect_talking", "statistics", "play_to_bridge",
    "stop_playback", "create_bridge", "destroy_bridge",
}  # fmt: skip

_PLAIN: Final[dict[type, str]] = {
    sw.ChannelContinued: "channel.continued",
    sw.DigitReceived: "digit.received",  # that a key was pressed, never which
    sw.HoldPressed: "hold.pressed",
    sw.HoldReleased: "hold.released",
    sw.ChannelEnteredBridge: "bridge.entered",
    sw.ChannelLeftBridge: "bridge.left",
}


class Whose(NamedTuple):
    """What is known of a channel."""

    call: str
    interaction: str
    role: str
    person: str


NOBODY: Final = Whose("", "", "", "")
LONGEST_ID: Final = 80

type Told = Callable[[str, float, str], None]
"""Operation, seconds it took, code of its failure or nothing."""


def watched(switch: Switch, told: Told, asked: Callable[[str, tuple[Any, ...], float, str], None]) -> Switch:
    """The same switch; every operation is told when it is over, and those of a call (`ASKED`) with what was asked."""
    return cast("Switch", _Watched(switch, told, asked))


class _Watched:
    def __init__(self, switch: Switch, told: Told, asked: Callable[[str, tuple[Any, ...], float, str], None]) -> None:
        self._switch, self._told, self._asked = switch, told, asked

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        found = getattr(self._switch, name)
        if name not in OPERATIONS:
            return found

        @wraps(found)
        async def operation(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - the operation's own
            begun, error = time.monotonic(), ""
            try:
                return await found(*given, **named)
            except PasokhError as refused:
                error = refused.code
                raise
            finally:
                took = time.monotonic() - begun
                self._told(name, took, error)
                if name in ASKED:
                    self._asked(name, given, took, error)

        setattr(self, name, operation)
        return operation


class Witness:
    """One organisation's, for one lead."""

    def __init__(self, org: str, node: str, journal: Journal, now: Callable[[], Instant]) -> None:
        self._org, self._node, self._journal, self._now = org, node, journal, now
        self._known: OrderedDict[str, Whose] = OrderedDict()
        """By channel."""
        self.exchange: Exchange | None = None

    # -- whose channel -------------------------------------------------------------------------------------------------
    def _note(self, channel: str, call: str, interaction: str, role: str, person: str) -> Whose:
        before = self._known.pop(channel, NOBODY)
        given = (call, interaction, role, person)
        found = Whose(*(new[:LONGEST_ID] or old for new, old in zip(given, before, strict=True)))
        self._known[channel] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _seen(self, channel: str, said: dict[str, str]) -> Whose:
        role = said.get(ROLE, "")
        person = said.get(PERSON, "") if role in (Role.AGENT, Role.SUPERVISOR) else ""
        call = said.get(CALL, "") if role == Role.CALLER else ""
        return self._note(channel, call, said.get(INTERACTION, ""), role, person)

    def _whose(self, channel: str) -> Whose:
        """What is known of a channel, with what the exchange knows by now: an interaction begins after the call."""
        found = self._known.get(channel, NOBODY)
        exchange = self.exchange
        if exchange is None:
            return found
        call, interaction, role, person = found
        leg = exchange.legs.get(channel)
        if leg is not None:
            agents = leg.role in (Role.AGENT, Role.SUPERVISOR)
            interaction, role, person = leg.interaction, leg.role.value, leg.person if agents else ""
        interaction = exchange.callers.get(channel, interaction)
        talk = exchange.talks.get(interaction)
        if not call and talk is not None and talk.caller:
            call = self._known.get(talk.caller, NOBODY).call
        return self._note(channel, call, interaction, role, person)

    # -- what happens --------------------------------------------------------------------------------------------------
    def happened(self, event: sw.AnySwitchEvent) -> None:
        """Note what the switch told, before it is acted on."""
        match event:
            case sw.CallerEntered() | sw.LegEntered():
                self._seen(event.channel.id, event.channel.variables)
                entered = "caller.entered" if isinstance(event, sw.CallerEntered) else "leg.entered"
                self._step(event.channel.id, entered, event.at)
            case sw.ChannelStateChanged():
                self._step(event.channel, "channel.state", event.at, event.state.value)
            case sw.DialEnded():
                self._step(event.channel, "dial.ended", event.at, event.outcome.value)
            case sw.ChannelGone():
                self._step(event.channel, "channel.gone", event.at, cause=event.cause)
            case sw.LegReported():
                self._reported(event)
            case _ if type(event) in _PLAIN:
                self._step(event.channel, _PLAIN[type(event)], event.at)  # type: ignore[union-attr]
            case _:
                pass

    def asked(self, what: str, given: tuple[Any, ...], took_s: float, error: str) -> None:
        """Note what the engine asked of the switch."""
        for channel in _channels(what, given):
            self._step(channel, "asked", self._now(), what, took_ms=round(took_s * 1_000), error=error)

    def taken_over(self) -> None:
        """Another engine, or the same one after a while, goes on with every call there is."""
        exchange = self.exchange
        for talk in {id(talk): talk for talk in exchange.talks.values()}.values() if exchange is not None else ():
            if talk.caller:
                self._step(talk.caller, "engine.took_over", self._now())

    def _step(
        self, channel: str, kind: str, at: Instant, what: str = "", *, cause: int = 0, took_ms: int = 0, error: str = ""
    ) -> None:
        call, interaction, role, person = self._whose(channel)
        if not call and not interaction:
            return
        step = Step(
            at=at, kind=kind, channel=channel, role=role, person=person, what=what, cause=cause, took_ms=took_ms,
            error=error,
        )  # fmt: skip
        self._journal.step(self._org, call, interaction, step)

    def _reported(self, event: sw.LegReported) -> None:
        if not event.serves:
            self._seen(event.channel, event.variables)
        call, interaction, role, person = self._whose(event.serves or event.channel)
        said, told = event.variables, event.report
        score = _score(told.received, told.received_lost, told.received_jitter_ms, told)
        far = _score(told.sent, told.sent_lost, told.sent_jitter_ms, told, came=False) if told.heard else 0
        self._journal.leg(
            LegRow(
                org=self._org, channel=event.channel, call=call, interaction=interaction, role=role, person=person,
                station=said.get(STATION, ""), trunk=said.get(TRUNK, ""), node=self._node, began_at=event.created,
                ended_at=event.at, answered=bool(told.codec), codec=told.codec, received=told.received, sent=told.sent,
                received_lost=told.received_lost, sent_lost=told.sent_lost,
                received_jitter_us=round(told.received_jitter_ms * 1_000),
                sent_jitter_us=round(told.sent_jitter_ms * 1_000), round_trip_us=round(told.round_trip_ms * 1_000),
                received_score=score, sent_score=far, here=told.here, there=told.there,
                sip_call_id=told.sip_call_id, sip_answer=told.sip_answer, by_phone=told.by_phone, cause=told.cause,
            )
        )  # fmt: skip


def _score(packets: int, lost: int, jitter_ms: float, told: sw.MediaReport, *, came: bool = True) -> int:
    """In hundredths; `came` = the packets are those that arrived, else all that were sent."""
    arrived = packets if came else max(0, packets - lost)
    if not arrived:  # silence is no bad sound: it is told as silence
        return 0
    found = mos.estimate(
        packets=arrived, lost=lost, jitter_ms=jitter_ms, round_trip_ms=told.round_trip_ms, codec=told.codec
    )
    return 0 if found is None else round(found * 100)


def _channels(what: str, given: tuple[Any, ...]) -> tuple[str, ...]:
    """The channels an operation is about, of its arguments."""
    if not given:
        return ()
    if what == "originate":
        return (given[0].channel,)
    if what in ("add", "remove"):
        return tuple(given[1])
    if what in ("hold", "unhold"):
        return (given[1],)
    if what in ("pause_recording", "resume_recording", "stop_recording"):
        return (str(given[0]).removeprefix("r-"),)
    return (given[0],)
