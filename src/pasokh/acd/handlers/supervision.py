"""Supervisors beside the work: help, reading along, taking over, incidents, alarms."""

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.handlers.ladder import offer_at_once
from pasokh.acd.handlers.outside import over
from pasokh.acd.model import VOICE, Channel, Phase, capacity_class
from pasokh.acd.routing import kernel
from pasokh.acd.state import Agent, Interaction
from pasokh.acd.turn import Turn
from pasokh.kernel.errors import PasokhError

_IN_HAND = (Phase.ACTIVE, Phase.WRAP_UP)


def ask_help(turn: Turn, c: cmd.AskHelp) -> None:
    """Ask the supervisors; the same question again changes nothing."""
    i = turn.owned(c.interaction, c.agent, *_IN_HAND)
    if not i.help_since or i.help_question != c.question:
        turn.emit(ev.HelpAsked(i.id, i.contact, c.agent, i.queue, c.question))


def answer_help(turn: Turn, c: cmd.AnswerHelp) -> None:
    """Attend to it; where nobody asks (any more) nothing changes."""
    i = turn.interaction(c.interaction)
    if i.help_since:
        turn.emit(ev.HelpAnswered(i.id, i.contact, i.agent or "", c.by))


def start_monitor(turn: Turn, c: cmd.StartMonitor) -> None:
    """Follow a conversation that somebody has; following already in that way changes nothing."""
    i = turn.interaction(c.interaction)
    if i.phase not in _IN_HAND:
        raise PasokhError("interaction.wrong_phase", field="interaction", interaction=i.id, phase=i.phase.value)
    if i.agent == c.by:
        raise PasokhError("monitor.own", field="interaction", interaction=i.id)
    if c.mode != "read" and i.channel not in VOICE:
        raise PasokhError("interaction.not_voice", field="mode", interaction=i.id)
    before = i.monitors.get(c.by)
    if before == c.mode:
        return
    turn.emit(ev.MonitoringStarted(i.id, i.contact, c.by, c.mode))
    if c.mode != "read":
        turn.effects.append(ef.Follow(turn.effect_id(), i.id, i.channel, c.by, c.mode))
    elif before is not None:
        turn.effects.append(ef.Follow(turn.effect_id(), i.id, i.channel, c.by, ""))


def stop_monitor(turn: Turn, c: cmd.StopMonitor) -> None:
    """Follow it no longer; not following, or over, changes nothing."""
    i = turn.state.interactions.get(c.interaction)
    if i is not None and c.by in i.monitors:
        _end_monitoring(turn, i, c.by)


def _end_monitoring(turn: Turn, i: Interaction, by: str) -> None:
    heard = i.monitors[by] != "read"
    turn.emit(ev.MonitoringEnded(i.id, i.contact, by))
    if heard:
        turn.effects.append(ef.Follow(turn.effect_id(), i.id, i.channel, by, ""))


def take_over(turn: Turn, c: cmd.TakeOver) -> None:
    """Make `by` the owner at once; what is held or asked of others about it ends."""
    i = turn.interaction(c.interaction)
    if i.phase is not Phase.ACTIVE or i.agent is None:
        raise PasokhError("interaction.wrong_phase", field="interaction", interaction=i.id, phase=i.phase.value)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)
    if i.agent == c.by:
        raise PasokhError("transfer.self", field="by", agent=c.by)
    before = i.agent
    if not _has_room(turn, turn.present(c.by, "by"), i.channel):
        raise PasokhError("agent.no_room", field="by", agent=c.by)
    turn.end_consult(i, "ended")
    turn.end_hold(i)
    turn.end_pause(i)
    if c.by in i.monitors:
        _end_monitoring(turn, i, c.by)
    turn.emit(
        ev.Transferred(
            i.id, i.contact, before, i.queue, i.queue, c.by, turn.now - i.accepted_at, consulted=True, taken_over=True
        )
    )
    turn.effects.append(ef.Connect(turn.effect_id(), i.id, c.by, i.channel, queue=i.queue))
    turn.release(i, before)
    turn.agents.add(before)


