"""Where a call stands in its flow, what may happen to it, what is known of it, and what is to be done: plain data.

A `Position` is small and complete: written to the log or to a channel's variables, it is enough to go on after a crash.
"""

import msgspec

from pasokh.kernel.time import Instant, Millis


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a call stands. `stage` is what goes on in the node; `ended` is not empty once the flow is over."""

    flow: str = ""
    node: str = ""
    stage: str = ""
    language: str = ""
    attributes: dict[str, str] = {}
    """Noted on the way."""
    played: int = 0
    """Serial number of the last playback or recording; their ids follow from it."""
    playing: int = 0
    """The playback under way; 0 = none."""
    music: bool = False
    typed: str = ""
    """Keys of the answer so far, or typed ahead."""
    tries: int = 0
    wake: Instant = 0
    """When the node wants to be woken; 0 = never."""
    queue: str = ""
    """The queue the caller waits in; kept while an alternative is talked over."""
    queue_flow: str = ""
    queue_node: str = ""
    """The queue node waited in or talked out of."""
    depth: int = 0
    """How deep in subflows that node is."""
    since: Instant = 0
    """Waiting without an alternative offered counts from here."""
    waited: Millis = 0
    """So waited before, up to leaving the last queue."""
    offered: bool = False
    offer_at: Instant = 0
    announce_at: Instant = 0
    told_place: int = 0
    told_incident: int = 0
    """Checksum of the incident that was told last."""
    number: str = ""
    """To be called back."""
    number_said: str = ""
    """As it is read back."""
    question: int = 0
    loops: dict[str, int] = {}
    stack: tuple[tuple[str, str], ...] = ()
    """Subflow nodes to come back to: flow and node."""
    visits: int = 0
    ended: str = ""
    consent: str = ""
    """To being recorded: ``told``, ``given``, ``refused``; empty = neither told nor asked."""


def wake_at(position: Position) -> Instant:
    """When the call wants a `Woken`; 0 = not by itself. Follows from the position, so no timer is lost in a crash."""
    if position.ended:
        return 0
    waits = position.stage in {"greeting", "waiting", "telling", "offering"}
    due = [position.wake, *((position.offer_at, position.announce_at) if waits else ())]
    return min((at for at in due if at), default=0)


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known at the moment of an input."""

    now: Instant
    caller: str = ""
    """E.164; empty when withheld."""
    number: str = ""
    """The number called, E.164."""
    known: bool = False
    blocked: bool = False
    language: str = ""
    """Remembered of the caller."""
    open: tuple[str, ...] = ()
    """Calendars of hours open now."""
    holidays: tuple[str, ...] = ()
    """Calendars whose day is a holiday."""
    attributes: dict[str, str] = {}
    """Of the customer; what was noted on the way goes before."""
    place: int = 0
    """Place in the queue; 0 = not known."""
    wait_low_ms: Millis = 0
    wait_high_ms: Millis = 0
    """The wait still to come, only where it can be trusted; 0 = nothing is said."""
    consents: dict[str, str] = {}
    """Queue → what its callers hear about being recorded before they wait: ``announce``, ``ask``."""


# -- inputs --------------------------------------------------------------------------------------------------------
class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="input"):
    """Something happened to the call."""


class Started(Input, tag="started", frozen=True):
    """The call came in and was answered."""


class Resumed(Input, tag="resumed", frozen=True):
    """Whoever led the call died; what is to be heard now must be started anew."""


class Digits(Input, tag="digits", frozen=True):
    """Keys were pressed; anything but 0–9, * and # is passed over."""

    keys: str


class Woken(Input, tag="woken", frozen=True):
    """`wake_at` has come."""


class PlaybackFinished(Input, tag="playback_finished", frozen=True):
    """A playback came to its end, or failed."""

    playback: int


class Recorded(Input, tag="recorded", frozen=True):
    """A recording ended; 0 = nothing could be recorded."""

    seconds: int


class HungUp(Input, tag="hung_up", frozen=True):
    """The caller has gone."""


class AlternativesDue(Input, tag="alternatives_due", frozen=True):
    """The core's ladder says that alternatives are to be offered now."""


class Connected(Input, tag="connected", frozen=True):
    """An agent talks with the caller."""


