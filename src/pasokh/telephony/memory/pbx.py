"""The switch in memory seen from outside: people who call, pick up, press keys and hang up, and what breaks.

It keeps calls while nobody is connected, as Asterisk does: bridged ones talk on, callers without an owner are held by
the dialplan and come in again, a leg that is answered for nobody is dropped, and nothing that happened is told later.
"""

import itertools
from collections.abc import Mapping
from typing import Protocol

from pasokh.kernel.time import Instant, Millis
from pasokh.telephony import events as ev
from pasokh.telephony.memory.lines import (
    ON_HOLD_CONTEXT,
    Bridge,
    Clock,
    Line,
    Manner,
    Phone,
    Playback,
    Recording,
    Timer,
)
from pasokh.telephony.port import BridgeKind, Originate, Sides, SwitchRefusedError

KEY_MS: Millis = 100
RETRY_MS: Millis = 200
"""How often the dialplan tries to give a held caller to the application."""
_OUTCOMES = {
    ev.Cause.BUSY: ev.DialOutcome.BUSY,
    ev.Cause.CONGESTION: ev.DialOutcome.CONGESTED,
}


class Listener(Protocol):
    """Who has the application."""

    def tell(self, event: ev.AnySwitchEvent) -> None:
        """Something happened."""

    def replaced(self) -> None:
        """Another has it now."""

    def lost(self, reason: str) -> None:
        """The connection is gone."""