def return_interaction(turn: Turn, c: cmd.ReturnInteraction) -> None:
    """Back to its queue at its old place, for someone else first; the agent is free for other work."""
    i = turn.interaction(c.interaction)
    if i.phase is Phase.OUTSIDE and i.kind != "consult":
        over(turn, i, "returned", by=c.by)
        return
    if i.phase is not Phase.ACTIVE or i.agent is None:
        raise PasokhError("interaction.wrong_phase", field="interaction", interaction=i.id, phase=i.phase.value)
    if i.kind == "consult":
        raise PasokhError("interaction.is_consult", field="interaction", interaction=i.id)
    before = i.agent
    turn.return_work(i, c.by)
    turn.requeue(i, "returned", bar=before, bar_ms=turn.queue(i.queue).config.policy.reject_pause_ms)
    turn.agents.add(before)


def _has_room(turn: Turn, agent: Agent, channel: Channel) -> bool:
    """Whether the agent could take one more of this channel, ready or not."""
    counts = [0, 0, 0]
    for name in agent.work:
        counts[capacity_class(turn.state.interactions[name].channel)] += 1
    which, capacity = capacity_class(channel), agent.config.capacity
    limit = (capacity.voice, capacity.text, capacity.mail)[which]
    return kernel.room(which, 1, counts[0], counts[1], counts[2], limit) > 0


def announce_incident(turn: Turn, c: cmd.AnnounceIncident) -> None:
    """Tell customers; the same words for the same queues again change nothing."""
    for name in c.queues:
        turn.queue(name, "queues")
    known = turn.state.incidents.get(c.incident)
    if known is None or (known.queues, known.texts) != (c.queues, c.texts):
        turn.emit(ev.IncidentAnnounced(c.incident, c.queues, c.texts, c.by))


def withdraw_incident(turn: Turn, c: cmd.WithdrawIncident) -> None:
    """It is over; over already changes nothing."""
    if c.incident in turn.state.incidents:
        turn.emit(ev.IncidentWithdrawn(c.incident, c.by))


def acknowledge_alarm(turn: Turn, c: cmd.AcknowledgeAlarm) -> None:
    """The first to attend to an alarm is kept."""
    if c.alarm not in turn.state.acknowledged:
        turn.emit(ev.AlarmAcknowledged(c.alarm, c.by))


def note_surge(turn: Turn, c: cmd.NoteSurge) -> None:
    """Far more come than usual; an earlier or known one changes nothing."""
    if turn.queue(c.queue).surge_since < c.since:
        turn.emit(ev.SurgeNoted(c.queue, c.since, c.arrivals))
        for i in list(turn.state.interactions.values()):
            if i.queue == c.queue:
                offer_at_once(turn, i)


def end_surge(turn: Turn, c: cmd.EndSurge) -> None:
    """It is over; over already, or another by now, changes nothing."""
    queue = turn.queue(c.queue)
    if queue.surge_since and queue.surge_since == c.since:
        turn.emit(ev.SurgeEnded(c.queue, c.since))


MOST_FAULTS = 500
"""A watcher gone mad fills neither the state nor the wall."""


def note_fault(turn: Turn, c: cmd.NoteFault) -> None:
    """Something is at fault; known already changes nothing."""
    if f"{c.kind}:{c.object}" not in turn.state.faults:
        if len(turn.state.faults) >= MOST_FAULTS:
            raise PasokhError("fault.too_many", most=MOST_FAULTS)
        turn.emit(ev.FaultNoted(c.kind, c.object, c.since))


def end_fault(turn: Turn, c: cmd.EndFault) -> None:
    """It works again; at fault no longer changes nothing."""
    if f"{c.kind}:{c.object}" in turn.state.faults:
        turn.emit(ev.FaultEnded(c.kind, c.object))