class Requeued(Input, tag="requeued", frozen=True):
    """The agent was lost; the caller waits again in the same queue."""


class TalkEnded(Input, tag="talk_ended", frozen=True):
    """The agent has left; the caller is still there."""


class QueueLeft(Input, tag="queue_left", frozen=True):
    """The queue let the caller go: `closed`, `full`, or another reason (`timeout`, `no_agents`)."""

    reason: str = ""


class NumberChecked(Input, tag="number_checked", frozen=True):
    """Whether a number may be called back, its one spelling, and how people say it (with a leading 0, not +98)."""

    good: bool
    number: str = ""
    said: str = ""


class SentBack(Input, tag="sent_back", frozen=True):
    """An agent sent the caller back: to a node of a flow, or, where those are not (any more), to the start."""

    flow: str = ""
    node: str = ""


class TransferEnded(Input, tag="transfer_ended", frozen=True):
    """The outside number answered, or did not."""

    answered: bool


type AnyInput = (
    Started
    | Resumed
    | Digits
    | Woken
    | PlaybackFinished
    | Recorded
    | HungUp
    | AlternativesDue
    | Connected
    | Requeued
    | TalkEnded
    | QueueLeft
    | NumberChecked
    | SentBack
    | TransferEnded
)


# -- actions -------------------------------------------------------------------------------------------------------
class Piece(msgspec.Struct, frozen=True):
    """Something to be said in one go; `prompt` is its key in the prompt catalogue, empty = just the text."""

    language: str
    text: str
    prompt: str = ""


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="action"):
    """Something to be done."""


class Entered(Action, tag="entered", frozen=True):
    """A node was entered: for the call's ladder and for containment (R14)."""

    flow: str
    node: str


class Play(Action, tag="play", frozen=True):
    """Say the pieces one after the other; answer with `PlaybackFinished` of the same number."""

    playback: int
    pieces: tuple[Piece, ...]


class StopPlay(Action, tag="stop_play", frozen=True):
    """Be silent."""

    playback: int


class StartMusic(Action, tag="start_music", frozen=True):
    """Play music until stopped."""

    music: str


class StopMusic(Action, tag="stop_music", frozen=True):
    """No music any more."""


class SpeakLanguage(Action, tag="speak_language", frozen=True):
    """The call goes on in this language; `remember` keeps it for the caller."""

    language: str
    remember: bool


class Enqueue(Action, tag="enqueue", frozen=True):
    """Wait in a queue; `moved` = from another one, keeping the waiting time."""

    queue: str
    priority: int
    skills: tuple[tuple[str, int], ...]
    attributes: dict[str, str]
    language: str
    moved: bool


class LeaveQueue(Action, tag="leave_queue", frozen=True):
    """Wait no longer: `message`, `transferred`, `left`."""

    queue: str
    reason: str


class CheckNumber(Action, tag="check_number", frozen=True):
    """Ask the dial policy whether the number may be called; answer with `NumberChecked`."""

    number: str


class RequestCallback(Action, tag="request_callback", frozen=True):
    """Call back on this number for this queue; `keep_place` = in the place of the waiting call."""

    number: str
    queue: str
    keep_place: bool


class Record(Action, tag="record", frozen=True):
    """Record a message for a queue; answer with `Recorded`."""

    recording: int
    queue: str
    most_s: int
    silence_s: int
    finish: str


class TransferTo(Action, tag="transfer_to", frozen=True):
    """Connect with an outside number; answer with `TransferEnded`."""

    number: str
    timeout_s: int


class Score(Action, tag="score", frozen=True):
    """The answer to a survey's question."""

    survey: str
    question: str
    key: str


class EndCall(Action, tag="end_call", frozen=True):
    """Hang up."""

    reason: str


class Escape(Action, tag="escape", frozen=True):
    """The flow cannot go on (it was changed under the call): the number's last resort brings the caller to a person."""

    code: str


type AnyAction = (
    Entered
    | Play
    | StopPlay
    | StartMusic
    | StopMusic
    | SpeakLanguage
    | Enqueue
    | LeaveQueue
    | CheckNumber
    | RequestCallback
    | Record
    | TransferTo
    | Score
    | EndCall
    | Escape
)
