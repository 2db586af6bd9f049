"""What the switch in memory consists of: lines with a phone at the other end, sounds that take time, recordings."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from pasokh.kernel.time import Instant, Millis
from pasokh.telephony.events import ChannelSnapshot, ChannelState, Track
from pasokh.telephony.port import BridgeKind, MessageLimits, Sides

SNOOP = "Snoop/"
ON_HOLD_CONTEXT = "held"
"""Where the dialplan keeps callers for whom nobody is there: it tries again and again."""


class Manner(Enum):
    """What a phone does when it is called."""

    RINGS = "rings"
    """Until somebody takes it, or the caller gives up."""
    ANSWERS = "answers"
    """By itself, after `Phone.after_ms`."""
    DECLINES = "declines"
    BUSY = "busy"
    BROKEN = "broken"
    """The network on the way there has no room."""


@dataclass(frozen=True)
class Phone:
    """A phone that can be called."""

    manner: Manner
    after_ms: Millis = 0


@dataclass(eq=False)
class Timer:
    """Something that will happen, unless it is cancelled."""

    act: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        """It will not."""
        self.cancelled = True


class Clock:
    """Stands still until told to go on; what is due happens in order."""

    def __init__(self, now: Instant) -> None:
        self.now = now
        self._entries: list[tuple[Instant, int, Timer]] = []
        self._numbers = itertools.count()

    def after(self, ms: Millis, act: Callable[[], None]) -> Timer:
        """Let something happen in so many milliseconds."""
        timer = Timer(act)
        heapq.heappush(self._entries, (self.now + ms, next(self._numbers), timer))
        return timer

    def next_at(self) -> Instant | None:
        """When the next thing happens."""
        while self._entries and self._entries[0][2].cancelled:
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else None

    def forward(self, ms: Millis) -> None:
        """Let time pass, and happen what is due."""
        end = self.now + ms
        while (at := self.next_at()) is not None and at <= end:
            self.now = at
            heapq.heappop(self._entries)[2].act()
        self.now = end


@dataclass(eq=False)
class Playback:
    """Sounds that play, or wait for their turn."""

    id: str
    target: str
    """A line's or bridge's id."""
    length_ms: Millis
    failed: bool
    timer: Timer | None = None


@dataclass(eq=False)
class Recording:
    """One file that grows."""

    id: str
    track: Track
    line: str
    since: Instant
    limits: MessageLimits | None = None
    paused: bool = False
    silent_ms: Millis = 0
    paused_since: Instant = 0
    until: Instant | None = None
    failed: bool = False
    """Nothing could be recorded."""
    timers: list[Timer] = field(default_factory=list)

    @property
    def file(self) -> str:
        """Its name."""
        return f"{self.id}.{self.track}"


@dataclass(eq=False)
class Line:
    """A channel, with the phone at its other end."""

    id: str
    technology: str
    created: Instant
    state: ChannelState
    caller_number: str = ""
    caller_name: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    in_application: bool = False
    args: tuple[str, ...] = ()
    context: str = ""
    """Where the dialplan has it, when it has."""
    music: str = ""
    playbacks: list[Playback] = field(default_factory=list)
    muted: set[Sides] = field(default_factory=set)
    detects_talking: bool = False
    pressed: str = ""
    """Keys the switch pressed towards the phone."""
    key: str = ""
    """Names the latest order to do so."""
    ringing: bool = False
    spies_on: str = ""
    spy: Sides = Sides.NONE
    whisper: Sides = Sides.NONE
    timers: list[Timer] = field(default_factory=list)
    gone_cause: int | None = None

    @property
    def alive(self) -> bool:
        """Whether it is not hung up."""
        return self.gone_cause is None

    def snapshot(self) -> ChannelSnapshot:
        """As the port shows it."""
        return ChannelSnapshot(
            id=self.id,
            technology=self.technology,
            state=self.state,
            caller_number=self.caller_number,
            caller_name=self.caller_name,
            created=self.created,
            variables=dict(self.variables),
            in_application=self.in_application,
            args=self.args if self.in_application else (),
        )


@dataclass(eq=False)
class Bridge:
    """Lines that hear each other."""

    id: str
    kind: BridgeKind
    lines: list[str] = field(default_factory=list)
    playbacks: list[Playback] = field(default_factory=list)
