"""Supervisors beside the work: help, following, taking over, incidents, alarms."""

from typing import Annotated, Literal

from msgspec import Meta

from pasokh.acd.model import Id, LanguageCode, Words
from pasokh.kernel.messages import Command
from pasokh.kernel.time import Instant

AlarmId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,200}$")]

FaultKind = Literal["carrier", "carrier_sound", "station_sound", "silent", "sign_ons", "clock", "figure"]
"""A carrier that does not answer; one, or a telephone, with bad sound; one without any; sign-ons refused; clocks."""
FaultObject = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.\-]{1,80}$")]
"""Key of the carrier or telephone, name of the switch."""


class AskHelp(Command, tag="help.ask", frozen=True):
    """Ask the supervisors about the matter in hand."""

    interaction: Id
    agent: Id
    question: Words = ""


class AnswerHelp(Command, tag="help.answer", frozen=True):
    """Attend to an agent's question, or take the own question back."""

    interaction: Id
    by: Id


class StartMonitor(Command, tag="monitor.start", frozen=True):
    """Begin to follow a conversation (R24), or go on in another way; all but reading is for calls."""

    interaction: Id
    by: Id
    mode: Literal["read", "listen", "whisper", "barge"] = "read"


class StopMonitor(Command, tag="monitor.stop", frozen=True):
    """Follow it no longer."""

    interaction: Id
    by: Id


class TakeOver(Command, tag="contact.take_over", frozen=True):
    """Become the owner of another agent's conversation; `by` must be signed in and have room."""

    interaction: Id
    by: Id


class ReturnInteraction(Command, tag="interaction.return", frozen=True):
    """Send a conversation that somebody has back to its queue, at its old place."""

    interaction: Id
    by: Id


class AnnounceIncident(Command, tag="incident.announce", frozen=True):
    """Tell everyone who waits in these queues, and who comes, of an incident; the same id again changes it."""

    incident: Id
    queues: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=1_000)]
    texts: Annotated[dict[LanguageCode, Annotated[str, Meta(min_length=1, max_length=500)]], Meta(min_length=1)]
    by: Id


class WithdrawIncident(Command, tag="incident.withdraw", frozen=True):
    """The incident is over."""

    incident: Id
    by: Id


class AcknowledgeAlarm(Command, tag="alarm.acknowledge", frozen=True):
    """Say that one has seen an alarm and attends to it."""

    alarm: AlarmId
    by: Id


class NoteFault(Command, tag="fault.note", frozen=True):
    """Something of the telephony is at fault, as whoever watches it says; known already changes nothing."""

    kind: FaultKind
    object: FaultObject
    since: Annotated[Instant, Meta(ge=1)]


class EndFault(Command, tag="fault.end", frozen=True):
    """It works again; at fault no longer changes nothing."""

    kind: FaultKind
    object: FaultObject


class NoteSurge(Command, tag="surge.note", frozen=True):
    """Five minutes with far more arrivals than usual: said by whoever knows what is usual."""

    queue: Id
    since: Annotated[Instant, Meta(ge=1)]
    """Beginning of the five minutes."""
    arrivals: Annotated[int, Meta(ge=1)]


class EndSurge(Command, tag="surge.end", frozen=True):
    """It is over."""

    queue: Id
    since: Instant
    """Which one; another that began meanwhile goes on."""
