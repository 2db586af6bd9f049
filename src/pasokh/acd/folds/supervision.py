"""Folding help, reading along, incidents, alarms, promises to customers."""

from collections.abc import Callable
from typing import Any

from pasokh.acd import events as ev
from pasokh.acd.state import Acknowledgement, Fault, Incident, OpenFollowUp, State
from pasokh.kernel.time import Instant


def help_asked(state: State, e: ev.HelpAsked, at: Instant) -> None:
    """The agent asks; asking again keeps the first time."""
    i = state.interactions[e.interaction]
    i.help_since, i.help_question = i.help_since or at, e.question


def help_answered(state: State, e: ev.HelpAnswered, _: Instant) -> None:
    """Nobody waits for help any more."""
    i = state.interactions[e.interaction]
    i.help_since, i.help_question = 0, ""


def monitoring_started(state: State, e: ev.MonitoringStarted, _: Instant) -> None:
    """One more follows, or goes on in another way."""
    state.interactions[e.interaction].monitors[e.by] = e.mode


def monitoring_ended(state: State, e: ev.MonitoringEnded, _: Instant) -> None:
    """One less follows; an interaction that is over has forgotten already."""
    interaction = state.interactions.get(e.interaction)
    if interaction is not None:
        del interaction.monitors[e.by]


def incident_announced(state: State, e: ev.IncidentAnnounced, at: Instant) -> None:
    """Customers are told; a change keeps the beginning."""
    known = state.incidents.get(e.incident)
    since = known.since if known is not None else at
    state.incidents[e.incident] = Incident(e.incident, e.queues, e.texts, since, e.by)


def incident_withdrawn(state: State, e: ev.IncidentWithdrawn, _: Instant) -> None:
    """It is over."""
    del state.incidents[e.incident]


def alarm_acknowledged(state: State, e: ev.AlarmAcknowledged, at: Instant) -> None:
    """Somebody attends to it; lost calls alarm until then, and the next ones anew."""
    state.acknowledged[e.alarm] = Acknowledgement(e.by, at)
    for name, queue in state.queues.items():
        if queue.lost_since and e.alarm == f"lost:{name}:{queue.lost_since}":
            queue.lost_since = queue.lost_calls = 0


def surge_noted(state: State, e: ev.SurgeNoted, _: Instant) -> None:
    """Far more come than usual."""
    queue = state.queues[e.queue]
    queue.surge_since, queue.surge_arrivals = e.since, e.arrivals


def surge_ended(state: State, e: ev.SurgeEnded, _: Instant) -> None:
    """As many as usual again."""
    queue = state.queues[e.queue]
    queue.surge_since = queue.surge_arrivals = 0


def fault_noted(state: State, e: ev.FaultNoted, _: Instant) -> None:
    """At fault."""
    state.faults[f"{e.kind}:{e.object}"] = Fault(e.kind, e.object, e.since)


def fault_ended(state: State, e: ev.FaultEnded, _: Instant) -> None:
    """It works again."""
    del state.faults[f"{e.kind}:{e.object}"]


def follow_up_set(state: State, e: ev.FollowUpSet, _: Instant) -> None:
    """Owed from now on."""
    state.follow_ups[e.follow_up] = OpenFollowUp(e.follow_up, e.contact, e.owner, e.due_at, e.note, e.interaction)


def follow_up_closed(state: State, e: ev.FollowUpClosed, _: Instant) -> None:
    """Owed no more."""
    del state.follow_ups[e.follow_up]


# Each fold takes exactly its own event, which a dict cannot say; hence Any.
FOLDS: dict[type, Callable[[State, Any, Instant], None]] = {
    ev.HelpAsked: help_asked,
    ev.HelpAnswered: help_answered,
    ev.MonitoringStarted: monitoring_started,
    ev.MonitoringEnded: monitoring_ended,
    ev.IncidentAnnounced: incident_announced,
    ev.IncidentWithdrawn: incident_withdrawn,
    ev.AlarmAcknowledged: alarm_acknowledged,
    ev.SurgeNoted: surge_noted,
    ev.SurgeEnded: surge_ended,
    ev.FaultNoted: fault_noted,
    ev.FaultEnded: fault_ended,
    ev.FollowUpSet: follow_up_set,
    ev.FollowUpClosed: follow_up_closed,
}
