"""Everything the core can be asked. Ids of new things come with the command, so a repeated one is recognised."""

import msgspec

from pasokh.acd.commands.aftercare import CloseFollowUp, RateContact, SetFollowUp
from pasokh.acd.commands.calls import (
    BeginCall,
    EndCall,
    LoseCall,
    LoseTelephone,
    MissCallback,
    NoteStep,
    PauseRecording,
    RejoinCall,
    ResumeRecording,
    SwitchConsult,
    TelephoneBack,
    WithdrawOffer,
)
from pasokh.acd.commands.clock import Tick
from pasokh.acd.commands.contacts import (
    AcceptAlternative,
    Author,
    CustomerAway,
    CustomerBack,
    LeaveContact,
    MarkRead,
    OpenContact,
    PostMessage,
    SetPriority,
)
from pasokh.acd.commands.handling import (
    AcceptOffer,
    CloseInteraction,
    CompleteTransfer,
    CompleteWrapUp,
    EndConsult,
    EndHold,
    EndInteraction,
    RejectOffer,
    StartConsult,
    StartHold,
    Transfer,
)
from pasokh.acd.commands.outside import (
    AnswerOutside,
    ConsultOutside,
    EndOutside,
    MoveContact,
    TransferMenu,
    TransferOutside,
)
from pasokh.acd.commands.setup import (
    CloseQueue,
    DefineAgent,
    DefineQueue,
    OpenQueue,
    RetireAgent,
    SetPresence,
    SignIn,
    SignOut,
    StartDay,
)
from pasokh.acd.commands.spending import AnswerDial, BeginDial, EndDial, KeepDials
from pasokh.acd.commands.supervision import (
    AcknowledgeAlarm,
    AnnounceIncident,
    AnswerHelp,
    AskHelp,
    EndFault,
    EndSurge,
    NoteFault,
    NoteSurge,
    ReturnInteraction,
    StartMonitor,
    StopMonitor,
    TakeOver,
    WithdrawIncident,
)

__all__ = [
    "AcceptAlternative",
    "AcceptOffer",
    "AcknowledgeAlarm",
    "AnnounceIncident",
    "AnswerDial",
    "AnswerHelp",
    "AnswerOutside",
    "AnyCommand",
    "AskHelp",
    "Author",
    "BeginCall",
    "BeginDial",
    "CloseFollowUp",
    "CloseInteraction",
    "CloseQueue",
    "CompleteTransfer",
    "CompleteWrapUp",
    "ConsultOutside",
    "CustomerAway",
    "CustomerBack",
    "DefineAgent",
    "DefineQueue",
    "EndCall",
    "EndConsult",
    "EndDial",
    "EndFault",
    "EndHold",
    "EndInteraction",
    "EndOutside",
    "EndSurge",
    "KeepDials",
    "LeaveContact",
    "LoseCall",
    "LoseTelephone",
    "MarkRead",
    "MissCallback",
    "MoveContact",
    "NoteFault",
    "NoteStep",
    "NoteSurge",
    "OpenContact",
    "OpenQueue",
    "PauseRecording",
    "PostMessage",
    "RateContact",
    "RejectOffer",
    "RejoinCall",
    "ResumeRecording",
    "RetireAgent",
    "ReturnInteraction",
    "SetFollowUp",
    "SetPresence",
    "SetPriority",
    "SignIn",
    "SignOut",
    "StartConsult",
    "StartDay",
    "StartHold",
    "StartMonitor",
    "StopMonitor",
    "SwitchConsult",
    "TakeOver",
    "TelephoneBack",
    "Tick",
    "Transfer",
    "TransferMenu",
    "TransferOutside",
    "WithdrawIncident",
    "WithdrawOffer",
    "decode_command",
]

type AnyCommand = (
    DefineQueue | OpenQueue | CloseQueue | DefineAgent | RetireAgent | StartDay
    | SignIn | SignOut | SetPresence
    | BeginCall | NoteStep | EndCall | LoseCall | WithdrawOffer | MissCallback
    | SwitchConsult | PauseRecording | ResumeRecording | LoseTelephone | RejoinCall | TelephoneBack
    | OpenContact | PostMessage | LeaveContact | AcceptAlternative | SetPriority
    | AcceptOffer | RejectOffer | StartHold | EndHold | Transfer | StartConsult | EndConsult | CompleteTransfer
    | EndInteraction | CompleteWrapUp | CloseInteraction
    | TransferOutside | ConsultOutside | TransferMenu | AnswerOutside | EndOutside | MoveContact
    | MarkRead | CustomerAway | CustomerBack | RateContact | SetFollowUp | CloseFollowUp
    | AskHelp | AnswerHelp | StartMonitor | StopMonitor | TakeOver | ReturnInteraction
    | AnnounceIncident | WithdrawIncident | AcknowledgeAlarm | NoteSurge | EndSurge
    | NoteFault | EndFault | BeginDial | AnswerDial | EndDial | KeepDials | Tick
)  # fmt: skip

_decoder: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand.__value__)


def decode_command(data: bytes | str) -> AnyCommand:
    """Read a command from JSON; raises `msgspec.ValidationError` naming the field."""
    return _decoder.decode(data)
