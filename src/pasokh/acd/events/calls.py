"""Telephone calls: before they wait for anybody, and what only a talk by voice has."""

from pasokh.kernel.messages import Event
from pasokh.kernel.time import Instant, Millis


class CallArrived(Event, tag="call.arrived", frozen=True):
    """A call came in. `contact` is the id the contact will have once the call waits for somebody."""

    contact: str
    number: str
    """The dialled number, as the centre lists it."""
    caller: str
    """The caller's number in E.164, or empty where it is withheld."""
    client: str
    language: str = ""


class CallStepped(Event, tag="call.stepped", frozen=True):
    """The caller came to a step of the flow, or answered it: what an IVR report counts."""

    contact: str
    flow: str
    step: str
    said: str = ""
    """Keys pressed, or what came of the step; never what a caller types as a secret."""


class CallEnded(Event, tag="call.ended", frozen=True):
    """The call is over before it waited for anybody. `reason`: ``caller``, ``flow``, ``refused``, ``lost``."""

    contact: str
    reason: str
    lasted_ms: Millis


class CallLost(Event, tag="call.lost", frozen=True):
    """A customer's call is gone and nobody ended it: the switch died, or the channel vanished.

    `phase`: ``flow`` (waited for nobody yet; `interaction` is empty), ``waiting``, ``talking``, ``outside``, ``menu``.
    """

    interaction: str
    contact: str
    queue: str
    phase: str
    agent: str = ""
    """Who was talking with the customer."""
    address: str = ""
    callback: str = ""
    """The interaction by which the customer is called back; empty where no number is known."""


class ConsultSwitched(Event, tag="consult.switched", frozen=True):
    """Whom the agent talks with while consulting: the ``customer``, the ``helper``, or ``both`` (a conference)."""

    interaction: str
    contact: str
    agent: str
    party: str


class RecordingPaused(Event, tag="recording.paused", frozen=True):
    """Nothing is recorded from here on, until it is resumed or the talk is over."""

    interaction: str
    contact: str
    agent: str
    reason: str = ""


class RecordingResumed(Event, tag="recording.resumed", frozen=True):
    """Recorded again."""

    interaction: str
    contact: str
    agent: str
    paused_ms: Millis


class TelephoneLost(Event, tag="call.telephone_lost", frozen=True):
    """The agent's telephone left the talk though nobody hung up; unless it is back by `until`, the customer waits."""

    interaction: str
    contact: str
    agent: str
    until: Instant


class TelephoneCalled(Event, tag="call.telephone_called", frozen=True):
    """The agent's telephone is called again."""

    interaction: str
    contact: str
    agent: str


class TelephoneRejoined(Event, tag="call.telephone_back", frozen=True):
    """The agent's telephone is in the talk again; the customer heard music for so long."""

    interaction: str
    contact: str
    agent: str
    away_ms: Millis
