"""What supervisors do beside the work itself: help, reading along, incidents, alarms."""

from pasokh.kernel.messages import Event


class HelpAsked(Event, tag="help.asked", frozen=True):
    """An agent asks the supervisors about the matter in hand."""

    interaction: str
    contact: str
    agent: str
    queue: str
    question: str = ""


class HelpAnswered(Event, tag="help.answered", frozen=True):
    """Somebody attends to the question, or the agent no longer asks (`by` = the agent)."""

    interaction: str
    contact: str
    agent: str
    by: str


class MonitoringStarted(Event, tag="monitor.started", frozen=True):
    """A supervisor follows the conversation (R24), or goes on in another way; this record is its audit."""

    interaction: str
    contact: str
    by: str
    mode: str = "read"
    """``read``, or by voice ``listen``, ``whisper`` (only the agent hears), ``barge`` (both hear)."""


class MonitoringEnded(Event, tag="monitor.ended", frozen=True):
    """A supervisor no longer follows the conversation."""

    interaction: str
    contact: str
    by: str


class IncidentAnnounced(Event, tag="incident.announced", frozen=True):
    """Everyone who waits in these queues, and who comes, is told of an incident (R8); the same id again changes it."""

    incident: str
    queues: tuple[str, ...]
    texts: dict[str, str]
    """Language code → what customers read or hear."""
    by: str


class IncidentWithdrawn(Event, tag="incident.withdrawn", frozen=True):
    """The incident is over."""

    incident: str
    by: str


class FaultNoted(Event, tag="fault.noted", frozen=True):
    """Something of the telephony is at fault: a carrier, a telephone, the switch itself."""

    kind: str
    object: str
    since: int


class FaultEnded(Event, tag="fault.ended", frozen=True):
    """It works again."""

    kind: str
    object: str


class SurgeNoted(Event, tag="surge.noted", frozen=True):
    """Five minutes, from `since`, with far more arrivals than usual."""

    queue: str
    since: int
    arrivals: int


class SurgeEnded(Event, tag="surge.ended", frozen=True):
    """It is over."""

    queue: str
    since: int


class AlarmAcknowledged(Event, tag="alarm.acknowledged", frozen=True):
    """Somebody has seen an alarm and attends to it."""

    alarm: str
    by: str
