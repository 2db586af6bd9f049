"""Everything the core can say. Each event carries what a projection needs, so none has to look back.

A row's stream names what it belongs to, see `stream_of`.
"""

import msgspec

from pasokh.acd.events.aftercare import (
    ContactRated,
    FollowUpClosed,
    FollowUpSet,
)
from pasokh.acd.events.calls import (
    CallArrived,
    CallEnded,
    CallLost,
    CallStepped,
    ConsultSwitched,
    RecordingPaused,
    RecordingResumed,
    TelephoneCalled,
    TelephoneLost,
    TelephoneRejoined,
)
from pasokh.acd.events.contacts import (
    AlternativeAccepted,
    AlternativesOffered,
    ContactOpened,
    CustomerCameBack,
    CustomerWentAway,
    InteractionStarted,
    LadderPassed,
    MessagePosted,
    MessagesRead,
    PriorityChanged,
    Queued,
    Relaxed,
    RestrictionLapsed,
    Scheduled,
    WaitBegan,
)
from pasokh.acd.events.handling import (
    CallbackAttempted,
    CallbackMissed,
    ConsultEnded,
    ConsultStarted,
    ContactClosed,
    HoldEnded,
    HoldStarted,
    InteractionClosed,
    OutcomeRecorded,
    TalkEnded,
    Transferred,
    WorkReturned,
    WrapUpExpired,
)
from pasokh.acd.events.offers import (
    OfferAccepted,
    Offered,
    OfferRejected,
    OfferTimedOut,
    OfferWithdrawn,
    Part,
)
from pasokh.acd.events.outside import (
    Moved,
    OutsideAnswered,
    OutsideCalled,
    OutsideEnded,
    PassedOutside,
    SentToMenu,
)
from pasokh.acd.events.setup import (
    AgentDefined,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    DayStarted,
    PresenceChanged,
    QueueClosed,
    QueueDefined,
    QueueOpened,
)
from pasokh.acd.events.spending import DialAnswered, DialBegun, DialEnded, DialsKept, SpendEased, SpendReached
from pasokh.acd.events.supervision import (
    AlarmAcknowledged,
    FaultEnded,
    FaultNoted,
    HelpAnswered,
    HelpAsked,
    IncidentAnnounced,
    IncidentWithdrawn,
    MonitoringEnded,
    MonitoringStarted,
    SurgeEnded,
    SurgeNoted,
)

__all__ = [
    "AgentDefined",
    "AgentRetired",
    "AgentSignedIn",
    "AgentSignedOut",
    "AlarmAcknowledged",
    "AlternativeAccepted",
    "AlternativesOffered",
    "AnyEvent",
    "CallArrived",
    "CallEnded",
    "CallLost",
    "CallStepped",
    "CallbackAttempted",
    "CallbackMissed",
    "ConsultEnded",
    "ConsultStarted",
    "ConsultSwitched",
    "ContactClosed",
    "ContactOpened",
    "ContactRated",
    "CustomerCameBack",
    "CustomerWentAway",
    "DayStarted",
    "DialAnswered",
    "DialBegun",
    "DialEnded",
    "DialsKept",
    "FaultEnded",
    "FaultNoted",
    "FollowUpClosed",
    "FollowUpSet",
    "HelpAnswered",
    "HelpAsked",
    "HoldEnded",
    "HoldStarted",
    "IncidentAnnounced",
    "IncidentWithdrawn",
    "InteractionClosed",
    "InteractionStarted",
    "LadderPassed",
    "MessagePosted",
    "MessagesRead",
    "MonitoringEnded",
    "MonitoringStarted",
    "Moved",
    "OfferAccepted",
    "OfferRejected",
    "OfferTimedOut",
    "OfferWithdrawn",
    "Offered",
    "OutcomeRecorded",
    "OutsideAnswered",
    "OutsideCalled",
    "OutsideEnded",
    "Part",
    "PassedOutside",
    "PresenceChanged",
    "PriorityChanged",
    "QueueClosed",
    "QueueDefined",
    "QueueOpened",
    "Queued",
    "RecordingPaused",
    "RecordingResumed",
    "Relaxed",
    "RestrictionLapsed",
    "Scheduled",
    "SentToMenu",
    "SpendEased",
    "SpendReached",
    "SurgeEnded",
    "SurgeNoted",
    "TalkEnded",
    "TelephoneCalled",
    "TelephoneLost",
    "TelephoneRejoined",
    "Transferred",
    "WaitBegan",
    "WorkReturned",
    "WrapUpExpired",
    "decode_event",
    "stream_of",
]

type AnyEvent = (
    QueueDefined | QueueOpened | QueueClosed | AgentDefined | AgentRetired | DayStarted
    | AgentSignedIn | AgentSignedOut | PresenceChanged
    | ContactOpened | InteractionStarted | Queued | WaitBegan | Relaxed | RestrictionLapsed | LadderPassed
    | AlternativesOffered | AlternativeAccepted | PriorityChanged | Scheduled
    | MessagePosted | MessagesRead | CustomerWentAway | CustomerCameBack
    | Offered | OfferAccepted | OfferRejected | OfferTimedOut | OfferWithdrawn
    | HoldStarted | HoldEnded | Transferred | ConsultStarted | ConsultEnded | WorkReturned
    | TalkEnded | WrapUpExpired | OutcomeRecorded | CallbackAttempted | CallbackMissed
    | InteractionClosed | ContactClosed
    | OutsideCalled | OutsideAnswered | OutsideEnded | PassedOutside | SentToMenu | Moved
    | HelpAsked | HelpAnswered | MonitoringStarted | MonitoringEnded | IncidentAnnounced | IncidentWithdrawn
    | CallArrived | CallStepped | CallEnded | CallLost | ConsultSwitched | RecordingPaused | RecordingResumed
    | TelephoneLost | TelephoneCalled | TelephoneRejoined
    | AlarmAcknowledged | SurgeNoted | SurgeEnded | FaultNoted | FaultEnded
    | DialBegun | DialAnswered | DialEnded | DialsKept | SpendReached | SpendEased
    | FollowUpSet | FollowUpClosed | ContactRated
)  # fmt: skip

_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent.__value__)


def decode_event(data: bytes | str) -> AnyEvent:
    """Read an event from its JSON; unknown later fields are ignored, missing earlier ones take defaults."""
    return _decoder.decode(data)


def stream_of(event: AnyEvent) -> str:
    """The stream an event belongs to: its contact, else ``agent:ID``, ``queue:ID`` and the like, or ``day``."""
    contact: str | None = getattr(event, "contact", None)
    if contact is not None:
        return contact
    match event:
        case QueueDefined():
            return f"queue:{event.queue.id}"
        case QueueOpened() | QueueClosed() | SurgeNoted() | SurgeEnded():
            return f"queue:{event.queue}"
        case AgentDefined():
            return f"agent:{event.agent.id}"
        case IncidentAnnounced() | IncidentWithdrawn():
            return f"incident:{event.incident}"
        case FaultNoted() | FaultEnded():
            return f"fault:{event.kind}:{event.object}"
        case DialBegun() | DialAnswered() | DialEnded() | DialsKept() | SpendReached() | SpendEased():
            return "spending"
        case AlarmAcknowledged():
            return f"alarm:{event.alarm}"
        case AgentRetired() | AgentSignedIn() | AgentSignedOut() | PresenceChanged():
            return f"agent:{event.agent}"
        case _:
            return "day"
