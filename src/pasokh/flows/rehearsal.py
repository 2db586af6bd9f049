"""A caller without a telephone: walks a flow by `advance`, with everything around the call as the scene says.

Nothing is kept between two steps: the position and the clock go out and come back, so that a page can try any flow, as
it is being written. Whatever comes back is read as strictly as a call's own position.
"""

from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from pasokh.flows import position as p
from pasokh.flows.advance import advance
from pasokh.flows.nodes import Name, Program
from pasokh.flows.position import Piece
from pasokh.kernel.time import MINUTE, Instant, Millis

type Staff = Literal["free", "busy", "nobody", "full", "closed"]
"""What the queue has for a caller: someone at once, someone after a wait, or the reason why it lets them go."""
type Step = Literal[
    "start", "press", "wait", "said", "agent", "agent_leaves", "agent_lost", "spoke", "silent", "answered",
    "unanswered", "hang_up",
]  # fmt: skip
"""What happens next: `wait` = the caller does nothing until something happens by itself."""

_REASONS: dict[str, str] = {"nobody": "no_agents", "full": "full", "closed": "closed"}
_MOST_TURNS = 50
_SPOKEN_S = 5


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who calls, when, and what the queues are like."""

    caller: Annotated[str, Meta(pattern=r"\A(\+[1-9][0-9]{4,14})?\Z")] = "+989121234567"
    """Empty = withheld."""
    number: Annotated[str, Meta(pattern=r"\A(\+[1-9][0-9]{4,14})?\Z")] = ""
    known: bool = False
    blocked: bool = False
    language: Annotated[str, Meta(pattern=r"\A([a-z]{2,8})?\Z")] = ""
    """Remembered of the caller."""
    open: Annotated[tuple[str, ...], Meta(max_length=200)] = ()
    holidays: Annotated[tuple[str, ...], Meta(max_length=200)] = ()
    attributes: Annotated[dict[Name, Annotated[str, Meta(max_length=80)]], Meta(max_length=40)] = {}
    staff: Staff = "free"
    place: Annotated[int, Meta(ge=0, le=999)] = 3
    wait_minutes: Annotated[int, Meta(ge=0, le=600)] = 4
    """Told only while `staff` is `busy`; 0 = no trusted figure."""


class Heard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of what happened."""

    what: Literal[
        "says", "music", "enters", "language", "queue", "leaves", "number", "callback", "records", "dials", "score",
        "talks", "ends", "escapes", "pressed",
    ]  # fmt: skip
    at: Instant
    pieces: tuple[Piece, ...] = ()
    flow: str = ""
    node: str = ""
    value: str = ""
    """A queue, a language, a number, a key, a reason."""
    good: bool = True


class Turn(NamedTuple):
    """Where the call stands now, what the clock says, and what was heard on the way."""

    position: p.Position
    now: Instant
    heard: list[Heard]


def rehearse(
    program: Program,
    position: p.Position,
    scene: Scene,
    step: Step,
    now: Instant,
    check: Callable[[str], p.NumberChecked],
    key: str = "",
) -> Turn:
    """What comes of a step; `check` is the dial policy's word on a number. Never raises, never runs on for ever."""
    call = _Call(program, position, scene, now, check)
    call.take(step, key)
    return Turn(call.position, call.now, call.heard)


def expects(position: p.Position) -> str:
    """What the call waits for: `keys`, `agent`, `talk`, `recording`, `transfer`, `end`."""
    if position.ended:
        return "end"
    by_stage = {"talking": "talk", "recording": "recording", "transferring": "transfer", "waiting": "agent"}
    if position.stage in by_stage:
        return by_stage[position.stage]
    return "agent" if position.queue and position.stage in {"greeting", "telling", "offering"} else "keys"