class MemoryPbx:
    """Lines, bridges, playbacks, recordings."""

    def __init__(
        self, org: str, now: Instant = 1_700_000_000_000, *, name: str = "", clock: Clock | None = None
    ) -> None:
        """`name` begins the ids of its calls, and `clock` is shared, where there are several."""
        self.org, self.name = org, name
        self.clock = clock or Clock(now)
        self.running_since = self.clock.now
        self.phones: dict[str, Phone] = {}
        """By endpoint; others cannot be reached."""
        self.sounds: dict[str, Millis] = {}
        """How long each takes; others do not exist."""
        self.lines: dict[str, Line] = {}
        self.ended: dict[str, Line] = {}
        self.bridges: dict[str, Bridge] = {}
        self.recordings: dict[str, Recording] = {}
        """By file, complete ones too."""
        self.reachable = True
        self.unanswered = 0
        """So many of the next operations are done without anybody learning it."""
        self._listener: Listener | None = None
        self._numbers = itertools.count(1)

    # -- who is connected ----------------------------------------------------------------------------------------------
    def attach(self, listener: Listener) -> None:
        """The application has a new owner."""
        before, self._listener = self._listener, listener
        if before is not None and before is not listener:
            before.replaced()

    def detach(self, listener: Listener) -> None:
        """It has none."""
        if self._listener is listener:
            self._listener = None

    def cut(self, reason: str = "cut") -> None:
        """The connection breaks; calls go on."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.lost(reason)

    def crash(self) -> None:
        """The switch dies with all its calls, and is there again, empty."""
        self.cut("crash")
        for line in self.lines.values():
            line.gone_cause = ev.Cause.UNKNOWN
            self._stop_timers(line)
        self.ended |= self.lines
        self.lines.clear()
        self.bridges.clear()
        self.running_since = max(self.clock.now, self.running_since + 1)

    def tell(self, event: ev.AnySwitchEvent) -> None:
        """To whoever has the application; to nobody otherwise."""
        if self._listener is not None:
            self._listener.tell(event)

    @property
    def attended(self) -> bool:
        """Whether somebody is connected."""
        return self._listener is not None

    def forward(self, ms: Millis) -> None:
        """Let time pass."""
        self.clock.forward(ms)

    # -- people --------------------------------------------------------------------------------------------------------
    def call(self, number: str, caller: str = "", name: str = "", variables: Mapping[str, str] | None = None) -> Line:
        """Somebody dials a number of ours."""
        id_ = f"{self.name and self.name + '-'}call-{next(self._numbers)}"
        known = {
            "PASOKH_ORG": self.org,
            "PASOKH_ROLE": "caller",
            "PASOKH_CALL": id_,
            "PASOKH_NUMBER": number,
        }
        line = Line(
            id=id_,
            technology=f"Memory/{id_}",
            created=self.clock.now,
            state=ev.ChannelState.CALLING,
            caller_number=caller,
            caller_name=name,
            variables=known | dict(variables or {}),
        )
        self.lines[id_] = line
        self._offer(line)
        return line

    def pick_up(self, line: Line) -> None:
        """The called phone is taken."""
        if line.alive and line.state is ev.ChannelState.RINGING:
            self._stop_timers(line)
            self._turn(line, ev.ChannelState.UP)
            self.tell(ev.DialEnded(at=self.clock.now, channel=line.id, outcome=ev.DialOutcome.ANSWERED))
            if self.attended:
                self.enter(line)
            else:
                self.end(line, ev.Cause.NORMAL)

    def decline(self, line: Line, cause: int = ev.Cause.REJECTED) -> None:
        """The called phone is not."""
        outcome = _OUTCOMES.get(cause, ev.DialOutcome.NO_ANSWER)
        self.tell(ev.DialEnded(at=self.clock.now, channel=line.id, outcome=outcome))
        self.end(line, cause)

    def press(self, line: Line, keys: str) -> None:
        """Keys of the phone, one after the other."""
        for place, key in enumerate(keys):
            line.timers.append(self.clock.after((place + 1) * KEY_MS, lambda key=key: self._pressed(line, key)))  # type: ignore[misc]

    def press_hold(self, line: Line, *, on: bool) -> None:
        """The phone's own hold key."""
        kind = ev.HoldPressed if on else ev.HoldReleased
        self.tell(kind(at=self.clock.now, channel=line.id))

    def speak(self, line: Line, ms: Millis) -> None:
        """Say something for so long."""
        if line.detects_talking:
            self.tell(ev.TalkingStarted(at=self.clock.now, channel=line.id))
            line.timers.append(
                self.clock.after(
                    ms, lambda: self.tell(ev.TalkingFinished(at=self.clock.now, channel=line.id, duration_ms=ms))
                )
            )
        for recording in self._growing(line):
            self._await_silence(recording, after=ms)

    def hang_up(self, line: Line) -> None:
        """The phone is put down."""
        self.end(line, ev.Cause.NORMAL)

    def hears(self, line: Line) -> set[str]:
        """What the phone's holder hears now: ``music:…``, ``playback:…``, ids of lines."""
        heard = {f"music:{line.music}"} if line.music else set()
        heard |= {f"playback:{line.playbacks[0].id}"} if line.playbacks else set()
        for bridge in self.bridges.values():
            if line.id in bridge.lines and bridge.kind is BridgeKind.MIXING:
                others = (self.lines[id_] for id_ in bridge.lines if id_ != line.id)
                heard |= {other.id for other in others if not other.muted & {Sides.IN, Sides.BOTH}}
                heard |= {f"playback:{bridge.playbacks[0].id}"} if bridge.playbacks else set()
        return set() if line.muted & {Sides.OUT, Sides.BOTH} else heard

    # -- lines ---------------------------------------------------------------------------------------------------------
    def dial(self, leg: Originate) -> None:
        """Call a phone."""
        phone = self.phones.get(leg.endpoint)
        if phone is None:
            raise SwitchRefusedError("switch.cannot_dial", endpoint=leg.endpoint, reason="unknown")
        line = Line(
            id=leg.channel,
            technology=leg.endpoint,
            created=self.clock.now,
            state=ev.ChannelState.DOWN,
            caller_number=leg.caller_number,
            caller_name=leg.caller_name,
            variables=dict(leg.variables),
            args=leg.args,
        )
        self.lines[line.id] = line
        failing = {Manner.BUSY: ev.Cause.BUSY, Manner.DECLINES: ev.Cause.REJECTED, Manner.BROKEN: ev.Cause.CONGESTION}
        if (cause := failing.get(phone.manner)) is not None:
            line.timers.append(self.clock.after(phone.after_ms, lambda: self.decline(line, cause)))
            return
        line.timers.append(self.clock.after(leg.timeout_s * 1_000, lambda: self.decline(line, ev.Cause.NO_ANSWER)))
        line.timers.append(self.clock.after(0, lambda: self._turn(line, ev.ChannelState.RINGING)))
        if phone.manner is Manner.ANSWERS:
            line.timers.append(self.clock.after(phone.after_ms, lambda: self.pick_up(line)))

    def enter(self, line: Line) -> None:
        """The application has the line."""
        line.in_application, line.context, line.music = True, "", ""
        leg = bool(line.spies_on) or line.technology in self.phones
        kind = ev.LegEntered if leg else ev.CallerEntered
        self.tell(kind(at=self.clock.now, channel=line.snapshot()))

    def leave(self, line: Line, context: str) -> None:
        """The dialplan has it, and answers whom nobody has answered."""
        self.unbridge(line)
        line.in_application, line.context = False, context
        self.tell(ev.ChannelContinued(at=self.clock.now, channel=line.id))
        self._turn(line, ev.ChannelState.UP)
        if context == ON_HOLD_CONTEXT:
            line.timers.append(self.clock.after(RETRY_MS, lambda: self._offer(line)))

    def answer(self, line: Line) -> None:
        """Take the call."""
        line.ringing = False
        self._turn(line, ev.ChannelState.UP)

    def end(self, line: Line, cause: int) -> None:
        """The line is hung up, and what hangs on it."""
        if not line.alive:
            return
        line.gone_cause = cause
        self._stop_timers(line)
        for playback in list(line.playbacks):
            self.stop_playback(playback)
        for recording in self._growing(line):
            self.complete(recording)
        self.unbridge(line)
        self.ended[line.id] = self.lines.pop(line.id)
        self.tell(ev.ChannelGone(at=self.clock.now, channel=line.id, cause=cause))
        for other in [other for other in self.lines.values() if other.spies_on == line.id]:
            self.end(other, ev.Cause.NORMAL)

    def unbridge(self, line: Line) -> None:
        """Out of whatever bridge it is in."""
        for bridge in self.bridges.values():
            if line.id in bridge.lines:
                bridge.lines.remove(line.id)
                self.tell(ev.ChannelLeftBridge(at=self.clock.now, bridge=bridge.id, channel=line.id))

    def _offer(self, line: Line) -> None:
        if not line.alive:
            return
        if self.attended:
            line.args = (line.variables["PASOKH_NUMBER"], line.variables["PASOKH_CALL"])
            self.enter(line)
            return
        if line.context != ON_HOLD_CONTEXT:
            line.context, line.music = ON_HOLD_CONTEXT, "default"
            self._turn(line, ev.ChannelState.UP)
        line.timers.append(self.clock.after(RETRY_MS, lambda: self._offer(line)))

    def _turn(self, line: Line, state: ev.ChannelState) -> None:
        if line.state is not state:
            line.state = state
            self.tell(ev.ChannelStateChanged(at=self.clock.now, channel=line.id, state=state))

    def _pressed(self, line: Line, key: str) -> None:
        if line.alive and line.in_application:
            self.tell(ev.DigitReceived(at=self.clock.now, channel=line.id, digit=key, duration_ms=KEY_MS))
        for recording in self._growing(line):
            if recording.limits is not None and recording.limits.ends_on == key:
                self.complete(recording)

    @staticmethod
    def _stop_timers(line: Line) -> None:
        for timer in line.timers:
            timer.cancel()
        line.timers.clear()

    # -- sound ---------------------------------------------------------------------------------------------------------
    def start_playback(self, queue: list[Playback], playback: Playback) -> None:
        """Let it play when those before it are through."""
        queue.append(playback)
        if len(queue) == 1:
            self._next(queue)

    def stop_playback(self, playback: Playback) -> None:
        """It is over."""
        if playback.timer is not None:
            playback.timer.cancel()
        for queue in self._queues():
            if playback in queue:
                queue.remove(playback)
                self.tell(ev.PlaybackFinished(at=self.clock.now, playback=playback.id, failed=playback.failed))
                self._next(queue)

    def playback(self, id_: str) -> Playback | None:
        """One that plays or waits."""
        return next((each for queue in self._queues() for each in queue if each.id == id_), None)

    def _queues(self) -> list[list[Playback]]:
        lines = [line.playbacks for line in self.lines.values()]
        return lines + [bridge.playbacks for bridge in self.bridges.values()]

    def _next(self, queue: list[Playback]) -> None:
        if queue and queue[0].timer is None:
            first = queue[0]
            first.timer = self.clock.after(first.length_ms, lambda: self.stop_playback(first))

    # -- recordings ----------------------------------------------------------------------------------------------------
    def record(self, recording: Recording) -> None:
        """Begin a file, once."""
        if recording.file in self.recordings:
            return
        self.recordings[recording.file] = recording
        if recording.failed:
            self.complete(recording)
        elif recording.limits is not None:
            longest = recording.limits.longest_s * 1_000
            recording.timers.append(self.clock.after(longest, lambda: self.complete(recording)))
            self._await_silence(recording)

    def complete(self, recording: Recording) -> None:
        """Its file is there."""
        if recording.until is None:
            self.pause(recording, on=False)
            recording.until = self.clock.now
            for timer in recording.timers:
                timer.cancel()
            self.tell(
                ev.RecordingFinished(
                    at=self.clock.now,
                    recording=recording.id,
                    track=recording.track,
                    file=recording.file,
                    duration_s=(recording.until - recording.since) // 1_000,
                    failed=recording.failed,
                )
            )

    def pause(self, recording: Recording, *, on: bool) -> None:
        """Silence, or sound again."""
        if recording.until is None and recording.paused is not on:
            recording.paused = on
            if on:
                recording.paused_since = self.clock.now
            else:
                recording.silent_ms += self.clock.now - recording.paused_since

    def _growing(self, line: Line) -> list[Recording]:
        return [each for each in self.recordings.values() if each.line == line.id and each.until is None]

    def _await_silence(self, recording: Recording, after: Millis = 0) -> None:
        if recording.limits is None:
            return
        *before, longest = [*recording.timers[1:], recording.timers[0]]
        for timer in before:
            timer.cancel()
        silence: Timer = self.clock.after(after + recording.limits.silence_s * 1_000, lambda: self.complete(recording))
        recording.timers = [longest, silence]
