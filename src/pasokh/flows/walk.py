"""A call on its way through a flow: the draft of its next position and the actions gathered so far."""

import msgspec

from pasokh.flows import position as p
from pasokh.flows.nodes import AnyNode, Program, Queue, Saying
from pasokh.flows.saying import length_ms, own, pieces
from pasokh.kernel.time import MINUTE, SECOND, Instant, Millis

PROMISE_MS: Millis = MINUTE
"""Before so long a wait the caller has been offered an alternative (R1)."""
MOST_VISITS = 2_000
"""Nodes entered in a call; more is a loop nobody meant."""
MOST_STACK = 8
MOST_TYPED = 40
MOST_ATTRIBUTES = 40
MOST_VALUE = 80
IN_QUEUE = frozenset({"greeting", "waiting", "telling", "offering"})
"""Stages of a caller who waits, as against one who talks an alternative over."""
_LATE_MS: Millis = 10 * SECOND
"""A playback whose end is not told so long after its likely end is taken as over."""


class Walk:
    """The draft. Attributes are those of `Position`; `go` says which node is entered next."""

    def __init__(self, program: Program, position: p.Position, facts: p.Facts) -> None:
        self.program = program
        self.facts = facts
        self.at = msgspec.structs.replace(position)
        self.actions: list[p.AnyAction] = []
        self.next: str | None = None

    # -- what is known ---------------------------------------------------------------------------------------------
    @property
    def now(self) -> Instant:
        """The moment of the input."""
        return self.facts.now

    @property
    def node(self) -> AnyNode | None:
        """Where the call stands; None where the flow was changed under it."""
        return self.program.node(self.at.flow, self.at.node)

    @property
    def queue_node(self) -> Queue | None:
        """The queue node waited in or talked out of."""
        found = self.program.node(self.at.queue_flow, self.at.queue_node)
        return found if isinstance(found, Queue) else None

    @property
    def values(self) -> dict[str, str]:
        """What slots are filled with."""
        known = {"caller": self.facts.caller, "called": self.facts.number}
        return {**self.facts.attributes, **self.at.attributes, **known}

    # -- changes ---------------------------------------------------------------------------------------------------
    def change(self, **fields: object) -> None:
        """Set fields of the position."""
        self.at = msgspec.structs.replace(self.at, **fields)

    def do(self, action: p.AnyAction) -> None:
        """Have something done."""
        self.actions.append(action)

    def go(self, name: str) -> None:
        """Enter a node next; an empty name is a dead end no checked flow has."""
        self.hush()
        if not name:
            self.escape("flow.dead_end")
        else:
            self.next = name

    def note(self, name: str, value: str) -> None:
        """Remember an attribute, within bounds."""
        if name in self.at.attributes or len(self.at.attributes) < MOST_ATTRIBUTES:
            self.change(attributes={**self.at.attributes, name: value[:MOST_VALUE]})

    def end(self, ended: str, action: p.AnyAction | None = None) -> None:
        """The flow is over."""
        self.hush()
        self.music_off()
        if self.at.queue:
            self.leave_queue("left")
        if action is not None:
            self.do(action)
        self.next = None
        self.change(ended=ended, stage="", wake=0, typed="")

    def escape(self, code: str) -> None:
        """The flow cannot go on: the shell brings the caller to a person."""
        self.end("escaped", p.Escape(code))

    # -- speech ----------------------------------------------------------------------------------------------------
    def say(self, said: tuple[p.Piece, ...], stage: str) -> None:
        """Say something in a stage, instead of whatever is heard now. Nothing to say counts as said."""
        self.hush()
        self.music_off()
        serial = self.at.played + 1
        self.change(played=serial, playing=serial, stage=stage, wake=self.now + 2 * length_ms(said) + _LATE_MS)
        self.do(p.Play(serial, said))

    def words(self, saying: Saying | None, key: str = "", /, **values: str) -> tuple[p.Piece, ...]:
        """A saying of the flow in the call's language, or Pasokh's own words of that key."""
        filled = {**self.values, **values}
        languages = self.program.languages
        if saying is not None:
            return pieces(saying, self.at.language, filled, languages[0] if languages else "")
        return own(key, self.at.language, filled) if key else ()

    def hush(self) -> None:
        """Stop what is said now."""
        if self.at.playing:
            self.do(p.StopPlay(self.at.playing))
            self.change(playing=0)

    def music_on(self, music: str) -> None:
        """Music, where none is heard yet."""
        if not self.at.music:
            self.do(p.StartMusic(music))
            self.change(music=True)

    def music_off(self) -> None:
        """No music."""
        if self.at.music:
            self.do(p.StopMusic())
            self.change(music=False)

    # -- the queue -------------------------------------------------------------------------------------------------
    def leave_queue(self, reason: str, *, told: bool = True) -> None:
        """Wait no longer; what was waited without an offer still counts if the caller comes back."""
        if not self.at.queue:
            return
        if told:
            self.do(p.LeaveQueue(self.at.queue, reason))
        waited = 0 if self.at.offered else max(0, self.now - self.at.since)
        self.change(queue="", waited=waited, offer_at=0, announce_at=0)