class _Call:
    def __init__(
        self,
        program: Program,
        position: p.Position,
        scene: Scene,
        now: Instant,
        check: Callable[[str], p.NumberChecked],
    ) -> None:
        self.program, self.position, self.scene, self.now, self.check = program, position, scene, now, check
        self.heard: list[Heard] = []

    def take(self, step: Step, key: str) -> None:
        """The input the step stands for, then what the centre itself answers."""
        playing = self.position.playing
        match step:
            case "start":
                self._put(p.Started())
            case "press":
                self.heard.append(Heard("pressed", self.now, value=key[:1]))
                self._put(p.Digits(key[:1]))
            case "said" if playing:
                self._put(p.PlaybackFinished(playing))
            case "wait":
                self._wait()
            case "agent":
                self._talk()
            case "agent_leaves":
                self._put(p.TalkEnded())
            case "agent_lost":
                self._put(p.Requeued())
            case "spoke" | "silent":
                self.now += _SPOKEN_S * 1_000
                self._put(p.Recorded(_SPOKEN_S if step == "spoke" else 0))
            case "answered" | "unanswered":
                self._put(p.TransferEnded(step == "answered"))
            case "hang_up":
                self._put(p.HungUp())
            case _:
                pass

    def _wait(self) -> None:
        """To the end of what is said, else to what the flow wants to be woken for."""
        if self.position.playing:
            wake = p.wake_at(self.position)
            self.now = min(self.now + self.playing_ms, wake) if wake > self.now else self.now + self.playing_ms
            self._put(p.PlaybackFinished(self.position.playing))
        elif (wake := p.wake_at(self.position)) > 0:
            self.now = max(self.now, min(wake, self.now + 60 * MINUTE))
            self._put(p.Woken())

    @property
    def playing_ms(self) -> Millis:
        """How long what is said takes, estimated: half of what the flow allows for it."""
        left = self.position.wake - self.now
        return max(500, min(60_000, (left - 10_000) // 2))

    def _talk(self) -> None:
        if self.position.queue:
            self.heard.append(Heard("talks", self.now, value=self.position.queue))
            self._put(p.Connected())

    # -- the centre's side -----------------------------------------------------------------------------------------
    def _put(self, happened: p.AnyInput) -> None:
        """One input, and the answers of dial policy and queue to what it brings about."""
        waiting: list[p.AnyInput] = [happened]
        for _ in range(_MOST_TURNS):
            if not waiting:
                break
            self.position, actions = advance(self.program, self.position, waiting.pop(0), self._facts())
            for action in actions:
                self._hear(action, waiting)
        if self.scene.staff == "free" and self.position.stage == "waiting":
            self._talk()

    def _facts(self) -> p.Facts:
        scene, busy = self.scene, self.scene.staff == "busy"
        minutes = scene.wait_minutes if busy else 0
        return p.Facts(
            now=self.now, caller=scene.caller, number=scene.number, known=scene.known, blocked=scene.blocked,
            language=scene.language, open=scene.open, holidays=scene.holidays, attributes=scene.attributes,
            place=scene.place if busy else 0, wait_low_ms=max(0, minutes - 1) * MINUTE, wait_high_ms=minutes * MINUTE,
        )  # fmt: skip

    def _hear(self, action: p.AnyAction, waiting: list[p.AnyInput]) -> None:  # noqa: C901, PLR0912  # one line a kind
        tell = self.heard.append
        match action:
            case p.Entered():
                tell(Heard("enters", self.now, flow=action.flow, node=action.node))
            case p.Play():
                if action.pieces:
                    tell(Heard("says", self.now, pieces=action.pieces))
                else:
                    waiting.append(p.PlaybackFinished(action.playback))
            case p.StartMusic():
                tell(Heard("music", self.now, value=action.music))
            case p.SpeakLanguage():
                tell(Heard("language", self.now, value=action.language))
            case p.Enqueue():
                tell(Heard("queue", self.now, value=action.queue))
                self._queue(waiting)
            case p.LeaveQueue():
                tell(Heard("leaves", self.now, value=action.queue))
            case p.CheckNumber():
                answer = self.check(action.number)
                tell(Heard("number", self.now, value=answer.said or action.number, good=answer.good))
                waiting.append(answer)
            case p.RequestCallback():
                tell(Heard("callback", self.now, value=action.queue, pieces=(Piece("", action.number),)))
            case p.Record():
                tell(Heard("records", self.now, value=action.queue))
            case p.TransferTo():
                tell(Heard("dials", self.now, value=action.number))
            case p.Score():
                tell(Heard("score", self.now, node=action.question, value=action.key))
            case p.EndCall():
                tell(Heard("ends", self.now, value=action.reason))
            case p.Escape():
                tell(Heard("escapes", self.now, value=action.code))
            case _:
                pass

    def _queue(self, waiting: list[p.AnyInput]) -> None:
        """A queue that takes nobody says so at once."""
        reason = _REASONS.get(self.scene.staff)
        if reason is not None:
            self.heard.append(Heard("leaves", self.now, value=reason, good=False))
            waiting.append(p.QueueLeft(reason))
